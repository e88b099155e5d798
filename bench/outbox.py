"""The event as a row for the relay, against NOTIFY inside the transaction, on 32 connections.

Only the writing is measured: the report's one statement, which is its own transaction. Routing
and a busy client would keep the cores at what is the same on both sides, and the lock that NOTIFY
takes is held while a commit is written to the disk.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from uuid import uuid4

from django.utils import timezone
from psycopg import ClientCursor
from psycopg.pq.abc import PGconn

from bench import district, ledger, load, rounds, scratch
from bench.district import District
from bench.lanes import Values, drive, prepare
from bench.load import Work
from bench.outcome import Check, Effort, Outcome
from bench.raw import Connection, values
from bench.reports import drafts, phone
from gis_grid.territory.ownership import OUTSIDE
from incidents import relay
from incidents.actions import INSERT_REPORT
from incidents.routing import Route

LANES = 32  # connections
PROCESSES = 2  # that drive them
ACCEPT, STRETCH = 1.8, 3.0

OUTBOX = INSERT_REPORT
NOTIFY = INSERT_REPORT.replace(
    "SELECT serial FROM incident",
    f"SELECT serial, pg_notify('{relay.CHANNEL}', serial::text) FROM incident",
)
HEARD_S = 30.0


def run(effort: Effort) -> Outcome:
    """Store reports both ways in turn while one connection listens."""
    place = district.load(effort.grids, LANES)
    scratch.settle()
    book = ledger.Ledger()
    ways = {"outbox": OUTBOX, "NOTIFY inside": NOTIFY}
    with _listener() as listener:
        measured = rounds.alternate(
            {
                name: book.watch(
                    name,
                    partial(load.run, partial(open_way, place, way), PROCESSES, effort.seconds),
                )
                for name, way in ways.items()
            },
            effort.rounds,
        )
        rung = book.sent("NOTIFY inside")
        heard = sum(1 for _ in listener.notifies(timeout=HEARD_S, stop_after=rung))
    outbox, notify = measured.values()
    relayed, per_second = _relay()
    return Outcome(
        title=f"event outbox and NOTIFY inside the transaction, {LANES} connections",
        unit="reports/s",
        sides=[outbox, notify, rounds.Spread("relay, afterwards", [per_second])],
        ratios=[rounds.ratio(outbox, notify, ACCEPT, STRETCH)],
        checks=[
            *book.checks(),
            Check("bells heard from inside", rung, heard),
            Check("events numbered by the relay", rung + book.sent("outbox"), relayed),
        ],
    )


@contextmanager
def open_way(place: District, statement: str, number: int) -> Iterator[Work]:
    """Connect this process's lanes, and yield the work of storing reports by this statement."""
    with ExitStack() as stack:
        lanes = [_lane(stack, place, statement, lane) for lane in range(number, LANES, PROCESSES)]
        yield partial(drive, lanes, _fresh_ids)


def _lane(stack: ExitStack, place: District, statement: str, number: int) -> PGconn:
    """Connect, and prepare the statement with one report's values; only its ids stay open."""
    draft = next(drafts(place, number))
    parameters = values(draft, Route(OUTSIDE), timezone.now(), phone(place, number))
    connection = stack.enter_context(scratch.connect())
    whole = ClientCursor(connection).mogrify(statement, parameters)
    for name, literal in (("$1", f"'{draft.id.hex}'"), ("$2", f"'{{{draft.photo.hex}}}'")):
        assert literal in whole
        whole = whole.replace(literal, name)
    return prepare(connection, whole, "uuid, uuid[]")


def _fresh_ids() -> Values:
    return [str(uuid4()).encode(), f"{{{uuid4()}}}".encode()]


@contextmanager
def _listener() -> Iterator[Connection]:
    with scratch.connect() as connection:
        connection.execute(f"LISTEN {relay.CHANNEL}")
        yield connection


def _relay() -> tuple[int, float]:
    """Let the relay number every event; return how many, and how many a second."""
    started = time.perf_counter()
    count = relay.stamp_all()
    return count, count / (time.perf_counter() - started)
