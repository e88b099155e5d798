"""A city's past: old cases from a file, with their own times and deadlines, routed on their day.

What a row means here: it counts as filed when it was reported, because the file does not say
when. It is void when its status says so, closed when it has a closing time or a closing status,
and open (accepted) otherwise. Its closing is also its answer; to whom it was dispatched is not
known, so the figures of handling leave it out. No alarm rings for an open one until somebody does
something about it: nobody is to be woken by ten thousand cases of another system.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

import numpy as np
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from gis_grid.errors import Conflict, GridError
from gis_grid.exchange.outcome import Outcome
from gis_grid.territory.ownership import OUTSIDE
from incidents import states
from incidents.bulk import Floats, owners_of, stand_in_rows
from incidents.deadlines import sla
from incidents.deadlines.calendars import calendar_of
from incidents.models import Category, Event, Incident, PositionMethod
from incidents.past.table import PastCase, PastFile, Wanted, read
from incidents.past.words import AMBIGUOUS, Categories
from incidents.routing import GRID_LEVELS, PARENT_LEVELS, Route

BATCH: Final = 1000
ASKED_AT_ONCE: Final = 10_000
KIND: Final = "import"
NAMESPACE: Final = UUID("6d1c2f0e-8f0b-5d0a-9d53-2a4f6b1f7c11")
IMPORT_LOCK: Final = 0x70617374  # "past"

Told = Callable[[int, int], None]


@dataclass
class PastOutcome(Outcome):
    """What came of a file of old cases. `methods` and `stand_ins` are of the new ones."""

    methods: dict[str, int] = field(default_factory=dict)
    stand_ins: list[dict[str, Any]] = field(default_factory=list)
    cancelled: bool = False


@dataclass(frozen=True)
class _New:
    """A case that is not here yet. `number` is its place among the file's usable rows."""

    number: int
    case: PastCase
    category: Category
    sha256: str


@dataclass(frozen=True)
class _Placed:
    """Where a new case belongs: WGS84 degrees, and its route on the day of its report."""

    lon: float
    lat: float
    route: Route
    stand_in: bool


def import_past(wanted: Wanted, told: Told = lambda _done, _total: None) -> PastOutcome:
    """Bring in a file of old cases; never raises for what is wrong with the file.

    Rows are independent: what can be used is written, the others are listed. Each batch is one
    transaction, so whoever interrupts it has some cases in full and the others not at all, and
    goes on by running it again: what is here already is unchanged. `told(done, total)` is called
    before the first and after each batch.
    """
    outcome = PastOutcome(dry_run=wanted.dry_run)
    try:
        with _alone():
            _import(wanted, outcome, told, timezone.now())
    except GridError as refusal:
        outcome.refuse(refusal)
    except KeyboardInterrupt:
        outcome.cancelled = True
        outcome.notes.append(_("Interrupted. Run it again to go on; nothing comes twice."))
    return outcome


def _import(wanted: Wanted, outcome: PastOutcome, told: Told, now: datetime) -> None:
    # 1. What the file says.
    file = read(wanted, now)
    outcome.read, outcome.rejected = file.read, file.rejected
    outcome.notes.extend(file.notes)

    # 2. What is new, and which of our categories its words mean.
    categories = Categories(create=wanted.create_categories)
    new = _new(wanted, file, categories, outcome)

    # 3. Whose each place was on its day. All rows of the file say what a stand-in is.
    placed = _placed(file, new)
    _tell_routes(placed, outcome)

    # 4. Write.
    if not wanted.dry_run:
        outcome.notes.extend(categories.save())
        _write_all(list(zip(new, placed, strict=True)), wanted, outcome, told, now)
    outcome.accepted = len(new)


def _write_all(
    pairs: list[tuple[_New, _Placed]],
    wanted: Wanted,
    outcome: PastOutcome,
    told: Told,
    now: datetime,
) -> None:
    told(0, len(pairs))
    for start in range(0, len(pairs), BATCH):
        batch = pairs[start : start + BATCH]
        _write(batch, wanted, now)
        outcome.accepted += len(batch)
        told(outcome.accepted, len(pairs))


@contextmanager
def _alone() -> Iterator[None]:
    """Let one import run at a time: two of the same file would both find every case new."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [IMPORT_LOCK])
        if not cursor.fetchone()[0]:
            raise Conflict("import_running", _("Another import of old cases is running."))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [IMPORT_LOCK])


# --- what is new ------------------------------------------------------------------------------


def _new(
    wanted: Wanted, file: PastFile, categories: Categories, outcome: PastOutcome
) -> list[_New]:
    """Return the cases that are not here; one that is here is never changed by a file."""
    known = _known(wanted.source, [case.external_id for case in file.cases])
    new = []
    for number, case in enumerate(file.cases):
        category = categories.of(case.category)
        if isinstance(category, str):
            _reject_category(outcome, case, wanted, category)
            continue
        sha256 = case.sha256(wanted.source, category.code, wanted.datum)
        before = known.get(case.external_id)
        if before is None:
            new.append(_New(number, case, category, sha256))
        elif before == sha256:
            outcome.unchanged += 1
        else:
            reason = _("It is here with other facts; a file never changes a case.")
            outcome.reject(case.row, wanted.columns.external_id, "known_otherwise", reason)
    outcome.rejected.sort(key=lambda one: one.row or 0)
    return new


def _reject_category(outcome: PastOutcome, case: PastCase, wanted: Wanted, code: str) -> None:
    if code == AMBIGUOUS:
        reason = _("“%(word)s” is the name of several categories; use the code.")
    else:
        reason = _("“%(word)s” is not one of our categories.")
    outcome.reject(case.row, wanted.columns.category, code, reason % {"word": case.category})


def _known(source: str, ids: Sequence[str]) -> dict[str, str]:
    """Return the content's name of each case of this source that is here, by its number there."""
    known: dict[str, str] = {}
    fields = ("external_id", "content_sha256")
    for start in range(0, len(ids), ASKED_AT_ONCE):
        asked = ids[start : start + ASKED_AT_ONCE]
        here = Incident.objects.filter(source=source, external_id__in=asked)
        known.update((here_id or "", name) for here_id, name in here.values_list(*fields))
    return known


# --- whose it was -----------------------------------------------------------------------------


def _placed(file: PastFile, new: list[_New]) -> list[_Placed]:
    """Return where each new case belongs, by the rule of a single report: grids, then parents."""
    numbers = [each.number for each in new]
    lonlat: Floats = file.lonlat[numbers]
    stand_ins = stand_in_rows(file.lonlat)[numbers]
    days = [timezone.localdate(each.case.reported_at) for each in new]
    unsure = np.full(len(new), np.nan)  # no file tells how exact a place is
    routes = [Route(OUTSIDE)] * len(new)
    waiting = ~stand_ins
    for levels in (GRID_LEVELS, PARENT_LEVELS):
        for row, found in owners_of(lonlat, unsure, days, waiting, levels=levels):
            if found.owner:
                routes[row] = Route(
                    found.method, found.owner, boundary_ids=(found.owner.boundary_id,)
                )
                waiting[row] = False
    return [
        _Placed(round(lon, 7), round(lat, 7), route, bool(stand_in))
        for (lon, lat), route, stand_in in zip(lonlat.tolist(), routes, stand_ins, strict=True)
    ]


def _tell_routes(placed: list[_Placed], outcome: PastOutcome) -> None:
    outcome.methods = dict(sorted(Counter(_method(each) for each in placed).items()))
    heaps = Counter((each.lon, each.lat) for each in placed if each.stand_in)
    outcome.stand_ins = [
        {"lon": lon, "lat": lat, "rows": rows} for (lon, lat), rows in heaps.items()
    ]
    for stand_in in outcome.stand_ins:
        outcome.notes.append(
            _("%(rows)d rows stand at exactly %(lon)s, %(lat)s: a stand-in, not a place.")
            % stand_in
        )


def _method(placed: _Placed) -> str:
    return "stand_in" if placed.stand_in else placed.route.method


# --- writing ----------------------------------------------------------------------------------


@transaction.atomic
def _write(batch: list[tuple[_New, _Placed]], wanted: Wanted, now: datetime) -> None:
    """Write cases with one event each: all of the batch or nothing."""
    rows = [_incident(each, where, wanted, now) for each, where in batch]
    _copy(Incident, rows)
    _copy(
        Event,
        [
            _event(row, each, where, wanted, now)
            for row, (each, where) in zip(rows, batch, strict=True)
        ],
    )


def _copy(model: type[Model], rows: list[dict[str, Any]]) -> None:
    """Write rows by COPY, ten times as fast as INSERT; the table's defaults fill the rest."""
    columns = sql.SQL(", ").join(sql.Identifier(name) for name in rows[0])
    table = sql.Identifier(model._meta.db_table)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, columns)
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(list(row.values()))


def _incident(new: _New, placed: _Placed, wanted: Wanted, now: datetime) -> dict[str, Any]:
    """Return the columns of a case; what is not named is at its default."""
    case, owner = new.case, placed.route.owner
    filed = case.state != states.VOID
    closed_at = case.closed_at if filed else None
    flags = (["outside"] if owner is None else []) + (["stand_in"] if placed.stand_in else [])
    return {
        "id": uuid5(NAMESPACE, f"{wanted.source}\n{case.external_id}"),
        "source": wanted.source,
        "external_id": case.external_id,
        "content_sha256": new.sha256,
        "category_id": new.category.pk,
        "words": case.words,
        "state": case.state,
        "version": 1,
        "raw_lon": case.lon,
        "raw_lat": case.lat,
        "datum": wanted.datum.value,
        "position_method": PositionMethod.MANUAL.value,
        "point": f"SRID=4326;POINT({placed.lon!r} {placed.lat!r})",
        "area_id": owner.area_id if owner else None,
        "area_path": owner.path if owner else "",
        "boundary_id": owner.boundary_id if owner else None,
        "route_method": placed.route.method,
        "route": _json(placed.route.as_json),
        "routed_at": now,
        "recorded_at": case.reported_at,
        "reported_at": case.reported_at,
        "accepted_at": case.reported_at if filed else None,
        "answered_at": closed_at,
        "closed_at": closed_at,
        "progressed_at": closed_at or now,
        "due_at": case.due_at or _due_at(case, new.category),
        "flags": _json(flags),
    }


def _due_at(case: PastCase, category: Category) -> datetime:
    return sla.deadline(case.reported_at, category.limit, calendar_of())


def _event(
    row: dict[str, Any], new: _New, placed: _Placed, wanted: Wanted, now: datetime
) -> dict[str, Any]:
    body = {
        "file": wanted.path.name[:200],
        "row": new.case.row,
        "external_id": new.case.external_id,
        "category": new.category.code,
        "route": placed.route.as_json,
    }
    return {
        "deed_id": uuid5(row["id"], KIND),
        "incident_id": row["id"],
        "kind": KIND,
        "state_before": "",
        "state_after": row["state"],
        "path_before": "",
        "path_after": row["area_path"],
        "version": 1,
        "at": now,
        "note": "",
        "body": _json(body),
        "hash": "",
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
