"""A web report from end to end, against the same function by raw psycopg."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench import district, ledger, load, rounds, scratch, server
from bench.district import District
from bench.keepalive import KeepAlive
from bench.load import Work, repeat
from bench.outcome import Effort, Outcome
from bench.raw import open_raw
from bench.reports import drafts, phone

CONNECTIONS = 8
PATH = "/api/field/reports"
ACCEPT, STRETCH = 0.30, 0.50


def run(effort: Effort) -> Outcome:
    """Report over HTTP and by psycopg in turn, each on 8 connections."""
    place = district.load(effort.grids, CONNECTIONS)
    scratch.settle()
    book = ledger.Ledger()
    with server.web() as port:
        sides = {
            "web": partial(load.run, partial(open_web, place, port, PATH)),
            "raw psycopg": partial(load.run, partial(open_raw, place)),
        }
        measured = rounds.alternate(
            {
                name: book.watch(name, partial(run, CONNECTIONS, effort.seconds))
                for name, run in sides.items()
            },
            effort.rounds,
        )
    web, raw = measured.values()
    return Outcome(
        title=f"web report, {CONNECTIONS} connections",
        unit="reports/s",
        sides=[web, raw],
        ratios=[rounds.ratio(web, raw, ACCEPT, STRETCH)],
        checks=[*book.checks(), ledger.same_routes()],
    )


@contextmanager
def open_web(place: District, port: int, path: str, number: int) -> Iterator[Work]:
    """Connect, and yield the work of posting report after report."""
    waiting = drafts(place, number)
    with KeepAlive(port, path, phone(place, number)) as connection:

        def step() -> None:
            answer = connection.post(next(waiting).body)
            if answer.status != 201:
                raise RuntimeError(f"{answer.status}: {answer.body.decode(errors='replace')}")

        yield repeat(step)
