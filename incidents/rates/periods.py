"""A span of days as people name it: this week, a quarter, from one date to another. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Unreadable

ONE_DAY = timedelta(days=1)
# More rows than these nobody reads, and a mistyped year would make millions.
MAX_STEPS = 400


class Step(StrEnum):
    """What a period can be cut into."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"

    def first_day(self, day: date) -> date:
        """Return the first day of the month or week (from Monday) that a day lies in."""
        match self:
            case Step.MONTH:
                return day.replace(day=1)
            case Step.WEEK:
                return day - timedelta(days=day.weekday())
        return day

    def after(self, first: date) -> date:
        """Return the first day of the next one."""
        match self:
            case Step.MONTH:
                return (first + timedelta(days=31)).replace(day=1)
            case Step.WEEK:
                return first + timedelta(days=7)
        return first + ONE_DAY


@dataclass(frozen=True)
class Period:
    """From one day to another, both included. Raises Unreadable when they are reversed."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise Unreadable(
                "period_reversed",
                _("The first day lies after the last."),
                {"from": _("after the last day")},
            )

    def moments(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """Return the midnight it begins with and the one that ends it."""
        return _midnight(self.first, zone), _midnight(self.last + ONE_DAY, zone)

    def steps(self, step: Step) -> list[date]:
        """Return the first day of each month, week or day it touches; Unreadable for too many."""
        days = list(self._steps(step))
        if len(days) > MAX_STEPS:
            raise Unreadable(
                "period_too_long",
                _("That is too long to be cut so small: more than %(most)d rows.")
                % {"most": MAX_STEPS},
                {"to": _("too far away")},
            )
        return days

    def _steps(self, step: Step) -> Iterator[date]:
        first = step.first_day(self.first)
        for _count in range(MAX_STEPS + 1):
            if first > self.last:
                return
            yield first
            first = step.after(first)


@dataclass(frozen=True)
class Hours(Period):
    """From an hour of one day to the end of an hour of another, both included."""

    from_hour: int = 0
    to_hour: int = 23

    def moments(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """Return the moments it begins and ends with."""
        ends = datetime.combine(self.last, time(self.to_hour), zone) + timedelta(hours=1)
        return datetime.combine(self.first, time(self.from_hour), zone), ends


def this_week(today: date) -> Period:
    """Monday to today."""
    return Period(Step.WEEK.first_day(today), today)


def this_month(today: date) -> Period:
    """The first to today."""
    return Period(today.replace(day=1), today)


def last_month(today: date) -> Period:
    """The whole month before this one."""
    last = today.replace(day=1) - ONE_DAY
    return Period(last.replace(day=1), last)


def this_quarter(today: date) -> Period:
    """The first of January, April, July or October to today."""
    return Period(today.replace(month=today.month - (today.month - 1) % 3, day=1), today)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.min, zone)
