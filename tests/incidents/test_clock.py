"""The clock of one incident: what each state's time is, and what moves it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured

from gis_grid import settings as read
from gis_grid.people.models import HandlingUnit
from incidents import states
from incidents.actions import To
from incidents.deadlines import calendars, clock
from incidents.deadlines.sla import Alarm, Limit, LimitKind
from incidents.grounds import NoCase, ReturnGround, SuspendGround
from incidents.models import CalendarDay, Category, Incident, WorkingHours
from tests.incidents.test_deeds import at_state
from tests.world import NOW, World, add_units, do, make_incident

SHANGHAI = ZoneInfo("Asia/Shanghai")
SUSPEND = {"by": "chen", "reason": SuspendGround.WEATHER}


@pytest.fixture(autouse=True)
def fresh_calendar() -> None:
    """The calendar is kept for seconds; each test has its own."""
    calendars.forget()


def local(text: str) -> datetime:
    """Read "03-05 15:00" of 2026, by Shanghai's clock. NOW is Thursday 03-05 14:30."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


def days(amount: float) -> Limit:
    return Limit(amount, LimitKind.WORKING_DAYS)


@pytest.fixture
def lamps(world: World) -> HandlingUnit:
    """The lamp department; the case limit is two working days."""
    Category.objects.update(limit_amount=2, limit_kind="working_days")
    return add_units(world)["lamps"]


def with_lamps(world: World, at: datetime = NOW) -> Incident:
    """An incident that was accepted and given to the lamp department at a moment."""
    incident = do(world, "accept", make_incident(world))
    return do(world, "dispatch", incident, by="chen", to=To(unit="lamps"), at=at)


# --- every state ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "due", "amber"),
    [
        # Two working hours from 14:30; amber after four fifths of them.
        ("reported", "03-05 16:30", "03-05 16:06"),
        # Four: two and a half today, and from nine tomorrow.
        ("pre_check", "03-06 10:30", "03-06 09:42"),
        ("accepted", "03-05 16:30", "03-05 16:06"),
        # 24 hours by the category, day and night.
        ("dispatched", "03-06 14:30", "03-06 09:42"),
        ("in_progress", "03-06 14:30", "03-06 09:42"),
        # One working day: till tomorrow's closing; 9.5 hours ahead, four fifths are 7:36.
        ("answered", "03-06 17:00", "03-06 15:06"),
        ("verifying", "03-06 17:00", "03-06 15:06"),
    ],
)
def test_time_and_reminder_of_each_state(world: World, state: str, due: str, amber: str) -> None:
    incident = at_state(world, state)

    assert (incident.stage_due_at, incident.amber_at) == (local(due), local(amber))
    assert (incident.alarm, incident.alarm_at) == (Alarm.AMBER, incident.amber_at)


@pytest.mark.parametrize("state", sorted(states.ENDED_STATES))
def test_who_has_ended_has_no_clock(world: World, state: str) -> None:
    incident = at_state(world, state)

    assert (incident.stage_due_at, incident.amber_at) == (None, None)
    assert (incident.alarm, incident.alarm_at) == ("", None)


def test_what_the_clock_keeps_is_stored(world: World) -> None:
    incident = at_state(world, "dispatched")

    stored = Incident.objects.get()
    assert {name: getattr(stored, name) for name in clock.FIELDS} == {
        name: getattr(incident, name) for name in clock.FIELDS
    }


def test_limits_of_the_states_are_settings(world: World, settings: Any) -> None:
    settings.STAGE_LIMITS = {**settings.STAGE_LIMITS, "reported": days(1)}
    settings.AMBER_SHARE = 0.5

    incident = make_incident(world)

    assert incident.stage_due_at == local("03-06 17:00")
    assert incident.amber_at == local("03-06 11:15")


def test_an_installation_may_do_without_stepping_up_and_stuck(world: World, settings: Any) -> None:
    settings.STEP_UP_AFTER = settings.STUCK_AFTER = None
    incident = make_incident(world)
    clock.rang(incident, Alarm.DUE, incident.stage_due_at)

    clock.wind(incident, incident.stage_due_at)

    assert (incident.alarm, incident.alarm_at) == ("", None)


def test_void_and_back_begins_the_state_s_time_anew(world: World) -> None:
    incident = do(world, "refuse", make_incident(world), by="chen", reason=NoCase.TEST)
    incident = do(world, "restore", incident, by="chen", at=local("03-06 09:00"))

    assert (incident.state, incident.stage_due_at) == ("reported", local("03-06 11:00"))


# --- the settings -----------------------------------------------------------------------------


def test_times_and_numbers_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRID_X", "1.5 working_days")
    monkeypatch.setenv("GRID_Y", "never")
    monkeypatch.setenv("GRID_Z", "0")

    assert read._limit("GRID_X", "2 hours") == Limit(1.5, LimitKind.WORKING_DAYS)
    assert read._limit("GRID_UNSET", "2 hours") == Limit(2, LimitKind.HOURS)
    assert read._limit_or_never("GRID_Y", "2 hours") is None
    assert read._limit_or_never("GRID_X", "2 hours") == Limit(1.5, LimitKind.WORKING_DAYS)
    assert (read._count("GRID_Z", "1"), read._number("GRID_UNSET", "0.8", most=1)) == (0, 0.8)


@pytest.mark.parametrize(
    "words",
    ["", "2", "hours", "2 moons", "0 hours", "-1 hours", "nan hours", "inf days", "never"],
)
def test_a_time_that_is_none_stops_the_start_and_says_so(
    monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setenv("GRID_X", words)

    with pytest.raises(ImproperlyConfigured, match=f"GRID_X is “{words}”.*`2 hours`"):
        read._limit("GRID_X", "2 hours")


@pytest.mark.parametrize("words", ["", "x", "-1", "1.01", "nan", "inf"])
def test_a_share_is_between_nothing_and_all(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setenv("GRID_X", words)

    with pytest.raises(ImproperlyConfigured, match=r"GRID_X .* from 0 to 1"):
        read._number("GRID_X", "0.8", most=1)


@pytest.mark.parametrize("words", ["1.5", "-1", "x"])
def test_a_count_is_a_whole_number(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setenv("GRID_X", words)

    with pytest.raises(ImproperlyConfigured, match="GRID_X"):
        read._count("GRID_X", "1")


# --- the holder's time ------------------------------------------------------------------------


def test_the_deadline_is_stored_at_dispatch_and_signing_changes_nothing(
    world: World, lamps: HandlingUnit
) -> None:
    given = with_lamps(world)
    kept = (given.due_at, given.stage_due_at, given.amber_at, given.alarm_at)

    signed = do(world, "sign", given, by="guo", at=local("03-06 11:00"))

    assert given.due_at == local("03-09 17:00")
    assert (signed.due_at, signed.stage_due_at, signed.amber_at, signed.alarm_at) == kept


def test_a_holiday_that_is_entered_later_moves_no_stored_deadline(
    world: World, lamps: HandlingUnit
) -> None:
    given = with_lamps(world)
    CalendarDay.objects.create(day="2026-03-09", kind="holiday")
    calendars.forget()

    signed = do(world, "sign", given, by="guo", at=local("03-06 11:00"))

    assert signed.due_at == local("03-09 17:00")


def test_a_unit_s_own_hours_count(world: World, lamps: HandlingUnit) -> None:
    WorkingHours.objects.create(
        unit=lamps, week={str(day): [["20:00", "00:00"]] for day in range(1, 8)}
    )
    calendars.forget()

    given = with_lamps(world)

    assert given.due_at == local("03-08 00:00")
    assert given.amber_at == local("03-07 21:36")  # 9:36 of the twelve hours of three evenings


def test_an_extension_begins_where_the_old_deadline_ends(world: World, lamps: HandlingUnit) -> None:
    given = with_lamps(world)
    asked = do(world, "ask_extension", given, by="guo", more=days(1))
    assert asked.due_at == given.due_at

    granted = do(world, "grant_extension", asked, by="chen")

    assert granted.due_at == granted.stage_due_at == local("03-10 17:00")
    assert granted.amber_at == local("03-10 11:18")  # 4.7 of 23.5 working hours before it
    assert granted.dispatch.due_at == granted.due_at


def test_an_extension_after_the_deadline_arms_the_alarm_again(
    world: World, lamps: HandlingUnit
) -> None:
    given = with_lamps(world)
    clock.rang(given, Alarm.DUE, given.due_at)
    Incident.objects.filter(pk=given.pk).update(rung=given.rung)
    asked = do(world, "ask_extension", given, by="guo", more=days(2), at=local("03-10 10:00"))

    granted = do(world, "grant_extension", asked, by="chen", at=local("03-10 11:00"))

    assert granted.due_at == local("03-11 17:00")
    assert (granted.alarm, granted.alarm_at) == (Alarm.AMBER, granted.amber_at)


def test_a_refused_extension_changes_nothing(world: World, lamps: HandlingUnit) -> None:
    given = with_lamps(world)
    asked = do(world, "ask_extension", given, by="guo", more=days(1))

    refused = do(world, "refuse_extension", asked, by="chen")

    assert (refused.due_at, refused.amber_at) == (given.due_at, given.amber_at)


def test_suspended_time_is_not_counted(world: World, lamps: HandlingUnit) -> None:
    given = with_lamps(world)
    paused = do(world, "suspend", given, at=local("03-06 10:00"), **SUSPEND)
    assert (paused.alarm, paused.alarm_at) == ("", None)

    going = do(world, "resume", paused, by="chen", at=local("03-12 10:00"))

    # Thirteen working hours were left, and are; amber has moved by as much.
    assert given.due_at == local("03-09 17:00")
    assert going.due_at == going.stage_due_at == local("03-13 17:00")
    assert given.amber_at == local("03-09 13:42")
    assert going.amber_at == local("03-13 13:42")
    assert (going.alarm, going.alarm_at) == (Alarm.AMBER, going.amber_at)


def test_signing_after_a_pause_does_not_count_the_pause(world: World, lamps: HandlingUnit) -> None:
    paused = do(world, "suspend", with_lamps(world), at=local("03-06 10:00"), **SUSPEND)
    going = do(world, "resume", paused, by="chen", at=local("03-12 10:00"))

    signed = do(world, "sign", going, by="guo", at=local("03-12 11:00"))

    assert signed.amber_at == going.amber_at


def test_an_extension_after_a_pause_does_not_count_the_pause(
    world: World, lamps: HandlingUnit
) -> None:
    paused = do(world, "suspend", with_lamps(world), at=local("03-06 10:00"), **SUSPEND)
    at = local("03-12 10:00")
    going = do(world, "resume", paused, by="chen", at=at)
    asked = do(world, "ask_extension", going, by="guo", more=days(1), at=at)

    granted = do(world, "grant_extension", asked, by="chen", at=at)

    assert granted.due_at == local("03-16 17:00")
    # Four fifths of the twenty working hours from the end of the pause.
    assert granted.amber_at == local("03-16 12:00")


def test_a_pause_ends_with_its_holder(world: World, lamps: HandlingUnit) -> None:
    paused = do(world, "suspend", with_lamps(world), at=NOW, **SUSPEND)

    back = do(world, "hand_over", paused, by="chen", area="B1", at=local("03-06 09:00"))

    assert (back.state, back.suspended_at) == ("accepted", None)
    assert (back.stage_due_at, back.alarm) == (local("03-06 11:00"), Alarm.AMBER)


def test_rework_keeps_the_old_deadline(world: World, lamps: HandlingUnit) -> None:
    signed = do(world, "sign", with_lamps(world), by="guo")
    answered = do(world, "answer", signed, by="guo", at=local("03-06 10:00"))
    assert answered.stage_due_at == local("03-09 17:00")  # the verification's own

    failed = do(world, "fail", answered, by="zhao", at=local("03-06 16:00"))

    assert failed.state == "in_progress"
    assert failed.due_at == failed.stage_due_at == signed.due_at
    assert failed.amber_at == signed.amber_at


def test_who_returned_and_is_overruled_is_charged_the_time(
    world: World, lamps: HandlingUnit
) -> None:
    given = with_lamps(world)
    returned = do(
        world,
        "return",
        given,
        by="guo",
        at=local("03-06 16:00"),
        reason=ReturnGround.NOT_OUR_DUTY,
        proposed=To(unit="garden"),
    )
    assert returned.stage_due_at == local("03-09 10:00")  # dispatching has its own two hours

    again = do(world, "dispatch", returned, by="chen", to=To(unit="lamps"), at=local("03-09 09:30"))

    assert again.due_at == again.stage_due_at == given.due_at
    assert again.dispatch.started_at == NOW
    assert again.amber_at == given.amber_at


def test_who_takes_what_another_returned_has_fresh_time(world: World, lamps: HandlingUnit) -> None:
    returned = do(
        world,
        "return",
        with_lamps(world),
        by="guo",
        at=local("03-06 16:00"),
        reason=ReturnGround.NOT_OUR_DUTY,
        proposed=To(unit="garden"),
    )

    other = do(
        world, "dispatch", returned, by="chen", to=To(unit="garden"), at=local("03-09 09:30")
    )

    assert other.due_at == local("03-11 17:00")


def test_a_reopened_case_starts_with_a_provisional_deadline(
    world: World, lamps: HandlingUnit
) -> None:
    incident = do(world, "escalate", make_incident(world))
    incident = do(world, "settle", incident, at=local("03-06 10:00"))

    reopened = do(world, "reopen", incident, by="chen", at=local("03-09 09:00"))

    assert reopened.state == "accepted"
    assert reopened.due_at == local("03-11 17:00")
    assert reopened.stage_due_at == local("03-09 11:00")
    assert reopened.escalated_to is None


# --- open problems ----------------------------------------------------------------------------


def open_problem(world: World) -> Incident:
    signed = do(world, "sign", with_lamps(world), by="guo")
    asked = do(world, "ask_extension", signed, by="guo", more=days(1))
    granted = do(world, "grant_extension", asked, by="chen")
    return do(world, "register", granted, by="chen")


def test_an_open_problem_rings_for_nobody(world: World, lamps: HandlingUnit) -> None:
    incident = open_problem(world)

    assert (incident.alarm, incident.alarm_at) == ("", None)


def test_an_open_problem_that_was_answered_is_to_be_verified_in_time(
    world: World, lamps: HandlingUnit
) -> None:
    answered = do(world, "answer", open_problem(world), by="guo")

    assert (answered.alarm, answered.stage_due_at) == (Alarm.AMBER, local("03-06 17:00"))


# --- levels above -----------------------------------------------------------------------------


@pytest.mark.parametrize(("told", "left"), [(None, 3), ("A", 2), ("S", 1), ("D", 0)])
def test_as_many_steps_are_left_as_areas_stand_above(
    world: World, told: str | None, left: int
) -> None:
    incident = make_incident(world)
    incident.escalated_to = world.areas[told] if told else None

    assert clock.steps_left(incident) == left


def test_without_an_area_there_is_nobody_to_step_up_to() -> None:
    assert clock.steps_left(Incident(area_path="")) == 0


def test_a_deed_of_people_puts_stuck_off(world: World, lamps: HandlingUnit) -> None:
    Category.objects.update(limit_amount=30)
    given = with_lamps(world)
    clock.rang(given, Alarm.AMBER, given.amber_at + timedelta(days=1))
    Incident.objects.filter(pk=given.pk).update(rung=given.rung)
    given.refresh_from_db()

    remarked = do(world, "remark", given, by="guo", at=local("03-09 10:00"))

    assert (remarked.alarm, remarked.alarm_at) == (Alarm.STUCK, local("03-12 17:00"))
