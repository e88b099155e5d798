"""An incident as the browser knows it: one row of a list, one marker on a map."""

from datetime import datetime
from typing import Any, TypedDict

from incidents import states
from incidents.models import Incident

HELD_STATES = frozenset({*states.WITH_HOLDER, states.ANSWERED, states.VERIFYING})


class Row(TypedDict):
    """The JSON of a row; times are ISO 8601 with offset, lon/lat WGS84 degrees."""

    id: str
    number: str
    state: str
    source: str
    category: str
    category_name: str
    area: str | None
    area_name: str
    lon: float
    lat: float
    reported_at: str
    due_at: str
    stage_due_at: str | None
    amber_at: str | None
    holder: str
    suspended: bool
    objection: bool
    stand_in: bool
    emergency: bool
    open_problem: bool
    settled: bool
    closed_at: str | None
    method: str
    version: int
    photos: int
    words: str


def row_of(incident: Incident) -> Row:
    """Return the row of an incident that was loaded with `as_rows()`."""
    area = incident.area
    return {
        "id": str(incident.id),
        "number": incident.number,
        "state": incident.state,
        "source": incident.source,
        "category": incident.category.code,
        "category_name": incident.category.label,
        "area": area.code if area else None,
        "area_name": area.name if area else "",
        "lon": round(incident.point.x, 7),
        "lat": round(incident.point.y, 7),
        "reported_at": incident.reported_at.isoformat(),
        "due_at": incident.due_at.isoformat(),
        "stage_due_at": _iso(incident.stage_due_at),
        "amber_at": _iso(incident.amber_at),
        "holder": _holder(incident),
        "suspended": incident.suspended_at is not None,
        "objection": incident.in_objection,
        "stand_in": "stand_in" in incident.flags,
        "emergency": incident.category.emergency,
        "open_problem": incident.registered_at is not None and incident.is_open,
        "settled": incident.settled,
        "closed_at": _iso(incident.closed_at),
        "method": incident.route_method,
        "version": incident.version,
        "photos": getattr(incident, "photo_count", 0),
        "words": incident.words,
    }


def rows_of(incidents: Any) -> list[Row]:
    """Return the rows of a queryset of incidents."""
    return [row_of(incident) for incident in incidents.as_rows()]


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _holder(incident: Incident) -> str:
    """Return the name of who has the case now, empty when nobody does."""
    if incident.dispatch is None or incident.state not in HELD_STATES:
        return ""
    return incident.dispatch.holder
