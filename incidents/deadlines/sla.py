"""Deadlines, what is left of them, and which alarm rings next. Pure, on aware datetimes, UTC out.

Periods are counted as the Civil Code of China counts them:
art. 201: a period in days does not count the day it starts on; one in hours runs at once;
art. 203: a period whose last day is a day off ends on the next working day, and the last day
ends when business closes.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import islice

from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid
from incidents.deadlines.working_time import NO_TIME, Calendar, utc

# Longer than any office plans; keeps a mistyped limit from running off the end of time.
LONGEST = 100_000


class LimitKind(StrEnum):
    """What a time limit is counted in."""

    HOURS = "hours"  # natural hours, for emergencies: may end at night
    WORKING_HOURS = "working_hours"
    WORKING_DAYS = "working_days"
    DAYS = "days"  # natural days

    @property
    def counts_work(self) -> bool:
        """Whether only working time counts."""
        return self in (LimitKind.WORKING_HOURS, LimitKind.WORKING_DAYS)


@dataclass(frozen=True)
class Limit:
    """How long something may take. Raises Invalid unless 0 < amount <= LONGEST."""

    amount: float
    kind: LimitKind

    def __post_init__(self) -> None:
        if not 0 < self.amount <= LONGEST:  # false for NaN, too
            raise Invalid(
                "limit_out_of_range",
                _("A time limit must be more than 0 and at most %(most)s.") % {"most": LONGEST},
            )


def deadline(start: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """Return when a limit that starts at `start` ends.

    HOURS: that many hours later, day or night.
    WORKING_HOURS: when that much working time has passed; at closing rather than next opening.
    WORKING_DAYS: closing of the n-th working day after the start day, whether that one is a
    working day or not. A part of a day is that part of the last day's working time: 1.5 days end
    when half of the second day's working time has passed.
    DAYS: closing of the n-th day after the start day, or of the first working day after it if it
    is a day off. A part of a natural day counts as a whole one.
    Raises Invalid when the calendar has no working time ahead.
    """
    return _end(start, calendar.local_day(start), limit, calendar)


def amber(
    start: datetime, due: datetime, share: float, limit: Limit, calendar: Calendar
) -> datetime:
    """Return when `share` (0..1) of the time from `start` to `due` has passed.

    Working limits count working time, natural ones every hour. Never before the start nor after
    `due`. A suspension moves it by `resumed`, as it moves the deadline. Raises ValueError for
    another share.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share is between 0 and 1, not {share}")
    if limit.kind.counts_work:
        return calendar.after(start, share * calendar.working_between(start, due))
    return utc(start) + share * max(NO_TIME, utc(due) - utc(start))


def left(now: datetime, due: datetime, limit: Limit, calendar: Calendar) -> timedelta:
    """Return the time left, negative when overdue.

    Working time for working limits, else every hour. Ask `now > due` for overdue: on the evening
    after the deadline no working time has been lost yet, and this returns none.
    """
    if limit.kind.counts_work:
        return calendar.working_between(now, due) - calendar.working_between(due, now)
    return utc(due) - utc(now)


def resumed(
    due: datetime,
    suspended_at: datetime,
    resumed_at: datetime,
    limit: Limit,
    calendar: Calendar,
) -> datetime:
    """Return the deadline after a suspension: what was left at its start is left at its end.

    Working limits keep their working time, HOURS their hours, DAYS the number of days to the
    last one (closing; a day off moves it on as in `deadline`), so a pause within one day gains
    nothing. A deadline already missed stays where it was, and none becomes earlier.
    """
    due, suspended_at, resumed_at = utc(due), utc(suspended_at), utc(resumed_at)
    if suspended_at >= due:
        return due
    match limit.kind:
        case LimitKind.HOURS:
            moved = due + (resumed_at - suspended_at)
        case LimitKind.DAYS:
            paused = calendar.local_day(resumed_at) - calendar.local_day(suspended_at)
            last = _last_day(due, calendar) + paused
            moved = _hours(calendar, calendar.workdays(last))[1] if paused else due
        case _:
            moved = calendar.after(resumed_at, calendar.working_between(suspended_at, due))
    return max(due, moved)


def extended(due: datetime, more: Limit, calendar: Calendar) -> datetime:
    """Return the deadline after an extension, which starts when the old deadline ends.

    Three working days more are the three after the last one, so that 2 + 3 are 5.
    """
    return _end(due, _last_day(due, calendar), more, calendar)


def _end(start: datetime, today: date, limit: Limit, calendar: Calendar) -> datetime:
    """Return when a limit ends that starts at `start`, on a day that does not count itself."""
    whole = math.ceil(limit.amount)
    match limit.kind:
        case LimitKind.HOURS:
            return utc(start) + timedelta(hours=limit.amount)
        case LimitKind.WORKING_HOURS:
            return calendar.after(start, timedelta(hours=limit.amount))
        case LimitKind.WORKING_DAYS:
            ahead = calendar.workdays(today + timedelta(days=1))
            opens, closes = _hours(calendar, islice(ahead, whole - 1, None))
            part = limit.amount - whole + 1
            return calendar.after(opens, part * calendar.working_between(opens, closes))
        case LimitKind.DAYS:
            return _hours(calendar, calendar.workdays(today + timedelta(days=whole)))[1]


def _last_day(due: datetime, calendar: Calendar) -> date:
    # Who closes at midnight closes on the day that midnight ends.
    return calendar.local_day(utc(due) - datetime.resolution)


def _hours(calendar: Calendar, workdays: Iterator[date]) -> tuple[datetime, datetime]:
    """Return opening and closing of the first of these days."""
    windows = calendar.windows(next(workdays))
    return windows[0][0], windows[-1][1]


class Alarm(StrEnum):
    """What the clock rings for; when two are due at once, in this order."""

    AMBER = "amber"  # the set share of the time has passed
    DUE = "due"  # the deadline has passed
    STEP_UP = "step_up"  # still overdue: tell the next higher level
    STUCK = "stuck"  # nobody did anything for too long


@dataclass(frozen=True)
class AlarmRules:
    """How long overdue before the next level is told, how long idle is stuck; None is never."""

    step_up_after: Limit | None = None
    stuck_after: Limit | None = None


@dataclass(frozen=True)
class Watch:
    """What the alarms of one incident follow from.

    `rung`: when each kind rang last. An alarm has rung if that was at its moment or later, so a
    new deadline or new progress arms it again and nobody needs to reset anything.
    `steps_left`: higher levels not told yet. `resumed_at`: end of the last suspension.
    """

    amber_at: datetime | None
    due_at: datetime | None
    progressed_at: datetime
    rung: Mapping[Alarm, datetime] = field(default_factory=dict)
    steps_left: int = 0
    suspended: bool = False
    resumed_at: datetime | None = None


def next_alarm(
    watch: Watch, rules: AlarmRules, calendar: Calendar, now: datetime
) -> tuple[Alarm, datetime] | None:
    """Return the alarm that rings next and when, or None when nothing will ring.

    AMBER once and DUE once for each deadline (AMBER not after DUE: it has nothing to add), then
    STEP_UP whenever the last level told has had its full time, and beside them STUCK after every
    idle period. A moment in the past means: at once. None while suspended.
    """
    if watch.suspended:
        return None
    planned = [*_chain(watch, rules, calendar, utc(now)), *_idle(watch, rules, calendar)]
    # The first of equals wins, and the list is in the order of kinds: that settles ties.
    return min(planned, key=lambda alarm: alarm[1], default=None)


def _chain(
    watch: Watch, rules: AlarmRules, calendar: Calendar, now: datetime
) -> Iterator[tuple[Alarm, datetime]]:
    if watch.due_at is None:
        return
    due_at = utc(watch.due_at)
    if not _has_rung(watch, Alarm.DUE, due_at):
        amber_at = utc(watch.amber_at) if watch.amber_at else None
        if amber_at and now < due_at and not _has_rung(watch, Alarm.AMBER, amber_at):
            yield Alarm.AMBER, amber_at
        yield Alarm.DUE, due_at
    elif rules.step_up_after and watch.steps_left:
        told = _latest(watch.rung[Alarm.DUE], watch.rung.get(Alarm.STEP_UP), watch.resumed_at)
        yield Alarm.STEP_UP, deadline(told, rules.step_up_after, calendar)


def _idle(watch: Watch, rules: AlarmRules, calendar: Calendar) -> Iterator[tuple[Alarm, datetime]]:
    if rules.stuck_after:
        since = _latest(watch.progressed_at, watch.rung.get(Alarm.STUCK), watch.resumed_at)
        yield Alarm.STUCK, deadline(since, rules.stuck_after, calendar)


def _has_rung(watch: Watch, alarm: Alarm, moment: datetime) -> bool:
    rang_at = watch.rung.get(alarm)
    return rang_at is not None and utc(rang_at) >= moment


def _latest(first: datetime, *others: datetime | None) -> datetime:
    return max(utc(moment) for moment in (first, *others) if moment)
