"""The command centre's API: a snapshot, what came after it, and the areas to draw."""

from datetime import timedelta
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from gis_grid.access import Actor, require
from gis_grid.people.models import DESK_ROLES
from gis_grid.web.api import SearchText, Strict, actor, no_store
from incidents import feed, layers
from incidents.models import Incident
from incidents.rows import rows_of

router = Router(tags=["command"])
CLOSED_SHOWN = timedelta(hours=24)


class AfterIn(Strict):
    """Where the reader stands in the log."""

    after: Annotated[int, Field(ge=0, lt=2**63)] = 0
    scope: Annotated[SearchText, Field(max_length=64)] = ""


def desk(request: HttpRequest) -> Actor:
    """Return the actor, who must sit at a desk or administer the whole."""
    asking = actor(request)
    if not asking.user.is_superuser:
        require(asking, DESK_ROLES)
    return asking


@router.get("/snapshot")
def snapshot(request: HttpRequest) -> dict[str, Any]:
    """Everything a live map shows now, and the sequence number to go on from."""
    asking = desk(request)
    now = timezone.now()
    # The number first: a change between the two reads is then in the rows and told once more,
    # which changes nothing. The other way round it would be in neither.
    sequence = feed.last_sequence()
    rows = rows_of(Incident.objects.within(asking.territory).on_the_map(now - CLOSED_SHOWN))
    scope = feed.scope_of(asking.territory)
    return {"sequence": sequence, "at": now.isoformat(), "scope": scope, "incidents": rows}


@router.get("/events")
def events(request: HttpRequest, query: Query[AfterIn]) -> dict[str, Any]:
    """What changed after a sequence number: the stream's content, for who cannot stream."""
    asking = desk(request)
    if feed.must_resync(query.after, query.scope, asking.territory):
        return {"sequence": query.after, "events": [], "resync": True}
    sequence, told = feed.events_after(query.after, asking.territory)
    return {"sequence": sequence, "events": told}


@router.get("/areas")
def areas(request: HttpRequest) -> HttpResponse:
    """The areas of my territory as GeoJSON, with who is on duty."""
    asking = desk(request)
    body = layers.areas(asking.territory, timezone.localdate())
    return no_store(HttpResponse(body, content_type="application/geo+json"))
