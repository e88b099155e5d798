"""The page of figures and the wall, and what both show."""

from typing import Annotated, Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET
from ninja import Query, Router
from pydantic import Field

from gis_grid.access import Actor, actor_of
from gis_grid.people.models import DESK_ROLES
from gis_grid.web.api import SearchText, Strict, no_store
from gis_grid.web.pages import page_config
from incidents.overview import look, outlines, overview, trends
from incidents.web.command import desk

router = Router(tags=["command"])


class ViewIn(Strict):
    """Which area; none: all of mine."""

    area: Annotated[SearchText, Field(max_length=40)] = ""


@router.get("/figures", url_name="figures-api")
def figures(request: HttpRequest, query: Query[ViewIn]) -> dict[str, Any]:
    """The figures of an area and of those just below it."""
    asking = desk(request)
    keep_session(request)
    return overview(look(asking, query.area), timezone.now())


@router.get("/trends", url_name="trends")
def slow_figures(request: HttpRequest, query: Query[ViewIn]) -> dict[str, Any]:
    """The rates of this month, the categories, the last days: to be asked for now and then."""
    return trends(look(desk(request), query.area), timezone.now())


@router.get("/outlines", url_name="outlines")
def shapes(request: HttpRequest, query: Query[ViewIn]) -> dict[str, Any]:
    """The shapes of the areas just below an area, as exact as a wall can show."""
    return outlines(look(desk(request), query.area))


@require_GET
@login_required
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """The figures at a desk: each leads to what it counts."""
    asking = _desk_of(request)
    config = _config(request, asking, "figures")
    return no_store(render(request, "incidents/figures.html", {"config": config}))


@require_GET
@login_required
@ensure_csrf_cookie
def wall(request: HttpRequest) -> HttpResponse:
    """The figures on the wall: dark, large, without names, for a night and longer."""
    asking = _desk_of(request)
    config = _config(request, asking, "wall")
    return no_store(render(request, "incidents/wall.html", {"config": config}))


def keep_session(request: HttpRequest) -> None:
    """Renew the session once a day, as long as somebody watches: nobody logs in at a wall."""
    today = timezone.localdate().isoformat()
    if request.session.get("kept") != today:
        request.session["kept"] = today


def _desk_of(request: HttpRequest) -> Actor:
    asking = actor_of(request.user)
    if not (asking.user.is_superuser or asking.is_any_of(DESK_ROLES)):
        raise PermissionDenied
    return asking


def _config(request: HttpRequest, asking: Actor, here: str) -> dict[str, Any]:
    return {
        **page_config(request, asking),
        "live": {"port": settings.LIVE_PORT or None, "path": "/live/events"},
        "urls": {
            "figures": reverse("api:figures-api"),
            "trends": reverse("api:trends"),
            "outlines": reverse("api:outlines"),
            "events": reverse("api:events"),
            "command": reverse("command"),
            "rates": reverse("rates"),
            "page": reverse(here),
            "login": f"{reverse('login')}?next={reverse(here)}",
        },
    }
