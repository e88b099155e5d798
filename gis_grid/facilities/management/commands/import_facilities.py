"""`manage.py import_facilities FILE`: what people walk to, from a table, a map or an extract."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis_grid.errors import GridError
from gis_grid.exchange.telling import tell
from gis_grid.facilities.imports import import_facilities
from gis_grid.facilities.spots import Wanted
from gis_grid.geo.datum import Datum


class Command(BaseCommand):
    """Import CSV, XLSX, GeoJSON, GeoPackage, Shapefile, KML or PBF; status 1 if refused."""

    help = "Import facilities; repeating it updates by id."

    def add_arguments(self, parser: CommandParser) -> None:
        """See docs/coverage.md for examples."""
        parser.add_argument("file", type=Path)
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--category", metavar="CODE", help="of all rows; created if new")
        which.add_argument("--category-field", metavar="FIELD", help="of each row")
        parser.add_argument("--id-field", metavar="FIELD", help="by it a row is known again")
        parser.add_argument("--datum", choices=[str(datum) for datum in Datum])
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and tell."""
        datum = options["datum"]
        wanted = Wanted(options["file"], options["id_field"], Datum(datum) if datum else None)
        try:
            outcome = import_facilities(
                wanted, category=options["category"], category_field=options["category_field"]
            )
        except GridError as refusal:
            raise CommandError(str(refusal)) from refusal
        tell(outcome, self.stdout, as_json=options["json"])
