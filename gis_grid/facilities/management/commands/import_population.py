"""`manage.py import_population FILE`: how many people live where, without names."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from gis_grid.exchange.telling import tell
from gis_grid.facilities.imports import import_population
from gis_grid.facilities.spots import Wanted
from gis_grid.geo.datum import Datum


class Command(BaseCommand):
    """Import points or polygons with a number, or buildings; ends with status 1 if refused."""

    help = "Import people by place; repeating it updates by id."

    def add_arguments(self, parser: CommandParser) -> None:
        """See docs/coverage.md for examples."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--value", metavar="COLUMN", help="how many people; without it 1")
        parser.add_argument("--id-field", metavar="FIELD", help="by it a row is known again")
        parser.add_argument("--datum", choices=[str(datum) for datum in Datum])
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and tell."""
        datum = options["datum"]
        wanted = Wanted(options["file"], options["id_field"], Datum(datum) if datum else None)
        outcome = import_population(wanted, value=options["value"])
        tell(outcome, self.stdout, as_json=options["json"])
