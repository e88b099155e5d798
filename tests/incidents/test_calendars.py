"""The working calendar as rows: what ships, what people edit, and who notices when."""

import json
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from gis_grid.people.models import HandlingUnit, UnitKind
from gis_grid.territory.models import Level
from incidents.deadlines import calendars, holidays
from incidents.deadlines.calendars import calendar_of
from incidents.models import CalendarDay, DayKind, WorkingHours

SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = {str(day): [["08:00", "12:00"]] for day in range(1, 6)}


@pytest.fixture(autouse=True)
def fresh_calendar() -> None:
    """The calendar is kept for seconds; each test has its own."""
    calendars.forget()


def works(day: str, at: str = "10:00", unit: int | None = None) -> bool:
    """Return whether somebody works on a day at a time of Shanghai's clock."""
    calendars.forget()
    moment = datetime.combine(date.fromisoformat(day), time.fromisoformat(at), SHANGHAI)
    return calendar_of(unit).is_working(moment)


def unit() -> HandlingUnit:
    return HandlingUnit.objects.create(
        code="lamps", name="路灯管理所", kind=UnitKind.DEPARTMENT, level=Level.DISTRICT
    )


# --- what ships -------------------------------------------------------------------------------


def test_three_years_ship() -> None:
    assert holidays.years() == [2024, 2025, 2026]


@pytest.mark.parametrize(
    ("year", "holiday", "make_up", "workdays"),
    # Workdays of a year as the notices of the State Council leave them.
    [(2024, 28, 8, 251), (2025, 28, 5, 248), (2026, 33, 6, 248)],
)
@pytest.mark.django_db
def test_a_year_has_the_workdays_it_should(
    year: int, holiday: int, make_up: int, workdays: int
) -> None:
    kinds = [each.kind for each in holidays.days_of(year)]
    assert (kinds.count(DayKind.HOLIDAY), kinds.count(DayKind.WORKDAY)) == (holiday, make_up)

    holidays.load([year])

    calendar = calendar_of()
    first = date(year, 1, 1).toordinal()
    last = date(year + 1, 1, 1).toordinal()
    worked = [day for day in range(first, last) if calendar.windows(date.fromordinal(day))]
    assert len(worked) == workdays


@pytest.mark.parametrize("year", holidays.years())
def test_make_up_days_are_weekends_and_every_day_is_of_its_year_once(year: int) -> None:
    days = holidays.days_of(year)

    assert all(each.day.year == year for each in days)
    assert len({each.day for each in days}) == len(days)
    assert all(each.day.weekday() >= 5 for each in days if each.kind == DayKind.WORKDAY)
    assert all(each.source and each.name for each in days)


@pytest.mark.django_db
def test_the_office_rests_on_national_day_and_works_on_the_sunday_before() -> None:
    assert works("2026-10-01")
    assert not works("2026-09-20")

    holidays.load([2026])

    assert not works("2026-10-01")
    assert works("2026-09-20")
    assert not works("2026-09-20", "08:30")


# --- the command ------------------------------------------------------------------------------


def load(capsys: pytest.CaptureFixture[str], *years: str) -> dict[str, Any]:
    capsys.readouterr()
    call_command("load_calendar", *years, "--json")
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


@pytest.mark.django_db
def test_a_second_time_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert load(capsys, "2026") == {"years": [2026], "written": 39, "unchanged": 0, "kept": []}
    assert load(capsys, "2026") == {"years": [2026], "written": 0, "unchanged": 39, "kept": []}


@pytest.mark.django_db
def test_without_years_all_that_ship_are_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    assert load(capsys)["years"] == holidays.years()
    assert CalendarDay.objects.count() == 28 + 8 + 28 + 5 + 33 + 6


@pytest.mark.django_db
def test_what_people_changed_or_took_out_stays_and_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    load(capsys, "2026")
    changed = CalendarDay.objects.get(day="2026-02-14")
    changed.kind, changed.name = DayKind.HOLIDAY, "本地放假"
    changed.save()
    CalendarDay.objects.filter(day="2026-05-09").delete()
    CalendarDay.objects.create(day="2026-03-03", kind=DayKind.HOLIDAY, name="三月三")

    said = load(capsys, "2026")

    assert (said["written"], said["unchanged"]) == (0, 37)
    assert said["kept"] == [
        {
            "day": "2026-02-14",
            "shipped": {"kind": "workday", "name": "春节调休"},
            "stands": {"kind": "holiday", "name": "本地放假"},
        },
        {
            "day": "2026-05-09",
            "shipped": {"kind": "workday", "name": "劳动节调休"},
            "stands": None,
        },
    ]
    assert not works("2026-02-14")
    assert not works("2026-05-09")
    assert not works("2026-03-03")


@pytest.mark.django_db
def test_a_day_entered_before_the_year_was_loaded_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    CalendarDay.objects.create(day="2026-10-07", kind=DayKind.WORKDAY, name="值班")

    call_command("load_calendar", "2026")

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert "2026-10-07" in lines[0]
    assert "值班" in lines[0]
    assert works("2026-10-07")


@pytest.mark.django_db
def test_a_year_that_does_not_ship_is_refused_and_nothing_is_loaded() -> None:
    with pytest.raises(CommandError, match="2050"):
        call_command("load_calendar", "2026", "2050")

    assert not CalendarDay.objects.exists()


# --- rows to a calendar -----------------------------------------------------------------------


@pytest.mark.django_db
def test_hours_of_the_installation_and_of_a_unit() -> None:
    lamps = unit()
    WorkingHours.objects.create(week=MORNING)
    WorkingHours.objects.create(unit=lamps, week={"6": [["20:00", "00:00"]]})

    assert works("2026-03-05", "08:30")
    assert not works("2026-03-05", "15:00")
    assert not works("2026-03-05", "08:30", unit=lamps.pk)
    assert works("2026-03-07", "23:59", unit=lamps.pk)


@pytest.mark.django_db
def test_without_rows_it_is_monday_to_friday_nine_to_five() -> None:
    assert works("2026-03-05", "16:59")
    assert not works("2026-03-05", "12:30")
    assert not works("2026-03-07")


@pytest.mark.django_db
def test_an_edit_elsewhere_is_seen_when_the_rows_are_read_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(calendars, "FRESH_S", 0.0)
    assert not calendar_of().days

    CalendarDay.objects.create(day="2026-03-05", kind=DayKind.HOLIDAY)

    assert calendar_of().days == {date(2026, 3, 5): ()}


@pytest.mark.django_db
def test_within_the_time_no_question_reaches_the_database(  # type: ignore[no-untyped-def]
    django_assert_num_queries,
) -> None:
    calendar_of()

    with django_assert_num_queries(0):
        calendar_of()
    assert calendars.FRESH_S <= 30


@pytest.mark.django_db
def test_forgetting_shows_an_edit_at_once() -> None:
    calendar_of()
    CalendarDay.objects.create(day="2026-03-05", kind=DayKind.HOLIDAY)

    calendars.forget()

    assert date(2026, 3, 5) in calendar_of().days
