"""A rule tried on past cases: what it would have taken, from whom, and what it could not give."""

import time
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from gis_grid.people.models import HandlingUnit, Role
from gis_grid.territory.models import Level
from gis_grid.territory.paths import EVERYWHERE, NOWHERE, Territory
from incidents.actions import To
from incidents.dispatching import trials
from incidents.dispatching.rulebook import store
from incidents.dispatching.trials import Move, Trial, try_rule
from incidents.grounds import NoCase
from incidents.models import DispatchRule, Event, Incident, MatterListEntry, RuleTime
from tests.world import NOW, World, add_units, do, inside, make_incident


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def units(world: World) -> dict[str, HandlingUnit]:
    return add_units(world)


def rule(name: str, *, live: bool = False, **facts: Any) -> DispatchRule:
    return store(DispatchRule(name=name, live=live, **facts))


def tried(draft: DispatchRule, territory: Territory = EVERYWHERE) -> Trial:
    return try_rule(draft, territory, NOW)


def dispatched(world: World, to: To, **facts: Any) -> Incident:
    return do(world, "dispatch", accepted(world, **facts), "chen", to=to)


def accepted(world: World, by: str = "li", **facts: Any) -> Incident:
    return do(world, "accept", make_incident(world, by, **facts), by)


def test_what_it_takes_and_from_whom(world: World, units) -> None:  # type: ignore[no-untyped-def]
    rule("all to the street", live=True, unit=units["office"])
    for to in (To(unit="office"), To(unit="office"), To(unit="lamps"), To(area="A1")):
        dispatched(world, to)
    dispatched(world, To(unit="office"), category="manhole")
    do(world, "dispatch", accepted(world), "chen")  # by the rule
    accepted(world)

    trial = tried(rule("lamps", unit=units["lamps"], category=world.categories["street_lamp"]))

    assert (trial.looked_at, trial.fitting, trial.taken, trial.agreeing) == (7, 6, 6, 1)
    assert trial.moves == {
        Move("河东街道办事处", "", "路灯管理所"): 2,
        Move("路灯管理所", "", "路灯管理所"): 1,
        Move("翠湖第一网格", "", "路灯管理所"): 1,
        Move("河东街道办事处", "all to the street", "路灯管理所"): 1,
        Move("", "", "路灯管理所"): 1,
    }
    assert trial.instead_of == {"all to the street": 6}
    assert trial.by_category == {"Street lamp out": 6}
    assert trial.by_area == {"翠湖第一网格": 6}
    assert len(trial.examples) == 6


def test_a_more_specific_live_rule_keeps_its_cases(world: World, units) -> None:  # type: ignore[no-untyped-def]
    rule("A1", live=True, unit=units["garden"], area=world.areas["A1"])
    accepted(world)
    accepted(world, "zhao", place=inside(1.5))

    trial = tried(rule("all", unit=units["lamps"]))

    assert (trial.fitting, trial.taken) == (2, 1)
    assert trial.left_to == {"A1": 1}
    assert trial.by_area == {"翠湖第二网格": 1}


def test_of_equals_the_older_live_rule_keeps_its_cases(world: World, units) -> None:  # type: ignore[no-untyped-def]
    older = rule("older", live=True, unit=units["garden"])
    accepted(world)

    assert tried(rule("younger", unit=units["lamps"])).left_to == {"older": 1}

    older.live = False
    store(older)
    rule("the youngest", live=True, unit=units["garden"])
    assert tried(older).taken == 1


def test_why_it_could_not_be_given(world: World, units) -> None:  # type: ignore[no-untyped-def]
    MatterListEntry.objects.create(category=world.categories["manhole"], level=Level.GRID)
    accepted(world, category="manhole")
    accepted(world)
    units["garden"].areas.add(world.areas["B"])

    lamps = tried(rule("lamps", unit=units["lamps"]))
    garden = tried(rule("garden", unit=units["garden"]))
    instructors = tried(rule("instructors", role=Role.GRID_INSTRUCTOR))

    assert (lamps.taken, lamps.refused) == (
        1,
        {
            "“Manhole cover” is not on the matter list of the level “District”, only of: Grid.": 1,
        },
    )
    assert garden.refused["“园林所” does not serve this area."] == 1
    assert instructors.refused == {"Nobody holds the role “Grid instructor” in any area.": 2}
    assert instructors.examples[0].refused


def test_each_case_is_judged_at_its_own_time(world: World, units) -> None:  # type: ignore[no-untyped-def]
    night = NOW + timedelta(hours=12)
    accepted(world)
    do(world, "dispatch", accepted(world), "chen", at=night, to=To(unit="lamps"))

    assert tried(rule("nights", unit=units["lamps"], time=RuleTime.OFF)).taken == 1
    assert tried(rule("days", unit=units["lamps"], time=RuleTime.WORKING)).taken == 1
    assert tried(rule("Fridays", unit=units["lamps"], weekdays=[5])).taken == 1


def test_void_ones_are_left_out(world: World, units) -> None:  # type: ignore[no-untyped-def]
    do(world, "refuse", make_incident(world), "chen", reason=NoCase.TEST)
    make_incident(world)

    assert tried(rule("all", unit=units["lamps"])).looked_at == 1


def test_only_the_asker_s_territory_is_looked_at(world: World, units) -> None:  # type: ignore[no-untyped-def]
    accepted(world)
    accepted(world, "wang", place=inside(2.5))
    every = rule("all", unit=units["lamps"])

    seen = {
        name: tried(every, territory).looked_at
        for name, territory in {
            "everywhere": EVERYWHERE,
            "A": Territory(frozenset({world.areas["A"].path})),
            "nowhere": NOWHERE,
        }.items()
    }

    assert seen == {"everywhere": 2, "A": 1, "nowhere": 0}


def test_it_writes_nothing(world: World, units) -> None:  # type: ignore[no-untyped-def]
    accepted(world)
    draft = rule("all", unit=units["lamps"])

    def written() -> tuple[Any, ...]:
        return (
            list(Incident.objects.values()),
            list(DispatchRule.objects.values()),
            Event.objects.count(),
        )

    before = written()
    with CaptureQueriesContext(connection) as queries:
        tried(draft)

    assert written() == before
    assert all(each["sql"].startswith("SELECT") for each in queries)


def test_a_thousand_cases_take_less_than_a_second(world: World, units) -> None:  # type: ignore[no-untyped-def]
    _many(world, trials.LAST + 50)
    rule("street", live=True, unit=units["office"])
    rule("garden", live=True, unit=units["garden"], area=world.areas["A"])
    for index in range(30):
        rule(f"lamps {index}", live=True, unit=units["lamps"], weekdays=[1 + index % 7])
    draft = rule("workers", role=Role.GRID_WORKER, category=world.categories["street_lamp"])

    with CaptureQueriesContext(connection) as queries:
        began = time.process_time()
        trial = tried(draft)
        took_s = time.process_time() - began

    assert len(queries) <= 10
    assert (trial.looked_at, trial.taken) == (trials.LAST, trials.LAST)
    assert len(trial.examples) == trials.EXAMPLES
    assert took_s < 1


def _many(world: World, count: int) -> None:
    """Copy one accepted case: a thousand reports would take half a minute."""
    first = Incident.objects.get(pk=accepted(world).pk)
    kept = {
        field.attname: getattr(first, field.attname)
        for field in Incident._meta.concrete_fields
        if field.name not in ("id", "serial", "external_id", "point")
    }
    Incident.objects.bulk_create(
        Incident(
            id=uuid4(),
            point=Point(*inside(), srid=4326),
            **{**kept, "reported_at": NOW - timedelta(minutes=index)},
        )
        for index in range(count)
    )


def test_the_newest_are_looked_at(world: World, units, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(trials, "LAST", 3)
    _many(world, 6)

    shown = tried(rule("all", unit=units["lamps"])).examples

    ages = Counter((NOW - each.incident.reported_at).seconds // 60 for each in shown)
    assert ages == {0: 2, 1: 1}  # the copied one and its youngest copies
