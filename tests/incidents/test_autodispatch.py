"""Automatic rules: dispatched once, as the product, and what is asked in vain is left alone."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from gis_grid.people.models import HandlingUnit, Role
from gis_grid.territory.models import Level
from incidents.actions import Order, To
from incidents.dispatching import autodispatch
from incidents.dispatching.autodispatch import ASK_AGAIN, dispatch_due
from incidents.dispatching.rulebook import store
from incidents.grounds import ReturnGround
from incidents.models import (
    Dispatch,
    DispatchRule,
    Event,
    Incident,
    MatterListEntry,
    RuleTime,
)
from tests.product import database_url
from tests.world import NOW, World, add_units, do, make_incident

ROOT = Path(__file__).resolve().parents[2]
WORKER = "from incidents.dispatching import autodispatch; from tests.world import NOW; import sys\n"
WORKER += "while not autodispatch.dispatch_due(NOW, limit=5): pass\n"
WORKER += "while autodispatch.dispatch_due(NOW, limit=5): pass"


@pytest.fixture
def units(world: World) -> dict[str, HandlingUnit]:
    return add_units(world)


def rule(name: str = "auto", **facts: Any) -> DispatchRule:
    return store(DispatchRule(name=name, **{"live": True, "automatic": True, **facts}))


def accepted(world: World) -> Incident:
    return do(world, "accept", make_incident(world))


def state(incident: Incident) -> str:
    return Incident.objects.get(pk=incident.pk).state


def test_an_accepted_case_is_dispatched_as_the_product(world: World, units) -> None:  # type: ignore[no-untyped-def]
    lamps, case = rule(unit=units["lamps"]), accepted(world)

    assert dispatch_due(NOW) == 1

    given = Dispatch.objects.get()
    assert (given.incident, given.unit, given.rule, given.by) == (case, units["lamps"], lamps, None)
    assert given.why["automatic"] is True
    event = Event.objects.get(kind="dispatch")
    assert (event.by, event.version, event.state_after) == (None, 3, "dispatched")
    assert dispatch_due(NOW) == 0
    assert Dispatch.objects.count() == 1


def test_only_where_the_best_rule_is_automatic(world: World, units) -> None:  # type: ignore[no-untyped-def]
    rule(unit=units["office"])
    rule(
        "by a click", unit=units["lamps"], category=world.categories["street_lamp"], automatic=False
    )
    by_click, by_itself = accepted(world), do(world, "accept", _manhole(world))

    assert dispatch_due(NOW) == 1
    assert (state(by_click), state(by_itself)) == ("accepted", "dispatched")


def _manhole(world: World) -> Incident:
    return make_incident(world, category="manhole")


@pytest.mark.parametrize("facts", [{"live": False}, {"automatic": False}])
def test_drafts_and_rules_for_a_click_do_nothing(world: World, units, facts) -> None:  # type: ignore[no-untyped-def]
    rule(unit=units["lamps"], **facts)
    accepted(world)

    with CaptureQueriesContext(connection) as queries:
        assert dispatch_due(NOW) == 0
    assert len(queries) == 1


def test_reported_and_returned_ones_wait_for_people(world: World, units) -> None:  # type: ignore[no-untyped-def]
    case = accepted(world)
    rule(unit=units["lamps"])
    dispatch_due(NOW)
    case.refresh_from_db()
    proposed = {"reason": ReturnGround.NOT_OUR_DUTY, "proposed": To(area="S")}
    do(world, "return", case, "guo", **proposed)
    make_incident(world)

    assert dispatch_due(NOW + timedelta(hours=1)) == 0


def test_who_may_not_receive_it_does_not_get_it(world: World, units) -> None:  # type: ignore[no-untyped-def]
    rule(unit=units["lamps"])
    case = accepted(world)
    MatterListEntry.objects.create(category=case.category, level=Level.GRID)

    assert dispatch_due(NOW) == 0
    assert state(case) == "accepted"


class TestAskedInVain:
    """What no automatic rule takes."""

    def test_it_is_asked_about_again_after_a_while(self, world: World, units) -> None:  # type: ignore[no-untyped-def]
        rule("nights", unit=units["lamps"], time=RuleTime.OFF)
        case = accepted(world)
        assert dispatch_due(NOW) == 0

        rule("days", unit=units["lamps"], time=RuleTime.WORKING)

        assert dispatch_due(NOW + ASK_AGAIN - timedelta(seconds=1)) == 0
        assert dispatch_due(NOW + ASK_AGAIN) == 1
        assert state(case) == "dispatched"

    def test_meanwhile_it_costs_two_queries(self, world: World, units) -> None:  # type: ignore[no-untyped-def]
        rule("nights", unit=units["lamps"], time=RuleTime.OFF)
        for _ in range(3):
            accepted(world)
        dispatch_due(NOW)

        with CaptureQueriesContext(connection) as queries:
            assert dispatch_due(NOW) == 0
        assert len(queries) <= 4  # two questions; a savepoint round nothing to remember

    def test_it_never_stands_before_the_others(self, world: World, units) -> None:  # type: ignore[no-untyped-def]
        rule("manholes", unit=units["lamps"], category=world.categories["manhole"])
        for _ in range(3):
            accepted(world)
        last = do(world, "accept", _manhole(world))

        done = [dispatch_due(NOW, limit=2) for _ in range(2)]

        assert done == [0, 1]
        assert state(last) == "dispatched"

    def test_remembering_is_no_deed(self, world: World, units) -> None:  # type: ignore[no-untyped-def]
        rule("nights", unit=units["lamps"], time=RuleTime.OFF)
        case = accepted(world)
        before = Event.objects.count()

        dispatch_due(NOW)

        seen = Incident.objects.get(pk=case.pk)
        assert (seen.version, seen.rules_asked_at) == (case.version, NOW)
        assert Event.objects.count() == before

    def test_a_case_that_fails_is_put_aside(  # type: ignore[no-untyped-def]
        self, world: World, units, monkeypatch, caplog
    ) -> None:
        rule(unit=units["lamps"])
        bad, good = accepted(world), accepted(world)
        real = autodispatch.do

        def fail(deed: str, pk: Any, order: Order, change: Any) -> Any:
            if pk == bad.pk:
                raise ValueError("nonsense in the row")
            return real(deed, pk, order, change)

        monkeypatch.setattr(autodispatch, "do", fail)

        assert dispatch_due(NOW) == 1
        assert (state(bad), state(good)) == ("accepted", "dispatched")
        assert bad.number in caplog.text


def test_rules_that_change_between_look_and_lock_are_asked_again(  # type: ignore[no-untyped-def]
    world: World, units, monkeypatch
) -> None:
    auto = rule(unit=units["lamps"])
    case = accepted(world)
    real = autodispatch._claimed

    def meanwhile(seen: Incident) -> bool:
        DispatchRule.objects.filter(pk=auto.pk).update(automatic=False)
        return real(seen)

    monkeypatch.setattr(autodispatch, "_claimed", meanwhile)

    assert dispatch_due(NOW) == 0
    assert state(case) == "accepted"
    assert not Dispatch.objects.exists()


def test_a_case_that_changed_meanwhile_is_left(world: World, units) -> None:  # type: ignore[no-untyped-def]
    rule(unit=units["lamps"])
    seen = accepted(world)
    do(world, "remark", Incident.objects.get(pk=seen.pk))

    assert not autodispatch.dispatch_one(seen, NOW)
    assert dispatch_due(NOW) == 1


@pytest.mark.django_db(transaction=True)
class TestSeveralWorkers:
    """Real connections, real locks."""

    def test_two_workers_dispatch_each_case_once(self, world: World, units) -> None:  # type: ignore[no-untyped-def]
        rule(role=Role.GRID_WORKER)
        for _ in range(12):
            accepted(world)
        counts: list[int] = []
        together = threading.Barrier(3)

        def work() -> None:
            try:
                together.wait(60)
                counts.extend(dispatch_due(NOW) for _ in range(3))
            finally:
                connection.close()

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

        assert sum(counts) == Dispatch.objects.count() == 12
        assert Event.objects.filter(kind="dispatch").count() == 12

    def test_a_locked_case_keeps_nobody_waiting(self, world: World, units) -> None:  # type: ignore[no-untyped-def]
        rule(unit=units["lamps"])
        held, free = accepted(world), accepted(world)
        done: list[int] = []

        def work() -> None:
            try:
                done.append(dispatch_due(NOW))
            finally:
                connection.close()

        with transaction.atomic():
            Incident.objects.select_for_update().get(pk=held.pk)
            worker = threading.Thread(target=work)
            worker.start()
            worker.join(30)
            assert done == [1]

        assert (state(held), state(free)) == ("accepted", "dispatched")
        assert dispatch_due(NOW) == 1

    def test_a_killed_worker_leaves_nothing_half_done(self, world: World, units) -> None:  # type: ignore[no-untyped-def]
        cases = [accepted(world) for _ in range(60)]
        environment = {**os.environ, "DATABASE_URL": database_url(), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(ROOT / "manage.py"), "shell", "-c", WORKER]
        worker = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            rule(unit=units["lamps"])
            until = time.monotonic() + 60
            while not Dispatch.objects.exists() and time.monotonic() < until:
                time.sleep(0.005)
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait(60)
        assert 0 < Dispatch.objects.count() < len(cases), "killed in the middle"

        while dispatch_due(NOW):
            pass

        assert sorted(Dispatch.objects.values_list("incident", flat=True)) == sorted(
            case.pk for case in cases
        )
        assert Event.objects.filter(kind="dispatch").count() == len(cases)
        assert set(Incident.objects.values_list("state", flat=True)) == {"dispatched"}
