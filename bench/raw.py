"""The report as bare as it can be: the product's two statements and its rule, by psycopg alone.

No web, no login, no ORM, no checks of what came in. The statements and the rule are imported, so
they cannot drift from the product; what is written must be equal to the last key.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
import shapely
from django.conf import settings
from django.utils import timezone

from bench.district import District, Phone
from bench.load import Work, repeat
from bench.reports import ACCURACY_M, SHA256, Draft, drafts, phone
from bench.scratch import connect
from gis_grid.territory.ownership import OUTSIDE, Ownership, decide, prefer, shares
from incidents import states
from incidents.actions import INSERT_REPORT
from incidents.deadlines import sla
from incidents.deadlines.calendars import calendar_of
from incidents.deadlines.clock import stage_limit
from incidents.models import SourceChannel
from incidents.routing import (
    GRID_LEVELS,
    MAX_CANDIDATES,
    NEAR,
    PARENT_LEVELS,
    SHAPES,
    Route,
    candidate,
    described,
    near_parameters,
    tolerances,
)

Cursor = psycopg.Cursor[tuple[Any, ...]]
Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def open_raw(district: District, number: int) -> Iterator[Work]:
    """Connect, and yield the work of storing report after report."""
    own = phone(district, number)
    waiting = drafts(district, number)
    with connect() as connection:

        def step() -> None:
            store(connection, next(waiting), own)

        yield repeat(step)


def store(connection: Connection, draft: Draft, by: Phone) -> None:
    """Route and write one report in one transaction."""
    with connection.transaction(), connection.cursor() as cursor:
        insert(cursor, draft, by)


def insert(cursor: Cursor, draft: Draft, by: Phone) -> None:
    """Route one report and write it with its photo and its event."""
    at = timezone.now()
    found = _route(cursor, draft, at, by)
    cursor.execute(INSERT_REPORT, values(draft, found, at, by))
    if cursor.fetchone() is None:
        raise RuntimeError(f"the fresh id {draft.id} was taken")


def _route(cursor: Cursor, draft: Draft, at: datetime, by: Phone) -> Route:
    found = _owner(cursor, draft, at, GRID_LEVELS)
    if found.method == OUTSIDE:
        found = _owner(cursor, draft, at, PARENT_LEVELS)
    if found.rivals:
        found = prefer(found, by.own_areas)
    return Route(found.method, found.owner, _candidates(cursor, draft, found, by))


def _owner(cursor: Cursor, draft: Draft, at: datetime, levels: tuple[int, ...]) -> Ownership:
    limits = tolerances()
    day, reach_m = timezone.localdate(at), max(limits.nearest_m, ACCURACY_M)
    cursor.execute(NEAR, near_parameters(draft.lon, draft.lat, day, reach_m, levels))
    return decide([candidate(*row) for row in cursor], ACCURACY_M, limits)


def _candidates(cursor: Cursor, draft: Draft, found: Ownership, by: Phone) -> list[dict[str, Any]]:
    if not found.rivals:
        return []
    offered = found.candidates[:MAX_CANDIDATES]
    cursor.execute(SHAPES, {"boundaries": [c.boundary_id for c in offered]})
    shapes = shapely.from_wkb([row[0] for row in cursor])
    return described(offered, shares(draft.lon, draft.lat, ACCURACY_M, shapes), by.own_areas)


def values(draft: Draft, found: Route, at: datetime, by: Phone) -> dict[str, Any]:
    """Return what INSERT_REPORT asks for."""
    owner = found.owner
    route = found.as_json
    return {
        "id": draft.id,
        "source": SourceChannel.WORKER.value,
        "category": draft.category.pk,
        "words": draft.words,
        "state": states.REPORTED,
        "raw_lon": draft.lon,
        "raw_lat": draft.lat,
        "datum": "wgs84",
        "accuracy_m": ACCURACY_M,
        "method": "gps",
        "fixed_at": draft.fixed_at,
        "lon": draft.lon,
        "lat": draft.lat,
        "area": owner.area_id if owner else None,
        "path": owner.path if owner else "",
        "boundary": owner.boundary_id if owner else None,
        "route_method": found.method,
        "route": json.dumps(route),
        "reporter": by.worker,
        "recorded_at": draft.recorded_at,
        "at": at,
        **_clock(draft, at),
        "settled": False,
        "settled_at": None,
        "closed_level": None,
        "kind": "report",
        "flags": json.dumps([] if owner else ["outside"]),
        "sha256": SHA256,
        "photo_ids": [draft.photo],
        "photo_hashes": [SHA256],
        "photo_roles": ["report"],
        "by": by.user,
        "body": json.dumps({"route": route, "category": draft.category.code}),
    }


def _clock(draft: Draft, at: datetime) -> dict[str, Any]:
    """Return the deadlines and the first alarm, which for a fresh report is amber."""
    calendar, limit = calendar_of(), stage_limit(states.REPORTED)
    stage_due_at = sla.deadline(at, limit, calendar)
    amber_at = sla.amber(at, stage_due_at, settings.AMBER_SHARE, limit, calendar)
    return {
        "due_at": sla.deadline(at, draft.category.limit, calendar),
        "stage_due_at": stage_due_at,
        "amber_at": amber_at,
        "alarm": sla.Alarm.AMBER.value,
        "alarm_at": amber_at,
    }
