"""The event as a row for the relay, against NOTIFY inside the transaction, on 32 connections.

Only the writing is measured, the report's one statement and its commit: routing would keep both
cores busy with something else, and the lock that NOTIFY takes is held while a commit is written.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from django.utils import timezone

from bench import district, ledger, load, rounds, scratch
from bench.district import District, Phone
from bench.load import Step
from bench.outcome import Effort, Outcome
from bench.raw import Connection, Cursor, values
from bench.reports import Draft, drafts, phone
from gis_grid.territory.ownership import OUTSIDE
from incidents.actions import INSERT_REPORT
from incidents.relay import CHANNEL
from incidents.routing import Route

CONNECTIONS = 32
ACCEPT, STRETCH = 1.8, 3.0

Store = Callable[[Connection, Draft, Phone], None]


def run(effort: Effort) -> Outcome:
    """Store reports both ways in turn; nobody listens, so only the committing is measured."""
    place = district.load(effort.grids, CONNECTIONS)
    scratch.settle()
    book = ledger.Ledger()
    ways = {"outbox": store, "NOTIFY inside": store_and_notify}
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
    outbox, notify = measured.values()
    return Outcome(
        title=f"event outbox and NOTIFY inside the transaction, {CONNECTIONS} connections",
        unit="reports/s",
        sides=[outbox, notify],
        ratios=[rounds.ratio(outbox, notify, ACCEPT, STRETCH)],
        checks=[*book.checks(), ledger.same_routes()],
    )


def store(connection: Connection, draft: Draft, by: Phone) -> None:
    """Store one unrouted report with its event; a relay would ring later."""
    with connection.transaction(), connection.cursor() as cursor:
        _write(cursor, draft, by)


def store_and_notify(connection: Connection, draft: Draft, by: Phone) -> None:
    """Store one unrouted report and ring from its own transaction, as one would without a relay."""
    with connection.transaction(), connection.cursor() as cursor:
        _write(cursor, draft, by)
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(draft.id)])


def _write(cursor: Cursor, draft: Draft, by: Phone) -> None:
    cursor.execute(INSERT_REPORT, values(draft, Route(OUTSIDE), timezone.now(), by))
    cursor.fetchone()


@contextmanager
def open_way(place: District, way: Store, number: int) -> Iterator[Step]:
    """Connect, and yield the step that stores the next report this way."""
    own = phone(place, number)
    waiting = drafts(place, number)
    with scratch.connect() as connection:

        def step() -> None:
            way(connection, next(waiting), own)

        yield step
