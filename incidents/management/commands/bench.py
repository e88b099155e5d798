"""`manage.py bench NAME…`: measure the product against a plainer way; see docs/benchmarks.md."""

import json
import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bench import circles, live, outbox, pan, report, report_orm, route_file, scratch, tiles
from bench.machine import machine
from bench.outcome import Effort, Outcome

BENCHES = {
    "report": report.run,
    "report-orm": report_orm.run,
    "outbox": outbox.run,
    "route-file": route_file.run,
    "coverage": circles.run,
    "live": live.run,
    "tiles": tiles.run,
    "pan": pan.run,
}


class Command(BaseCommand):
    """Measure on a database of its own; exit status 1 when two sides disagree on the results."""

    help = "Measure the product against a plainer way to do the same."

    def add_arguments(self, parser: CommandParser) -> None:
        """The defaults are what docs/benchmarks.md quotes."""
        parser.add_argument("names", nargs="+", choices=BENCHES, metavar="NAME")
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument("--rounds", type=int, default=5)
        parser.add_argument("--seconds", type=float, default=5.0, help="of each side in a round")
        parser.add_argument("--grids", type=int, default=10_000, help="a square number")
        parser.add_argument("--points", type=int, default=120_000, help="of route-file")
        parser.add_argument("--desks", type=int, default=1000, help="of live")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure, print, and exit with the verdict on the results."""
        # So that `kill` drops the scratch database too.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        asked = ("rounds", "seconds", "grids", "points", "desks")
        effort = Effort(*(options[name] for name in asked))
        documents = []
        with scratch.template() as template:
            for name in options["names"]:
                outcome, company = self._measured(name, effort, template)
                documents.append({"machine": company, **outcome.as_json()})
                if not options["json"]:
                    self._tell(outcome, company)
        if options["json"]:
            printed = documents if len(documents) > 1 else documents[0]
            self.stdout.write(json.dumps(printed, ensure_ascii=False, indent=2))
        if not all(document["results_agree"] for document in documents):
            sys.exit(1)

    def _measured(self, name: str, effort: Effort, template: str) -> tuple[Outcome, dict[str, Any]]:
        with scratch.database(template):
            before = machine()
            outcome = BENCHES[name](effort)
            after = machine()
        return outcome, {**before, "load": [before["load"], after["load"]]}

    def _tell(self, outcome: Outcome, company: dict[str, Any]) -> None:
        for line in outcome.lines():
            self.stdout.write(line)
        words = ", ".join(f"{name} {value}" for name, value in company.items())
        self.stdout.write(f"  machine: {words}")
