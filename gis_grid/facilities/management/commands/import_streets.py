"""`manage.py import_streets FILE.osm.pbf --name NAME`: the walking network of a place."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gis_grid.errors import GridError
from gis_grid.facilities.networks import import_streets


class Command(BaseCommand):
    """Build a walking network from an OpenStreetMap extract; ends with status 1 if refused."""

    help = "Build the walking network of a place from an OpenStreetMap extract (PBF)."

    def add_arguments(self, parser: CommandParser) -> None:
        """See docs/coverage.md for examples."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--name", required=True, help="a network of this name is replaced")
        parser.add_argument(
            "--margin-m",
            type=float,
            default=2000.0,
            metavar="METRES",
            help="how far around our areas streets are kept (2000)",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, store and tell."""
        try:
            stored, notes = import_streets(options["file"], options["name"], options["margin_m"])
        except GridError as refusal:
            raise CommandError(str(refusal)) from refusal
        figures = stored.figures
        if options["json"]:
            answer = {"name": stored.name, **figures, "sparse": stored.sparse}
            answer["notes"] = [str(note) for note in notes]
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        for note in notes:
            self.stdout.write(str(note))
        self.stdout.write(
            _(
                "%(name)s (%(version)s): %(nodes)d nodes, %(edges)d edges, %(km).1f km, "
                "%(gates)d gates; %(components)d components, the largest has %(share).1f %%."
            )
            % {**figures, "name": stored.name, "share": 100 * figures["largest_share"]}
        )
