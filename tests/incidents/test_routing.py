"""Who owns a point: the written rule on paper-sized towns, and one answer online and in bulk."""

from datetime import date

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import MultiPolygon, Polygon
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis_grid.territory.actions import AreaDraft, found, redraw
from gis_grid.territory.locate import Locator
from gis_grid.territory.models import Area, Kind, Level
from incidents.bulk import layer_at
from incidents.routing import GRID_LEVELS, owner_of, route, tolerances
from tests.world import LAT, LON, SIDE, World, inside, square

TODAY = date(2026, 3, 5)
METRE = SIDE / 380  # a metre of longitude at the town's latitude, roughly


def routed(column: float, row: float = 0.5, **options):  # type: ignore[no-untyped-def]
    return route(*inside(column, row), when=TODAY, **options)


def test_point_inside_goes_to_its_grid(world: World) -> None:
    found_route = routed(1.5)

    assert (found_route.method, found_route.owner.code) == ("covers", "A2")
    assert found_route.owner.edge_m == pytest.approx(190, abs=15)


def test_point_on_a_shared_edge_goes_to_the_smaller_code(world: World) -> None:
    assert (routed(1).method, routed(1).owner.code) == ("edge", "A1")
    assert (routed(2).method, routed(2).owner.code) == ("edge", "A2")


def test_point_on_the_outer_edge_belongs_to_its_only_grid(world: World) -> None:
    assert (routed(0).method, routed(0).owner.code) == ("covers", "A1")


def test_exclusive_grid_goes_before_the_general_one_it_lies_in(world: World) -> None:
    exclusive(world)

    assert routed(0.5).owner.code == "Z9"
    assert routed(0.1).owner.code == "A1"


def test_deepest_level_wins(world: World) -> None:
    found(AreaDraft("A1-1", "微网格", Level.MICRO_GRID, world.areas["A1"], shape=square(0, 0.5)))

    assert routed(0.25).owner.code == "A1-1"
    assert routed(0.75).owner.code == "A1"


def test_accuracy_circle_over_the_border_is_ambiguous(world: World) -> None:
    found_route = routed(1.01, accuracy_m=20)

    assert found_route.method == "ambiguous"
    assert found_route.owner.code == "A2"
    assert {c["code"] for c in found_route.candidates} == {"A1", "A2"}


def test_own_grid_goes_first_among_candidates_only(world: World) -> None:
    own = [world.areas["A1"].pk]

    assert routed(1.01, accuracy_m=20, own=own).owner.code == "A1"
    assert routed(1.5, accuracy_m=20, own=own).owner.code == "A2"


def test_reporter_s_answer_decides_among_candidates(world: World) -> None:
    assert routed(1.01, accuracy_m=20, chosen="A1").owner.code == "A1"
    assert routed(1.01, accuracy_m=20, chosen="A1").answered
    assert not routed(1.01, accuracy_m=20, chosen="B1").answered


def test_accuracy_inside_the_grid_leaves_no_doubt(world: World) -> None:
    assert routed(1.5, accuracy_m=20).method == "covers"


def test_outside_within_the_tolerance_is_the_nearest_and_says_so(world: World) -> None:
    found_route = routed(-30 * METRE / SIDE)

    assert (found_route.method, found_route.owner.code) == ("nearest", "A1")
    assert found_route.owner.distance_m == pytest.approx(30, abs=1)


def test_far_outside_belongs_to_nobody(world: World) -> None:
    assert (routed(9).method, routed(9).owner) == ("outside", None)


def test_where_grids_leave_a_gap_the_parent_catches_it(world: World) -> None:
    found(AreaDraft("C", "新区社区", Level.COMMUNITY, world.areas["S"], shape=square(5)))

    assert (routed(5.5).method, routed(5.5).owner.code) == ("covers", "C")


def test_point_in_a_hole_is_not_inside(world: World) -> None:
    ring = Polygon(square(20, 3, 0, 3).exterior_ring, square(21, 1, 1, 1).exterior_ring)
    found(AreaDraft("R", "回形网格", Level.GRID, world.areas["B"], shape=ring))

    assert routed(20.5).owner.code == "R"
    assert routed(21.5, 1.5).owner is None


def test_scattered_grid_owns_each_of_its_pieces(world: World) -> None:
    pieces = MultiPolygon(square(10), square(12), srid=4326)
    found(AreaDraft("T", "飞地网格", Level.GRID, world.areas["B"], shape=pieces))

    assert [routed(c).owner and routed(c).owner.code for c in (10.5, 11.5, 12.5)] == [
        "T",
        None,
        "T",
    ]


def test_boundary_of_the_day_decides(world: World) -> None:
    redraw(world.areas["A1"], square(0, 0.5), valid_from=date(2026, 1, 1))

    assert route(*inside(0.75), when=date(2025, 12, 31)).owner.code == "A1"
    assert route(*inside(0.75), when=date(2026, 1, 1)).owner.code == "A"  # the community's


def exclusive(world: World) -> Area:
    return found(
        AreaDraft("Z9", "园区", Level.GRID, world.areas["A"], Kind.EXCLUSIVE, square(0.25, 0.5))
    )


@pytest.fixture
def odd_town(world: World) -> World:
    """The town with everything that makes routing hard, and slanted borders."""
    exclusive(world)
    found(AreaDraft("A1-1", "微网格", Level.MICRO_GRID, world.areas["A1"], shape=square(0, 0.5)))
    slanted = Polygon(
        (point(3, 0), point(4.3, 0.2), point(4.1, 0.9), point(3.2, 1), point(3, 0)), srid=4326
    )
    beside = Polygon(
        (point(4.3, 0.2), point(5, 0.1), point(5, 1), point(4.1, 0.9), point(4.3, 0.2)), srid=4326
    )
    hole = Polygon(square(6, 3, 0, 3).exterior_ring, square(7, 1, 1, 1).exterior_ring)
    for code, shape in (("S1", slanted), ("S2", beside), ("R", hole)):
        found(AreaDraft(code, code, Level.GRID, world.areas["B"], shape=shape))
    return world


def point(column: float, row: float) -> tuple[float, float]:
    return LON + column * SIDE, LAT + row * SIDE


def compare(lonlat: np.ndarray, accuracy_m: np.ndarray) -> None:
    """Assert that bulk and online give the same method, owner and rivals."""
    layer = layer_at(TODAY, levels=GRID_LEVELS)
    bulk = list(Locator(layer, tolerances()).locate(lonlat, accuracy_m))
    for (lon, lat), accuracy, many in zip(lonlat, accuracy_m, bulk, strict=True):
        known = None if np.isnan(accuracy) else float(accuracy)
        one = owner_of(lon, lat, when=TODAY, accuracy_m=known, levels=GRID_LEVELS)
        where = (lon, lat, known)
        assert one.method == many.method, where
        assert [c.code for c in one.candidates] == [c.code for c in many.candidates], where
        if one.owner:
            assert one.owner.edge_m == pytest.approx(many.owner.edge_m, rel=5e-4, abs=1e-4), where


def test_bulk_and_online_agree_on_thousands_of_random_points(odd_town: World) -> None:
    rng = np.random.default_rng(11)
    places = rng.uniform((-0.5, -0.5), (9.5, 3.5), (3000, 2))
    accuracy = np.where(rng.random(3000) < 0.5, np.nan, rng.exponential(25, 3000))

    compare(np.round((LON, LAT) + places * SIDE, 7), accuracy)


def test_bulk_and_online_agree_on_vertices_edges_and_holes(odd_town: World) -> None:
    shapes = layer_at(TODAY, levels=GRID_LEVELS).shapes
    vertices = shapely.get_coordinates(shapes)
    borders = shapely.boundary(shapes)
    along = shapely.line_interpolate_point(
        np.repeat(borders, 40), np.tile(np.linspace(0, 1, 40), len(borders)), normalized=True
    )
    on_edges = shapely.get_coordinates(along)
    places = np.vstack([vertices, on_edges, np.round(on_edges, 7)])

    compare(places, np.full(len(places), np.nan))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    column=st.floats(-0.5, 9.5),
    row=st.floats(-0.5, 3.5),
    accuracy=st.one_of(st.none(), st.floats(0.1, 400)),
)
def test_bulk_and_online_agree_wherever_hypothesis_looks(
    odd_town: World, column: float, row: float, accuracy: float | None
) -> None:
    place = np.array([[LON + column * SIDE, LAT + row * SIDE]])

    compare(place, np.array([np.nan if accuracy is None else accuracy]))
