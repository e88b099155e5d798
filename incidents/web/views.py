"""The views an operator keeps: list, keep, change, delete. Everybody has only their own."""

from typing import Annotated, Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router, Status
from pydantic import AfterValidator, Field

from gis_grid.access import Actor
from gis_grid.errors import Conflict, NotFound
from gis_grid.web.api import SearchText, Strict
from incidents.models import SavedView
from incidents.web.command import desk

router = Router(tags=["command"])
MOST = 50


def _named(text: str) -> str:
    if not text.strip():
        raise ValueError(_("A name is needed."))
    return text.strip()


class ViewIn(Strict):
    """A view: its name, the address after #, and whether my desk opens with it."""

    name: Annotated[SearchText, Field(max_length=60), AfterValidator(_named)]
    hash: Annotated[str, Field(max_length=8000, pattern=r"^#[!-~]*$")]
    default: bool = False


@router.get("/views", url_name="views")
def index(request: HttpRequest) -> dict[str, Any]:
    """My views by name."""
    return {"items": [_told(each) for each in desk(request).user.saved_views.all()]}


@router.post("/views", response={201: Any})
def keep(request: HttpRequest, body: ViewIn) -> Status[dict[str, Any]]:
    """Keep a view. 409 when I have one of this name, or as many as may be kept."""
    asking = desk(request)
    if asking.user.saved_views.count() >= MOST:
        raise Conflict("too_many_views", _("No more views can be kept. Delete one first."))
    return Status(201, _told(_write(asking, SavedView(user=asking.user), body)))


@router.put("/views/{uuid:view_id}", url_name="view")
def change(request: HttpRequest, view_id: UUID, body: ViewIn) -> dict[str, Any]:
    """Put a view in place of one of mine."""
    asking = desk(request)
    return _told(_write(asking, _mine(asking, view_id), body))


@router.delete("/views/{uuid:view_id}")
def forget(request: HttpRequest, view_id: UUID) -> dict[str, Any]:
    """Delete one of mine; the answer is what it was, to keep again."""
    view = _mine(desk(request), view_id)
    told = _told(view)
    view.delete()
    return told


def _mine(asking: Actor, view_id: UUID) -> SavedView:
    view = asking.user.saved_views.filter(pk=view_id).first()
    if view is None:
        raise NotFound("view_not_found", _("There is no such view."))
    return view


def _write(asking: Actor, view: SavedView, body: ViewIn) -> SavedView:
    with transaction.atomic():
        others = asking.user.saved_views.select_for_update().exclude(pk=view.pk)
        if any(each.name == body.name for each in others):
            message = _("You have a view of this name.")
            raise Conflict("name_taken", message, {"name": message})
        if body.default:
            others.filter(default=True).update(default=False)
        view.name, view.hash, view.default = body.name, body.hash, body.default
        view.save()
    return view


def _told(view: SavedView) -> dict[str, Any]:
    return {"id": str(view.pk), "name": view.name, "hash": view.hash, "default": view.default}
