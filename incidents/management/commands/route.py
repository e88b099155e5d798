"""`manage.py route FILE`: say which area owns each place of a file, and how sure that is."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gis_grid.errors import GridError
from gis_grid.geo.datum import Datum
from gis_grid.territory.models import Level
from gis_grid.territory.ownership import Tolerances
from incidents import routefile
from incidents.bulk import route_many

LEVELS = [level.slug for level in Level]


class Command(BaseCommand):
    """Route a CSV or XLSX file by the same rule as a report from a phone."""

    help = "Route the places of a file to their areas."

    def add_arguments(self, parser: CommandParser) -> None:
        """See docs/real-data.md for a walk with a real city."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--lon", required=True, metavar="COLUMN")
        parser.add_argument("--lat", required=True, metavar="COLUMN")
        parser.add_argument("--accuracy", metavar="COLUMN", help="metres")
        parser.add_argument("--at", metavar="COLUMN|DATE", help="the day of each row (today)")
        parser.add_argument("--datum", choices=[str(d) for d in Datum], default="wgs84")
        parser.add_argument("--level", choices=LEVELS, required=True)
        parser.add_argument("--nearest-m", type=float, default=settings.NEAREST_TOLERANCE_M)
        parser.add_argument(
            "--compare", metavar="COLUMN", help="say how many rows got the area of this code"
        )
        parser.add_argument("--out", type=Path, help="write the file back with the answers")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, route, write, say what came out."""
        columns = routefile.Columns(
            options["lon"],
            options["lat"],
            options["accuracy"],
            options["at"],
            options["compare"],
        )
        try:
            places = routefile.read(options["file"], columns)
        except GridError as error:
            self._refuse(error, as_json=options["json"])
        placed = route_many(
            places.wgs84(Datum(options["datum"])),
            places.accuracy(),
            places.days,
            levels=[Level.from_slug(options["level"])],
            limits=Tolerances(settings.EDGE_TOLERANCE_M, options["nearest_m"]),
        )
        if options["out"]:
            routefile.write(options["out"], places, placed)
        document = routefile.summary(places, placed, options["compare"])
        if options["json"]:
            self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
        else:
            self._tell(document)

    def _tell(self, document: dict[str, Any]) -> None:
        self.stdout.write(_("%(count)d rows read.") % {"count": document["read"]})
        for method, count in document["methods"].items():
            self.stdout.write(f"{count:>8}  {method}")
        for stand_in in document["stand_ins"]:
            self.stdout.write(
                _("%(rows)d rows stand at exactly %(lon)s, %(lat)s: a stand-in, not a place.")
                % stand_in
            )
        for fault in document["rejected"]:
            self.stdout.write("{row}: {field}: {code}: {reason}".format(**fault))
        if "agreement" in document:
            self._tell_agreement(document["agreement"])

    def _tell_agreement(self, found: dict[str, Any]) -> None:
        if not found["labelled"]:
            self.stdout.write(_("No row has a code in %(column)s.") % found)
            return
        self.stdout.write(
            _(
                "Same as %(column)s: %(agree)d of %(labelled)d rows (%(percent).1f %%); "
                "other: %(differ)d."
            )
            % {
                **found,
                "percent": 100 * found["share"],
                "differ": found["labelled"] - found["agree"],
            }
        )

    def _refuse(self, error: GridError, *, as_json: bool) -> None:
        """End with status 1; with --json the refusal is the one document."""
        if as_json:
            refusal = {"code": error.code, "message": str(error.message)}
            self.stdout.write(json.dumps({"read": 0, "refused": refusal}, ensure_ascii=False))
            raise SystemExit(1)
        raise CommandError(f"{error.code}: {error.message}")
