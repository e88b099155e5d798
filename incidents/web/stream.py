"""The live stream: `text/event-stream` from a sequence number on, for one territory."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.access import Actor, actor_of
from gis_grid.errors import Forbidden, GridError, Unreadable
from gis_grid.people.backends import seated
from gis_grid.web.errors import answer
from incidents import feed
from incidents.feed import as_stream
from incidents.hub import HUB
from incidents.web.command import desk

BEAT_S = 4.0
CHECK_S = 2.0  # how long a right may be gone before it is looked up again


async def events(request: HttpRequest) -> HttpResponseBase:
    """Stream changes after `Last-Event-ID` (or `?after=`): put, drop, beat, resync."""
    try:
        origin = _origin(request)
        asking = await sync_to_async(_listener)(request)
        after = _position(request)
    except GridError as error:
        return answer(request, error)
    response = StreamingHttpResponse(
        _frames(request, asking, after), content_type="text/event-stream"
    )
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


async def _frames(request: HttpRequest, asking: Actor, after: int) -> AsyncIterator[bytes]:
    async with HUB.stream() as stream:
        # 1. What happened before we joined; anything later is already in the queue.
        backlog = await sync_to_async(feed.changes_after)(after)
        last = await sync_to_async(feed.last_sequence)()
        if after > last or len(backlog) >= feed.MAX_REPLAY:
            yield as_stream("resync", {"sequence": last})
            return
        yield _beat(after)
        sent = after
        for change in backlog:
            sent = change.sequence
            if frame := change.frame(asking.territory):
                yield frame
        # 2. What happens from now on.
        clock = asyncio.get_running_loop().time
        checked = clock()
        while not stream.lost:
            if clock() - checked >= CHECK_S:
                checked = clock()
                now = await sync_to_async(_renewed)(request)
                if now is None:
                    return
                if now.territory != asking.territory:
                    break  # what is shown may no longer be theirs to see
            try:
                changes = await asyncio.wait_for(stream.queue.get(), BEAT_S)
            except TimeoutError:
                if HUB.healthy:
                    yield _beat(sent)
                continue
            for change in changes:
                if change.sequence <= sent:
                    continue
                sent = change.sequence
                if frame := change.frame(asking.territory):
                    yield frame
        yield as_stream("resync", {"sequence": sent})


def _beat(sequence: int) -> bytes:
    """A sign of life; it also tells the reader how far the log has been read for it."""
    data = {"sequence": sequence, "at": timezone.now().isoformat()}
    return as_stream("beat", data, sequence)


def _listener(request: HttpRequest) -> Actor:
    request.auth = actor_of(request.user)  # type: ignore[attr-defined]
    return desk(request)


def _renewed(request: HttpRequest) -> Actor | None:
    """Return the listener with today's rights, None when they logged out or lost them."""
    user = seated(request.user.pk or 0)
    if user is None or not user.is_active:
        return None
    if not request.session.exists(request.session.session_key or ""):
        return None
    request.auth = actor_of(user)  # type: ignore[attr-defined]
    try:
        return desk(request)
    except GridError:
        return None


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
