"""`manage.py import_people FILE`: load workers and their assignments from a table."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gis_grid.exchange.columns import template
from gis_grid.exchange.telling import tell
from gis_grid.people.imports import COLUMNS, import_people


class Command(BaseCommand):
    """Import CSV or XLSX; all or nothing, and ends with status 1 if refused."""

    help = "Import workers and their assignments from a CSV or XLSX file."

    def add_arguments(self, parser: CommandParser) -> None:
        """See docs/operations.md for an example."""
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--template", action="store_true", help="print an empty table")
        parser.add_argument("--dry-run", action="store_true", help="check, write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the template, or import and tell."""
        if options["template"]:
            self.stdout.write(template(COLUMNS), ending="")
            return
        if options["file"] is None:
            raise CommandError(_("Name a file, or ask for the --template."))
        outcome = import_people(options["file"], dry_run=options["dry_run"])
        tell(outcome, self.stdout, as_json=options["json"])
