"""`manage.py lifecycle`: write docs/lifecycle.md anew from the table of states and deeds."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from incidents import lifecycle_doc

PAGE = Path(settings.BASE_DIR) / "docs" / "lifecycle.md"


class Command(BaseCommand):
    """For who changes the life cycle; an installation never needs it."""

    help = "Write docs/lifecycle.md anew from the table of states and deeds."

    def add_arguments(self, parser: CommandParser) -> None:
        """Only where to."""
        parser.add_argument("--out", type=Path, default=PAGE, help="another file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page."""
        options["out"].write_text(lifecycle_doc.page(), encoding="utf-8")
        self.stdout.write(f"ok: {options['out']}")
