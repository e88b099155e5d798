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

BEAT_S = 5.0
BEATS_PER_CHECK = 3  # how often the right to listen is looked up again


async def events(request: HttpRequest) -> HttpResponseBase:
    """Stream changes after `Last-Event-ID` (or `?after=`): put, drop, beat, resync."""
    try:
        origin = _origin(request)
        asking = await sync_to_async(_listener)(request)
        after = _position(request)
    except GridError as error:
        return answer(request, error)
    response = StreamingHttpResponse(_frames(asking, after), content_type="text/event-stream")
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


async def _frames(asking: Actor, after: int) -> AsyncIterator[bytes]:
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
        quiet = 0
        while not stream.lost:
            try:
                changes = await asyncio.wait_for(stream.queue.get(), BEAT_S)
            except TimeoutError:
                quiet += 1
                if quiet % BEATS_PER_CHECK == 0:
                    renewed = await sync_to_async(_renewed)(asking)
                    if renewed is None:
                        return
                    asking = renewed
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


def _renewed(asking: Actor) -> Actor | None:
    """Return the actor with today's rights, None when they may no longer listen."""
    user = seated(asking.user.pk)
    if user is None or not user.is_active:
        return None
    now = actor_of(user)
    return now if now.territory.paths or now.territory.everywhere else None


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
