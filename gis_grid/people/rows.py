"""What the people and party tables have in common: choices, areas, days, one row at a time."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Conflict, GridError, Invalid
from gis_grid.exchange.columns import Column, keyed
from gis_grid.exchange.outcome import Outcome
from gis_grid.exchange.tables import read_table
from gis_grid.exchange.values import Unusable, plain_day
from gis_grid.territory.models import Area, Level

SEPARATORS: Final = re.compile("[;；、|]")
# Tables are filled in by people: a choice may be its stored word or its Chinese name.
LEVELS: Final = {
    "市": Level.CITY,
    "区县": Level.DISTRICT,
    "街道": Level.STREET,
    "社区": Level.COMMUNITY,
    "网格": Level.GRID,
    "微网格": Level.MICRO_GRID,
    **{level.slug: level for level in Level},
}


@dataclass(frozen=True)
class Line:
    """A row of the file: its line and its values by column key."""

    number: int
    values: Mapping[str, str]


class Fault(Exception):
    """A column of a row that cannot be used."""

    def __init__(self, field: str, code: str, reason: Any) -> None:
        """Keep what the rejection needs."""
        super().__init__(code)
        self.field, self.code, self.reason = field, code, reason


class _Rollback(Exception):
    """Leaves the transaction without writing."""


def import_table(
    path: Path,
    columns: Sequence[Column],
    write: Callable[[list[Line], Outcome], None],
    *,
    dry_run: bool = False,
) -> Outcome:
    """Read a table and hand its lines to `write`, all in one transaction; one bad row stops all."""
    outcome = Outcome(dry_run=dry_run)
    try:
        with transaction.atomic():
            write(_lines(path, columns, outcome), outcome)
            if outcome.rejected:
                raise _rows_rejected(outcome)
            if dry_run:
                raise _Rollback
    except _Rollback:
        pass
    except IntegrityError:
        outcome.refuse(
            Conflict("changed_meanwhile", _("Somebody else changed these rows; try again."))
        )
    except GridError as refusal:
        outcome.refuse(refusal)
    return outcome


def _lines(path: Path, columns: Sequence[Column], outcome: Outcome) -> list[Line]:
    table = read_table(path)
    rows, notes = keyed(table, columns)
    outcome.read = len(rows)
    outcome.notes.extend(notes)
    for row in table.rows:
        if row.fault is not None:
            outcome.reject(row.line, None, "too_many_cells", row.fault)
    return [
        Line(row.line, values)
        for row, values in zip(table.rows, rows, strict=True)
        if row.fault is None
    ]


def _rows_rejected(outcome: Outcome) -> Invalid:
    return Invalid(
        "rows_rejected",
        _("%(count)d rows are rejected, so nothing was written.")
        % {"count": len({one.row for one in outcome.rejected})},
    )


def usable(field: str, read: Callable[..., Any], *args: Any) -> Any:
    """Call a reader of single values; its complaint becomes a Fault of this column."""
    try:
        return read(*args)
    except Unusable as fault:
        raise Fault(field, fault.code, fault.reason) from None


def choice(field: str, given: str, choices: Mapping[str, Any]) -> Any:
    """Return what a word stands for; Fault `not_a_choice` lists the words there are."""
    found = choices.get(given.strip().casefold())
    if found is None:
        raise Fault(
            field,
            "not_a_choice",
            _("%(given)s is none of: %(choices)s.")
            % {"given": given or "-", "choices": ", ".join(choices)},
        )
    return found


def days(line: Line) -> DateRange:
    """Return the days of a line: `from` and `to` are the first and the last day, or open."""
    first: date | None = usable("from", plain_day, line.values["from"])
    last: date | None = usable("to", plain_day, line.values["to"])
    if first and last and last < first:
        raise Fault("to", "days_reversed", _("The last day comes before the first."))
    return DateRange(first, last + timedelta(days=1) if last else None)


class Areas:
    """The areas a file speaks of, found in one query."""

    def __init__(self, lines: Iterable[Line]) -> None:
        """Load every area, of any time, that has one of the codes."""
        codes = {code for line in lines for code in _codes(line)}
        self._found: dict[str, list[Area]] = {}
        for area in Area.objects.filter(code__in=codes):
            self._found.setdefault(area.code, []).append(area)

    def of(self, line: Line, day: date | None = None) -> Area:
        """Return the one area of a line on a day (today).

        Fault: `area_not_found`, `area_ambiguous`, `one_area_only`.
        """
        found = self.all_of(line, day)
        if len(found) > 1:
            raise Fault(
                "area_code", "one_area_only", _("Only one area in a row; use a row for each.")
            )
        return found[0] if found else self._named("", line.values["area_level"], day)

    def all_of(self, line: Line, day: date | None = None) -> list[Area]:
        """Return the areas of a line, whose codes are separated by semicolons; perhaps none."""
        return [self._named(code, line.values["area_level"], day) for code in _codes(line)]

    def _named(self, code: str, word: str, day: date | None) -> Area:
        when = day or timezone.localdate()
        found = [area for area in self._found.get(code, []) if when in area.during]
        if word:
            level = choice("area_level", word, LEVELS)
            found = [area for area in found if area.level == level]
        if len(found) == 1:
            return found[0]
        if found:
            raise Fault(
                "area_level",
                "area_ambiguous",
                _("Several levels have an area %(code)s; name the level.") % {"code": code},
            )
        raise Fault(
            "area_code",
            "area_not_found",
            _("There is no area %(code)s on %(day)s.")
            % {"code": f"{word} {code}".strip() or "-", "day": when.isoformat()},
        )


def _codes(line: Line) -> list[str]:
    parts = SEPARATORS.split(line.values["area_code"])
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))
