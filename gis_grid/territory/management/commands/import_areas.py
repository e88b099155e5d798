"""`manage.py import_areas FILE`: load the areas of one level from a geodata file."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from gis_grid.exchange.telling import Progress, tell
from gis_grid.geo.datum import Datum
from gis_grid.territory.candidates import AreaOutcome, Wanted
from gis_grid.territory.imports import import_areas
from gis_grid.territory.models import Kind, Level

LEVELS = [level.slug for level in Level]


class Command(BaseCommand):
    """Import GeoJSON, GeoPackage, zipped Shapefile or KML; ends with status 1 if refused."""

    help = "Import the areas of one level, with their boundaries, from a geodata file."

    def add_arguments(self, parser: CommandParser) -> None:
        """See docs/operations.md for examples."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--level", choices=LEVELS, required=True)
        parser.add_argument("--code", metavar="FIELD", required=True)
        parser.add_argument("--name", metavar="FIELD", required=True)
        parents = parser.add_mutually_exclusive_group()
        parents.add_argument("--parent", metavar="FIELD", help="field with the parent's code")
        parents.add_argument(
            "--parent-by-location", action="store_true", help="the area that holds most of it"
        )
        parser.add_argument("--kind", choices=Kind.values, default=Kind.GENERAL)
        parser.add_argument("--srid", type=int, metavar="EPSG", help="overrides the file")
        parser.add_argument("--datum", choices=[str(datum) for datum in Datum])
        parser.add_argument("--valid-from", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--layer", help="which layer of a file that has several")
        parser.add_argument("--dry-run", action="store_true", help="check, write nothing")
        parser.add_argument("--on-error", choices=["stop", "skip"], default="stop")
        parser.add_argument("--repair", action="store_true", help="mend invalid shapes, list each")
        parser.add_argument(
            "--dissolve", action="store_true", help="merge the rows of one code into one area"
        )
        parser.add_argument("--strict", action="store_true", help="refuse on any finding")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and tell."""
        datum = options["datum"]
        wanted = Wanted(
            path=options["file"],
            level=Level.from_slug(options["level"]),
            code=options["code"],
            name=options["name"],
            parent=options["parent"],
            parent_by_location=options["parent_by_location"],
            kind=Kind(options["kind"]),
            srid=options["srid"],
            datum=Datum(datum) if datum else None,
            valid_from=options["valid_from"],
            layer=options["layer"],
            dry_run=options["dry_run"],
            skip_rejected=options["on_error"] == "skip",
            repair=options["repair"],
            dissolve=options["dissolve"],
            strict=options["strict"],
        )
        outcome = import_areas(wanted, Progress())
        tell(outcome, self.stdout, as_json=options["json"], findings=list(_findings(outcome)))


def _findings(outcome: AreaOutcome) -> Iterator[str]:
    for repair in outcome.repaired:
        yield _("Repaired row %(row)d (%(code)s): %(reason)s %(before).1f → %(after).1f m²") % {
            "row": repair.row,
            "code": repair.code,
            "reason": repair.reason,
            "before": repair.area_before_m2,
            "after": repair.area_after_m2,
        }
    for overlap in outcome.overlaps:
        yield _("%(a)s and %(b)s overlap by %(m2).1f m²") % {
            "a": overlap.a,
            "b": overlap.b,
            "m2": overlap.area_m2,
        }
    for gap in outcome.gaps:
        yield _("A gap of %(m2).1f m² between %(codes)s") % {
            "m2": gap.area_m2,
            "codes": ", ".join(gap.neighbours[:6]) or gap.parent or "-",
        }
    for outside in outcome.outside_parent:
        yield _("%(code)s leaves its parent %(parent)s by %(m2).1f m² (%(percent).2f %%)") % {
            "code": outside.code,
            "parent": outside.parent,
            "m2": outside.area_m2,
            "percent": 100 * outside.share,
        }
