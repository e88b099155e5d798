"""Which rule wins, why, and what a broken one says."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from gis_grid.errors import Conflict
from gis_grid.people.models import Assignment, HandlingUnit, Role
from gis_grid.territory.models import Level
from incidents import actions
from incidents.dispatching.rulebook import examined, fault_of, go_live, rank_of, store, store_again
from incidents.dispatching.rules import best_match, explain
from incidents.models import (
    Competence,
    DispatchRule,
    Incident,
    MatterListEntry,
    RuleTime,
)
from tests.world import NOW, World, add_units, do, inside, make_incident

NIGHT = NOW + timedelta(hours=12)  # 02:30 by the installation's clock
THURSDAY = 4  # what NOW is there


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def units(world: World) -> dict[str, HandlingUnit]:
    return add_units(world)


@pytest.fixture
def case(world: World) -> Incident:
    """An accepted street lamp in A1."""
    return do(world, "accept", make_incident(world))


def rule(name: str, **facts: Any) -> DispatchRule:
    return store(DispatchRule(name=name, **{"live": True, **facts}))


def best(case: Incident, at: Any = NOW) -> str | None:
    match = best_match(case, at)
    return match.rule.name if match else None


def fault(rule: DispatchRule) -> str:
    return fault_of(examined(DispatchRule.objects.filter(pk=rule.pk), NOW).get(), NOW)


def test_the_rank_orders_category_then_area_then_time(world: World, units) -> None:  # type: ignore[no-untyped-def]
    lamp, unit = world.categories["street_lamp"], units["lamps"]
    weaker_first = [
        {},
        {"time": RuleTime.OFF},
        {"time": RuleTime.OFF, "weekdays": [6, 7]},
        {"area": world.areas["D"]},
        {"area": world.areas["A1"]},
        {"category": lamp.major},
        {"category": lamp.major, "area": world.areas["A1"], "time": RuleTime.OFF},
        {"category": lamp},
        {"category": lamp, "weekdays": [1]},
        {"category": lamp, "area": world.areas["S"]},
        {"category": lamp, "area": world.areas["A1"]},
    ]
    ranks = [store(DispatchRule(name="r", unit=unit, **facts)).rank for facts in weaker_first]

    assert ranks == sorted(ranks)
    assert len(set(ranks)) == len(ranks)


def test_the_most_specific_rule_wins_and_of_equals_the_older(world, units, case) -> None:  # type: ignore[no-untyped-def]
    rule("everything", unit=units["office"])
    assert best(case) == "everything"

    rule("lamps", unit=units["lamps"], category=world.categories["street_lamp"])
    rule("lamps too", unit=units["garden"], category=world.categories["street_lamp"])
    assert best(case) == "lamps"

    rule("lamps of A1", unit=units["garden"], category=case.category, area=world.areas["A1"])
    assert best(case) == "lamps of A1"


def test_drafts_and_other_places_and_times_do_not_fit(world, units, case) -> None:  # type: ignore[no-untyped-def]
    unit = units["lamps"]
    rule("draft", unit=unit, live=False)
    rule("manholes", unit=unit, category=world.categories["manhole"])
    rule("A2", unit=unit, area=world.areas["A2"])
    rule("nights", unit=unit, time=RuleTime.OFF)
    rule("Fridays", unit=unit, weekdays=[5])

    assert best(case) is None
    assert best(case, NIGHT) == "nights"  # it is Friday after midnight: both fit, one is older
    DispatchRule.objects.filter(name="nights").delete()
    assert best(case, NIGHT) == "Fridays"


def test_the_dispatch_keeps_rule_recipient_and_reason(world, units, case) -> None:  # type: ignore[no-untyped-def]
    lamps = rule("lamps", unit=units["lamps"], category=case.category, weekdays=[THURSDAY])

    given = do(world, "dispatch", case, "chen").dispatch

    assert given is not None
    assert (given.rule, given.unit) == (lamps, units["lamps"])
    assert given.why == {
        "rule": "lamps",
        "reason": "Street lamp out · everywhere · At any time · Thursday",
    }


def test_a_role_means_the_nearest_area_where_somebody_holds_it(world, units, case) -> None:  # type: ignore[no-untyped-def]
    rule("chiefs", role=Role.GRID_CHIEF)
    match = best_match(case, NOW)
    assert match is not None
    assert match.recipient.area == world.areas["S"]  # Zhao's

    Assignment.objects.create(
        worker=world.users["li"].worker, area=world.areas["A1"], role=Role.GRID_CHIEF
    )
    match = best_match(case, NOW)
    assert match is not None
    assert match.recipient.area == world.areas["A1"]


def test_a_rule_whose_recipient_may_not_receive_gives_way(world, units, case) -> None:  # type: ignore[no-untyped-def]
    rule("lamps", unit=units["lamps"], category=case.category)
    rule("everything", unit=units["office"])
    Competence.objects.create(unit=units["lamps"], category=world.categories["manhole"])

    assert best(case) == "everything"

    MatterListEntry.objects.create(category=case.category, level=Level.GRID)
    assert best(case) is None
    with pytest.raises(Conflict, match="No dispatch rule fits"):
        do(world, "dispatch", case, "chen")


class TestBroken:
    """A rule that names something gone."""

    def test_whole_ones_have_no_fault(self, world, units) -> None:  # type: ignore[no-untyped-def]
        assert fault(rule("unit", unit=units["lamps"])) == ""
        assert fault(rule("role", role=Role.GRID_CHIEF)) == ""

    def test_an_inactive_unit(self, world, units, case) -> None:  # type: ignore[no-untyped-def]
        lamps = rule("lamps", unit=units["lamps"])
        HandlingUnit.objects.filter(code="lamps").update(active=False)

        assert fault(lamps) == "The unit “路灯管理所” is no longer active."
        assert best(case) is None

    def test_a_deleted_unit_is_still_named(self, world, units, case) -> None:  # type: ignore[no-untyped-def]
        lamps = rule("lamps", unit=units["lamps"])
        units["lamps"].delete()

        assert fault(lamps) == "The unit “路灯管理所” was deleted."
        assert best(case) is None

    def test_a_retired_area(self, world, units) -> None:  # type: ignore[no-untyped-def]
        gone = rule("A2", unit=units["lamps"], area=world.areas["A2"])
        world.areas["A2"].during = DateRange(None, date(2026, 1, 1))
        world.areas["A2"].save()

        assert fault(gone) == "The area “翠湖第二网格” no longer exists."

    @pytest.mark.parametrize(
        ("role", "area", "broken"),
        [
            (Role.GRID_CHIEF, "S", False),
            (Role.GRID_CHIEF, "A1", False),  # Zhao sits above it
            (Role.GRID_WORKER, "S", False),  # Li and Wang sit below it
            (Role.GRID_WORKER, "A", False),
            (Role.GRID_WORKER, "A2", True),
            (Role.GRID_INSTRUCTOR, None, True),
            (Role.GRID_WORKER, None, False),
        ],
    )
    def test_a_role_nobody_holds_there(
        self, world: World, role: Role, area: str | None, broken: bool
    ) -> None:
        found = fault(rule("role", role=role, area=world.areas[area] if area else None))

        assert bool(found) == broken
        if broken:
            assert found.startswith("Nobody holds the role")

    def test_a_seat_that_has_ended_does_not_count(self, world: World) -> None:
        chiefs = rule("chiefs", role=Role.GRID_CHIEF)
        Assignment.objects.filter(role=Role.GRID_CHIEF).update(
            during=DateRange(None, date(2026, 3, 1))
        )

        assert fault(chiefs) == "Nobody holds the role “Grid chief” in any area."


class TestExplain:
    """What the screen tells of every live rule."""

    def verdicts(self, case: Incident, at: Any = NOW) -> dict[str, dict[str, Any]]:
        return {verdict.rule.name: verdict.as_json for verdict in explain(case, at)}

    def test_each_rule_in_order_with_its_reasons(self, world, units, case) -> None:  # type: ignore[no-untyped-def]
        rule("everything", unit=units["office"])
        rule("A2", unit=units["lamps"], category=case.category, area=world.areas["A2"])
        rule("lamps", unit=units["lamps"], category=case.category)
        rule("nights", unit=units["lamps"], time=RuleTime.OFF, weekdays=[6, 7])
        rule("draft", unit=units["lamps"], live=False)

        told = self.verdicts(case)

        assert list(told) == ["A2", "lamps", "nights", "everything"]
        assert [each["fits"] for each in told.values()] == [False, True, False, True]
        assert [name for name, each in told.items() if each["chosen"]] == ["lamps"]
        assert told["A2"]["why"] == [
            {"about": "category", "holds": True, "words": "Category “Street lamp out”."},
            {"about": "area", "holds": False, "words": "It does not lie in “翠湖第二网格”."},
            {"about": "receiver", "holds": True, "words": "“路灯管理所” may receive it."},
        ]
        assert [(each["about"], each["holds"]) for each in told["nights"]["why"]] == [
            ("weekday", False),
            ("time", False),
            ("receiver", True),
        ]
        assert told["everything"]["to"] == {"unit": "office", "name": "河东街道办事处"}

    def test_why_the_receiver_may_not(self, world, units, case) -> None:  # type: ignore[no-untyped-def]
        rule("lamps", unit=units["lamps"], category=case.category)
        rule("instructors", role=Role.GRID_INSTRUCTOR, area=world.areas["A1"])
        MatterListEntry.objects.create(category=case.category, level=Level.GRID)
        Assignment.objects.create(
            worker=world.users["wang"].worker, area=world.areas["B"], role=Role.GRID_INSTRUCTOR
        )

        told = self.verdicts(case)

        assert told["lamps"]["why"][-1]["words"].endswith("only of: Grid.")
        assert told["instructors"]["broken"].startswith("Nobody holds the role")
        assert not any(each["chosen"] for each in told.values())

    def test_a_role_held_elsewhere_is_whole_but_does_not_fit_here(self, world, case) -> None:  # type: ignore[no-untyped-def]
        elsewhere = do(world, "accept", make_incident(world, "zhao", inside(1.5)), "zhao")
        rule("workers", role=Role.GRID_WORKER)

        told = self.verdicts(elsewhere)["workers"]

        assert told["broken"] == ""
        assert told["why"][-1]["words"] == "Nobody holds the role “Full-time grid worker” here."
        assert self.verdicts(case)["workers"]["chosen"]

    def test_a_broken_rule_is_told_and_never_chosen(self, world, units, case) -> None:  # type: ignore[no-untyped-def]
        rule("lamps", unit=units["lamps"], category=case.category)
        units["lamps"].delete()

        told = self.verdicts(case)["lamps"]

        assert told["broken"] == "The unit “路灯管理所” was deleted."
        assert (told["fits"], told["chosen"], told["to"]) == (False, False, None)
        assert told["target"] == "路灯管理所"

    def test_it_asks_a_bounded_number_of_queries(self, world, units, case) -> None:  # type: ignore[no-untyped-def]
        def cost() -> int:
            with CaptureQueriesContext(connection) as queries:
                explain(case, NOW)
            return len(queries)

        rule("lamps", unit=units["lamps"])
        rule("chiefs", role=Role.GRID_CHIEF)
        cost()  # the case's category is loaded now
        few = cost()
        for unit in units.values():
            rule("more", unit=unit, category=case.category, area=world.areas["A1"])
            rule("more", role=Role.GRID_WORKER)

        assert cost() == few <= 6

    def test_it_says_what_a_dispatch_does(self, world, units, case) -> None:  # type: ignore[no-untyped-def]
        for index, unit in enumerate(units.values()):
            rule(f"rule {index}", unit=unit, weekdays=[THURSDAY] * (index % 2))
        Competence.objects.create(unit=units["garden"], category=world.categories["manhole"])
        chosen = next(verdict for verdict in explain(case, NOW) if verdict.chosen)

        given = actions.DEEDS["dispatch"](
            case.pk,
            actions.Order(by=world.actor("chen"), at=NOW, deed_id=uuid4()),
        ).dispatch

        assert given.rule == chosen.rule


def test_a_stored_rank_is_the_computed_one(world: World, units) -> None:  # type: ignore[no-untyped-def]
    stored = rule("lamps", unit=units["lamps"], category=world.categories["street_lamp"])
    stored.area = world.areas["A1"]
    store(stored)

    assert DispatchRule.objects.get().rank == rank_of(stored) == 2500


def test_a_category_that_moves_takes_its_rules_along(world: World, units) -> None:  # type: ignore[no-untyped-def]
    lamp = world.categories["street_lamp"]
    of_minor = rule("lamps", unit=units["lamps"], category=lamp)
    lamp.major = None
    lamp.save()

    store_again(DispatchRule.objects.all())
    assert (of_minor.rank, DispatchRule.objects.get().rank) == (2000, 1000)


def test_a_changed_rule_has_not_been_tried(world: World, units) -> None:  # type: ignore[no-untyped-def]
    lamps = rule("lamps", unit=units["lamps"])
    go_live(lamps, tried_at=NOW)
    lamps.name, lamps.automatic = "street lamps", True
    assert store(lamps).tried_at == NOW

    lamps.weekdays = [1]
    assert store(lamps).tried_at is None
