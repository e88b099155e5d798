"""Findings in a layer, on squares small enough to work out by hand."""

import time

import numpy as np
import pytest
import shapely

from gis_grid.geo.metric import LocalMetric, area_m2
from gis_grid.territory.audit import audit

PLANE = LocalMetric(106.63, 30.46)


def square(x: float, y: float, width: float = 100.0, height: float = 100.0) -> shapely.Polygon:
    """A rectangle by its south-west corner and size, in metres from the origin."""
    return PLANE.shape_to_lonlat(shapely.box(x, y, x + width, y + height))


def town(side: int, size_m: float = 100.0) -> tuple[list[str], list[shapely.Polygon]]:
    cells = [(i, j) for i in range(side) for j in range(side)]
    return [f"{i}-{j}" for i, j in cells], [
        square(i * size_m, j * size_m, size_m, size_m) for i, j in cells
    ]


def test_a_sound_layer_has_no_findings() -> None:
    assert not audit(*town(4))


def test_rounded_coordinates_are_not_findings() -> None:
    codes, shapes = town(4, 523.7)
    rounded = shapely.transform(np.array(shapes), lambda xy: np.round(xy, 7))
    parent = square(0, 0, 4 * 523.7, 4 * 523.7)
    assert not audit(codes, rounded, parents=["p"] * 16, parent_shapes={"p": parent})


def test_an_overlap_names_both_and_its_square_metres() -> None:
    (found,) = audit(["b", "a"], [square(0, 0), square(90, 0)]).overlaps
    assert (found.a, found.b) == ("a", "b")
    assert found.area_m2 == pytest.approx(1000, rel=1e-3)
    assert PLANE.to_metres([found.location])[0] == pytest.approx([95, 50], abs=5)


@pytest.mark.parametrize(
    ("shapes", "pairs"),
    [
        ([square(0, 0), square(0, 0)], 1),
        ([square(0, 0), square(20, 20, 10, 10)], 1),
        ([square(0, 0), square(0, 0), square(0, 0)], 3),
        ([square(0, 0), square(100, 0)], 0),
        ([square(0, 0), square(100, 100)], 0),
        ([square(0, 0), square(500, 500)], 0),
        ([square(0, 0), square(99.98, 0)], 0),
        ([square(0, 0), square(99.5, 99.5)], 0),
    ],
)
def test_which_pairs_overlap(shapes: list[shapely.Polygon], pairs: int) -> None:
    assert len(audit(["a", "b", "c"][: len(shapes)], shapes).overlaps) == pairs


def test_an_exclusive_grid_lies_over_general_ones_but_not_over_its_own_kind() -> None:
    shapes = [square(0, 0), square(20, 20, 10, 10), square(25, 25, 10, 10)]
    found = audit(["g", "x", "y"], shapes, exclusive=[False, True, True])
    assert [(one.a, one.b) for one in found.overlaps] == [("x", "y")]


def test_a_hole_between_siblings_is_a_gap_with_its_neighbours() -> None:
    codes, shapes = town(3)
    del codes[4], shapes[4]
    (gap,) = audit(codes, shapes).gaps
    assert gap.area_m2 == pytest.approx(10_000, rel=1e-3)
    assert len(gap.neighbours) == 8
    assert gap.parent is None


def test_a_hole_filled_by_an_exclusive_grid_is_no_gap() -> None:
    codes, shapes = town(3)
    assert not audit(codes, shapes, exclusive=[code == "1-1" for code in codes])


def test_a_narrow_gap_that_opens_to_the_outside_is_found() -> None:
    (gap,) = audit(["a", "b"], [square(0, 0), square(101, 0)]).gaps
    assert gap.area_m2 == pytest.approx(100, rel=0.05)
    assert gap.neighbours == ("a", "b")


def test_a_wide_space_between_two_areas_is_no_gap() -> None:
    assert not audit(["a", "b"], [square(0, 0), square(150, 0)])


def test_what_a_parent_has_and_no_child_covers_is_a_gap() -> None:
    parent = square(0, 0, 300, 100)
    found = audit(
        ["a", "b"],
        [square(0, 0), square(200, 0)],
        parents=["p", "p"],
        parent_shapes={"p": parent},
    )
    assert [(gap.parent, gap.neighbours) for gap in found.gaps] == [("p", ("a", "b"))]
    assert found.gaps[0].area_m2 == pytest.approx(10_000, rel=1e-3)


def test_a_parent_without_children_in_the_layer_is_not_one_big_gap() -> None:
    found = audit(
        ["a"],
        [square(0, 0)],
        parents=["p"],
        parent_shapes={"p": square(0, 0), "q": square(0, 500)},
    )
    assert not found


def test_a_child_that_leaves_its_parent_is_measured() -> None:
    found = audit(
        ["in", "out"],
        [square(0, 0), square(75, 0)],
        parents=["p", "p"],
        parent_shapes={"p": square(0, 0)},
    )
    (outside,) = found.outside_parent
    assert (outside.code, outside.parent) == ("out", "p")
    assert outside.area_m2 == pytest.approx(7_500, rel=1e-3)
    assert outside.share == pytest.approx(0.75, rel=1e-3)


def test_an_area_in_several_pieces_is_one_area() -> None:
    scattered = shapely.MultiPolygon([square(0, 0), square(300, 0)])
    assert not audit(["s", "m"], [scattered, square(100, 0, 200, 100)])


def test_an_invalid_shape_is_named_and_located_and_does_not_stop_the_rest() -> None:
    bow_tie = shapely.Polygon([(106, 30), (106.1, 30.1), (106.1, 30), (106, 30.1)])
    found = audit(["bad", "a", "b"], [bow_tie, square(0, 0), square(90, 0)])
    assert [(one.code, one.fault.code) for one in found.invalid] == [("bad", "self_intersection")]
    assert found.invalid[0].fault.location == pytest.approx((106.05, 30.05))
    assert len(found.overlaps) == 1


def test_small_findings_are_left_out_by_area() -> None:
    shapes = [square(0, 0), square(99, 0)]
    assert not audit(["a", "b"], shapes, min_area_m2=101).overlaps
    assert audit(["a", "b"], shapes, min_area_m2=99).overlaps


def test_nothing_has_no_findings() -> None:
    assert not audit([], [])


def test_ten_thousand_areas_take_seconds() -> None:
    codes, shapes = town(100)
    moved = shapes.copy()
    moved[4_321] = shapely.transform(moved[4_321], lambda xy: xy + 1e-4)
    parents = [code.split("-")[0] for code in codes]
    columns = {str(i): square(i * 100, 0, 100, 10_000) for i in range(100)}
    started = time.perf_counter()
    found = audit(codes, moved, parents=parents, parent_shapes=columns)
    assert time.perf_counter() - started < 30
    assert len(found.overlaps) == 3
    assert [one.code for one in found.outside_parent] == ["43-21"]
    assert sum(gap.area_m2 for gap in found.gaps) == pytest.approx(
        sum(one.area_m2 for one in found.overlaps), rel=0.01
    )
    assert area_m2(moved[4_321]) == pytest.approx(10_000, rel=0.01)
