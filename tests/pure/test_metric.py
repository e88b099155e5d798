"""Metres: the local plane, areas and distances against geodesics."""

import numpy as np
import pytest
import shapely

from gis_grid.geo.metric import GEOD, LocalMetric, area_m2, distance_m


def test_one_kilometre_north_and_east_is_one_kilometre() -> None:
    plane = LocalMetric(106.6, 30.5)
    ends = plane.to_lonlat([(1000, 0), (0, 1000), (-600, 800)])
    assert distance_m([(106.6, 30.5)] * 3, ends) == pytest.approx([1000] * 3, rel=1e-4)


@pytest.mark.parametrize(("reach_m", "error"), [(1_000, 1e-4), (10_000, 1e-3), (50_000, 5e-3)])
def test_the_plane_is_as_true_as_it_says(reach_m: float, error: float) -> None:
    plane = LocalMetric(106.6, 30.5)
    bearings = np.radians(np.arange(0, 360, 15))
    ends = plane.to_lonlat(reach_m * np.column_stack((np.cos(bearings), np.sin(bearings))))
    true = distance_m([(106.6, 30.5)] * len(ends), ends)
    assert np.abs(true / reach_m - 1).max() < error


def test_degrees_come_back_from_metres() -> None:
    points = np.random.default_rng(1).uniform((106, 30), (107, 31), (100, 2))
    plane = LocalMetric(106.5, 30.5)
    assert plane.to_lonlat(plane.to_metres(points)) == pytest.approx(points, abs=1e-12)


def test_the_same_vertex_of_two_shapes_stays_the_same() -> None:
    left, right = shapely.box(106, 30, 106.1, 30.1), shapely.box(106.1, 30, 106.2, 30.1)
    plane = LocalMetric.around([left, right])
    assert plane.shape_to_metres(left).touches(plane.shape_to_metres(right))


@pytest.mark.parametrize("lat", [0.0, 23.1, 45.0, -35.0, 60.0])
def test_areas_agree_with_geodesic_areas(lat: float) -> None:
    shape = shapely.Point(106.5, lat).buffer(0.05)
    geodesic = abs(GEOD.geometry_area_perimeter(shape)[0])
    assert area_m2(shape) == pytest.approx(geodesic, rel=1e-6)


def test_a_hole_is_not_area() -> None:
    outer, hole = shapely.box(106, 30, 106.02, 30.02), shapely.box(106.005, 30.005, 106.01, 30.01)
    assert area_m2(outer.difference(hole)) == pytest.approx(area_m2(outer) - area_m2(hole))


def test_nothing_has_no_area() -> None:
    shapes = np.array([shapely.Polygon(), None, shapely.Point(1, 1)])
    assert area_m2(shapes).tolist() == [0.0, 0.0, 0.0]
