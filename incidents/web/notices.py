"""What I was told: the list for scripts, the page for people, and marking as read."""

from typing import Annotated, Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods
from ninja import Query, Router
from pydantic import Field

from gis_grid.access import Actor, actor_of
from gis_grid.errors import Invalid
from gis_grid.people.models import DESK_ROLES, FIELD_ROLES
from gis_grid.web.api import Strict, actor, no_store
from incidents.models import ToldAs
from incidents.telling import notices, plain, subscriptions
from incidents.telling.notices import Told

router = Router(tags=["notices"])
PAGE_SIZE = 50
IN_THE_BELL = 8
AT_THE_DESK = frozenset({ToldAs.DESK, ToldAs.ABOVE})

NoticeId = Annotated[int, Field(ge=1, lt=2**63, strict=True)]


class ListIn(Strict):
    """Which notices: those older than `after` (where the last page ended), perhaps unread only."""

    after: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    page_size: Annotated[int, Field(ge=1, le=200)] = PAGE_SIZE
    unread: bool = False


class ReadIn(Strict):
    """What was read: some by id, or all up to an id (those that came later stay unread)."""

    ids: Annotated[list[NoticeId], Field(max_length=200)] = []
    all_before: NoticeId | None = None


@router.get("", url_name="notices")
def index(request: HttpRequest, query: Query[ListIn]) -> dict[str, Any]:
    """My notices, newest first; `next` goes on as `after`, null at the end."""
    asking = actor(request)
    told, more = notices.page_of(
        asking, before=query.after, unread=query.unread, size=query.page_size
    )
    return {
        "items": [_item(each, asking) for each in told],
        "unread": notices.unread_count(asking),
        "next": told[-1].id if more else None,
    }


@router.get("/unread", url_name="notices-unread")
def unread(request: HttpRequest) -> dict[str, int]:
    """How many I have not read, at most 100."""
    return {"unread": notices.unread_count(actor(request))}


@router.post("/read", url_name="notices-read")
def read(request: HttpRequest, body: ReadIn) -> dict[str, int]:
    """Mark as read. Others' notices, and those read before, are passed over."""
    asking = actor(request)
    if bool(body.ids) == (body.all_before is not None):
        raise Invalid(
            "which_notices", _("Name some notices, or all up to one."), {"ids": _("missing")}
        )
    notices.mark_read(asking, timezone.now(), ids=body.ids, up_to=body.all_before)
    return {"unread": notices.unread_count(asking)}


class BrowserIn(Strict):
    """A browser's push subscription: where it is reached and its keys, base64url."""

    endpoint: Annotated[str, Field(max_length=600)]
    p256dh: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{20,120}$")]
    auth: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,60}$")]


class EndpointIn(Strict):
    """Which browser."""

    endpoint: Annotated[str, Field(max_length=600)]


@router.post("/push", url_name="push-start")
def push_start(request: HttpRequest, body: BrowserIn) -> dict[str, bool]:
    """Tell this browser while its page is shut."""
    subscriptions.subscribe(actor(request), body.endpoint, body.p256dh, body.auth)
    return {"on": True}


@router.post("/push/stop", url_name="push-stop")
def push_stop(request: HttpRequest, body: EndpointIn) -> dict[str, bool]:
    """Tell it no more."""
    subscriptions.unsubscribe(actor(request), body.endpoint)
    return {"on": False}


@login_required
@ensure_csrf_cookie
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Everything I was told, as a page that needs no script."""
    asking = actor_of(request.user)
    if request.method == "POST":
        return redirect(_marked(request, asking))
    only_unread = request.GET.get("show") == "unread"
    before = _number(request.GET.get("after", ""))
    told, more = notices.page_of(asking, before=before, unread=only_unread, size=PAGE_SIZE)
    context = {
        "told": [_item(each, asking) for each in told],
        "only_unread": only_unread,
        "unread": notices.unread_count(asking),
        "newest": told[0].id if told else None,
        "next": told[-1].id if more else None,
        "older": before is not None,
        "config": {"push": push_config()},
    }
    return no_store(render(request, "incidents/notices.html", context))


def bell_config() -> dict[str, Any]:
    """Return what `static/shared/bell.js` needs on any page: addresses and its few words."""
    return {
        "size": IN_THE_BELL,
        "urls": {
            "unread": reverse("api:notices-unread"),
            "list": reverse("api:notices"),
            "read": reverse("api:notices-read"),
            "page": reverse("notices"),
        },
        "words": {
            "bell": _("Notices"),
            "unread": _("Notices, {count} unread"),
            "none": _("Nothing new. What concerns you will be told here."),
            "loading": _("Loading…"),
            "away": _("The server cannot be reached just now."),
            "all": _("All notices"),
            "readAll": _("Mark all as read"),
            "new": _("unread"),
        },
    }


def push_config() -> dict[str, Any] | None:
    """Return what `static/shared/push.js` needs, None where push is off."""
    if not settings.VAPID_KEY:
        return None
    return {
        "key": import_string("incidents.telling.web_push.public_key")(),
        "urls": {"start": reverse("api:push-start"), "stop": reverse("api:push-stop")},
        "words": {
            "start": _("Tell me on this device"),
            "stop": _("Stop telling me on this device"),
            "failed": _("This browser does not allow it."),
        },
    }


def _marked(request: HttpRequest, asking: Actor) -> str:
    """Mark what a form names and return where to go: the incident that was opened, or back."""
    opened = _number(request.POST.get("open", ""))
    if opened is not None:
        told = notices.notice_of(asking, opened)
        notices.mark_read(asking, timezone.now(), ids=[opened])
        return (_link(told, asking) if told else None) or reverse("notices")
    up_to = _number(request.POST.get("all_before", ""))
    if up_to is not None:
        notices.mark_read(asking, timezone.now(), up_to=up_to)
    return reverse("notices")


def _item(told: Told, asking: Actor) -> dict[str, Any]:
    return {
        "id": told.id,
        "at": told.at.isoformat(),
        "when": plain.moment(told.at),
        "kind": told.kind,
        "told_as": told.told_as,
        "text": told.text,
        "note": told.note,
        "number": told.number,
        "state": told.state,
        "unread": told.unread,
        "incident": str(told.incident) if told.incident else None,
        "url": _link(told, asking),
    }


def _link(told: Told, asking: Actor) -> str | None:
    """Return the incident's place on the reader's own page, None when it is out of their sight.

    Who sits at a desk and works in the field as well gets the page of the part they were told in.
    """
    if told.incident is None:
        return None
    desk = asking.is_any_of(DESK_ROLES) or asking.user.is_superuser
    if desk and (told.told_as in AT_THE_DESK or not asking.is_any_of(FIELD_ROLES)):
        return f"{reverse('command')}#17/{told.lat:.5f}/{told.lon:.5f}/{told.incident}"
    return f"{reverse('field')}#incident/{told.incident}"


def _number(text: str) -> int | None:
    """Return a notice's id out of an address or form, None for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
