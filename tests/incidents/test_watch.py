"""The clock rings: each alarm once, whoever looks or is killed, and never for who is at rest."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection, connections
from django.utils import timezone

from incidents import actions, relay
from incidents.actions import To
from incidents.deadlines import watch
from incidents.grounds import NoCase, SuspendGround
from incidents.models import Category, Event, Incident
from tests.product import database_url
from tests.world import NOW, World, build_world, do, inside, make_incident, order_of

ROOT = Path(__file__).resolve().parents[2]
LONG = timedelta(days=400)


def told(incident: Incident) -> list[str]:
    """Return what the clock said of an incident, in order."""
    return list(incident.events.filter(by=None).order_by("pk").values_list("kind", flat=True))


def ring_until(at: datetime) -> None:
    """Let every alarm up to a moment ring at its own time."""
    alarms = Incident.objects.filter(alarm_at__lte=at).order_by("alarm_at")
    while first := alarms.values_list("alarm_at", flat=True).first():
        assert watch.ring_due(first) > 0


def in_work(world: World) -> Incident:
    """An incident that Li has in hand."""
    incident = do(world, "accept", make_incident(world))
    return do(world, "start", incident)


# --- what an alarm means ----------------------------------------------------------------------


def test_a_reminder_comes_when_the_set_share_of_the_time_has_passed(world: World) -> None:
    incident = make_incident(world)
    assert incident.alarm_at == incident.amber_at

    assert watch.ring_due(incident.amber_at - timedelta(seconds=1)) == 0
    assert watch.ring_due(incident.amber_at) == 1
    assert told(incident) == ["remind"]


def test_ringing_is_told_with_the_deadline_and_written_down_with_its_real_time(
    world: World,
) -> None:
    incident = make_incident(world)
    late = incident.stage_due_at + timedelta(minutes=7)

    assert watch.ring_due(late) == 1

    event = incident.events.get(kind="overdue")
    assert (event.by, event.at) == (None, late)
    assert datetime.fromisoformat(event.body["due_at"]) == incident.stage_due_at
    assert Incident.objects.get().rung == {"due": late.isoformat()}


def test_levels_are_told_one_after_the_other_up_to_the_top(world: World) -> None:
    incident = make_incident(world)

    ring_until(NOW + timedelta(days=20))

    told_to = [e.body["to"]["area"] for e in incident.events.filter(body__has_key="to")]
    assert told_to == ["A", "S", "D"]
    assert Incident.objects.get().escalated_to == world.areas["D"]


def test_who_escalates_by_hand_leaves_the_level_its_full_time(world: World) -> None:
    incident = make_incident(world)
    ring_until(incident.stage_due_at)
    due = incident.stage_due_at
    do(world, "escalate", incident, at=due + timedelta(hours=5))

    watch.ring_due(due + timedelta(hours=23))

    assert [e.body["to"]["area"] for e in incident.events.filter(kind="escalate")] == ["A"]


def test_a_stuck_case_says_how_long_and_steps_up(world: World) -> None:
    Category.objects.update(limit_amount=30, limit_kind="days")
    incident = do(world, "hand_over", make_incident(world), by="chen", area="A2")
    incident = do(world, "accept", incident, by="chen")
    incident = do(world, "dispatch", incident, by="chen", to=To(area="A2"))

    ring_until(NOW + timedelta(days=8))

    assert told(incident) == ["stuck"]
    body = incident.events.get(kind="stuck").body
    assert (body["idle_days"], body["hand_overs"], body["to"]["area"]) == (5, 1, "A")


def test_a_stuck_case_without_a_level_above_is_told_all_the_same(world: World) -> None:
    incident = make_incident(world, place=inside(9, 9))

    ring_until(NOW + timedelta(days=8))

    assert incident.events.filter(kind="stuck").exists()
    assert not incident.events.filter(kind="escalate").exists()


def test_overdue_verification_steps_up_too(world: World) -> None:
    incident = do(world, "answer", in_work(world))
    assert incident.state == "answered"

    ring_until(NOW + timedelta(days=6))

    assert {"remind", "overdue", "escalate"} <= set(told(incident))


def test_the_clock_makes_nobody_s_open_form_stale(world: World) -> None:
    incident = in_work(world)
    ring_until(NOW + timedelta(days=8))
    assert {"overdue", "escalate", "stuck"} <= set(told(incident))

    answered = do(world, "answer", incident, at=NOW + timedelta(days=8))

    assert answered.state == "answered"
    assert answered.version == incident.version + 1


def test_the_clock_is_no_progress(world: World) -> None:
    incident = make_incident(world)

    ring_until(NOW + timedelta(days=20))

    assert Incident.objects.get().progressed_at == incident.reported_at


def test_after_an_outage_a_pointless_reminder_is_left_out(world: World) -> None:
    incident = make_incident(world)
    back = incident.stage_due_at + timedelta(minutes=1)

    while watch.ring_due(back):
        pass

    assert told(incident) == ["overdue"]


def test_after_a_long_outage_levels_are_told_one_by_one(world: World) -> None:
    incident = make_incident(world)
    back = NOW + timedelta(days=60)

    while watch.ring_due(back):
        pass

    assert sorted(told(incident)) == ["overdue", "stuck"]
    assert Incident.objects.get().escalated_to == world.areas["A"]
    assert Incident.objects.get().alarm_at > back


def test_the_same_moment_again_rings_nothing(world: World) -> None:
    for _ in range(3):
        make_incident(world)
    at = NOW + timedelta(days=30)
    while watch.ring_due(at):
        pass
    before = Event.objects.count()

    assert watch.ring_due(at) == 0
    assert Event.objects.count() == before


def test_a_batch_is_as_large_as_asked_for_and_the_longest_due_go_first(world: World) -> None:
    first = make_incident(world)
    for minutes in (5, 10):
        later = make_incident(world)
        Incident.objects.filter(pk=later.pk).update(
            alarm_at=first.alarm_at + timedelta(minutes=minutes)
        )

    assert watch.ring_due(NOW + LONG, limit=1) == 1
    assert told(first) != []
    assert Event.objects.filter(by=None).count() == 1


# --- who is at rest ---------------------------------------------------------------------------


def suspended(world: World) -> Incident:
    return do(world, "suspend", in_work(world), by="chen", reason=SuspendGround.WEATHER)


def registered(world: World) -> Incident:
    incident = in_work(world)
    for deed, by, details in (
        ("ask_extension", "li", {"more": incident.dispatch.limit}),
        ("grant_extension", "chen", {}),
        ("register", "chen", {}),
    ):
        incident = do(world, deed, incident, by=by, **details)
    return incident


def closed(world: World) -> Incident:
    return do(world, "settle", make_incident(world))


def void(world: World) -> Incident:
    return do(world, "refuse", make_incident(world), by="chen", reason=NoCase.TEST)


@pytest.mark.parametrize("rest", [suspended, registered, closed, void])
def test_nothing_rings_for_who_is_at_rest(world: World, rest: Callable[[World], Incident]) -> None:
    incident = rest(world)
    assert Incident.objects.get().alarm_at is None

    assert watch.ring_due(NOW + LONG) == 0
    assert told(incident) == []


def test_an_alarm_that_was_left_over_does_not_ring_for_a_closed_case(world: World) -> None:
    incident = closed(world)
    Incident.objects.update(alarm="due", alarm_at=NOW)

    assert watch.ring_due(NOW + LONG) == 0
    assert told(incident) == []
    assert Incident.objects.get().alarm_at is None


def test_a_case_handed_over_while_suspended_is_dispatched_by_the_clock_again(
    world: World,
) -> None:
    incident = do(world, "hand_over", suspended(world), by="chen", area="B1")

    assert (incident.state, incident.suspended_at) == ("accepted", None)
    assert incident.alarm_at is not None


def test_escalation_begins_anew_under_another_community(world: World) -> None:
    incident = do(world, "escalate", make_incident(world))
    assert incident.escalated_to == world.areas["A"]

    incident = do(world, "hand_over", incident, by="chen", area="B1")
    assert incident.escalated_to is None
    incident = do(world, "escalate", incident, by="chen")
    assert incident.escalated_to == world.areas["B"]


# --- faults -----------------------------------------------------------------------------------


def test_one_that_cannot_ring_does_not_stop_the_others(world: World) -> None:
    broken, sound = make_incident(world), make_incident(world)
    Incident.objects.filter(pk=broken.pk).update(rung={"moon": "full"})
    at = NOW + timedelta(days=1)

    assert watch.ring_due(at) == 1
    assert (told(broken), told(sound)) == ([], ["overdue"])
    assert Incident.objects.get(pk=broken.pk).alarm_at == at + watch.PUT_OFF


def test_due_alarms_are_found_by_their_index(world: World) -> None:
    make_incident(world)
    due = Incident.objects.filter(alarm_at__lte=NOW).order_by("alarm_at")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = due.values_list("pk", flat=True)[:200].explain()

    assert "incident_alarms" in plan


# --- once, whatever happens -------------------------------------------------------------------


def many(count: int) -> World:
    """A town with so many incidents of months ago, nearly all alarms long due."""
    world = build_world()
    for _ in range(count):
        make_incident(world)
    return world


def rung() -> Counter[tuple[UUID, str]]:
    """Return how often each alarm rang for each incident."""
    return Counter(Event.objects.filter(by=None).values_list("incident_id", "kind"))


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_ring_each_alarm_once() -> None:
    many(40)
    at = NOW + timedelta(days=1)
    start, counts = threading.Barrier(2), []

    def work() -> None:
        start.wait()
        counts.append(watch.ring_due(at))
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(counts) == 40
    assert all(counts), "both had a part"
    assert set(rung().values()) == {1}
    assert len(rung()) == 40


@pytest.mark.django_db(transaction=True)
def test_who_acts_at_the_moment_of_an_alarm_is_not_waited_for() -> None:
    world = many(2)
    first = Incident.objects.order_by("alarm_at", "pk")[0]
    at, holds, done = NOW + timedelta(days=1), threading.Event(), threading.Event()

    def person() -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM incidents_incident WHERE id = %s FOR UPDATE", [first.pk])
            holds.set()
            done.wait()
            cursor.execute("COMMIT")
        connections.close_all()

    acting = threading.Thread(target=person)
    acting.start()
    holds.wait()
    rang = watch.ring_due(at)
    done.set()
    acting.join()

    assert rang == 1
    assert told(first) == []
    assert watch.ring_due(at) == 1
    accepted = actions.DEEDS["accept"](first.pk, order_of(world, "li", first, at=at))
    assert accepted.state == "accepted"


def worker() -> subprocess.Popen[bytes]:
    env = {**os.environ, "DATABASE_URL": database_url(), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, "manage.py", "work"], cwd=ROOT, env=env, stderr=subprocess.STDOUT
    )


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.02)


@pytest.mark.early
def test_killed_in_the_middle_and_started_again_each_alarm_rings_once(no_worker: None) -> None:
    many(200)
    due = Incident.objects.filter(alarm_at__lte=timezone.now())
    process = worker()
    try:
        until(lambda: Event.objects.filter(kind="overdue").count() > 20)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    half = Event.objects.filter(kind="overdue").count()
    assert half < 200, "killed in the middle"

    process = worker()
    try:
        until(lambda: not due.exists())
        until(lambda: not Event.objects.filter(sequence=None).exists())
    finally:
        process.terminate()
        process.wait(30)

    assert {(kind, count) for (_id, kind), count in rung().items()} == {
        ("overdue", 1),
        ("stuck", 1),
    }
    assert len(rung()) == 400
    assert relay.first_break() is None
