"""`manage.py reroute`: route open incidents by today's boundaries, as the worker does by itself."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from incidents.rerouting import Move, reroute_stale


class Command(BaseCommand):
    """With --dry-run nothing is written: see what a redrawn boundary will move."""

    help = "Route open incidents again where boundaries have changed."

    def add_arguments(self, parser: CommandParser) -> None:
        """How to look and how to tell."""
        parser.add_argument("--dry-run", action="store_true", help="write nothing")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Route, then say what moved."""
        outcome = reroute_stale(timezone.now(), dry_run=options["dry_run"])
        if options["json"]:
            document = {"dry_run": options["dry_run"], **asdict(outcome)}
            self.stdout.write(json.dumps(document, ensure_ascii=False))
            return
        for move in outcome.moved:
            self.stdout.write(_line(move))
        words = (
            _("dry run: %(looked)d incidents looked at, %(moved)d would move")
            if options["dry_run"]
            else _("ok: %(looked)d incidents looked at, %(moved)d moved")
        )
        self.stdout.write(words % {"looked": outcome.looked_at, "moved": len(outcome.moved)})


def _line(move: Move) -> str:
    return f"{move.number}: {move.before or '–'} → {move.after or '–'}"
