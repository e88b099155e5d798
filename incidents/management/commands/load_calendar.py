"""`manage.py load_calendar 2026`: the year's holidays and make-up workdays, as rows to edit."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from incidents.deadlines import holidays
from incidents.deadlines.holidays import Kept, Loaded
from incidents.models import CalendarDay


class Command(BaseCommand):
    """Days that people changed or took out stay as they are, and are told."""

    help = "Load the holidays and make-up workdays of some years into the working calendar."

    def add_arguments(self, parser: CommandParser) -> None:
        """Without years: all that ship."""
        parser.add_argument("years", nargs="*", type=int, metavar="YEAR")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, then say what was done."""
        shipped = holidays.years()
        wanted = sorted(set(options["years"])) or shipped
        missing = [str(year) for year in wanted if year not in shipped]
        if missing:
            raise CommandError(
                _("No calendar ships for %(years)s; enter its days in the administration.")
                % {"years": ", ".join(missing)}
            )
        loaded = holidays.load(wanted)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(wanted, loaded), ensure_ascii=False))
            return
        for kept in loaded.kept:
            self.stdout.write(sentence(kept))
        self.stdout.write(
            _("ok: %(written)d days written, %(unchanged)d unchanged, %(kept)d left as edited")
            % {
                "written": loaded.written,
                "unchanged": loaded.unchanged,
                "kept": len(loaded.kept),
            }
        )


def as_json(wanted: list[int], loaded: Loaded) -> dict[str, Any]:
    """Return the outcome for programs."""
    return {
        "years": wanted,
        "written": loaded.written,
        "unchanged": loaded.unchanged,
        "kept": [
            {
                "day": each.shipped.day.isoformat(),
                "shipped": _kind(each.shipped),
                "stands": _kind(each.standing) if each.standing else None,
            }
            for each in loaded.kept
        ],
    }


def sentence(kept: Kept) -> str:
    """Return what stays and what would have been written, for people."""
    if kept.standing is None:
        return _("%(day)s stays out (shipped: %(shipped)s)") % {
            "day": kept.shipped.day,
            "shipped": _words(kept.shipped),
        }
    return _("%(day)s stays %(stands)s (shipped: %(shipped)s)") % {
        "day": kept.shipped.day,
        "stands": _words(kept.standing),
        "shipped": _words(kept.shipped),
    }


def _words(day: CalendarDay) -> str:
    return f"{day.get_kind_display()} {day.name}".strip()


def _kind(day: CalendarDay) -> dict[str, str]:
    return {"kind": day.kind, "name": day.name}
