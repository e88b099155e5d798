"""The field's rates: the published month, and each figure on cases small enough for paper."""

import json
import re
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.gis.db.models.functions import Distance
from django.core.management import CommandError, call_command
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.errors import NotFound, Unreadable
from gis_grid.geo.metric import distance_m
from gis_grid.territory.models import Area, Level
from gis_grid.territory.paths import EVERYWHERE, NOWHERE, Territory
from incidents import states
from incidents.actions import To
from incidents.deadlines.calendars import calendar_of
from incidents.deadlines.working_time import Calendar
from incidents.grounds import NoCase, ReturnGround
from incidents.models import CallBack, Category, Incident, Rating, SourceChannel
from incidents.rates import (
    CASES,
    COUNTS,
    FIGURES,
    MIN_CASES,
    QUOTIENTS,
    Answer,
    By,
    Period,
    answer,
    ask,
)
from incidents.rates.counting import FACTS, tallies
from incidents.rates.elapsed import microseconds, working_us
from incidents.rates.nearby import repeats
from incidents.rates.periods import last_month, this_month, this_quarter, this_week
from incidents.sought import SoughtIn, find, sought_of
from tests.incidents.past_cases import DAY, HOUR, ZONE, case, on, store, store_tianmen
from tests.world import NOW, World, add_units, do, make_incident

DOC = Path(__file__).resolve().parents[2] / "docs" / "rates.md"
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
LATER = datetime(2026, 6, 1, tzinfo=UTC)


def rates(period: Period = MARCH, at: datetime = LATER, **wanted: Any) -> Answer:
    return answer(ask(wanted.pop("territory", EVERYWHERE), period, at=at, **wanted))


def whole(**wanted: Any) -> dict[str, Any]:
    return rates(**wanted).as_json()


def by_code(found: Answer, figure: str) -> dict[str | None, int]:
    return {row.code: row.tally[figure] for row in found.rows}


# --- the published month ----------------------------------------------------------------------


def test_the_published_month_comes_out_as_published(world: World) -> None:
    store_tianmen(world)

    found = whole(period=Period(date(2016, 12, 1), date(2016, 12, 31)))

    counts = ("reported", "filed", "should_close", "closed", "closed_in_time")
    assert [found[name] for name in counts] == [1054, 996, 972, 911, 737]
    percent = ("closing_rate", "in_time_closing_rate", "filing_rate")
    assert [f"{100 * found[name]:.2f}" for name in percent] == ["93.72", "75.82", "94.50"]
    assert found["basis"]["closing_rate"] == {"numerator": 911, "denominator": 972, "reason": None}


def test_each_fact_tells_which_counts_it_holds(world: World) -> None:
    store_tianmen(world)
    asked = ask(EVERYWHERE, Period(date(2016, 12, 1), date(2016, 12, 31)), at=NOW)
    for fact, names in FACTS.items():
        for found in fact(asked):
            assert set(found) - {"key"} <= names, fact
    needed = {*COUNTS, *(n for q in QUOTIENTS.values() for n in (q.numerator, q.denominator))}
    assert set().union(*FACTS.values()) == needed
    some = {"reported", "closings"}
    alone, whole = tallies(asked, some), tallies(asked)
    assert {k: {n: t[n] for n in some} for k, t in alone.items()} == {
        k: {n: t[n] for n in some} for k, t in whole.items()
    }


# --- what counts when -------------------------------------------------------------------------


def test_what_is_no_case_or_merged_is_reported_but_not_filed(world: World) -> None:
    kept, *_ = store(case(world, on(5)) for _ in range(2))
    store(
        [
            case(world, on(5), state=states.VOID),
            case(world, on(5), state=states.VOID, merged_into=kept),
            case(world, on(5), state=states.REPORTED, accepted_at=None),
            case(world, on(5), state=states.PRE_CHECK, accepted_at=None),
        ]
    )

    found = whole()

    assert (found["reported"], found["filed"], found["should_close"]) == (6, 2, 2)


def test_a_running_period_is_counted_up_to_now(world: World) -> None:
    store([case(world, on(2)), case(world, on(8)), case(world, on(9), closed_at=on(9, 11))])

    found = whole(at=on(9, 12))

    # Due on the 5th, the 11th and the 12th: only one could be late by now.
    assert (found["should_close"], found["closed"]) == (1, 0)
    assert found["until"] == "2026-03-09T12:00:00+08:00"


def test_days_begin_at_the_town_s_midnight(world: World) -> None:
    store([case(world, on(1, 0)), case(world, on(1, -0.01)), case(world, on(31, 23.99))])

    assert whole()["reported"] == 2


def test_the_deadline_counts_as_it_is_stored(world: World) -> None:
    store([case(world, on(2), due_at=on(2, month=4)), case(world, on(20, month=2), due_at=on(1))])

    assert whole()["should_close"] == 1


def test_a_case_with_a_stopped_clock_is_not_due(world: World) -> None:
    store(
        [
            case(world, on(2), state=states.IN_PROGRESS, suspended_at=on(3)),
            case(world, on(2), state=states.IN_PROGRESS, suspended_at=on(6)),  # late before
        ]
    )

    assert whole()["should_close"] == 1


def test_closed_after_the_period_is_not_closed_in_it(world: World) -> None:
    store([case(world, on(20), closed_at=on(1, month=4)), case(world, on(20), closed_at=on(21))])

    found = whole()

    assert (found["should_close"], found["closed"], found["closings"]) == (2, 1, 1)


def test_a_case_closed_at_its_deadline_is_in_time(world: World) -> None:
    store(
        [
            case(world, on(2), closed_at=on(5)),
            case(world, on(2), closed_at=on(5) + timedelta(microseconds=1)),
        ]
    )

    assert whole()["closed_in_time"] == 1


@pytest.mark.parametrize("cases", [MIN_CASES - 1, MIN_CASES])
def test_under_ten_cases_there_is_no_rate(world: World, cases: int) -> None:
    store(case(world, on(2), closed_at=on(3)) for _ in range(cases))

    found = whole()

    enough = cases >= MIN_CASES
    assert found["closing_rate"] == (1.0 if enough else None)
    assert found["basis"]["closing_rate"] == {
        "numerator": cases,
        "denominator": cases,
        "reason": None if enough else "too_few",
    }


# --- by what ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "expected"),
    [
        (Level.DISTRICT, {"D": 6, None: 1}),
        (Level.STREET, {"S": 6, None: 1}),
        (Level.COMMUNITY, {"A": 4, "B": 1, None: 2}),
        (Level.GRID, {"A1": 2, "A2": 1, "B1": 1, None: 3}),
    ],
)
def test_an_incident_counts_for_its_area_and_all_above(
    world: World, level: Level, expected: dict[str | None, int]
) -> None:
    areas = ("A1", "A1", "A2", "B1", "A", "S", None)
    store(case(world, on(3), area=area) for area in areas)

    found = rates(by=By.AREA, level=level)

    assert by_code(found, "reported") == expected
    assert found.total["reported"] == 7


def test_micro_grids_are_a_level_like_the_others(world: World) -> None:
    micro = Area(code="A1-1", name="一组", level=Level.MICRO_GRID, parent=world.areas["A1"])
    (micro.pk,) = Area.objects.next_ids(1)
    micro.path = f"{world.areas['A1'].path}{micro.pk}/"
    micro.save()
    store([case(world, on(3)), case(world, on(3), area_path=micro.path)])

    assert by_code(rates(by=By.AREA, level=Level.MICRO_GRID), "reported") == {"A1-1": 1, None: 1}
    assert by_code(rates(by=By.AREA, level=Level.GRID), "reported")["A1"] == 2


def test_a_quiet_area_is_listed_and_one_of_other_days_only_with_its_cases(world: World) -> None:
    Area.objects.filter(code="A2").update(during=DateRange(None, date(2026, 2, 1)))
    Area.objects.filter(code="B1").update(during=DateRange(None, date(2026, 2, 1)))
    store([case(world, on(3), area="B1")])

    assert by_code(rates(by=By.AREA, level=Level.GRID), "reported") == {"A1": 0, "B1": 1}


def test_a_territory_counts_nothing_beyond_itself(world: World) -> None:
    store(case(world, on(3), area=area) for area in ("A1", "A1", "B1", None))
    wang = Territory(frozenset({world.areas["B1"].path}))

    found = rates(territory=wang, by=By.AREA, level=Level.GRID)

    assert by_code(found, "reported") == {"B1": 1}
    assert found.total["reported"] == 1
    assert +rates(territory=NOWHERE).total == {}
    with pytest.raises(NotFound):
        ask(wang, MARCH, at=LATER, area="A1")


def test_an_area_narrows_and_the_level_below_follows(world: World) -> None:
    store(case(world, on(3), area=area) for area in ("A1", "A2", "B1"))

    found = rates(by=By.AREA, area="A")

    assert found.asked.level == Level.GRID
    assert by_code(found, "reported") == {"A1": 1, "A2": 1}


def test_the_area_is_the_one_above_the_level_when_two_have_its_code(world: World) -> None:
    Area.objects.filter(code="A").update(code="S")

    assert (
        ask(EVERYWHERE, MARCH, at=LATER, area="S", by=By.AREA, level=Level.COMMUNITY).area
        == (world.areas["S"])
    )
    assert (
        ask(EVERYWHERE, MARCH, at=LATER, area="S", by=By.AREA, level=Level.GRID).area
        == (world.areas["A"])
    )


def test_by_category_and_by_major_category(world: World) -> None:
    lamp, hole = world.categories["street_lamp"], world.categories["manhole"]
    store(case(world, on(3), category=category) for category in (lamp, lamp, hole))

    assert by_code(rates(by=By.CATEGORY), "reported") == {"street_lamp": 2, "manhole": 1}
    assert by_code(rates(by=By.MAJOR), "reported") == {"facility": 3}
    assert rates(category="manhole").total["reported"] == 1
    assert rates(category="facility").total["reported"] == 3


def test_by_source(world: World) -> None:
    hotline = SourceChannel.HOTLINE
    store([case(world, on(3)), case(world, on(3), source=hotline, external_id="1")])

    assert by_code(rates(by=By.SOURCE), "reported") == {"worker": 1, "hotline": 1}


def test_by_month_closed_means_by_the_end_of_that_month(world: World) -> None:
    store(
        [
            case(world, on(25), closed_at=on(2, month=4)),
            case(world, on(25), closed_at=on(29)),
            case(world, on(5, month=4), closed_at=on(6, month=4)),
        ]
    )

    found = rates(period=Period(date(2026, 3, 1), date(2026, 4, 30)), by=By.MONTH)

    assert by_code(found, "should_close") == {"2026-03-01": 2, "2026-04-01": 1}
    assert by_code(found, "closed") == {"2026-03-01": 1, "2026-04-01": 1}
    assert found.total["closed"] == 3


@pytest.mark.parametrize(("by", "rows"), [(By.WEEK, 6), (By.DAY, 31), (By.MONTH, 1)])
def test_every_week_and_day_of_a_period_has_a_row(world: World, by: By, rows: int) -> None:
    store([case(world, on(1, 0.5)), case(world, on(31, 23))])

    found = rates(by=by)

    assert len(found.rows) == rows
    assert sum(by_code(found, "reported").values()) == 2


def test_nobody_can_ask_by_worker() -> None:
    assert {by.value for by in By} == {
        "area",
        "major",
        "category",
        "unit",
        "source",
        "month",
        "week",
        "day",
    }


@pytest.mark.parametrize(("name", "code"), [("category", "nothing"), ("unit", "nothing")])
def test_a_code_that_nobody_knows_is_refused(world: World, name: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        ask(EVERYWHERE, MARCH, at=LATER, **{name: code})

    assert refused.value.code == f"{name}_unknown"


# --- by the real deeds ------------------------------------------------------------------------


@pytest.fixture
def handled(world: World) -> Incident:
    """A case that was returned, overruled, answered, failed, answered again and passed."""
    add_units(world)
    found = make_incident(world)
    Category.objects.update(verify="desk")
    found = do(world, "accept", found, "chen")
    found = do(world, "dispatch", found, "chen", to=To(unit="lamps"))
    returned = {"reason": ReturnGround.NOT_OUR_DUTY, "proposed": To(unit="garden")}
    found = do(world, "return", found, "guo", **returned)
    found = do(world, "dispatch", found, "chen", to=To(unit="lamps"))
    found = do(world, "sign", found, "guo")
    found = do(world, "answer", found, "guo")
    found = do(world, "fail", found, "li", at=NOW + HOUR)
    found = do(world, "answer", found, "guo", at=NOW + 2 * HOUR)
    return do(world, "pass", found, "li", at=NOW + 3 * HOUR)


def test_a_life_of_a_case_leaves_its_counts(world: World, handled: Incident) -> None:
    found = whole()

    expected = {
        "reported": 1,
        "filed": 1,
        "should_close": 1,
        "closed": 1,
        "closed_in_time": 1,
        "should_handle": 1,
        "handled": 1,
        "handled_in_time": 1,
        "reworked": 1,
        "dispatches": 2,
        "returns": 1,
        "accurate_dispatches": 2,  # the return was overruled
        "verified": 1,
        "passed_first": 0,
        "closings": 1,
        "closings_with_level": 1,
        "settled_at_community_or_below": 0,  # a unit of the district
        "timed_closings": 1,
        "repeats": 0,
    }
    assert {name: found[name] for name in expected} == expected


def test_a_dispatch_counts_for_whom_it_was_given_to(world: World, handled: Incident) -> None:
    other = do(world, "accept", make_incident(world), "chen")
    other = do(world, "dispatch", other, "chen", to=To(unit="garden"))
    returned = {"reason": ReturnGround.NOT_OUR_DUTY, "proposed": To(unit="lamps")}
    other = do(world, "return", other, "he", **returned)
    do(world, "dispatch", other, "chen", to=To(unit="lamps"))

    found = rates(by=By.UNIT)

    assert by_code(found, "dispatches") == {"lamps": 3, "garden": 1}
    assert by_code(found, "accurate_dispatches") == {"lamps": 3, "garden": 0}  # it was upheld
    assert by_code(found, "filed") == {"lamps": 2, "garden": 0}
    assert rates(unit="garden").total["returns"] == 1


def test_what_somebody_took_up_alone_was_not_dispatched(world: World) -> None:
    taken = do(world, "start", do(world, "accept", make_incident(world)))
    do(world, "answer", taken)
    settled = make_incident(world, settled=True)

    found = whole()

    assert settled.settled
    assert (found["dispatches"], found["handled"]) == (0, 2)
    assert (found["closings"], found["self_handled"], found["timed_closings"]) == (1, 1, 0)
    assert found["settled_at_community_or_below"] == 1


def test_a_refused_report_leaves_the_filed_ones(world: World) -> None:
    do(world, "refuse", do(world, "accept", make_incident(world)), "chen", reason=NoCase.TEST)

    found = whole()

    assert (found["reported"], found["filed"]) == (1, 0)


def test_a_case_in_rework_is_not_handled(world: World) -> None:
    store([case(world, on(2), state=states.IN_PROGRESS, dispatched_at=on(2), answered_at=on(3))])

    found = whole()

    assert (found["should_handle"], found["handled"]) == (1, 0)


def test_old_cases_count_alike_but_nobody_guesses_whom_they_were_given_to(world: World) -> None:
    past = {"source": SourceChannel.PAST, "content_sha256": "x"}
    store(
        [
            case(world, on(2), closed_at=on(3), answered_at=on(3), external_id="1", **past),
            case(world, on(2), external_id="2", **past),
        ]
    )

    found = whole()

    assert (found["should_close"], found["closed"], found["closings"]) == (2, 1, 1)
    assert (found["should_handle"], found["handled"]) == (0, 0)


def test_only_what_residents_told_is_due_an_answer(world: World) -> None:
    told = {"source": SourceChannel.RESIDENT}
    store(
        [
            case(world, on(2), answered_at=on(4), state=states.ANSWERED, **told),
            case(world, on(2), answered_at=on(9), state=states.ANSWERED, **told),
            case(world, on(2), answered_at=on(4), state=states.ANSWERED),
        ]
    )

    found = whole()

    assert (found["responses_due"], found["responded"]) == (2, 1)


def test_the_last_call_back_of_a_case_counts(world: World) -> None:
    first, second = store(case(world, on(2), closed_at=on(3)) for _ in range(2))
    chen = world.users["chen"]
    calls = [
        (first, on(4), {"reached": False}),
        (first, on(5), {"reached": True, "resolved": True, "satisfied": False}),
        (second, on(5), {"reached": True, "resolved": None, "satisfied": True}),
        (second, on(2, month=4), {"reached": True, "resolved": False, "satisfied": False}),
    ]
    for called, at, said in calls:
        CallBack.objects.create(incident=called, at=at, by=chen, **said)

    found = whole()

    names = ("called_back", "reached", "resolution_answers", "resolved")
    assert [found[name] for name in names] == [2, 2, 1, 1]
    assert (found["satisfaction_answers"], found["satisfied"]) == (2, 1)


# --- the cases behind a count -------------------------------------------------------------------

REPORTED_LATE = datetime(2026, 3, 28, 10, tzinfo=ZONE)


@pytest.fixture
def months(world: World) -> World:
    """Cases that each count takes or leaves for a reason of its own, in March and around it."""
    late = {"due_at": on(10)}
    chen = world.users["chen"]
    *called, _open = store(
        [
            case(world, on(2), closed_at=on(3)),
            case(world, on(2), closed_at=on(9), area="B1", **late),
            case(world, on(2), closed_at=on(10), **late),
            case(world, on(2), closed_at=on(11), **late),
            case(world, on(2), closed_at=on(2, month=4), **late),
            case(world, on(2), state=states.ANSWERED, answered_at=on(4), **late),
            case(world, on(2), suspended_at=on(9), **late),
            case(world, on(2), state=states.VOID, accepted_at=None),
            case(world, on(27, month=2), closed_at=on(1), due_at=on(1, 0)),
            case(world, REPORTED_LATE, due_at=on(1, month=4)),
            case(world, on(5), area=None),
        ]
    )
    for number, incident in enumerate(called):
        said = {"reached": number % 4 != 0, "resolved": None}
        content = (number % 2 == 0) if said["reached"] else None
        CallBack.objects.create(incident=incident, at=on(12), by=chen, satisfied=content, **said)
    CallBack.objects.create(incident=called[1], at=on(20), by=chen, reached=False)
    CallBack.objects.create(incident=called[2], at=on(20, month=4), by=chen, reached=False)
    return world


@pytest.mark.parametrize("count", CASES)
@pytest.mark.parametrize("who", ["chen", "zhao"])
def test_a_count_can_be_looked_at_case_by_case(months: World, who: str, count: str) -> None:
    territory = months.actor(who).territory
    days = {"since": "2026-03-01", "until": "2026-03-31"}
    counted = whole(territory=territory)[count]

    sought = sought_of(SoughtIn(counted=count, **days), territory)
    behind = find(sought, territory, LATER)

    assert behind.count() == counted > 0
    assert behind.count() == behind.values("pk").distinct().count()


def test_cases_are_narrowed_by_the_rest_of_the_filter(months: World) -> None:
    def behind(**asked: str) -> int:
        sought = sought_of(SoughtIn.model_validate(asked), EVERYWHERE)
        return find(sought, EVERYWHERE, LATER).count()

    march = {"since": "2026-03-01", "until": "2026-03-31"}
    assert behind(counted="should_close", **march) == whole()["should_close"]
    assert behind(counted="should_close", area="B1", **march) == 1
    assert behind(counted="should_close", state="answered", **march) == 1
    assert behind(counted="reported", state="void", **march) == 1
    assert behind(counted="closings", since="2026-03-11T10", until="2026-03-11T10") == 1
    assert behind(counted="closings", since="2026-03-11T11", until="2026-03-11T11") == 0
    assert behind(counted="closings", since="2026-03-12", until="2026-03-11") == 0
    # Without days the month so far, without a beginning that month of the end.
    assert behind(counted="reported") == 0
    assert behind(counted="closings", until="2026-04-30") == 1


def test_stars_are_counted_by_when_they_were_given(world: World) -> None:
    rated = store(case(world, on(2), closed_at=on(3)) for _ in range(4))
    for incident, stars, at in zip(
        rated, (3, 4, 5, 5), (on(4), on(4), on(4), on(4, month=4)), strict=True
    ):
        Rating.objects.create(incident=incident, closing=0, stars=stars, at=at)

    found = whole()

    assert (found["ratings"], found["four_five_stars"]) == (3, 2)


def test_open_problems_are_those_on_the_list_at_the_end(world: World) -> None:
    held = {"state": states.IN_PROGRESS, "dispatched_at": on(1, month=1)}
    store(
        [
            case(world, on(1, month=1), registered_at=on(1, month=2), **held),
            case(world, on(1, month=1), registered_at=on(2, month=4), **held),
            case(world, on(1), registered_at=on(2), closed_at=on(9)),
            case(world, on(1), registered_at=on(2), closed_at=on(9, month=4)),
        ]
    )

    by_week = by_code(rates(by=By.WEEK), "open_problems")

    assert whole()["open_problems"] == 2
    assert by_week == {
        "2026-02-23": 1,
        "2026-03-02": 3,
        "2026-03-09": 2,
        "2026-03-16": 2,
        "2026-03-23": 2,
        "2026-03-30": 2,
    }


def test_the_mean_is_in_working_hours(world: World) -> None:
    friday, monday = on(6, 16), on(9, 10)  # 16 to 17 on Friday, 9 to 10 on Monday
    store(case(world, friday, closed_at=monday) for _ in range(MIN_CASES))

    found = whole()

    assert found["mean_handling_hours"] == 2.0
    assert found["basis"]["mean_handling_hours"] == {
        "numerator": 20.0,
        "denominator": 10,
        "reason": None,
    }


# --- repeats ----------------------------------------------------------------------------------


def test_a_repeat_is_the_same_category_near_by_and_shortly_before(world: World, settings) -> None:  # type: ignore[no-untyped-def]
    settings.REPEAT_DAYS = 7
    near, far = (0.5, 0.6), (0.5, 0.7)  # 44 m and 89 m north; the category's reach is 50 m
    store([case(world, on(10))])
    store(
        [
            case(world, on(12), place=near),
            case(world, on(12), place=far, area="A"),  # 44 m from the one before
            case(world, on(12), place=(0.5, 0.9)),
            case(world, on(12), category=world.categories["manhole"]),
            case(world, on(25)),
            case(world, on(12), state=states.VOID),
        ]
    )

    found = rates(by=By.AREA, level=Level.GRID)

    assert found.total["repeats"] == 2
    assert by_code(found, "repeats") == {"A1": 1, "A2": 0, "B1": 0, None: 1}


def test_a_repeat_may_follow_one_from_before_the_period_and_beyond_the_border(
    world: World,
) -> None:
    store([case(world, on(28, month=2), place=(0.98, 0.5)), case(world, on(2), place=(1.02, 0.5))])
    Incident.objects.filter(reported_at=on(2)).update(area_path=world.areas["A2"].path)

    assert rates(area="A2").total["repeats"] == 1
    assert rates(area="A1").total["repeats"] == 0


def test_repeats_are_those_the_database_finds_one_by_one(world: World, settings) -> None:  # type: ignore[no-untyped-def]
    settings.REPEAT_DAYS = 5
    dice = np.random.default_rng(7)
    store(
        case(world, on(1) + dice.uniform(0, 30) * DAY, place=tuple(dice.uniform(0, 0.8, 2)))
        for _ in range(150)
    )

    slow = 0
    for incident in Incident.objects.all():
        since = incident.reported_at - timedelta(days=5)
        before = Incident.objects.filter(
            reported_at__lt=incident.reported_at, reported_at__gte=since
        )
        near = before.annotate(away=Distance("point", incident.point, spheroid=True))
        slow += near.filter(away__lte=incident.category.duplicate_m).exists()
    assert 0 < slow < 150
    assert whole()["repeats"] == slow


@settings(deadline=None)
@given(st.data())
def test_cells_find_what_comparing_all_pairs_finds(data: st.DataObject) -> None:
    n = data.draw(st.integers(0, 25))
    metres = data.draw(st.sampled_from([0.0, 5.0, 50.0, 500.0]))
    lat = data.draw(st.sampled_from([0.0, 31.0, -60.0]))
    steps = st.integers(-40, 40).map(lambda step: step * 1e-4)
    lonlat = np.array(
        [(105 + data.draw(steps), lat + data.draw(steps)) for _ in range(n)], np.float64
    ).reshape(-1, 2)
    at = np.sort(np.array([data.draw(st.integers(0, 20)) for _ in range(n)], np.int64))

    slow = [
        any(
            at[i] - at[j] <= 5 and distance_m([lonlat[i]], [lonlat[j]])[0] <= metres
            for j in range(i)
        )
        for i in range(n)
    ]

    assert repeats(lonlat, at, metres, 5).tolist() == slow


# --- working time -----------------------------------------------------------------------------

MINUTES = 90 * 24 * 60
moments = st.floats(0, MINUTES).map(lambda late: on(1, month=1) + late * timedelta(minutes=1))


@pytest.fixture(scope="module")
def odd_calendar() -> Calendar:
    """Broken hours, a holiday, and a weekend that is worked."""
    day = ((time(9), time(12)),)
    long = (*day, (time(13, 0, 0, 1), time(0)))
    week = (long, day, long, day, long, (), ())
    return Calendar(ZONE, week, {date(2026, 2, 17): (), date(2026, 2, 21): long})


@settings(deadline=None)
@given(st.lists(st.tuples(moments, moments), max_size=20))
def test_working_time_by_the_thousand_is_working_time_one_by_one(
    odd_calendar: Calendar, pairs: list[tuple[datetime, datetime]]
) -> None:
    starts, ends = (np.array([microseconds(p[i]) for p in pairs], np.int64) for i in (0, 1))

    slow = [odd_calendar.working_between(start, end) for start, end in pairs]

    assert working_us(odd_calendar, starts, ends).tolist() == [
        each // timedelta(microseconds=1) for each in slow
    ]


def test_without_any_working_time_there_is_none() -> None:
    idle = Calendar(ZONE, ((),) * 7, {})  # type: ignore[arg-type]

    assert working_us(idle, np.array([0]), np.array([10**12])).tolist() == [0]


def test_the_calendar_in_use_counts_alike(db: None) -> None:
    start, end = on(2, 8), on(20, 13.5)

    fast = working_us(calendar_of(), np.array([microseconds(start)]), np.array([microseconds(end)]))

    assert timedelta(microseconds=int(fast[0])) == calendar_of().working_between(start, end)


# --- periods ----------------------------------------------------------------------------------


def test_the_usual_periods() -> None:
    today = date(2026, 3, 5)  # a Thursday

    assert this_week(today) == Period(date(2026, 3, 2), today)
    assert this_month(today) == Period(date(2026, 3, 1), today)
    assert last_month(today) == Period(date(2026, 2, 1), date(2026, 2, 28))
    assert this_quarter(date(2026, 6, 30)) == Period(date(2026, 4, 1), date(2026, 6, 30))


def test_reversed_and_endless_periods_are_refused(world: World) -> None:
    with pytest.raises(Unreadable, match="period_reversed"):
        Period(date(2026, 3, 2), date(2026, 3, 1))
    with pytest.raises(Unreadable, match="period_too_long"):
        rates(period=Period(date(2000, 1, 1), date(2099, 12, 31)), by=By.DAY)


# --- the page that explains, and the command --------------------------------------------------


def test_every_figure_is_explained_and_nothing_else_is() -> None:
    rows = re.findall(r"^\| `(\w+)` \| \S", DOC.read_text("utf-8"), re.MULTILINE)

    assert sorted(rows) == sorted(FIGURES)


@pytest.mark.parametrize("quotient", [q for q in QUOTIENTS.values() if not q.unit], ids=str)
def test_the_page_gives_each_rate_the_formula_of_the_code(quotient: Any) -> None:
    written = f"`{quotient.numerator}` ÷ `{quotient.denominator}`"

    assert re.search(rf"^\| `{quotient.name}` \|[^|]*\| {written} \|", DOC.read_text("utf-8"), re.M)


def told(*options: str) -> dict[str, Any]:
    out = StringIO()
    call_command("rates", *options, "--json", stdout=out)
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def test_the_command_prints_one_document(world: World) -> None:
    store_tianmen(world)

    found = told("--from", "2016-12-01", "--to", "2016-12-31", "--level", "community")

    assert found["closing_rate"] == 0.937243
    assert found["in_time_closing_rate"] == 0.75823
    rows = {row["code"]: row for row in found["rows"]}
    assert rows["A"]["should_close"] == 972
    assert (rows["B"]["should_close"], rows["B"]["closing_rate"]) == (0, None)


def test_without_days_the_command_counts_from_the_first_report(world: World) -> None:
    store([case(world, on(3, year=2019), closed_at=on(4, year=2019)), case(world, on(3))])

    found = told()

    assert (found["from"], found["reported"], found["rows"]) == ("2019-03-03", 2, [])


def test_the_command_tells_people_the_same(world: World) -> None:
    store_tianmen(world)
    out = StringIO()

    call_command("rates", "--from", "2016-12-01", "--to", "2016-12-31", "--by", "month", stdout=out)

    assert re.search(r"^in_time_closing_rate +75\.82 % \(737/972\)$", out.getvalue(), re.MULTILINE)
    assert "2016-12-01 " in out.getvalue()


def test_the_command_refuses_in_words_and_in_json(world: World) -> None:
    wrong = ("--from", "2026-03-05", "--to", "2026-03-01")
    out = StringIO()

    with pytest.raises(CommandError, match="period_reversed"):
        call_command("rates", *wrong)
    with pytest.raises(SystemExit):
        call_command("rates", *wrong, "--json", stdout=out)
    assert json.loads(out.getvalue())["refused"]["code"] == "period_reversed"


def test_an_empty_installation_has_no_rates_and_says_so(db: None) -> None:
    found = told("--level", "grid")

    assert (found["reported"], found["closing_rate"], found["rows"]) == (0, None, [])
