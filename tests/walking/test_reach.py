"""The nearest facility on foot: exact, whatever is asked, added or taken away."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.walking.network import Network
from gis_grid.walking.reach import NOBODY, Reach
from gis_grid.walking.rules import Way
from gis_grid.walking.snap import MAX_CONNECTOR_M, Ground
from gis_grid.walking.streets import Floats, Streets
from tests.walks import by_hand, lattice, lonlat, reach_of, streets

SAME_M = 0.01


def town(barriers: list[list[tuple[float, float]]] | None = None) -> Streets:
    """A grid plan of 12 by 12 streets and a spur."""
    return streets(*lattice(12, 12), [(500, 500), (533, 547), (540, 590)], barriers=barriers or [])


def spots(seed: int, count: int, size_m: float = 1100.0) -> Floats:
    return lonlat(np.random.default_rng(seed).uniform(-40, size_m + 40, (count, 2)))


@pytest.fixture(scope="module")
def reach() -> Reach:
    return Reach(Network.of(town()))


class TestPlaced:
    """Points on streets."""

    def test_on_the_nearest_edge_with_the_way_to_it(self, reach: Reach) -> None:
        placed = Ground(reach.network).place(lonlat([(230, 12)]))

        assert placed.connector_m == pytest.approx([12], abs=0.1)
        assert placed.spot == pytest.approx(lonlat([(230, 0)]), abs=1e-7)

    def test_far_from_every_street_is_told_and_not_guessed(self, reach: Reach) -> None:
        placed = Ground(reach.network).place(lonlat([(-400, 0), (10, 0)]))

        assert placed.stands.tolist() == [False, True]
        assert placed.connector_m[0] == pytest.approx(400, abs=1)
        assert placed.connector_m[0] > MAX_CONNECTOR_M

    def test_not_on_an_island(self) -> None:
        island = [(50.0, 50.0), (60.0, 50.0)]
        network = Network.of(streets(*lattice(12, 12), island))
        placed = Ground(network).place(lonlat([(55, 52)]))

        assert placed.connector_m == pytest.approx([45], abs=0.2)

    def test_never_through_a_wall(self) -> None:
        wall = [[(-10.0, 40.0), (350.0, 40.0)]]
        network = Network.of(town(wall))
        placed = Ground(network).place(lonlat([(150, 45), (150, 35)]))

        assert placed.connector_m == pytest.approx([50, 35], abs=0.2)

    def test_shut_in_by_walls_it_stands_nowhere(self) -> None:
        cell = [[(120.0, 120.0), (180.0, 120.0), (180.0, 180.0), (120.0, 180.0), (120.0, 120.0)]]
        placed = Ground(Network.of(town(cell))).place(lonlat([(150, 150)]))

        assert not placed.stands.any()

    def test_at_a_gate_in_the_wall_it_touches_and_is_placed(self) -> None:
        wall = [[(-10.0, 40.0), (350.0, 40.0)]]
        placed = Ground(Network.of(town(wall))).place(lonlat([(150, 40)]))

        assert placed.connector_m == pytest.approx([40], abs=0.2)


class TestWalked:
    """From homes to the nearest entrance."""

    def test_around_the_corner(self, reach: Reach) -> None:
        ground = Ground(reach.network)
        home, clinic = ground.place(lonlat([(0, 50)])), ground.place(lonlat([(250, 100)]))
        walk = reach.walk(home, clinic, reach.field(clinic))

        assert walk.metres == pytest.approx([50 + 250], abs=0.5)
        assert walk.nearest.tolist() == [0]

    def test_two_on_one_edge_meet_between_its_ends(self, reach: Reach) -> None:
        ground = Ground(reach.network)
        home, clinic = ground.place(lonlat([(220, 305)])), ground.place(lonlat([(260, 296)]))
        walk = reach.walk(home, clinic, reach.field(clinic))

        assert walk.metres == pytest.approx([40 + 5 + 4], abs=0.1)
        assert walk.street_m == pytest.approx([40], abs=0.1)

    def test_beyond_the_limit_there_is_no_way(self) -> None:
        long = streets(*lattice(12, 12), [(1100, 1100), (9000, 1100)])
        reach = reach_of(long)
        ground = Ground(reach.network)
        clinic = ground.place(lonlat([(0, 0)]))
        walk = reach.walk(ground.place(lonlat([(8999, 1100)])), clinic, reach.field(clinic))

        assert np.isinf(walk.metres).all()
        assert walk.nearest.tolist() == [NOBODY]

    def test_without_a_facility_nobody_has_a_way(self, reach: Reach) -> None:
        ground = Ground(reach.network)
        none = ground.place(np.empty((0, 2)))
        walk = reach.walk(ground.place(spots(1, 5)), none, reach.field(none))

        assert np.isinf(walk.metres).all()

    def test_shut_gates_close_the_short_way_but_not_the_way_home(self) -> None:
        plan = [
            [*way[:3], (250.0, way[0][1]), *way[3:]] if way[0][1] == way[1][1] else way
            for way in lattice(12, 12)
        ]
        inner = [(250.0, 300.0), (250.0, 360.0), (250.0, 400.0)]  # across a block
        drawn = streets(*plan, inner, kinds=[Way.STREET] * len(plan) + [Way.GATED])
        metres = {}
        for gates_open in (True, False):
            reach = reach_of(drawn, gates_open=gates_open)
            ground = Ground(reach.network)
            clinic = ground.place(lonlat([(250, 299)]))
            homes = ground.place(lonlat([(240, 401), (250, 360)]))
            metres[gates_open] = reach.walk(homes, clinic, reach.field(clinic)).metres

        assert metres[True] == pytest.approx([110 + 2, 60 + 1], abs=0.5)
        assert metres[False] == pytest.approx([190 + 2, 60 + 1], abs=0.5)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), facilities=st.integers(1, 6))
def test_it_is_what_a_plain_search_finds(seed: int, facilities: int) -> None:
    reach = reach_of(town([[(130.0, -50.0), (130.0, 480.0)]]))
    ground = Ground(reach.network)
    homes, entrances = ground.place(spots(seed, 40)), ground.place(spots(seed + 1, facilities))
    walk = reach.walk(homes, entrances, reach.field(entrances))

    assert walk.metres == pytest.approx(by_hand(reach, homes, entrances), abs=SAME_M)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(2, 8), gates_open=st.booleans())
def test_added_and_removed_are_what_a_whole_search_finds(
    seed: int, count: int, *, gates_open: bool
) -> None:
    inner = [(300.0, 300.0), (350.0, 350.0), (400.0, 400.0)]
    ways = [*lattice(12, 12), inner]
    kinds = [Way.STREET] * (len(ways) - 1) + [Way.GATED]
    reach = reach_of(streets(*ways, kinds=kinds), gates_open=gates_open)
    entrances = Ground(reach.network).place(spots(seed, count))
    whole = reach.field(entrances)
    gone = np.array([seed % count])
    stay = np.setdiff1d(np.arange(count), gone)

    without = reach.removed(whole, entrances, gone)
    again = reach.added(without, entrances[gone], gone)

    assert without.metres == pytest.approx(reach.field(entrances[stay]).metres, abs=SAME_M)
    assert not np.isin(gone, without.nearest).any()
    assert again.metres == pytest.approx(whole.metres, abs=SAME_M)
