"""Datum conversion: against an independent implementation, and there and back."""

import numpy as np
import prcoords
import pytest
import shapely

from gis_grid.geo.datum import Datum, from_wgs84, shape_from_wgs84, shape_to_wgs84, to_wgs84
from gis_grid.geo.metric import distance_m

OFFSET_DATUMS = [Datum.GCJ02, Datum.BD09]
BEIJING = (116.404, 39.915)


def points_in_china(count: int = 5_000) -> np.ndarray:
    return np.random.default_rng(2).uniform((80, 20), (125, 45), (count, 2))


@pytest.mark.parametrize("datum", list(Datum))
def test_there_and_back_is_off_by_less_than_a_millimetre(datum: Datum) -> None:
    wgs = points_in_china()
    back = to_wgs84(from_wgs84(wgs, datum), datum)
    assert distance_m(wgs, back).max() < 1e-3


@pytest.mark.parametrize(
    ("datum", "reference"), [(Datum.GCJ02, prcoords.wgs_gcj), (Datum.BD09, prcoords.wgs_bd)]
)
def test_forward_agrees_with_an_independent_implementation(datum, reference) -> None:
    wgs = points_in_china(500)
    theirs = np.array([tuple(reference((lat, lon)))[::-1] for lon, lat in wgs])
    assert distance_m(from_wgs84(wgs, datum), theirs).max() < 1e-3


def test_inverse_agrees_with_an_independent_implementation() -> None:
    gcj = points_in_china(500)
    theirs = np.array([tuple(prcoords.gcj_wgs_bored((lat, lon)))[::-1] for lon, lat in gcj])
    assert distance_m(to_wgs84(gcj, Datum.GCJ02), theirs).max() < 5e-3


@pytest.mark.parametrize(
    ("place", "gcj_m", "bd_m"),
    [
        ((106.6333, 30.4560), 477, 1046),  # Guang'an
        ((114.4160, 23.1120), 579, 1230),  # Huizhou
    ],
)
def test_the_offset_has_the_size_measured_for_the_place(place, gcj_m, bd_m) -> None:
    """The domain study measured these at the town halls; a few hundred metres move them by 1 %."""
    moved = [distance_m([place], from_wgs84([place], datum))[0] for datum in OFFSET_DATUMS]
    assert moved == pytest.approx([gcj_m, bd_m], rel=0.03)


def test_cgcs2000_is_wgs84_here() -> None:
    assert to_wgs84([BEIJING], Datum.CGCS2000).tolist() == [list(BEIJING)]


def test_outside_china_gcj02_is_wgs84() -> None:
    washington = [(-77.0365, 38.8977)]
    assert to_wgs84(washington, Datum.GCJ02).tolist() == [list(washington[0])]


def test_the_input_is_not_changed() -> None:
    given = np.array([BEIJING])
    to_wgs84(given, Datum.BD09)
    assert given.tolist() == [list(BEIJING)]


def test_not_a_number_stays_not_a_number() -> None:
    assert np.isnan(to_wgs84([(np.nan, 30.0)], Datum.GCJ02)).any()


def test_shapes_are_converted_vertex_by_vertex() -> None:
    squares = np.array([shapely.box(104, 30, 104.01, 30.01), shapely.box(106, 30, 106.01, 30.01)])
    moved = shape_from_wgs84(squares, Datum.GCJ02)
    corner = shapely.get_coordinates(squares)[:1]
    assert shapely.get_coordinates(moved)[0] == pytest.approx(from_wgs84(corner, Datum.GCJ02)[0])
    assert shapely.equals_exact(shape_to_wgs84(moved, Datum.GCJ02), squares, 1e-8).all()
