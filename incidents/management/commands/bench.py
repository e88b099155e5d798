"""`manage.py bench NAME`: measure the product against a plainer way; see docs/benchmarks.md."""

import json
import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bench import circles, outbox, report, report_orm, route_file, scratch
from bench.machine import machine
from bench.outcome import Effort, Outcome

BENCHES = {
    "report": report.run,
    "report-orm": report_orm.run,
    "outbox": outbox.run,
    "route-file": route_file.run,
    "coverage": circles.run,
}


class Command(BaseCommand):
    """Measure on a database of its own; exit status 1 when two sides disagree on the results."""

    help = "Measure the product against a plainer way to do the same."

    def add_arguments(self, parser: CommandParser) -> None:
        """The defaults are what docs/benchmarks.md quotes."""
        parser.add_argument("name", choices=BENCHES)
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--rounds", type=int, default=5)
        parser.add_argument("--seconds", type=float, default=5.0, help="of each side in a round")
        parser.add_argument("--grids", type=int, default=10_000, help="a square number")
        parser.add_argument("--points", type=int, default=120_000, help="of route-file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, print, and exit with the verdict on the results."""
        # So that `kill` drops the scratch database too.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        effort = Effort(options["rounds"], options["seconds"], options["grids"], options["points"])
        with scratch.database():
            before = machine()
            outcome = BENCHES[options["name"]](effort)
            after = machine()
        company = {**before, "load": [before["load"], after["load"]]}
        self._print(outcome, company, as_json=options["json"])
        if not outcome.agrees:
            sys.exit(1)

    def _print(self, outcome: Outcome, company: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            document = {"machine": company, **outcome.as_json()}
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
            return
        for line in outcome.lines():
            self.stdout.write(line)
        words = ", ".join(f"{name} {value}" for name, value in company.items())
        self.stdout.write(f"  machine: {words}")
