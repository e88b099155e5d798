"""When people work: weekly hours, holidays and make-up workdays, and counting along them.

Pure: standard library and the project's refusals. All results are in UTC: Python subtracts two
moments of one zone by the wall clock, which is wrong across a change of the clocks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid

Span = tuple[time, time]  # wall clock, from and to; to 00:00 is the midnight that ends the day
Spans = tuple[Span, ...]
Week = tuple[Spans, Spans, Spans, Spans, Spans, Spans, Spans]  # Monday first
Window = tuple[datetime, datetime]  # a span of one day as moments, UTC

MIDNIGHT = time(0)
NO_TIME = timedelta(0)
# The longest rest any calendar can mean; beyond it somebody forgot to enter hours.
HORIZON_DAYS = 400


def utc(moment: datetime) -> datetime:
    """Return the same moment in UTC. Raises ValueError for a moment without a zone."""
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


def check_spans(spans: Spans) -> None:
    """Raise Invalid unless each span ends after it starts and none overlaps the one before."""
    free_from: time | None = MIDNIGHT
    for start, end in spans:
        # After a span to midnight the day has nothing left.
        if free_from is None or start < free_from or MIDNIGHT < end <= start:
            raise Invalid(
                "hours_in_disorder",
                _("Working hours must follow one another and may not overlap."),
            )
        free_from = None if end == MIDNIGHT else end


@dataclass(frozen=True)
class Calendar:
    """Who works when: hours by weekday, and the days that differ.

    `zone`: whose wall clock the hours are read on.
    `week`: seven tuples of spans, Monday first; () is a weekday off.
    `days`: exceptions by date; () is a holiday, spans are a make-up workday or special hours.
    Raises Invalid for hours in disorder. `days` must not change afterwards.
    """

    zone: ZoneInfo
    week: Week
    days: Mapping[date, Spans]
    # A month of deadlines asks for the same few days again and again.
    _windows: dict[date, tuple[Window, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        for spans in (*self.week, *self.days.values()):
            check_spans(spans)

    def spans(self, day: date) -> Spans:
        """Return the working hours of a day by the wall clock; () on a day off."""
        return self.days.get(day, self.week[day.weekday()])

    def windows(self, day: date) -> tuple[Window, ...]:
        """Return the working time of a day as moments in UTC, in order, disjoint; () if none."""
        if day not in self._windows:
            self._windows[day] = tuple(self._cut(day))
        return self._windows[day]

    def local_day(self, moment: datetime) -> date:
        """Return the calendar's date at a moment."""
        return utc(moment).astimezone(self.zone).date()

    def is_working(self, moment: datetime) -> bool:
        """Whether work is going on; the moment of closing is no longer work."""
        now = utc(moment)
        return any(opens <= now < closes for opens, closes in self.windows(self.local_day(now)))

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """Return the working time between two moments; none if the end is not after the start."""
        start, end = utc(start), utc(end)
        total, day, last = NO_TIME, self.local_day(start), self.local_day(end)
        while day <= last:
            for opens, closes in self.windows(day):
                total += max(NO_TIME, min(end, closes) - max(start, opens))
            day += timedelta(days=1)
        return total

    def after(self, start: datetime, amount: timedelta) -> datetime:
        """Return the first moment by which `amount` of working time has passed since `start`.

        A full day ends at its closing, not at the next opening; no amount returns the start.
        Raises Invalid when the calendar runs out of working time.
        """
        start = utc(start)
        if amount <= NO_TIME:
            return start
        ahead = self._from(start)
        opens, closes = next(ahead)
        while amount > closes - opens:
            amount -= closes - opens
            opens, closes = next(ahead)
        return opens + amount

    def workdays(self, first: date) -> Iterator[date]:
        """Yield the days with working time from `first` on, without end.

        Raises Invalid when there is none for `HORIZON_DAYS`, instead of looking for ever.
        """
        idle = 0
        for ahead in count():
            day = first + timedelta(days=ahead)
            idle = 0 if self.windows(day) else idle + 1
            if idle > HORIZON_DAYS:
                raise Invalid(
                    "no_working_time",
                    _("Nobody works in the %(days)s days up to %(day)s: correct the calendar.")
                    % {"days": HORIZON_DAYS, "day": day.isoformat()},
                )
            if not idle:
                yield day

    def with_hours(self, week: Week) -> "Calendar":
        """Return this calendar for a unit with its own hours.

        Holidays stay closed, and special hours on a weekday that is normally open hold for
        everybody as they stand. On a make-up workday (a weekday that is normally closed) a unit
        works its own hours of that weekday, or, if it has none, those of its first working
        weekday: a make-up day stands in for a weekday, and nobody says which.
        """
        usual = next((spans for spans in week if spans), ())
        days = {
            day: (week[day.weekday()] or usual) if spans and not self.week[day.weekday()] else spans
            for day, spans in self.days.items()
        }
        return replace(self, week=week, days=days)

    def _from(self, start: datetime) -> Iterator[Window]:
        for day in self.workdays(self.local_day(start)):
            for opens, closes in self.windows(day):
                if closes > start:
                    yield max(start, opens), closes

    def _cut(self, day: date) -> Iterator[Window]:
        # When the clocks go forward, a time they skip can map behind one that follows it, and an
        # island that changes sides of the date line skips a whole day: keep windows in order and
        # within their day, so no minute counts twice.
        free_from, midnight = self._at(day, MIDNIGHT), self._at(day + timedelta(days=1), MIDNIGHT)
        for start, end in self.spans(day):
            opens = max(self._at(day, start), free_from)
            closes = midnight if end == MIDNIGHT else min(self._at(day, end), midnight)
            if closes > opens:
                yield opens, closes
                free_from = closes

    def _at(self, day: date, wall: time) -> datetime:
        # An hour that comes twice is meant the first time.
        return datetime.combine(day, wall, self.zone).astimezone(UTC)
