"""`manage.py import_incidents FILE`: bring in old cases with their own times and deadlines."""

import sys
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from gis_grid.exchange.telling import tell
from gis_grid.geo.datum import Datum
from incidents.models import SourceChannel
from incidents.past.importing import PastOutcome, import_past
from incidents.past.table import Columns, Wanted

INTERRUPTED = 130  # as a shell tells of Ctrl-C
WIDTH = 30


class Command(BaseCommand):
    """Rows are independent; run it again and what is here already is unchanged."""

    help = "Bring in old cases from a CSV or XLSX file, routed on their own day."

    def add_arguments(self, parser: CommandParser) -> None:
        """See docs/real-data.md for a walk with a real city."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--lon", required=True, metavar="COLUMN")
        parser.add_argument("--lat", required=True, metavar="COLUMN")
        parser.add_argument("--reported-at", required=True, metavar="COLUMN")
        for name in ("--closed-at", "--due-at", "--category", "--external-id", "--status"):
            parser.add_argument(name, metavar="COLUMN")
        parser.add_argument("--words", metavar="COLUMN", help="what was reported")
        parser.add_argument("--timezone", metavar="TZ", help="of times without an offset (ours)")
        parser.add_argument(
            "--time-format", metavar="F", help="as strptime has it, e.g. %%m/%%d/%%y"
        )
        parser.add_argument("--datum", choices=[str(d) for d in Datum], default="wgs84")
        parser.add_argument(
            "--source", choices=SourceChannel.values, default=SourceChannel.PAST.value
        )
        parser.add_argument(
            "--closing", metavar="WORD", action="append", default=[], help="a status of the closed"
        )
        parser.add_argument(
            "--create-categories", action="store_true", help="unknown ones are created, inactive"
        )
        parser.add_argument("--progress", action="store_true", help="a bar, on a terminal anyway")
        parser.add_argument("--dry-run", action="store_true", help="check, write nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and tell; status 1 when the file is refused, 130 when interrupted."""
        bar = _Bar(shown=options["progress"] or sys.stderr.isatty())
        outcome = import_past(_wanted(options), bar)
        bar.end()
        tell(outcome, self.stdout, as_json=options["json"], findings=_methods(outcome))
        if outcome.cancelled:
            raise SystemExit(INTERRUPTED)


def _wanted(options: dict[str, Any]) -> Wanted:
    columns = Columns(**{name: options[name] for name in Columns.__annotations__})
    return Wanted(
        path=options["file"],
        columns=columns,
        source=options["source"],
        zone=_zone(options["timezone"] or settings.TIME_ZONE),
        form=options["time_format"],
        datum=Datum(options["datum"]),
        closing=frozenset(options["closing"]),
        create_categories=options["create_categories"],
        dry_run=options["dry_run"],
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CommandError(_("There is no time zone %(name)s.") % {"name": name}) from error


def _methods(outcome: PastOutcome) -> list[str]:
    return [f"{count:>8}  {method}" for method, count in outcome.methods.items()]


class _Bar:
    """How far it is, on stderr: one line that is written over, a line each where nobody looks."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._over = sys.stderr.isatty()
        self._started = time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Draw it anew."""
        if not self._shown or not total:
            return
        full = WIDTH * done // total
        passed = time.monotonic() - self._started
        line = f"[{'#' * full}{'-' * (WIDTH - full)}] {done:,}/{total:,}  {passed:.0f} s"
        sys.stderr.write(f"\r{line}" if self._over else f"{line}\n")
        sys.stderr.flush()

    def end(self) -> None:
        """Leave the line."""
        if self._shown and self._over:
            sys.stderr.write("\n")
