"""`manage.py plan_sites`: where to build next."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gis_grid.errors import GridError
from gis_grid.exchange.telling import Progress
from gis_grid.facilities.coverage import Question
from gis_grid.facilities.plans import SHARE, Objective, Plan, plan_sites
from gis_grid.walking.siting import TIME_LIMIT_S


class Command(BaseCommand):
    """Choose sites; ends with status 1 if refused."""

    help = "Choose the sites that bring most people within reach."

    def add_arguments(self, parser: CommandParser) -> None:
        """See docs/coverage.md for the three objectives."""
        parser.add_argument("--network", required=True, metavar="NAME")
        parser.add_argument("--category", required=True, metavar="CODE")
        parser.add_argument("--sites", type=int, required=True, metavar="K")
        parser.add_argument("--candidates", type=Path, metavar="FILE", help="points; else homes")
        parser.add_argument(
            "--objective", choices=[each.value for each in Objective], default=Objective.COVER
        )
        parser.add_argument("--share", type=float, default=SHARE, help="for fewest: 0 to 1")
        parser.add_argument("--minutes", type=float, default=15.0)
        parser.add_argument("--speed", type=float, default=1.2, metavar="M_PER_S")
        parser.add_argument(
            "--gates", default="open", metavar="open|closed|HH:MM", help="at night: 23:00"
        )
        parser.add_argument("--time-limit", type=float, default=TIME_LIMIT_S, metavar="SECONDS")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Choose and tell."""
        plan = Plan(
            question=Question(
                network=options["network"],
                categories=(options["category"],),
                minutes=options["minutes"],
                speed=options["speed"],
                gates_open=options["gates"] != "closed",
                gates_at="" if options["gates"] in ("open", "closed") else options["gates"],
            ),
            sites=options["sites"],
            objective=Objective(options["objective"]),
            share=options["share"],
            candidates=options["candidates"],
            time_limit_s=options["time_limit"],
        )
        try:
            found = plan_sites(plan, Progress())
        except GridError as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            return
        for site in found["sites"]:
            self.stdout.write("{candidate}\t{lon:.7f}\t{lat:.7f}\t{alone:g}".format(**site))
        self.stdout.write(
            _("Reached before: %(before)g of %(all)g. Newly reached: %(more)g. Proven: %(proven)s")
            % {
                "before": found["covered_before"],
                "all": found["weight"],
                "more": found["newly_covered"],
                "proven": _("yes") if found["proven"] else _("no"),
            }
        )
