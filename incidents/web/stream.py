"""The live stream: `text/event-stream` from a sequence number on, for one territory."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.access import Actor, actor_of
from gis_grid.errors import Forbidden, GridError, Unreadable
from gis_grid.web.errors import answer
from incidents import feed
from incidents.feed import Change, as_stream
from incidents.hub import HUB, in_thread
from incidents.web.command import desk
from incidents.web.standing import STANDING, Listener

BEAT_S = 4.0


async def events(request: HttpRequest) -> HttpResponseBase:
    """Stream changes after `Last-Event-ID` (or `?after=`): put, drop, beat, resync.

    `?scope=` is the snapshot's; another territory than that one's asks for a fresh snapshot.
    """
    try:
        origin = _origin(request)
        asking = await in_thread(_desk_of, request)
        after = _position(request)
    except GridError as error:
        return answer(request, error)
    listener = Listener(request.session.session_key or "", asking)
    frames = _frames(listener, asking, after, request.GET.get("scope", ""))
    response = StreamingHttpResponse(frames, content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    if origin:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Vary"] = "Origin"
    return response


async def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the live process answers."""
    return JsonResponse({"ok": True, "streams": len(HUB.streams)})


async def _frames(
    listener: Listener, asking: Actor, after: int, scope: str
) -> AsyncIterator[bytes]:
    async with HUB.stream() as stream, STANDING.watching(listener):
        # 1. What happened before we joined; anything later is already waiting in the stream.
        backlog = await in_thread(_backlog, after, scope, asking)
        if backlog is None:
            yield as_stream("resync", {"sequence": after})
            return
        sent = backlog[-1].sequence if backlog else after
        yield _beat(after) + _told(backlog, asking)
        # 2. What happens from now on.
        while not stream.lost:
            now = await STANDING.of(listener)
            if now is None:
                return
            if now.territory != asking.territory:
                break  # what is shown may no longer be theirs to see
            changes = await stream.take(BEAT_S)
            news = [change for change in changes if change.sequence > sent]
            sent = news[-1].sequence if news else sent
            if frames := _told(news, now):
                yield frames
            elif not changes and HUB.healthy:
                yield _beat(sent)
        yield as_stream("resync", {"sequence": sent})


def _backlog(after: int, scope: str, asking: Actor) -> list[Change] | None:
    """Return what came after a number, None for a reader who must start anew."""
    if feed.must_resync(after, scope, asking.territory):
        return None
    changes = feed.changes_after(after)
    return changes if len(changes) < feed.MAX_REPLAY else None


def _told(changes: list[Change], asking: Actor) -> bytes:
    """Return the frames of what a desk is told, to be sent in one piece."""
    return b"".join(frame for change in changes if (frame := change.frame(asking.territory)))


def _beat(sequence: int) -> bytes:
    """A sign of life; it also tells the reader how far the log has been read for it."""
    data = {"sequence": sequence, "at": timezone.now().isoformat()}
    return as_stream("beat", data, sequence)


def _desk_of(request: HttpRequest) -> Actor:
    request.auth = actor_of(request.user)  # type: ignore[attr-defined]
    return desk(request)


def _position(request: HttpRequest) -> int:
    text = request.headers.get("Last-Event-ID") or request.GET.get("after", "0")
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Unreadable("after_not_a_number", _("The position in the log must be a number."))
    return int(text)


def _origin(request: HttpRequest) -> str:
    """Return the page's origin when it is this host on another port; refuse foreign pages."""
    origin = request.headers.get("Origin", "")
    if origin and _host_of(origin) != _host_of(f"//{request.get_host()}"):
        raise Forbidden("foreign_origin", _("Only pages of this server may listen."))
    return origin


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).hostname
    except ValueError:  # half an IPv6 address, say
        return None
