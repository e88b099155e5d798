"""The event as a row for the relay, against NOTIFY inside the transaction, on 32 connections.

Only the writing is measured: the report's one statement, which is its own transaction. Routing
would keep the cores busy with what is the same on both sides, and the lock that NOTIFY takes is
held while a commit is written to the disk.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from uuid import uuid4

from django.utils import timezone

from bench import district, ledger, load, rounds, scratch
from bench.district import District
from bench.load import Step
from bench.outcome import Check, Effort, Outcome
from bench.raw import Connection, values
from bench.reports import drafts, phone
from gis_grid.territory.ownership import OUTSIDE
from incidents import relay
from incidents.actions import INSERT_REPORT
from incidents.routing import Route

CONNECTIONS = 32
ACCEPT, STRETCH = 1.8, 3.0

OUTBOX = INSERT_REPORT
NOTIFY = INSERT_REPORT.replace(
    "SELECT serial FROM incident",
    f"SELECT serial, pg_notify('{relay.CHANNEL}', serial::text) FROM incident",
)
HEARD_S = 30.0


def run(effort: Effort) -> Outcome:
    """Store reports both ways in turn while one connection listens."""
    place = district.load(effort.grids, CONNECTIONS)
    scratch.settle()
    book = ledger.Ledger()
    ways = {"outbox": OUTBOX, "NOTIFY inside": NOTIFY}
    with _listener() as listener:
        measured = rounds.alternate(
            {
                name: book.watch(
                    name,
                    partial(load.run, partial(open_way, place, way), CONNECTIONS, effort.seconds),
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
        title=f"event outbox and NOTIFY inside the transaction, {CONNECTIONS} connections",
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
def open_way(place: District, statement: str, number: int) -> Iterator[Step]:
    """Connect, and yield the step that stores the next report by this statement."""
    own = phone(place, number)
    draft = next(drafts(place, number))
    with scratch.connect() as connection:

        def step() -> None:
            fresh = replace(draft, id=uuid4(), photo=uuid4())
            parameters = values(fresh, Route(OUTSIDE), timezone.now(), own)
            connection.execute(statement, parameters)

        yield step


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
