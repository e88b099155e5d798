"""Ways added, gates opened and shut: as a whole search of the changed town finds."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gis_grid.walking.edits import changed, with_ways
from gis_grid.walking.network import Network
from gis_grid.walking.reach import LIMIT_M, Reach, Seeds, spread
from gis_grid.walking.rules import Way
from gis_grid.walking.snap import Ground
from gis_grid.walking.streets import Floats, Streets
from tests.walks import lattice, lonlat, reach_of, streets

SAME_M = 0.01
NO_MORE = [False] * 4
SIZE_M = 1100.0


def banks(*, bridge: bool = False) -> Streets:
    """Two grid plans with a river between, and one bridge far in the west; perhaps another."""
    south = lattice(12, 5)
    north = [[(x, y + 600.0) for x, y in way] for way in lattice(12, 5)]
    extra = [[(700.0, 400.0), (700.0, 600.0)]] if bridge else []
    river = [(50.0, 500.0), (2000.0, 500.0)]
    return streets(*south, *north, [(0.0, 400.0), (0.0, 600.0)], *extra, barriers=[river])


def gated() -> Streets:
    """A grid plan with three private ways across its blocks, a gate at each end."""
    inner = [[(x, x), (x + 50.0, x + 50.0), (x + 100.0, x + 100.0)] for x in (100.0, 400.0, 700.0)]
    ways = [*lattice(12, 12), *inner]
    return streets(*ways, kinds=[Way.STREET] * (len(ways) - 3) + [Way.GATED] * 3)


def spots(seed: int, count: int) -> Floats:
    return lonlat(np.random.default_rng(seed).uniform(-40, SIZE_M + 40, (count, 2)))


def at_homes(reach: Reach, homes: Floats, clinics: Floats) -> Floats:
    """Return metres from homes to the nearest clinic by a whole search."""
    ground = Ground(reach.network)
    doors = ground.place(clinics)
    return reach.walk(ground.place(homes), doors, reach.field(doors)).metres


class TestBridge:
    """A way added by hand."""

    def test_it_is_what_a_town_with_that_bridge_would_give(self) -> None:
        reach, homes, clinics = reach_of(banks()), spots(1, 60), lonlat([(690, 300), (1000, 30)])
        ground = Ground(reach.network)
        doors = ground.place(clinics)
        extended = with_ways(reach, ground.place(lonlat([(700, 405), (700, 595)])))
        field = extended.field(reach.field(doors), doors)
        placed = extended.moved(ground.place(homes))
        walk = extended.after.walk(placed, extended.moved(doors), field)

        expected = at_homes(reach_of(banks(bridge=True)), homes, clinics)
        assert walk.metres == pytest.approx(expected, abs=SAME_M)
        assert (walk.metres < at_homes(reach, homes, clinics) - 100).any()

    def test_the_old_network_stays_as_it_was(self) -> None:
        reach = reach_of(banks())
        extended = with_ways(reach, Ground(reach.network).place(lonlat([(333, 405), (340, 595)])))

        assert reach.network.version == Network.of(banks()).version
        assert extended.after.network.version != reach.network.version

    def test_it_needs_both_ends(self) -> None:
        reach = reach_of(banks())
        ground = Ground(reach.network)

        with pytest.raises(ValueError, match="two ends"):
            with_ways(reach, ground.place(lonlat([(700, 405), (9000, 9000)])))

    def test_pieces_of_a_cut_street_keep_its_shape(self) -> None:
        reach = reach_of(banks())
        ends = Ground(reach.network).place(lonlat([(530, 400), (540, 600), (560, 400), (565, 600)]))
        after = with_ways(reach, ends).after.network

        assert after.length_m.sum() == pytest.approx(
            reach.network.length_m.sum() + 2 * 200, abs=0.5
        )
        first, last = after.shape_from[:-1], after.shape_from[1:] - 1
        assert after.shape[first] == pytest.approx(after.node[after.ends[:, 0]], abs=1e-9)
        assert after.shape[last] == pytest.approx(after.node[after.ends[:, 1]], abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), ways=st.integers(1, 3), limit_m=st.sampled_from([900, LIMIT_M]))
def test_added_ways_are_what_a_whole_search_finds(seed: int, ways: int, limit_m: float) -> None:
    reach = reach_of(banks())
    ground = Ground(reach.network)
    doors, homes = ground.place(spots(seed, 4)), ground.place(spots(seed + 1, 40))
    ends = ground.place(spots(seed + 2, 40))
    extended = with_ways(reach, ends[np.flatnonzero(ends.stands)[: 2 * ways]])

    field = extended.field(reach.field(doors, limit_m), doors)

    doors = extended.moved(doors)
    whole = extended.after.field(doors, limit_m)
    assert field.metres == pytest.approx(whole.metres, abs=SAME_M)
    walk, expected = (
        extended.after.walk(extended.moved(homes), doors, each) for each in (field, whole)
    )
    assert walk.metres == pytest.approx(expected.metres, abs=SAME_M)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    before=st.lists(st.booleans(), min_size=6, max_size=6),
    after=st.lists(st.booleans(), min_size=6, max_size=6),
)
@example(
    seed=0, before=[False, True, *NO_MORE], after=[True, False, *NO_MORE]
)  # one shut, one opened behind
def test_gates_one_by_one_are_what_a_whole_search_finds(
    seed: int, before: list[bool], after: list[bool]
) -> None:
    network = Network.of(gated())
    gates = np.flatnonzero(np.isin(network.kind, (Way.GATE, Way.LOCK)))
    masks = []
    for shut in (before, after):
        mask = np.zeros(len(network.ends), bool)
        mask[gates] = np.resize(shut, len(gates))
        masks.append(network.arcs_past(mask))
    doors = Ground(network).place(spots(seed, 3))
    seeds = Seeds.of(network, doors)
    whole = [spread(arcs, seeds) for arcs in masks]

    found = changed(whole[0], *masks, seeds)

    assert found.metres == pytest.approx(whole[1].metres, abs=SAME_M)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), closed=st.sets(st.integers(0, 200), max_size=8))
def test_closed_streets_are_what_a_whole_search_finds(seed: int, closed: set[int]) -> None:
    network = Network.of(gated())
    shut = np.zeros(len(network.ends), bool)
    shut[sorted(closed)] = True
    arcs = [network.arcs_past(mask) for mask in (np.zeros_like(shut), shut)]
    seeds = Seeds.of(network, Ground(network).place(spots(seed, 3)))

    found = changed(spread(arcs[0], seeds), *arcs, seeds)
    again = changed(found, *reversed(arcs), seeds)

    assert found.metres == pytest.approx(spread(arcs[1], seeds).metres, abs=SAME_M)
    assert again.metres == pytest.approx(spread(arcs[0], seeds).metres, abs=SAME_M)
