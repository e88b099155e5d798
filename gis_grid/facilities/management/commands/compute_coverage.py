"""`manage.py compute_coverage`: who can walk to what in time, and what a circle would say."""

import json
import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gis_grid.errors import GridError
from gis_grid.exchange.telling import Progress
from gis_grid.facilities.coverage import Question, cells_of, compute


class Command(BaseCommand):
    """Compute a coverage run; ends with status 1 if refused."""

    help = "Compute who reaches which facility on foot, and compare with the circle."

    def add_arguments(self, parser: CommandParser) -> None:
        """See docs/coverage.md for the method and examples."""
        parser.add_argument("--network", required=True, metavar="NAME")
        parser.add_argument("--category", required=True, nargs="+", metavar="CODE")
        parser.add_argument("--minutes", type=float, default=15.0)
        parser.add_argument("--speed", type=float, default=1.2, metavar="M_PER_S")
        parser.add_argument("--circle-m", type=float, default=1000.0, metavar="METRES")
        parser.add_argument(
            "--gates", default="open", metavar="open|closed|HH:MM", help="at night: 23:00"
        )
        parser.add_argument("--out", type=Path, metavar="CSV", help="a row for each cell")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute, store and tell."""
        question = Question(
            network=options["network"],
            categories=tuple(options["category"]),
            minutes=options["minutes"],
            speed=options["speed"],
            circle_m=options["circle_m"],
            gates_open=options["gates"] != "closed",
            gates_at="" if options["gates"] in ("open", "closed") else options["gates"],
        )
        try:
            run, notes = compute(question, progress=Progress())
            if options["out"]:
                shutil.copyfile(cells_of(run), options["out"])
        except GridError as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"{options['out']}: {error.strerror}") from error
        if options["json"]:
            answer = {
                "run": str(run.pk),
                "network": run.network.name,
                "network_version": run.network_version,
                **run.parameters,
                **run.results,
                "notes": [str(note) for note in notes],
            }
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        for note in notes:
            self.stdout.write(str(note))
        for each in run.results["categories"]:
            self.stdout.write(
                _(
                    "%(category)s: on foot %(walked).1f %%, by the circle %(circle).1f %%; of "
                    "those inside the circle %(gap).1f %% cannot walk there in time. Without a "
                    "street nearby: %(none)g"
                )
                % {
                    "category": each["category"],
                    "walked": 100 * (each["covered_share"] or 0),
                    "circle": 100 * (each["circle_share"] or 0),
                    "gap": 100 * (each["circle_gap_share"] or 0),
                    "none": each["no_street"],
                }
            )
