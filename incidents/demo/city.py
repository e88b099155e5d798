"""A year of an invented city's incidents, written by COPY: made to be many, not to be retold.

Each has a whole, plausible life in its own times: reported, accepted, given to its grid, answered,
closed; a few are void, a few still stand somewhere on the way. The demo district's are lived
through by the real deeds (`playing.py`); here the rows are written as those deeds leave them.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
import shapely
from django.db import connection
from django.utils import timezone
from psycopg import sql

from gis_grid.demo.happenings import HOUR_WEIGHT
from gis_grid.demo.words import SENTENCES, WEIGHTS
from gis_grid.territory.layers import layer_at
from gis_grid.territory.models import Level
from incidents import bins, relay, states
from incidents.deadlines import sla
from incidents.deadlines.calendars import calendar_of
from incidents.models import Category, Dispatch, Event, Incident

DAYS = 365
OPEN_SHARE, VOID_SHARE = 0.025, 0.02
OPEN_DAYS = 1.2  # mean age of what is open
STANDS = (states.REPORTED, states.ACCEPTED, states.DISPATCHED, states.IN_PROGRESS, states.ANSWERED)
STEPS = ("report", "accept", "dispatch", "sign", "answer", "close")
# How many of STEPS lie behind an incident in a state.
DONE = {
    states.REPORTED: 1,
    states.ACCEPTED: 2,
    states.DISPATCHED: 3,
    states.IN_PROGRESS: 4,
    states.ANSWERED: 5,
    states.CLOSED: 6,
}
AFTER = (
    states.REPORTED,
    states.ACCEPTED,
    states.DISPATCHED,
    states.IN_PROGRESS,
    states.ANSWERED,
    states.CLOSED,
)
HOT_SHARE, HOT_REACH = 0.5, 0.08  # of all; of a grid's side
NOBODY = json.dumps({})

Told = Callable[[str], None]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Plan:
    """What happens, one entry an incident, oldest first. `at`: (n, 6) seconds since 1970, NaN: not
    yet; `grid` is an index into the layer's grids."""

    at: Floats
    state: npt.NDArray[np.str_]
    category: npt.NDArray[np.int64]
    grid: npt.NDArray[np.int64]
    places: Floats


def play_city(count: int, now: datetime, told: Told, seed: int = 7) -> int:
    """Write `count` incidents of the year before `now` with dispatches and events; counts the map's
    clusters. In the caller's transaction. Returns how many are open."""
    rng = np.random.default_rng([seed, 200])
    layer = layer_at(timezone.localdate(now), [Level.GRID])
    categories = [c for c in Category.objects.minors() if WEIGHTS.get(c.code)]
    plan = _plan(count, now, layer.shapes, categories, rng)
    told(f"{count} incidents planned")
    life = _Life(plan, layer.areas, categories, rng)
    with connection.cursor() as cursor:
        life.reserve(cursor)
        _copy(cursor, Incident, _INCIDENT, life.incidents())
        told("incidents written")
        _copy(cursor, Dispatch, _DISPATCH, life.dispatches())
        told("dispatches written")
        _copy(cursor, Event, _EVENT, life.events(*_last_event(cursor)))
        told("events written and numbered")
    bins.rebuild()
    told("clusters counted")
    return int(np.isin(plan.state, STANDS).sum())


def _plan(
    count: int,
    now: datetime,
    shapes: Any,
    categories: Sequence[Category],
    rng: np.random.Generator,
) -> _Plan:
    state = rng.choice(
        [states.CLOSED, states.VOID, *STANDS],
        count,
        p=[1 - OPEN_SHARE - VOID_SHARE, VOID_SHARE, *[OPEN_SHARE / len(STANDS)] * len(STANDS)],
    )
    is_open = np.isin(state, STANDS)
    end = now.timestamp()
    lately = np.minimum(rng.exponential(OPEN_DAYS, count), DAYS)
    ago = np.where(is_open, lately, rng.uniform(3, DAYS, count))
    hours = rng.choice(24, count, p=HOUR_WEIGHT / HOUR_WEIGHT.sum()) + rng.uniform(0, 1, count)
    reported = np.minimum(end - ago * 86400, end - 3600)
    midnight = np.floor((reported + _offset(now)) / 86400) * 86400 - _offset(now)
    reported = np.minimum(midnight + hours * 3600, end - 1800)
    weights = np.array([WEIGHTS[c.code] for c in categories])
    chosen = rng.choice(len(categories), count, p=weights / weights.sum())
    grid, places = _places(shapes, count, rng)
    order = np.argsort(reported, kind="stable")
    plan = _Plan(
        _steps(reported, state, end, rng)[order],
        state[order],
        chosen[order],
        grid[order],
        places[order],
    )
    return plan


def _steps(reported: Floats, state: Any, end: float, rng: np.random.Generator) -> Floats:
    """Return when each step was taken; a later one never before an earlier one, none after now."""
    hours = np.array([0.0, 1.5, 1.0, 4.0, 20.0, 10.0])
    waits = rng.exponential(1.0, (len(reported), len(STEPS))) * hours * 3600 + 60
    waits[:, 0] = 0
    at = reported[:, None] + np.cumsum(waits, axis=1)
    done = np.array([DONE.get(str(each), 2) for each in state])
    # Whoever would be too late is quicker: the whole way fits before now.
    late = at[np.arange(len(at)), done - 1]
    squeeze = np.minimum(1.0, (end - 60 - reported) / np.maximum(late - reported, 1.0))
    at = reported[:, None] + (at - reported[:, None]) * squeeze[:, None]
    at[np.arange(len(STEPS))[None, :] >= done[:, None]] = np.nan
    return np.asarray(at)


def _places(shapes: Any, count: int, rng: np.random.Generator) -> tuple[Any, Floats]:
    """Return for each incident its grid's index and a place inside: half of all near hot spots."""
    spots = shapely.get_coordinates(shapely.point_on_surface(shapes))
    popular = rng.pareto(1.6, len(shapes)) + 0.3
    grid = rng.choice(len(shapes), count, p=popular / popular.sum())
    box = shapely.bounds(shapes)
    side = (box[:, 2:] - box[:, :2])[grid]
    reach = np.where(rng.random(count) < HOT_SHARE, HOT_REACH, 0.3)[:, None]
    places = spots[grid] + rng.normal(0, 1, (count, 2)) * side * reach
    outside = ~shapely.contains_xy(shapes[grid], places[:, 0], places[:, 1])
    places[outside] = spots[grid][outside]
    return grid, places.round(6)


class _Life:
    """The rows of a plan, one after the other."""

    def __init__(
        self,
        plan: _Plan,
        grids: Sequence[Any],
        categories: Sequence[Category],
        rng: np.random.Generator,
    ) -> None:
        self._plan = plan
        self._grids = grids
        self._categories = categories
        self._rng = rng
        self._count = len(plan.state)
        self._ids = [UUID(bytes=rng.bytes(16), version=4) for _ in range(self._count)]
        self._given = np.isfinite(plan.at[:, 2])
        self._dispatch_ids = np.zeros(self._count, dtype=np.int64)
        calendar = calendar_of()
        self._deadline = partial(_deadline, calendar=calendar)

    def reserve(self, cursor: Any) -> None:
        """Take numbers for the dispatches, which incidents name before they are written."""
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('incidents_dispatch', 'id'))"
            " FROM generate_series(1, %s)",
            [int(self._given.sum())],
        )
        self._dispatch_ids[self._given] = [row[0] for row in cursor.fetchall()]

    def incidents(self) -> Iterator[tuple[Any, ...]]:
        """Yield the columns of _INCIDENT."""
        plan = self._plan
        pick = self._rng.integers(0, 1 << 30, self._count)
        accuracy = self._rng.uniform(4, 18, self._count).round(1)
        for n in range(self._count):
            grid, category = self._grids[plan.grid[n]], self._categories[plan.category[n]]
            at = [_moment(second) for second in plan.at[n]]
            lon, lat = plan.places[n].tolist()
            words = SENTENCES[category.code]
            state = str(plan.state[n])
            filed = state != states.VOID
            reported = at[0]
            yield (
                self._ids[n],
                "worker",
                category.pk,
                words[int(pick[n]) % len(words)],
                state,
                int(np.isfinite(plan.at[n]).sum()),
                lon,
                lat,
                "wgs84",
                float(accuracy[n]),
                "gps",
                f"SRID=4326;POINT({lon!r} {lat!r})",
                grid.area_id,
                grid.path,
                grid.boundary_id,
                "covers",
                _route(grid),
                reported,
                reported,
                reported,
                self._deadline(reported, category),
                at[1] if filed else None,
                at[2],
                at[4],
                at[5],
                next(moment for moment in reversed(at) if moment is not None),
                int(self._dispatch_ids[n]) or None,
                Level.GRID if state == states.CLOSED else None,
                "[]",
                self._ids[n].hex * 2,
            )

    def dispatches(self) -> Iterator[tuple[Any, ...]]:
        """Yield the columns of _DISPATCH."""
        plan = self._plan
        for n in np.flatnonzero(self._given):
            grid, category = self._grids[plan.grid[n]], self._categories[plan.category[n]]
            _reported, _filed, given, signed, answered, _closed = map(_moment, plan.at[n])
            yield (
                int(self._dispatch_ids[n]),
                self._ids[n],
                "lead",
                grid.area_id,
                NOBODY,
                False,
                given,
                given,
                category.limit_amount,
                category.limit_kind,
                self._deadline(given, category),
                signed,
                answered,
                "answered" if answered else "",
                "已处理" if answered else "",
                "",
            )

    def events(self, sequence: int, link: str) -> Iterator[tuple[Any, ...]]:
        """Yield the columns of _EVENT in the order of time, numbered and chained."""
        plan = self._plan
        taken = np.argwhere(np.isfinite(plan.at))
        for n, step in taken[np.argsort(plan.at[tuple(taken.T)], kind="stable")]:
            path, at = self._grids[plan.grid[n]].path, _moment(plan.at[n, step])
            refused = step == 1 and plan.state[n] == states.VOID
            kind = "refuse" if refused else STEPS[step]
            after = states.VOID if refused else AFTER[step]
            before, path_before = (AFTER[step - 1], path) if step else ("", "")
            version = int(step) + 1
            fact: tuple[Any, ...] = (
                self._ids[n],
                kind,
                before,
                after,
                path_before,
                path,
                version,
                at,
                None,
                "",
                {},
            )
            sequence += 1
            link = relay.chain(link, sequence, (None, *fact))
            yield (*fact[:8], "", NOBODY, sequence, link)


_INCIDENT = [
    "id",
    "source",
    "category_id",
    "words",
    "state",
    "version",
    "raw_lon",
    "raw_lat",
    "datum",
    "accuracy_m",
    "position_method",
    "point",
    "area_id",
    "area_path",
    "boundary_id",
    "route_method",
    "route",
    "routed_at",
    "recorded_at",
    "reported_at",
    "due_at",
    "accepted_at",
    "dispatched_at",
    "answered_at",
    "closed_at",
    "progressed_at",
    "dispatch_id",
    "closed_level",
    "flags",
    "content_sha256",
]
_DISPATCH = [
    "id",
    "incident_id",
    "part",
    "area_id",
    "why",
    "final",
    "at",
    "started_at",
    "limit_amount",
    "limit_kind",
    "due_at",
    "signed_at",
    "ended_at",
    "outcome",
    "answer",
    "return_reason",
]
_EVENT = [
    "incident_id",
    "kind",
    "state_before",
    "state_after",
    "path_before",
    "path_after",
    "version",
    "at",
    "note",
    "body",
    "sequence",
    "hash",
]


def _copy(cursor: Any, model: Any, columns: Sequence[str], rows: Iterator[tuple[Any, ...]]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _last_event(cursor: Any) -> tuple[int, str]:
    cursor.execute(
        "SELECT sequence, hash FROM incidents_event WHERE sequence IS NOT NULL"
        " ORDER BY sequence DESC LIMIT 1"
    )
    return cursor.fetchone() or (0, "")


def _route(grid: Any) -> str:
    return json.dumps(
        {
            "method": "covers",
            "area": {"code": grid.code, "name": grid.name},
            "edge_m": None,
            "distance_m": 0.0,
            "candidates": [],
            "answered": None,
        }
    )


def _deadline(start: datetime | None, category: Category, calendar: Any) -> datetime:
    assert start is not None
    return sla.deadline(start, category.limit, calendar)


def _moment(second: float) -> datetime | None:
    if not np.isfinite(second):
        return None
    return datetime.fromtimestamp(float(second), tz=timezone.get_current_timezone())


def _offset(now: datetime) -> float:
    return (timezone.localtime(now).utcoffset() or timedelta()).total_seconds()
