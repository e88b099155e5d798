"""An incident as the browser knows it: one row of a list, one marker on a map."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, TypedDict
from uuid import UUID

from django.db.models import FloatField, Func, QuerySet

from incidents import states
from incidents.models import Incident
from incidents.models.categories import label_of
from incidents.models.incidents import in_objection, number_of
from incidents.queries import photo_count

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


class _Facts(NamedTuple):
    """What a row is made of."""

    id: UUID
    serial: int
    state: str
    source: str
    category: str
    category_name: str
    category_name_en: str
    emergency: bool
    area: str | None
    area_name: str | None
    lon: float
    lat: float
    reported_at: datetime
    due_at: datetime
    stage_due_at: datetime | None
    amber_at: datetime | None
    unit: str | None
    ground: str | None
    outcome: str | None
    returns: int
    suspended_at: datetime | None
    registered_at: datetime | None
    flags: Iterable[str]
    settled: bool
    closed_at: datetime | None
    method: str
    version: int
    words: str
    photos: int


def _degrees(axis: str) -> Func:
    return Func("point", function=f"ST_{axis}", output_field=FloatField())


# In the order of _Facts.
_COLUMNS = (
    *("id", "serial", "state", "source"),
    *("category__code", "category__name", "category__name_en", "category__emergency"),
    *("area__code", "area__name", _degrees("X"), _degrees("Y")),
    *("reported_at", "due_at", "stage_due_at", "amber_at"),
    *("dispatch__unit__name", "dispatch__area__name", "dispatch__outcome", "returns"),
    *("suspended_at", "registered_at", "flags", "settled", "closed_at"),
    *("route_method", "version", "words", photo_count()),
)


def row_of(incident: Incident) -> Row:
    """Return the row of an incident that was loaded with `as_rows()`."""
    category, area, dispatch = incident.category, incident.area, incident.dispatch
    return _row(
        _Facts(
            id=incident.id,
            serial=incident.serial,
            state=incident.state,
            source=incident.source,
            category=category.code,
            category_name=category.name,
            category_name_en=category.name_en,
            emergency=category.emergency,
            area=area.code if area else None,
            area_name=area.name if area else None,
            lon=incident.point.x,
            lat=incident.point.y,
            reported_at=incident.reported_at,
            due_at=incident.due_at,
            stage_due_at=incident.stage_due_at,
            amber_at=incident.amber_at,
            unit=dispatch.unit.name if dispatch and dispatch.unit else None,
            ground=dispatch.area.name if dispatch and dispatch.area else None,
            outcome=dispatch.outcome if dispatch else None,
            returns=incident.returns,
            suspended_at=incident.suspended_at,
            registered_at=incident.registered_at,
            flags=incident.flags,
            settled=incident.settled,
            closed_at=incident.closed_at,
            method=incident.route_method,
            version=incident.version,
            words=incident.words,
            photos=getattr(incident, "photo_count", 0),
        )
    )


def rows_of(incidents: QuerySet[Incident]) -> list[Row]:
    """Return the rows of a queryset, without an object for each: a city has 25,000 open ones."""
    return [_row(_Facts(*facts)) for facts in incidents.values_list(*_COLUMNS)]


def _row(facts: _Facts) -> Row:
    return {
        "id": str(facts.id),
        "number": number_of(facts.reported_at, facts.serial),
        "state": facts.state,
        "source": facts.source,
        "category": facts.category,
        "category_name": label_of(facts.category_name, facts.category_name_en),
        "area": facts.area,
        "area_name": facts.area_name or "",
        "lon": round(facts.lon, 7),
        "lat": round(facts.lat, 7),
        "reported_at": facts.reported_at.isoformat(),
        "due_at": facts.due_at.isoformat(),
        "stage_due_at": _iso(facts.stage_due_at),
        "amber_at": _iso(facts.amber_at),
        # Whoever has the case now; nobody between two dispatches.
        "holder": (facts.unit or facts.ground or "") if facts.state in HELD_STATES else "",
        "suspended": facts.suspended_at is not None,
        "objection": in_objection(facts.state, facts.returns, facts.outcome),
        "stand_in": "stand_in" in facts.flags,
        "emergency": facts.emergency,
        "open_problem": facts.registered_at is not None and facts.state in states.OPEN_STATES,
        "settled": facts.settled,
        "closed_at": _iso(facts.closed_at),
        "method": facts.method,
        "version": facts.version,
        "photos": facts.photos,
        "words": facts.words,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
