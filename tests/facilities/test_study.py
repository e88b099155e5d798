"""A study asked again and again: the same as a run from scratch, and never out of date."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis_grid.facilities import study as studies
from gis_grid.facilities.coverage import Places, Question, Verdict
from gis_grid.facilities.models import Facility, PopulationCell
from gis_grid.facilities.picture import ALL, View, people, streets, walks
from gis_grid.facilities.study import Study, study
from gis_grid.facilities.suggest import suggest
from gis_grid.facilities.whatif import Added, Change, effect, state_of
from gis_grid.territory.paths import EVERYWHERE, NOWHERE, Territory
from gis_grid.walking.reach import Reach
from tests import circles
from tests.walks import lonlat
from tests.world import World

SAME_M = 0.01
TEN = Question("town", (), minutes=10)


@pytest.fixture
def town(world: World, media) -> Study:  # type: ignore[no-untyped-def]
    studies.forget()
    circles.build(world)
    return study("town")


def view(known: Study, category: str = "clinic", **changes: object) -> View:
    facts = {"question": TEN, "change": Change(), "territory": EVERYWHERE, **changes}
    return View(known, category, **facts)  # type: ignore[arg-type]


class TestKept:
    """What stays in memory."""

    def test_the_same_as_long_as_nothing_changes(self, town: Study) -> None:
        assert study("town") is town
        assert town.field("clinic", TEN) is town.field("clinic", TEN)

    def test_another_once_somebody_moves_in(self, town: Study) -> None:
        PopulationCell.objects.filter(code="h000").update(weight=40)

        assert study("town").people.weight.sum() == town.people.weight.sum() + 37

    def test_another_once_a_place_moves_or_shuts(self, town: Study) -> None:
        Facility.objects.filter(code="c1").delete()

        assert not study("town").facilities.get("clinic")
        assert not np.isfinite(study("town").walk("clinic", TEN).metres).any()


class TestWhatIf:
    """Changes against a search from scratch."""

    @given(seed=st.integers(0, 1000), gates_open=st.booleans(), close=st.booleans())
    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_equal_to_a_search_from_scratch(
        self, town: Study, seed: int, *, gates_open: bool, close: bool
    ) -> None:
        spots = lonlat(np.random.default_rng(seed).uniform(0, 1300, (3, 2)).tolist())
        change = Change(
            tuple(Added("clinic", *spot) for spot in spots.tolist()),
            frozenset({"c1"} if close else ()),
        )
        question = Question("town", (), minutes=10, gates_open=gates_open)
        left = [] if close else list(Facility.objects.filter(category__code="clinic"))
        reach = Reach(town.ground.network, gates_open=gates_open)
        doors = np.concatenate((Places.at(left, town.ground).lonlat, spots))
        placed = town.ground.place(doors)
        whole = reach.walk(town.people.placed, placed, reach.field(placed)).metres

        changed = state_of(town, "clinic", question, change).walk.metres

        assert changed == pytest.approx(whole, abs=SAME_M)

    def test_a_change_of_another_kind_changes_nothing(self, town: Study) -> None:
        change = Change((Added("canteen", 114.98, 27.11),), frozenset({"k1"}))

        assert state_of(town, "clinic", TEN, change).walk is town.walk("clinic", TEN)

    def test_a_clinic_across_the_river_brings_those_people(self, town: Study) -> None:
        spot = circles.degrees((1000, 500))
        change = Change((Added("clinic", **spot),))
        seen = np.ones(len(town.people.codes), bool)

        answer = effect(town, "clinic", TEN, change, seen)

        was = state_of(town, "clinic", TEN).verdict(town, TEN.limit_m) == Verdict.COVERED
        assert answer["lost"] == 0
        assert answer["newly_covered"] == answer["covered"] - 3 * was.sum() > 0
        assert len(answer["changed"]["cells"]) == len(answer["changed"]["seconds"]) > 0

    def test_closing_the_only_one_leaves_everybody_without(self, town: Study) -> None:
        seen = np.ones(len(town.people.codes), bool)

        answer = effect(town, "clinic", TEN, Change(removed=frozenset({"c1"})), seen)

        assert answer["covered"] == 0
        assert answer["lost"] > 0
        assert set(answer["changed"]["seconds"]) == {-1}


class TestPicture:
    """What the map is told."""

    def test_people_add_up(self, town: Study) -> None:
        told = people(view(town))
        totals, cells = told["totals"], told["cells"]

        assert totals["weight"] == 108 == sum(cells["weight"])
        assert totals["covered"] + totals["gap"] + totals["no_street"] == 108
        assert totals["covered"] == 3 * cells["verdict"].count("c")
        assert totals["circle_gap"] > 0  # the river is between
        assert [each["code"] for each in told["facilities"]] == ["c1"]

    def test_grids_and_communities_add_up_and_the_east_is_worst(self, town: Study) -> None:
        rows = {row["code"]: row for row in people(view(town))["areas"]}

        assert rows["C9"]["people"] == 108
        assert sum(rows[code]["people"] for code in ("W1", "W2", "E1")) == 108
        assert rows["E1"]["gap"] == max(rows[code]["gap"] for code in ("W1", "W2", "E1"))
        assert rows["E1"]["parent"] == "滨江社区"
        assert rows["E1"]["level"] == "grid"

    def test_how_many_kinds_are_near(self, town: Study) -> None:
        told = people(view(town, ALL))
        near = [town.walk(code, TEN).metres <= TEN.limit_m for code in ("clinic", "canteen")]

        assert told["of"] == 2
        assert told["cells"]["count"] == np.sum(near, axis=0).tolist()
        assert told["totals"]["covered"] == 3 * np.all(near, axis=0).sum()

    def test_only_the_people_of_my_territory(self, town: Study, world: World) -> None:
        for area in town.residents.areas:
            if area.code == "W1":
                mine = Territory(frozenset({area.path}))
        told = people(view(town, territory=mine))

        assert [row["code"] for row in told["areas"]] == ["W1"]
        assert (
            told["totals"]["weight"] == told["areas"][0]["people"] == len(told["cells"]["lon"]) * 3
        )
        assert people(view(town, territory=NOWHERE))["cells"]["lon"] == []

    def test_streets_of_a_box_with_seconds_at_both_ends(self, town: Study) -> None:
        (west, south), (east, north) = lonlat([(-10, -10), (110, 110)]).tolist()
        told = streets(view(town), (west, south, east, north))

        points = np.array(told["points"]).reshape(-1, 2)
        assert sum(told["counts"]) == len(points)
        lines = np.split(points, np.cumsum(told["counts"])[:-1])
        nodes = {tuple(node) for node in np.round(town.ground.network.node * 1e6).astype(int)}
        assert {tuple(line.cumsum(axis=0)[end]) for line in lines for end in (0, -1)} <= nodes
        for metres, start, end in zip(told["metres"], *told["seconds"], strict=True):
            assert abs(start - end) <= metres / 1.2 + 1

    def test_the_way_from_a_place_to_each_kind(self, town: Study) -> None:
        spot = circles.degrees((1000, 505))
        told = walks(view(town), spot["lon"], spot["lat"])

        ways = {way["category"]: way for way in told["ways"]}
        assert ways["clinic"]["to"] == "城西卫生站"
        assert ways["clinic"]["metres"] == pytest.approx(5 + 600 + 700 + 600, abs=10)
        line = ways["clinic"]["path"]["coordinates"]
        assert line[0] == pytest.approx([spot["lon"], spot["lat"]], abs=1e-6)
        assert max(lat for _lon, lat in line) == pytest.approx(
            circles.degrees((500, circles.BRIDGE))["lat"], abs=1e-5
        )

    def test_the_way_leads_to_what_is_only_thought_of(self, town: Study) -> None:
        spot, new = circles.degrees((1000, 505)), circles.degrees((1000, 700))
        told = walks(view(town, change=Change((Added("clinic", **new),))), spot["lon"], spot["lat"])

        (way,) = (way for way in told["ways"] if way["category"] == "clinic")
        assert (way["to"], way["metres"]) == ("", pytest.approx(195, abs=1))

    def test_far_from_every_street_there_is_no_way(self, town: Study) -> None:
        told = walks(view(town), 114.9, 27.0)

        assert told["stands"] is False
        assert told["street_m"] > 150


class TestSuggested:
    """Quick sites."""

    def test_the_gain_is_what_a_change_by_them_brings(self, town: Study) -> None:
        told = suggest(view(town), 2)
        added = tuple(Added("clinic", each["lon"], each["lat"]) for each in told["sites"])
        seen = np.ones(len(town.people.codes), bool)

        assert 0 < len(told["sites"]) <= 2
        assert told["newly_covered"] == pytest.approx(
            effect(town, "clinic", TEN, Change(added), seen)["newly_covered"]
        )


def test_what_is_kept_does_not_grow_without_end(town: Study) -> None:
    for minutes in range(studies.KEPT_ANSWERS):
        town.walk("clinic", Question("town", (), minutes=60, speed=1.3 + minutes / 1000))

    assert len(town._kept) == studies.KEPT_ANSWERS
