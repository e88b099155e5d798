"""Ways become a network: bends are no nodes, gates are edges, islands are known."""

import numpy as np
import pytest

from gis_grid.walking.network import Network
from gis_grid.walking.rules import Way
from tests.walks import lattice, lonlat, streets


def test_bends_are_merged_and_their_shape_is_kept() -> None:
    network = Network.of(streets([(0, 0), (0, 50), (50, 50), (50, 0)]))

    assert (len(network.node), len(network.ends)) == (2, 1)
    assert network.length_m[0] == pytest.approx(150, abs=0.1)
    assert network.shape == pytest.approx(lonlat([(0, 0), (0, 50), (50, 50), (50, 0)]))


def test_a_way_that_goes_on_as_another_is_one_edge() -> None:
    network = Network.of(streets([(0, 0), (50, 0)], [(50, 0), (90, 0)]))

    assert len(network.ends) == 1
    assert network.length_m.sum() == pytest.approx(90, abs=0.1)


def test_junctions_stay() -> None:
    network = Network.of(streets(*lattice(4, 3)))

    # The four corners only bend.
    assert (len(network.node), len(network.ends)) == (12 - 4, 17 - 4)
    assert network.length_m.sum() == pytest.approx(1700, abs=2)


def test_a_loop_without_a_junction_is_an_edge_from_itself_to_itself() -> None:
    network = Network.of(streets([(0, 0), (100, 0), (100, 100), (0, 0)]))

    assert network.ends.tolist() == [[0, 0]]
    assert network.length_m[0] == pytest.approx(200 + 20000**0.5, abs=0.3)


def test_a_street_in_two_parallel_branches_keeps_both() -> None:
    short, long = [(0, 0), (100, 0)], [(0, 0), (50, 200), (100, 0)]
    network = Network.of(streets([(-50, 0), (0, 0)], short, long, [(100, 0), (150, 0)]))

    assert len(network.ends) == 4
    one, two = np.flatnonzero(network.length_m > 60)
    arcs = network.arcs()
    assert arcs[*network.ends[one]] == pytest.approx(100, abs=0.1)
    assert set(network.ends[one]) == set(network.ends[two])


def test_components_are_numbered_by_size() -> None:
    island = [(5000, 0), (5100, 0)]
    network = Network.of(streets(island, *lattice(12, 12)))

    sizes = np.bincount(network.component)
    assert sizes.tolist() == [12 * 12 - 4, 2]
    assert network.is_large.sum() == len(network.ends) - 1
    assert network.figures["islands"] == 1


class TestGates:
    """A compound beside a street."""

    street = [(0.0, 0.0), (100.0, 0.0), (200.0, 0.0), (300.0, 0.0)]
    inner = [(100.0, 0.0), (100.0, 50.0), (200.0, 50.0), (200.0, 0.0)]

    def test_a_private_way_is_behind_gates_where_it_meets_a_street(self) -> None:
        network = Network.of(streets(self.street, self.inner, kinds=[Way.STREET, Way.GATED]))

        gates = network.kind == Way.GATE
        assert gates.sum() == 2
        assert network.length_m[gates].tolist() == [0, 0]

    def test_shut_gates_let_in_and_nobody_through(self) -> None:
        network = Network.of(streets(self.street, self.inner, kinds=[Way.STREET, Way.GATED]))
        outside, inside = network.ends[network.kind == Way.GATE][0]

        assert network.arcs()[inside, outside] > 0
        shut = network.arcs(gates_open=False)
        assert shut[outside, inside] > 0
        assert shut[inside, outside] == 0

    def test_the_smaller_side_of_a_gate_is_inside(self) -> None:
        yard = [(100.0, 0.0), (100.0, 30.0), (100.0, 60.0)]
        network = Network.of(streets(self.street, yard, gates=[(100.0, 30.0)]))
        gate = network.ends[network.kind == Way.GATE][0]

        shut = network.arcs(gates_open=False)
        dead_end = np.flatnonzero(np.bincount(network.ends.ravel()) == 1)
        beyond = {int(node) for node in dead_end if shut[gate[1], node] > 0}
        assert len(beyond) == 1
        assert network.node[beyond.pop()] == pytest.approx(lonlat([(100, 60)])[0])

    def test_a_gate_one_can_walk_around_is_shut_from_both_sides(self) -> None:
        ring = [(0.0, 0.0), (0.0, 90.0), (200.0, 90.0), (200.0, 0.0)]
        network = Network.of(streets(self.street, ring, gates=[(100.0, 0.0)]))

        assert (network.kind == Way.LOCK).sum() == 1
        one, two = network.ends[network.kind == Way.LOCK][0]
        shut = network.arcs(gates_open=False)
        assert network.arcs()[one, two] > 0
        assert (shut[one, two], shut[two, one]) == (0, 0)


class TestStored:
    """On disk, by version."""

    def test_what_is_loaded_is_what_was_saved(self, tmp_path) -> None:  # type: ignore[no-untyped-def]
        network = Network.of(streets(*lattice(5, 5), barriers=[[(50, 0), (50, 400)]]))

        loaded = Network.load(network.save(tmp_path))

        assert loaded.version == network.version
        assert isinstance(loaded.length_m, np.memmap)

    def test_the_same_streets_are_the_same_version(self) -> None:
        first, second = (Network.of(streets(*lattice(5, 5))) for _ in range(2))
        other = Network.of(streets(*lattice(5, 5), [(0, 0), (7, 7)]))

        assert first.version == second.version != other.version
