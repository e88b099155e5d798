"""The working calendar as rows -> the calendar that deadlines are counted by. Reads only."""

import time as clock
from datetime import date, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings

from incidents.deadlines.working_time import Calendar, Spans, Week
from incidents.models import CalendarDay, DayKind, WorkingHours
from incidents.models.calendar import office_hours

# Every report asks. Who edits the calendar waits at most so long for the other processes.
FRESH_S = 30.0


class _Known(NamedTuple):
    until: float
    standard: Calendar
    by_unit: dict[int, Calendar]


_known: _Known | None = None


def calendar_of(unit_id: int | None = None) -> Calendar:
    """Return the installation's calendar, or with a unit's id that unit's, if it has its own."""
    global _known
    if _known is None or clock.monotonic() > _known.until:
        _known = _read()
    return _known.by_unit.get(unit_id or 0, _known.standard)


def forget() -> None:
    """Read the rows anew at the next question."""
    global _known
    _known = None


def week_of(document: dict[str, Any]) -> Week:
    """Return `WorkingHours.week` as spans, Monday first. KeyError, ValueError for nonsense."""
    return tuple(_spans(document.get(str(day), [])) for day in range(1, 8))  # type: ignore[return-value]


def _spans(pairs: list[list[str]]) -> Spans:
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in pairs)


def _read() -> _Known:
    weeks = {row.unit_id: week_of(row.week) for row in WorkingHours.objects.all()}
    usual = weeks.pop(None, None) or week_of(office_hours())
    special = CalendarDay.objects.all()
    days = {row.day: _day(row.kind, row.day, usual) for row in special}
    standard = Calendar(ZoneInfo(settings.TIME_ZONE), usual, days)
    by_unit = {unit: standard.with_hours(week) for unit, week in weeks.items() if unit}
    return _Known(clock.monotonic() + FRESH_S, standard, by_unit)


def _day(kind: str, day: date, usual: Week) -> Spans:
    """Return the hours of a special day; a make-up day has those of an ordinary working day."""
    if kind == DayKind.HOLIDAY:
        return ()
    return usual[day.weekday()] or next((spans for spans in usual if spans), ())
