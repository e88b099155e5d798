"""The web report against an ORM-only version of it, both over HTTP on 8 connections."""

from functools import partial

from bench import district, ledger, load, orm_login, rounds, scratch, server
from bench.outcome import Effort, Outcome
from bench.report import CONNECTIONS, PATH, open_web

ACCEPT, STRETCH = 2.0, 3.0


def run(effort: Effort) -> Outcome:
    """Report to the product and to the ORM-only address in turn."""
    place = district.load(effort.grids, CONNECTIONS)
    orm_login.log_in(place.phones)
    scratch.settle()
    book = ledger.Ledger()
    with server.web() as port, server.web("bench.orm_settings") as orm_port:
        ports = {"web": port, "ORM only": orm_port}
        measured = rounds.alternate(
            {
                name: book.watch(
                    name,
                    partial(
                        load.run,
                        partial(open_web, place, at, PATH),
                        CONNECTIONS,
                        effort.seconds,
                    ),
                )
                for name, at in ports.items()
            },
            effort.rounds,
        )
    web, orm = measured.values()
    return Outcome(
        title=f"web report and its ORM-only version, {CONNECTIONS} connections",
        unit="reports/s",
        sides=[web, orm],
        ratios=[rounds.ratio(web, orm, ACCEPT, STRETCH)],
        checks=[*book.checks(), ledger.same_owners()],
    )
