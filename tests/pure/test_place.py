"""From a file's own coordinates to WGS84: systems, datums, and what cannot be degrees."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from gis_grid.errors import Invalid
from gis_grid.exchange.layer import Layer, Row
from gis_grid.exchange.place import Placed, place
from gis_grid.exchange.readers import read_layer
from gis_grid.geo.datum import Datum, shape_from_wgs84
from gis_grid.geo.metric import area_m2, distance_m

SQUARE = shapely.box(114.1, 23.0, 114.2, 23.1)


def layer(*shapes: object, crs: str | None = "EPSG:4326") -> Layer:
    return Layer(crs, [Row(i, {}, shape) for i, shape in enumerate(shapes, 1)])


def projected(srid: int, shape: shapely.Polygon = SQUARE) -> shapely.Polygon:
    there = Transformer.from_crs(4326, srid, always_xy=True)
    return shapely.transform(shape, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))


def refusal_code(*args: object, **options: object) -> str:
    with pytest.raises(Invalid) as refusal:
        place(*args, **options)
    return refusal.value.code


def corners(placed: Placed) -> np.ndarray:
    return shapely.get_coordinates(placed.shapes[0])


def test_degrees_of_wgs84_stay() -> None:
    placed = place(layer(SQUARE))
    assert placed.shapes[0].equals(SQUARE)
    assert placed.faults == {}


def test_cgcs2000_degrees_stay() -> None:
    assert place(layer(SQUARE, crs="EPSG:4490")).shapes[0].equals(SQUARE)


@pytest.mark.parametrize("srid", [4547, 4526, 32650, 3857])
def test_projected_metres_come_back_to_the_centimetre(srid: int) -> None:
    placed = place(layer(projected(srid), crs=f"EPSG:{srid}"))
    assert distance_m(corners(placed), shapely.get_coordinates(SQUARE)).max() < 0.02
    assert len(placed.notes) == 1


def test_srid_overrides_what_the_file_says() -> None:
    placed = place(layer(projected(4547)), srid=4547)
    assert distance_m(corners(placed), shapely.get_coordinates(SQUARE)).max() < 0.02


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_the_offset_of_a_datum_is_undone(datum: Datum) -> None:
    placed = place(layer(shape_from_wgs84(SQUARE, datum)), datum=datum)
    assert distance_m(corners(placed), shapely.get_coordinates(SQUARE)).max() < 0.02


def test_a_datum_says_that_these_are_degrees() -> None:
    placed = place(layer(SQUARE, crs=None), datum=Datum.CGCS2000)
    assert placed.shapes[0].equals(SQUARE)


@pytest.mark.parametrize(
    ("given", "options", "code"),
    [
        (layer(SQUARE, crs=None), {}, "crs_missing"),
        (layer(SQUARE), {"srid": 999_999}, "crs_unknown"),
        (layer(SQUARE, crs="LOCAL_CS[broken"), {}, "crs_unknown"),
        (layer(projected(2248, shapely.box(-77.1, 38.8, -76.9, 39))), {}, "not_degrees"),
        (layer(shapely.box(23.0, 114.1, 23.1, 114.2)), {}, "axes_swapped"),
        (layer(projected(4547)), {"srid": 4547, "datum": Datum.GCJ02}, "datum_needs_degrees"),
        (layer(SQUARE), {"srid": 4547}, "looks_like_degrees"),
        (layer(projected(4526)), {"srid": 4547}, "outside_crs_area"),
        (layer(SQUARE, crs="EPSG:4610"), {}, "crs_not_supported"),
        (layer(projected(2384), crs="EPSG:2384"), {}, "crs_not_supported"),
    ],
)
def test_whole_files_that_are_refused(given: Layer, options: dict, code: str) -> None:
    assert refusal_code(given, **options) == code


def test_a_feet_file_that_claims_degrees_is_told_to_give_srid() -> None:
    feet = projected(2248, shapely.box(-77.1, 38.8, -76.9, 39))
    with pytest.raises(Invalid, match="--srid"):
        place(layer(feet))
    placed = place(layer(feet), srid=2248)
    assert placed.shapes[0].bounds == pytest.approx((-77.1, 38.8, -76.9, 39), abs=1e-6)


def test_one_stray_shape_is_its_own_fault() -> None:
    placed = place(layer(SQUARE, SQUARE, shapely.box(1141.0, 23.0, 1141.1, 23.1)))
    assert {index: fault.code for index, fault in placed.faults.items()} == {2: "out_of_range"}


def test_faults_of_shapes_are_found_after_the_transformation() -> None:
    bow_tie = shapely.Polygon([(114, 23), (114.1, 23.1), (114.1, 23), (114, 23.1)])
    placed = place(layer(projected(4547), projected(4547, bow_tie), crs="EPSG:4547"))
    assert placed.faults[1].code == "self_intersection"
    assert placed.faults[1].location == pytest.approx((114.05, 23.05), abs=1e-3)


def test_shared_borders_stay_shared() -> None:
    """Two neighbours in metres have the same vertices after transformation and rounding."""
    west = shapely.box(500_000, 2.5e6, 501_000, 2.501e6)
    east = shapely.box(501_000, 2.5e6, 502_000, 2.501e6)
    one, other = place(layer(west, east, crs="EPSG:4547")).shapes
    assert one.touches(other)


def test_county_outlines_in_gcj02_have_their_known_areas(real_data: Path) -> None:
    """The areas in the data's README were measured in UTM, independently of this code."""
    known_km2 = {
        "广安区": 1026.4,
        "前锋区": 502.9,
        "金堂县": 1157.2,
        "广汉市": 547.3,
        "吉州区": 424.6,
        "雨花区": 290.1,
        "惠城区": 1490.0,
        "惠阳区": 1238.1,
        "贵溪市": 2491.1,
        "龙岗区": 780.3,
    }
    outlines = read_layer(real_data / "places" / "county_outlines_2016_gcj02.geojson")
    placed = place(outlines, datum=Datum.GCJ02)
    names = [row.attributes["name"] for row in outlines.rows]
    found = dict(zip(names, area_m2(placed.shapes) / 1e6, strict=True))
    assert found == pytest.approx(known_km2, rel=1e-3)
