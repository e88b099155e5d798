"""Working time, deadlines and alarms: the law's examples, a slow reference, and invariants."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count, groupby, islice
from math import ceil
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gis_grid.errors import Invalid
from incidents.deadlines.sla import (
    LONGEST,
    Alarm,
    AlarmRules,
    Limit,
    LimitKind,
    Watch,
    amber,
    deadline,
    extended,
    left,
    next_alarm,
    resumed,
)
from incidents.deadlines.working_time import Calendar, Span, Spans, Week

HOURS, WORKING_HOURS, WORKING_DAYS, DAYS = LimitKind
IN_WORKING_TIME = (WORKING_HOURS, WORKING_DAYS, DAYS)


def span(start: str, end: str) -> Span:
    return time.fromisoformat(start), time.fromisoformat(end)


OFFICE = (span("08:30", "12:00"), span("13:30", "17:30"))
MORNING = (span("09:00", "12:00"),)
NIGHT = (span("00:00", "06:00"), span("22:00", "00:00"))
ALL_DAY = (span("00:00", "00:00"),)
MONDAY_TO_FRIDAY: Week = (OFFICE, OFFICE, OFFICE, OFFICE, OFFICE, (), ())
ROUND_THE_CLOCK: Week = (ALL_DAY,) * 7

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")  # clocks change on 8 March and 1 November 2026

# The State Council's days for Mid-Autumn and National Day 2026: two weekend days are worked.
HOLIDAYS = [date(2026, 9, 25), *(date(2026, 10, day) for day in range(1, 8))]
MAKE_UP = [date(2026, 9, 20), date(2026, 10, 10)]
CITY = Calendar(
    SHANGHAI, MONDAY_TO_FRIDAY, {**dict.fromkeys(HOLIDAYS, ()), **dict.fromkeys(MAKE_UP, OFFICE)}
)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """Read "09-30 15:00" of 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=zone)


def hours(amount: float) -> timedelta:
    return timedelta(hours=amount)


# The law's rules, on National Day week 2026.


@pytest.mark.parametrize(
    ("start", "amount", "kind", "due"),
    [
        # Hours run at once, in the holidays and at night.
        ("10-01 23:00", 2, HOURS, "10-02 01:00"),
        # Two and a half hours before the holidays, one and a half after them.
        ("09-30 15:00", 4, WORKING_HOURS, "10-08 10:00"),
        # Over lunch; to the minute of closing, not the next opening.
        ("09-30 11:00", 2, WORKING_HOURS, "09-30 14:30"),
        ("09-30 13:30", 4, WORKING_HOURS, "09-30 17:30"),
        ("10-03 03:00", 4, WORKING_HOURS, "10-08 14:00"),
        # The start day does not count, at whatever hour.
        ("09-30 08:30", 1, WORKING_DAYS, "10-08 17:30"),
        ("09-30 23:59", 1, WORKING_DAYS, "10-08 17:30"),
        ("10-03 10:00", 1, WORKING_DAYS, "10-08 17:30"),
        # The third working day is a Saturday that is worked, the fourth the Monday after it.
        ("09-30 15:00", 3, WORKING_DAYS, "10-10 17:30"),
        ("09-30 15:00", 4, WORKING_DAYS, "10-12 17:30"),
        ("09-18 15:00", 1, WORKING_DAYS, "09-20 17:30"),
        # A part of a day: half of 7.5 hours is a quarter of an hour after lunch.
        ("10-09 09:00", 0.5, WORKING_DAYS, "10-10 13:45"),
        ("10-08 09:00", 1.5, WORKING_DAYS, "10-10 13:45"),
        # Natural days that end in the holidays end after them; on a worked Saturday they do not.
        ("09-24 15:00", 7, DAYS, "10-08 17:30"),
        ("10-03 15:00", 7, DAYS, "10-10 17:30"),
        ("10-04 15:00", 7, DAYS, "10-12 17:30"),
        ("10-07 15:00", 0.2, DAYS, "10-08 17:30"),
    ],
)
def test_deadlines_around_national_day(
    start: str, amount: float, kind: LimitKind, due: str
) -> None:
    assert deadline(at(start), Limit(amount, kind), CITY) == at(due)


def test_the_calendar_decides_what_day_it_is() -> None:
    """17:00 on Tuesday in London is already Wednesday in Shanghai."""
    start = datetime(2026, 9, 8, 17, 0, tzinfo=UTC)
    assert deadline(start, Limit(1, WORKING_DAYS), CITY) == at("09-10 17:30")


def test_an_extension_starts_where_the_old_deadline_ends() -> None:
    due = deadline(at("09-28 10:00"), Limit(2, WORKING_DAYS), CITY)
    assert extended(due, Limit(2, WORKING_DAYS), CITY) == at("10-09 17:30")


def test_time_left_is_told_in_the_limits_own_kind() -> None:
    now, due = at("09-30 15:00"), at("10-08 17:30")
    assert left(now, due, Limit(1, WORKING_DAYS), CITY) == hours(2.5 + 7.5)
    assert left(now, due, Limit(8, DAYS), CITY) == timedelta(days=8, hours=2.5)
    assert left(due, now, Limit(1, WORKING_DAYS), CITY) == -hours(2.5 + 7.5)


def test_amber_does_not_ring_in_the_holidays_for_working_limits() -> None:
    start, due = at("09-30 13:30"), at("10-08 17:30")
    assert amber(start, due, 0.5, Limit(1, WORKING_DAYS), CITY) == at("10-08 10:15")
    assert amber(start, due, 0.5, Limit(8, HOURS), CITY) == at("10-04 15:30")


def test_a_share_beyond_the_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="share"):
        amber(at("09-30 13:30"), at("10-08 17:30"), 1.1, Limit(1, WORKING_DAYS), CITY)


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        (HOURS, "10-11 14:30"),  # 25 hours were left
        (WORKING_HOURS, "10-12 14:30"),  # 8.5 working hours: 4 on Saturday, 4.5 on Monday
        (WORKING_DAYS, "10-12 14:30"),
        (DAYS, "10-12 17:30"),  # the next day, a Sunday, and so the Monday
    ],
)
def test_a_suspension_over_the_holidays_costs_nothing(kind: LimitKind, due: str) -> None:
    """Suspended the afternoon before the last day, resumed on the Saturday that is worked."""
    moved = resumed(at("09-30 17:30"), at("09-29 16:30"), at("10-10 13:30"), Limit(1, kind), CITY)
    assert moved == at(due)


def test_a_pause_of_a_minute_does_not_gain_the_holidays() -> None:
    due = at("09-30 17:30")
    moved = resumed(due, at("09-30 10:00"), at("09-30 10:01"), Limit(7, DAYS), CITY)
    assert moved == due


@pytest.mark.parametrize("kind", list(LimitKind))
def test_a_missed_deadline_is_not_moved_by_a_suspension(kind: LimitKind) -> None:
    due = at("09-28 17:30")
    assert resumed(due, at("09-29 09:00"), at("10-09 09:00"), Limit(1, kind), CITY) == due


@pytest.mark.parametrize("kind", IN_WORKING_TIME)
def test_a_deadline_set_before_its_day_became_a_holiday_is_not_made_earlier(
    kind: LimitKind,
) -> None:
    due = at("10-06 17:30")
    assert resumed(due, at("10-01 10:00"), at("10-01 11:00"), Limit(1, kind), CITY) == due


# The calendar.


def test_work_begins_on_the_minute_and_ends_on_it() -> None:
    moments = ["10-10 08:29", "10-10 08:30", "10-10 12:00", "10-10 17:29", "10-10 17:30"]
    assert [CITY.is_working(at(text)) for text in moments] == [False, True, False, True, False]
    assert not CITY.is_working(at("10-06 10:00"))


def test_mean_handling_time_can_be_counted_over_the_holidays() -> None:
    assert CITY.working_between(at("09-30 15:00"), at("10-10 12:00")) == hours(2.5 + 15 + 3.5)
    assert CITY.working_between(at("10-10 12:00"), at("09-30 15:00")) == hours(0)


def test_a_night_shift_runs_through_midnight() -> None:
    guard = replace(CITY, week=(NIGHT,) * 7, days={})
    assert guard.after(at("09-30 23:00"), hours(3)) == at("10-01 02:00")


def test_a_unit_keeps_the_holidays_and_works_make_up_days_like_its_own_weekdays() -> None:
    days = {**CITY.days, date(2026, 12, 31): (span("09:00", "10:00"),)}
    city = replace(CITY, days=days)
    hall = city.with_hours(((), MORNING, MORNING, MORNING, MORNING, (), ALL_DAY))
    assert hall.spans(date(2026, 10, 1)) == ()  # a Thursday in the holidays
    assert hall.spans(date(2026, 10, 10)) == MORNING  # a worked Saturday, like its Tuesday
    assert hall.spans(date(2026, 9, 20)) == ALL_DAY  # a worked Sunday, its own hours
    assert hall.spans(date(2026, 12, 31)) == (span("09:00", "10:00"),)  # short for everybody
    assert hall.spans(date(2026, 9, 28)) == ()  # its day off
    assert city.with_hours(((),) * 7).spans(date(2026, 10, 10)) == ()


@pytest.mark.parametrize("kind", IN_WORKING_TIME)
def test_a_calendar_without_work_is_an_error_and_no_endless_search(kind: LimitKind) -> None:
    idle = Calendar(SHANGHAI, ((),) * 7, {date(2026, 9, 30): OFFICE})
    with pytest.raises(Invalid, match="no_working_time"):
        deadline(at("09-30 17:30"), Limit(3, kind), idle)


def test_one_working_day_a_year_is_enough() -> None:
    days = {date(2026, 10, 10): OFFICE, date(2027, 10, 9): OFFICE}
    yearly = Calendar(SHANGHAI, ((),) * 7, days)
    due = deadline(at("09-30 17:30"), Limit(2, WORKING_DAYS), yearly)
    assert due == datetime(2027, 10, 9, 17, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "spans",
    [
        (span("12:00", "08:30"),),
        (span("08:30", "08:30"),),
        (span("13:30", "17:30"), span("08:30", "12:00")),
        (span("08:30", "12:00"), span("11:59", "17:30")),
        (span("22:00", "00:00"), span("23:00", "00:00")),
    ],
)
def test_hours_in_disorder_are_refused_on_weekdays_and_exceptions(spans: Spans) -> None:
    with pytest.raises(Invalid, match="hours_in_disorder"):
        Calendar(SHANGHAI, (OFFICE, OFFICE, spans, OFFICE, OFFICE, (), ()), {})
    with pytest.raises(Invalid, match="hours_in_disorder"):
        Calendar(SHANGHAI, MONDAY_TO_FRIDAY, {date(2026, 10, 10): spans})


@pytest.mark.parametrize("amount", [0, -1, float("nan"), float("inf"), LONGEST + 1])
def test_a_limit_is_positive_and_not_beyond_reason(amount: float) -> None:
    with pytest.raises(Invalid, match="limit_out_of_range"):
        Limit(amount, HOURS)


@pytest.mark.parametrize("kind", list(LimitKind))
def test_a_moment_without_a_zone_is_refused(kind: LimitKind) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        deadline(datetime(2026, 9, 30, 15, 0), Limit(1, kind), CITY)  # noqa: DTZ001


# Changes of the clocks.


def test_hours_are_counted_as_they_pass_when_the_clocks_change() -> None:
    office = Calendar(NEW_YORK, ROUND_THE_CLOCK, {})
    spring, autumn = at("03-07 12:00", NEW_YORK), at("11-01 00:00", NEW_YORK)
    for kind in (HOURS, WORKING_HOURS):
        assert deadline(spring, Limit(24, kind), office) == at("03-08 13:00", NEW_YORK)
        assert deadline(autumn, Limit(24, kind), office) == at("11-01 23:00", NEW_YORK)
    end, day = at("03-08 12:00", NEW_YORK), Limit(23, HOURS)
    assert left(spring, end, day, office) == hours(23)
    assert amber(spring, end, 0.5, day, office) == at("03-07 23:30", NEW_YORK)


def test_days_close_by_the_wall_clock_when_the_clocks_change() -> None:
    office = Calendar(NEW_YORK, (OFFICE,) * 7, {})
    for kind in (WORKING_DAYS, DAYS):
        due = deadline(at("03-07 12:00", NEW_YORK), Limit(1, kind), office)
        assert due == at("03-08 17:30", NEW_YORK)
        assert due.astimezone(UTC) - at("03-07 17:30", NEW_YORK).astimezone(UTC) == hours(23)


def test_spans_the_clocks_skip_are_not_counted_twice() -> None:
    """02:00 to 03:00 does not exist: the first span would otherwise lie inside the second."""
    spans = (span("02:00", "02:30"), span("03:00", "04:00"))
    night = Calendar(NEW_YORK, (spans,) * 7, {})
    start, end = at("03-08 00:00", NEW_YORK), at("03-09 00:00", NEW_YORK)
    assert night.working_between(start, end) == hours(1)
    assert night.after(start, hours(1)) == at("03-08 04:00", NEW_YORK)


def test_a_day_an_island_skips_has_no_working_time() -> None:
    """Samoa went from 29 to 31 December 2011 when it changed sides of the date line."""
    apia = ZoneInfo("Pacific/Apia")
    island = Calendar(apia, (OFFICE,) * 7, {})
    friday = datetime(2011, 12, 29, 12, 0, tzinfo=apia)
    assert island.windows(date(2011, 12, 30)) == ()
    assert island.working_between(friday, datetime(2011, 12, 31, 12, 0, tzinfo=apia)) == hours(7.5)


# A slow reference: look at every quarter of an hour.

QUARTER = timedelta(minutes=15)


def works(calendar: Calendar, moment: datetime) -> bool:
    local = moment.astimezone(calendar.zone)
    return any(
        start <= local.time() and (end == time(0) or local.time() < end)
        for start, end in calendar.spans(local.date())
    )


def worked_quarters(start: datetime, calendar: Calendar) -> Iterator[datetime]:
    """Yield the quarters in which work goes on; they begin on whole quarters."""
    return (now for n in count() if works(calendar, now := start + n * QUARTER))


def looked_up(start: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """Return the deadline by looking at each quarter; halves of days must be whole quarters."""

    def local_day(moment: datetime) -> date:
        return moment.astimezone(calendar.zone).date()

    ahead, whole = worked_quarters(start, calendar), ceil(limit.amount)
    if limit.kind is WORKING_HOURS:
        return next(islice(ahead, int(limit.amount * 4) - 1, None)) + QUARTER
    wait, nth, part = (
        (1, whole, limit.amount % 1 or 1) if limit.kind is WORKING_DAYS else (whole, 1, 1)
    )
    first = local_day(start) + timedelta(days=wait)
    days = (list(quarters) for day, quarters in groupby(ahead, local_day) if day >= first)
    last_day = next(islice(days, nth - 1, None))
    return last_day[int(len(last_day) * part) - 1] + QUARTER


ZONES = st.sampled_from(
    [SHANGHAI, NEW_YORK, ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")]
)
OPEN = st.sampled_from([OFFICE, MORNING, NIGHT, ALL_DAY])
ANY = st.one_of(st.just(()), OPEN)
# Both changes of the clocks, and a few quiet weeks.
DATES = st.one_of(
    st.dates(date(2026, 3, 1), date(2026, 4, 12)), st.dates(date(2026, 9, 20), date(2026, 11, 8))
)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = [draw(ANY) for _ in range(6)]
    week.insert(draw(st.integers(0, 6)), draw(OPEN))
    days = draw(st.dictionaries(DATES, ANY, max_size=12))
    return Calendar(draw(ZONES), tuple(week), days)


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    seconds = draw(st.integers(0, 86_399))
    return datetime.combine(draw(DATES), time(0), UTC) + timedelta(seconds=seconds)


LIMITS = st.builds(Limit, st.floats(0.05, 12), st.sampled_from(LimitKind))
WORKING_LIMITS = st.builds(
    Limit, st.floats(0.05, 12), st.sampled_from([WORKING_HOURS, WORKING_DAYS])
)
often = settings(max_examples=80, deadline=None)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    calendar=calendars(),
    day=DATES,
    quarter=st.integers(0, 95),
    halves=st.integers(1, 6),
    kind=st.sampled_from(IN_WORKING_TIME),
)
def test_deadlines_are_those_found_by_looking_at_every_quarter_of_an_hour(
    calendar: Calendar, day: date, quarter: int, halves: int, kind: LimitKind
) -> None:
    start = datetime.combine(day, time(0), UTC) + quarter * QUARTER
    limit = Limit(halves / 2, kind)
    assert deadline(start, limit, calendar) == looked_up(start, limit, calendar)


@settings(max_examples=40, deadline=None)
@given(calendar=calendars(), day=DATES, quarter=st.integers(0, 95), length=st.integers(0, 500))
def test_working_time_is_that_found_by_looking_at_every_quarter_of_an_hour(
    calendar: Calendar, day: date, quarter: int, length: int
) -> None:
    start = datetime.combine(day, time(0), UTC) + quarter * QUARTER
    seen = [start + n * QUARTER for n in range(length)]
    worked = sum(works(calendar, moment) for moment in seen) * QUARTER
    assert calendar.working_between(start, start + length * QUARTER) == worked
    assert calendar.is_working(start) == works(calendar, start)


# Invariants.


@often
@given(calendar=calendars(), start=moments(), limit=LIMITS)
def test_a_deadline_is_later_and_in_working_time_and_in_utc(
    calendar: Calendar, start: datetime, limit: Limit
) -> None:
    due = deadline(start, limit, calendar)
    assert due > start
    assert due.tzinfo is UTC
    if limit.kind is not HOURS:
        assert calendar.is_working(due - timedelta(microseconds=1))


@often
@given(calendar=calendars(), one=moments(), other=moments(), limit=LIMITS)
def test_who_starts_later_is_never_due_earlier(
    calendar: Calendar, one: datetime, other: datetime, limit: Limit
) -> None:
    first, second = sorted((one, other))
    assert deadline(first, limit, calendar) <= deadline(second, limit, calendar)


@often
@given(calendar=calendars(), start=moments(), limit=LIMITS, more=st.floats(0, 5))
def test_who_gets_more_is_never_due_earlier(
    calendar: Calendar, start: datetime, limit: Limit, more: float
) -> None:
    longer = replace(limit, amount=limit.amount + more)
    assert deadline(start, limit, calendar) <= deadline(start, longer, calendar)


@often
@given(calendar=calendars(), start=moments(), given_days=st.integers(1, 8), more=st.floats(0.1, 8))
def test_an_extension_adds_up(
    calendar: Calendar, start: datetime, given_days: int, more: float
) -> None:
    due = deadline(start, Limit(given_days, WORKING_DAYS), calendar)
    whole = deadline(start, Limit(given_days + more, WORKING_DAYS), calendar)
    moved = extended(due, Limit(more, WORKING_DAYS), calendar)
    assert abs(moved - whole) < timedelta(milliseconds=1)  # fractions are floats


def with_day(calendar: Calendar, day: date, spans: Spans) -> Calendar:
    return replace(calendar, days={**calendar.days, day: spans})


@often
@given(calendar=calendars(), start=moments(), limit=LIMITS, ahead=st.integers(0, 14))
def test_a_holiday_more_never_makes_it_earlier(
    calendar: Calendar, start: datetime, limit: Limit, ahead: int
) -> None:
    day = calendar.local_day(start) + timedelta(days=ahead)
    later = with_day(calendar, day, ())
    assert deadline(start, limit, calendar) <= deadline(start, limit, later)


@often
@given(calendar=calendars(), start=moments(), limit=LIMITS, ahead=st.integers(0, 14), spans=OPEN)
def test_a_make_up_workday_more_never_makes_it_later(
    calendar: Calendar, start: datetime, limit: Limit, ahead: int, spans: Spans
) -> None:
    day = calendar.local_day(start) + timedelta(days=ahead)
    assume(not calendar.spans(day))
    assert deadline(start, limit, with_day(calendar, day, spans)) <= deadline(
        start, limit, calendar
    )


@often
@given(calendar=calendars(), times=st.tuples(moments(), moments(), moments()))
def test_working_time_adds_up(
    calendar: Calendar, times: tuple[datetime, datetime, datetime]
) -> None:
    start, middle, end = sorted(times)
    parts = calendar.working_between(start, middle) + calendar.working_between(middle, end)
    assert parts == calendar.working_between(start, end)


@often
@given(calendar=calendars(), start=moments(), seconds=st.integers(1, 200_000))
def test_after_is_the_inverse_of_working_between(
    calendar: Calendar, start: datetime, seconds: int
) -> None:
    amount = timedelta(seconds=seconds)
    end = calendar.after(start, amount)
    assert calendar.working_between(start, end) == amount
    assert calendar.working_between(start, end - timedelta(seconds=1)) < amount


@often
@given(calendar=calendars(), start=moments(), limit=LIMITS, share=st.floats(0, 1))
def test_amber_lies_between_start_and_deadline(
    calendar: Calendar, start: datetime, limit: Limit, share: float
) -> None:
    due = deadline(start, limit, calendar)
    assert start <= amber(start, due, share, limit, calendar) <= due
    assert amber(start, due, 1, limit, calendar) == due
    assert amber(start, due, 0, limit, calendar) == start


@often
@given(
    calendar=calendars(),
    start=moments(),
    limit=WORKING_LIMITS,
    worked=st.floats(0, 0.99),
    pause_h=st.integers(1, 400),
)
def test_a_resumed_case_has_the_working_time_left_it_had(
    calendar: Calendar, start: datetime, limit: Limit, worked: float, pause_h: int
) -> None:
    due = deadline(start, limit, calendar)
    suspended_at = amber(start, due, worked, limit, calendar)
    resumed_at = suspended_at + hours(pause_h)
    moved = resumed(due, suspended_at, resumed_at, limit, calendar)
    had = left(suspended_at, due, limit, calendar)
    assert left(resumed_at, moved, limit, calendar) == had
    assert calendar.is_working(moved - timedelta(microseconds=1))


@often
@given(calendar=calendars(), start=moments(), days=st.integers(1, 12), pause_h=st.integers(1, 400))
def test_a_resumed_case_has_the_days_left_it_had(
    calendar: Calendar, start: datetime, days: int, pause_h: int
) -> None:
    limit, resumed_at = Limit(days, DAYS), start + hours(pause_h)
    due = deadline(start, limit, calendar)
    moved = resumed(due, start, resumed_at, limit, calendar)
    # Closing at midnight belongs to the day before it.
    had = calendar.local_day(due - timedelta(microseconds=1)) - calendar.local_day(start)
    last = calendar.local_day(resumed_at) + had
    # As many days on, or the first working day after them; always at closing.
    closing_day = next(calendar.workdays(last))
    assert moved == calendar.windows(closing_day)[-1][1]


@often
@given(
    calendar=calendars(),
    start=moments(),
    limit=LIMITS,
    other=moments(),
    pause_h=st.integers(-9, 99),
)
def test_a_suspension_never_makes_it_earlier(
    calendar: Calendar, start: datetime, limit: Limit, other: datetime, pause_h: int
) -> None:
    due = deadline(start, limit, calendar)
    assert resumed(due, other, other + hours(pause_h), limit, calendar) >= due


# Alarms.

RULES = AlarmRules(step_up_after=Limit(1, WORKING_DAYS), stuck_after=Limit(5, WORKING_DAYS))
START = at("09-07 09:00")  # a Monday without holidays near
WATCH = Watch(
    amber_at=at("09-07 15:00"), due_at=at("09-08 17:30"), progressed_at=START, steps_left=2
)


def ring(watch: Watch, alarm: Alarm, moment: datetime) -> Watch:
    """Return what is watched after an alarm, as the clock that rings it writes it down."""
    rung: Mapping[Alarm, datetime] = {**watch.rung, alarm: moment}
    return replace(watch, rung=rung, steps_left=watch.steps_left - (alarm is Alarm.STEP_UP))


def rings(watch: Watch, until: datetime, rules: AlarmRules = RULES) -> list[tuple[str, str]]:
    """Return everything that rings on time until a moment: kind and local time."""
    heard = []
    now = watch.progressed_at
    while (alarm := next_alarm(watch, rules, CITY, now)) and alarm[1] <= until:
        kind, now = alarm
        heard.append((kind.value, now.astimezone(SHANGHAI).strftime("%m-%d %H:%M")))
        watch = ring(watch, kind, now)
    return heard


def test_amber_then_due_then_each_higher_level_and_beside_them_stuck() -> None:
    assert rings(WATCH, until=at("09-22 00:00")) == [
        ("amber", "09-07 15:00"),
        ("due", "09-08 17:30"),
        ("step_up", "09-09 17:30"),
        ("step_up", "09-10 17:30"),
        ("stuck", "09-14 17:30"),
        ("stuck", "09-20 17:30"),  # the worked Sunday is the fifth day
    ]


def test_alarms_at_one_moment_ring_in_the_order_of_their_kinds() -> None:
    rules = AlarmRules(step_up_after=Limit(2, HOURS), stuck_after=Limit(2, HOURS))
    same = replace(WATCH, amber_at=at("09-07 11:00"), due_at=at("09-07 11:00"))
    assert rings(same, at("09-07 13:00"), rules) == [
        ("amber", "09-07 11:00"),
        ("due", "09-07 11:00"),
        ("stuck", "09-07 11:00"),
        ("step_up", "09-07 13:00"),
        ("stuck", "09-07 13:00"),
    ]


def test_progress_puts_stuck_off_but_not_the_deadline() -> None:
    moved = replace(WATCH, progressed_at=at("09-09 09:00"), rung={Alarm.STUCK: at("09-08 09:00")})
    quiet = replace(RULES, step_up_after=None)
    assert rings(moved, at("09-17 00:00"), quiet) == [
        ("due", "09-08 17:30"),
        ("stuck", "09-16 17:30"),
    ]


def test_a_suspended_case_rings_for_nothing() -> None:
    assert next_alarm(replace(WATCH, suspended=True), RULES, CITY, START) is None


def test_after_a_suspension_the_next_level_has_its_full_time() -> None:
    overdue = ring(WATCH, Alarm.DUE, at("09-08 17:30"))
    back = replace(overdue, progressed_at=at("09-16 10:00"), resumed_at=at("09-16 10:00"))
    assert next_alarm(back, RULES, CITY, at("09-16 10:00")) == (Alarm.STEP_UP, at("09-17 17:30"))


def test_a_case_without_deadline_can_only_get_stuck() -> None:
    free = replace(WATCH, amber_at=None, due_at=None)
    assert rings(free, at("09-15 00:00")) == [("stuck", "09-14 17:30")]
    assert next_alarm(free, AlarmRules(), CITY, START) is None


def test_without_rules_the_deadline_still_rings() -> None:
    without_amber = replace(WATCH, amber_at=None)
    assert rings(without_amber, at("12-31 00:00"), AlarmRules()) == [("due", "09-08 17:30")]


def test_a_new_deadline_arms_amber_and_due_again() -> None:
    late = ring(ring(WATCH, Alarm.AMBER, at("09-07 15:00")), Alarm.DUE, at("09-08 17:30"))
    longer = replace(late, amber_at=at("09-10 09:00"), due_at=at("09-11 17:30"))
    assert [kind for kind, _ in rings(longer, at("09-14 00:00"))] == ["amber", "due"]


def test_amber_is_not_rung_after_the_deadline() -> None:
    alarm = next_alarm(WATCH, RULES, CITY, at("09-08 17:30"))
    assert alarm == (Alarm.DUE, at("09-08 17:30"))


def test_after_an_outage_levels_are_told_one_by_one() -> None:
    """The clock was down for a week: nobody is passed over because a machine slept."""
    told = ring(WATCH, Alarm.DUE, at("09-16 10:00"))
    assert next_alarm(told, RULES, CITY, at("09-16 10:00")) == (Alarm.STUCK, at("09-14 17:30"))
    told = ring(told, Alarm.STUCK, at("09-16 10:00"))
    first = next_alarm(told, RULES, CITY, at("09-16 10:00"))
    assert first == (Alarm.STEP_UP, at("09-17 17:30"))
    told = ring(told, Alarm.STEP_UP, at("09-18 08:00"))
    second = next_alarm(told, RULES, CITY, at("09-18 08:00"))
    assert second == (Alarm.STEP_UP, at("09-20 17:30"))


@often
@given(calendar=calendars(), start=moments(), limit=LIMITS, late_s=st.integers(0, 90_000))
def test_each_alarm_rings_once_however_late_the_clock_is(
    calendar: Calendar, start: datetime, limit: Limit, late_s: int
) -> None:
    due = deadline(start, limit, calendar)
    watch = Watch(amber(start, due, 0.8, limit, calendar), due, start, steps_left=3)
    rules = AlarmRules(step_up_after=limit)
    heard, now = [], start
    while alarm := next_alarm(watch, rules, calendar, now):
        kind, planned = alarm
        assert planned > now or kind in (Alarm.AMBER, Alarm.DUE)
        now = max(now, planned) + timedelta(seconds=late_s)
        heard.append(kind)
        watch = ring(watch, kind, now)
    assert heard == [Alarm.AMBER, Alarm.DUE, *[Alarm.STEP_UP] * 3]
