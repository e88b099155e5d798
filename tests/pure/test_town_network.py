"""The demo district's walk network: one piece, bridges over the river, gates in the walls."""

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from pyproj import Geod
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis_grid.demo.town import Town
from gis_grid.geo.metric import LocalMetric

pytestmark = pytest.mark.early

PLANE = LocalMetric(105.0, 31.0)
NORTH, SOUTH = (-500.0, 120.0), (285.0, -1100.0)  # metres: the old town's cross, 南城大道


def pieces(town: Town, keep: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """The number of the connected piece of each node when only some edges are open."""
    nodes, (a, b) = town.network.nodes, town.network.edges[keep].T
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(len(nodes), len(nodes)))
    return np.asarray(connected_components(graph, directed=False)[1])


def segments(town: Town) -> npt.NDArray[np.object_]:
    """The edges as lines, metres."""
    return np.asarray(shapely.linestrings(PLANE.to_metres(town.network.nodes)[town.network.edges]))


def nearest_node(town: Town, at: tuple[float, float]) -> int:
    return int(np.hypot(*(PLANE.to_metres(town.network.nodes) - at).T).argmin())


@pytest.fixture(scope="module")
def river(town: Town) -> shapely.Polygon:
    shape = next(f.shape for f in town.features if f.klass == "river")
    return PLANE.shape_to_metres(shape)


def test_the_arrays_fit_each_other(town: Town) -> None:
    net = town.walk_network()
    n, m = len(net.nodes), len(net.edges)
    assert net.nodes.shape == (n, 2)
    assert net.edges.shape == (m, 2)
    assert net.edges.dtype == np.int32
    assert net.length_m.shape == net.kind.shape == net.gate.shape == (m,)
    assert net.edges.min() == 0
    assert net.edges.max() == n - 1
    assert net.gate.max() == len(net.gates) - 1
    assert len(np.unique(net.nodes, axis=0)) == n
    assert (net.edges[:, 0] != net.edges[:, 1]).all()


def test_lengths_are_metres_on_the_ground(town: Town) -> None:
    net = town.network
    a, b = net.nodes[net.edges].transpose(1, 0, 2)
    true_m = Geod(ellps="WGS84").inv(*a.T, *b.T)[2]
    assert net.length_m == pytest.approx(true_m, abs=0.001)
    assert net.length_m.min() > 0


def test_nearly_every_node_is_in_one_piece(town: Town) -> None:
    label = pieces(town, np.ones(len(town.network.edges), dtype=bool))
    assert np.bincount(label).max() / len(label) >= 0.97


def test_kinds_are_the_known_ones(town: Town) -> None:
    known = {"arterial", "secondary", "residential", "lane", "path", "steps", "bridge"}
    assert set(town.network.kind.tolist()) == known


def test_there_are_four_bridges(town: Town) -> None:
    over = [f for f in town.features if f.kind == "bridge"]
    assert {f.attributes["over"] for f in over} == {"示范河"}
    assert len({f.name for f in over}) == 4


def test_only_bridges_touch_the_river(town: Town, river: shapely.Polygon) -> None:
    wet = shapely.intersects(river.buffer(-0.2), segments(town))
    assert wet.any()
    assert set(town.network.kind[wet].tolist()) == {"bridge"}


def test_without_bridges_the_banks_are_apart(town: Town) -> None:
    label = pieces(town, town.network.kind != "bridge")
    north, south = nearest_node(town, NORTH), nearest_node(town, SOUTH)
    assert label[north] != label[south]
    whole = pieces(town, np.ones(len(town.network.edges), dtype=bool))
    assert whole[north] == whole[south]


def test_brooks_are_crossed_by_streets_alone(town: Town) -> None:
    brooks = [PLANE.shape_to_metres(f.shape) for f in town.features if f.klass == "stream"]
    lines = segments(town)
    crossing = shapely.STRtree(lines).query(brooks, predicate="intersects")[1]
    assert set(town.network.kind[crossing].tolist()) <= {"arterial", "secondary", "lane"}


def test_walls_are_passed_at_gates_alone(town: Town) -> None:
    grounds = [
        PLANE.shape_to_metres(f.shape)
        for f in town.features
        if f.kind == "land" and f.name and f.name in {g.compound for g in town.network.gates}
    ]
    assert len(grounds) > 200
    lines = segments(town)
    passing = shapely.STRtree(lines).query(shapely.boundary(grounds), predicate="intersects")[1]
    assert set(passing.tolist()) == set(np.flatnonzero(town.network.gate >= 0).tolist())


def test_no_edge_meets_a_wall(town: Town) -> None:
    walls = [PLANE.shape_to_metres(f.shape) for f in town.features if f.kind == "wall"]
    assert not len(shapely.STRtree(segments(town)).query(walls, predicate="intersects")[0])


def test_each_gate_is_passed_by_one_edge_where_it_stands(town: Town) -> None:
    net = town.network
    assert sorted(net.gate[net.gate >= 0].tolist()) == list(range(len(net.gates)))
    edge = np.argsort(net.gate)[-len(net.gates) :]
    gates = shapely.transform([g.point for g in net.gates], PLANE.to_metres)
    assert shapely.distance(segments(town)[edge], gates).max() < 0.1


def test_closed_gates_shut_every_compound_off(town: Town) -> None:
    net = town.network
    label = pieces(town, net.gate < 0)
    outside = np.bincount(label).argmax()
    grounds = [
        PLANE.shape_to_metres(f.shape).buffer(-1)
        for f in town.features
        if f.kind == "land" and f.klass in ("slab", "tower", "villa", "midrise")
    ]
    points = shapely.points(PLANE.to_metres(net.nodes))
    inside = shapely.STRtree(points).query(grounds, predicate="contains")[1]
    assert len(inside) > 1000
    assert outside not in set(label[inside].tolist())


def test_compounds_have_one_to_three_gates_and_some_close_at_night(town: Town) -> None:
    by_compound: dict[str, list[str]] = {}
    for gate in town.network.gates:
        by_compound.setdefault(gate.compound, []).append(gate.opening_hours)
    walls = {f.name for f in town.features if f.kind == "wall"}
    assert by_compound.keys() == walls
    assert {len(hours) for hours in by_compound.values()} == {1, 2, 3}
    closing = sum(any(h != "24/7" for h in hours) for hours in by_compound.values())
    assert closing > 0.3 * len(by_compound)


def test_a_way_to_the_next_homes_is_longer_than_a_bird_flies(town: Town) -> None:
    """The point of walls: many a pair of near nodes is far apart on foot."""
    from scipy.sparse.csgraph import dijkstra

    net = town.network
    a, b = net.edges.T
    graph = coo_array((net.length_m, (a, b)), shape=(len(net.nodes),) * 2).tocsr()
    xy = PLANE.to_metres(net.nodes)
    starts = np.arange(0, len(xy), len(xy) // 40)
    walked = dijkstra(graph, directed=False, indices=starts, limit=2_000)
    flown = np.hypot(*(xy[starts][:, None] - xy[None]).transpose(2, 0, 1))
    near = (flown > 200) & (flown < 500)
    detour = (walked / np.maximum(flown, 1))[near]
    assert (detour > 0.999).all()
    assert 1.15 < np.median(detour) < 1.8
