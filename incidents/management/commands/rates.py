"""`manage.py rates`: print the field's rates of a period, as the page shows them."""

import json
from datetime import date
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from gis_grid.errors import GridError
from gis_grid.territory.models import Level
from gis_grid.territory.paths import EVERYWHERE
from incidents import rates
from incidents.rates import By
from incidents.rates.tables import THEMES, Cell, cell, cells

LEVELS = [level.slug for level in Level]


def day(text: str) -> date:
    """Return a day such as 2026-03-05; argparse names this function when it refuses."""
    return date.fromisoformat(text)


class Command(BaseCommand):
    """One document with --json, else a short table; docs/rates.md explains each figure."""

    help = "Print counts and rates of a period: filed, closed, in time, returned, satisfied."

    def add_arguments(self, parser: CommandParser) -> None:
        """Without days: from the first report to today. Without rows: the whole alone."""
        parser.add_argument("--from", dest="first", type=day, metavar="DATE", help="first day")
        parser.add_argument("--to", dest="last", type=day, metavar="DATE", help="last day")
        parser.add_argument("--level", choices=LEVELS, help="a row for each area of this level")
        parser.add_argument("--by", choices=[by.value for by in By], help="what the rows are")
        parser.add_argument("--area", metavar="CODE", help="only what lies in this area")
        parser.add_argument("--category", metavar="CODE", help="only this category")
        parser.add_argument("--unit", metavar="CODE", help="only what this unit has")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, count, print; exit status 1 for a question that makes no sense."""
        try:
            answer = rates.answer(_question(options))
        except GridError as error:
            self._refuse(error, as_json=options["json"])
        if options["json"]:
            self.stdout.write(json.dumps(answer.as_json(), ensure_ascii=False, indent=2))
            return
        period = answer.asked.period
        self.stdout.write(f"{period.first.isoformat()} – {period.last.isoformat()}")
        for figure in rates.FIGURES.values():
            self.stdout.write(f"{figure.name:<30} {_words(cell(figure, answer.total))}")
        for row in answer.rows:
            figures = " | ".join(map(_words, cells(THEMES["closing"], row.tally)))
            self.stdout.write(f"{row.code or '-'} {row.name}: {figures}")
        if answer.rows:
            self.stdout.write(f"(rows: {', '.join(THEMES['closing'].names)})")

    def _refuse(self, error: GridError, *, as_json: bool) -> NoReturn:
        """End with status 1; with --json the refusal is the one document."""
        if as_json:
            refusal = {"code": error.code, "message": str(error.message)}
            self.stdout.write(json.dumps({"refused": refusal}, ensure_ascii=False))
            raise SystemExit(1)
        raise CommandError(f"{error.code}: {error.message}")


def _words(each: Cell) -> str:
    basis = f" ({each.basis})" if each.basis else ""
    return f"{each.text or '-'}{basis}"


def _question(options: dict[str, Any]) -> rates.Question:
    at = timezone.now()
    usual = rates.whole_record(at)
    by = options["by"] or (By.AREA.value if options["level"] else None)
    if options["level"] and by != By.AREA:
        raise CommandError("--level goes with --by area only")
    first, last = options["first"], options["last"]
    return rates.ask(
        EVERYWHERE,
        rates.Period(first or min(usual.first, last or usual.first), last or usual.last),
        at=at,
        by=By(by) if by else None,
        level=Level.from_slug(options["level"]) if options["level"] else None,
        area=options["area"],
        category=options["category"],
        unit=options["unit"],
    )
