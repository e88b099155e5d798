"""The way as a line: as long as the field says, along streets, by the same entrance."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_grid.geo.metric import distance_m
from gis_grid.walking.network import Network
from gis_grid.walking.path import Path, Paths
from gis_grid.walking.reach import Reach
from gis_grid.walking.rules import Way
from gis_grid.walking.snap import Ground
from tests.walks import lattice, lonlat, reach_of, streets

SAME_M = 0.01


@pytest.fixture(scope="module")
def reach() -> Reach:
    return reach_of(streets(*lattice(12, 12), [(500, 500), (533, 547), (540, 590)]))


def to(reach: Reach, home: tuple[float, float], *doors: tuple[float, float]) -> Path | None:
    ground = Ground(reach.network)
    return Paths(reach).leave(ground.place(lonlat([home]))).to(ground.place(lonlat(doors)))


def length_m(path: Path) -> float:
    return float(distance_m(path.line[:-1], path.line[1:]).sum())


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_it_is_as_long_as_the_walk_and_ends_at_the_same_entrance(reach: Reach, seed: int) -> None:
    ground, random = Ground(reach.network), np.random.default_rng(seed)
    homes = ground.place(lonlat(random.uniform(0, 1100, (6, 2)).tolist()))
    doors = ground.place(lonlat(random.uniform(0, 1100, (5, 2)).tolist()))
    walk = reach.walk(homes, doors, reach.field(doors))
    paths = Paths(reach)

    for k in range(len(homes)):
        path = paths.leave(homes[k : k + 1]).to(doors)
        assert path is not None
        assert path.metres == pytest.approx(walk.metres[k], abs=SAME_M)
        assert path.entrance == walk.nearest[k] or path.metres == pytest.approx(
            walk.metres[k], abs=1e-6
        )
        connectors = homes.connector_m[k] + doors.connector_m[path.entrance]
        assert length_m(path) + connectors == pytest.approx(path.metres, abs=0.5)
        assert path.line[0] == pytest.approx(homes.spot[k], abs=1e-7)
        assert path.line[-1] == pytest.approx(doors.spot[path.entrance], abs=1e-7)


def test_it_follows_the_bends_of_a_street(reach: Reach) -> None:
    path = to(reach, (500, 500), (540, 590))

    assert path is not None
    assert path.line == pytest.approx(lonlat([(500, 500), (533, 547), (540, 590)]), abs=1e-7)


def test_along_one_street_it_does_not_go_round_by_its_ends(reach: Reach) -> None:
    path = to(reach, (220, 3), (280, -4))

    assert path is not None
    assert path.metres == pytest.approx(67, abs=0.1)
    assert path.line == pytest.approx(lonlat([(220, 0), (280, 0)]), abs=1e-7)


def test_there_is_none_without_a_door(reach: Reach) -> None:
    assert to(reach, (220, 3), (5000, 5000)) is None
    assert to(reach, (220, 3)) is None


def test_who_lives_inside_gets_out_and_nobody_walks_through() -> None:
    way_in, way_through = [(0, 0), (100, 0)], [(100, 0), (200, 0), (300, 0)]
    around = [(0, 0), (0, 200), (300, 200), (300, 0)]
    drawn = streets(way_in, way_through, around, kinds=[Way.STREET, Way.GATED, Way.STREET])
    network = Network.of(drawn)
    ground = Ground(network)
    inside, west, east = (ground.place(lonlat([spot])) for spot in ((200, 0), (50, 0), (300, 20)))
    shut, opened = (Paths(Reach(network, gates_open=gates)) for gates in (False, True))

    out = shut.leave(inside).to(west)
    assert out is not None
    assert out.metres == pytest.approx(150, abs=0.1)
    for paths, metres in ((opened, 270), (shut, 730)):
        path = paths.leave(west).to(east)
        assert path is not None
        assert path.metres == pytest.approx(metres, abs=0.2)
