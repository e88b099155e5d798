"""Geometries from outside: rows 1 to 26 of the bad-input table, and what is accepted."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import shapely

from gis_grid.errors import Invalid
from gis_grid.geo.geojson import (
    build_geometry,
    parse_geometry,
    parse_point,
    read_geometry,
    strict_json,
)

AREAL = ("Polygon", "MultiPolygon")
SQUARE = [[106.0, 30.0], [106.1, 30.0], [106.1, 30.1], [106.0, 30.1], [106.0, 30.0]]


def point(*coordinates: Any) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(coordinates)}


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def moved(ring: list[list[float]], dx: float, scale: float = 1.0) -> list[list[float]]:
    return [[106 + dx + (x - 106) * scale, 30 + dx + (y - 30) * scale] for x, y in ring]


def refusal_of(obj: Any, kinds: tuple[str, ...] = ("Point",)) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        parse_geometry(obj, kinds)
    return refusal.value


def test_a_point_is_read_and_rounded_to_seven_decimals() -> None:
    read = parse_geometry(point(106.123456789012, 30.98765432109876))
    assert read.coords[0] == (106.1234568, 30.9876543)


@pytest.mark.parametrize(
    ("obj", "code"),
    [
        (strict_json(b'{"type": "Point", "coordinates": [1e400, 1]}'), "coordinate_not_finite"),
        (point(float("nan"), 1.0), "coordinate_not_finite"),
        (point(10**400, 1), "coordinate_not_finite"),
        (point(500, 500), "out_of_range"),
        (point(1e300, 1.0), "out_of_range"),
        (point(106.0, 90.0), "out_of_range"),
        (point(0, 90), "out_of_range"),
        (point(39.9, 116.4), "axes_swapped"),
        (point(43.8, 87.6), "axes_swapped"),
        (point("106.1", "30.2"), "not_a_number"),
        (point(True, False), "not_a_number"),
        (point(None, 1.0), "not_a_number"),
        (point(), "empty"),
        (point(106.0), "not_coordinates"),
        ({"type": "Point", "coordinates": None}, "empty"),
        ({"type": "Point"}, "empty"),
        ({"type": "Point", "coordinates": 5}, "not_coordinates"),
        ({"type": "Point", "coordinates": {"lon": 1}}, "not_coordinates"),
        (None, "missing"),
        (polygon(SQUARE), "wrong_type"),
        ({"type": "point", "coordinates": [1, 1]}, "wrong_type"),
        ({"type": ["Point"], "coordinates": [1, 1]}, "wrong_type"),
        ("SRID=999999;POINT(1 1)", "wrong_type"),
        ("POINT(1e999 nan)", "wrong_type"),
        ({"type": "Feature", "geometry": point(1, 1)}, "wrong_type"),
        ({"type": "FeatureCollection", "features": []}, "wrong_type"),
        ({"type": "GeometryCollection", "geometries": [point(1, 1)]}, "too_deep"),
        (point(106.0, 30.0, 5.0, 1.0), "measure_not_allowed"),
    ],
)
def test_points_that_are_refused(obj: Any, code: str) -> None:
    assert refusal_of(obj).code == code


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "name", "properties": {"name": "EPSG:3857"}},
        {"type": "link", "properties": {"href": "http://127.0.0.1:9/crs", "type": "ogcwkt"}},
        {"type": "name", "properties": {"name": None}},
        "EPSG:4326",
        None,
    ],
)
def test_another_coordinate_system_is_refused(crs: Any) -> None:
    assert refusal_of(point(1, 1) | {"crs": crs}).code == "crs_not_allowed"


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326"])
def test_wgs84_may_be_said_out_loud(name: str) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    assert parse_geometry(point(1, 1) | {"crs": crs}) == shapely.Point(1, 1)


@pytest.mark.parametrize(
    ("obj", "code"),
    [
        (polygon(SQUARE[:-1]), "ring_not_closed"),
        (polygon(SQUARE[:2] + SQUARE[:1]), "degenerate"),
        (polygon([SQUARE[0], SQUARE[1], SQUARE[1], SQUARE[0]]), "degenerate"),
        (polygon([SQUARE[0], SQUARE[1], [106.05, 30.0], SQUARE[0]]), "degenerate"),
        (polygon([[106, 30], [106.00000001, 30], [106, 30.00000001], [106, 30]]), "degenerate"),
        (polygon([*SQUARE[:3], [106.1, 30.2], *SQUARE[2:]]), "degenerate"),
        (polygon([SQUARE[i] for i in (0, 2, 1, 3, 0)]), "self_intersection"),
        (polygon(SQUARE, moved(SQUARE, 0.5)), "hole_outside"),
        (polygon(SQUARE, moved(SQUARE, 0.01, 0.5), moved(SQUARE, 0.02, 0.1)), "holes_nested"),
        (polygon(SQUARE, moved(SQUARE, 0.01, 0.5), moved(SQUARE, 0.03, 0.5)), "self_intersection"),
        (
            {"type": "MultiPolygon", "coordinates": [[SQUARE], [moved(SQUARE, 0.01, 0.5)]]},
            "nested_shells",
        ),
        (polygon([[170, 0], [-170, 0], [-170, 10], [170, 10], [170, 0]]), "too_large"),
        (polygon([[-180, -80], [180, -80], [180, 80], [-180, 80], [-180, -80]]), "too_large"),
        (polygon([[-180, -90], [180, -90], [180, 90], [-180, 90], [-180, -90]]), "out_of_range"),
        (polygon([[y, x] for x, y in SQUARE]), "axes_swapped"),
        (polygon(), "empty"),
        (polygon([]), "empty"),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE], []]}, "empty"),
        (polygon([[]]), "empty"),
        (polygon(*SQUARE), "not_coordinates"),
        (polygon([[*SQUARE[0], 1, 2], *SQUARE[1:]]), "measure_not_allowed"),
    ],
)
def test_polygons_that_are_refused(obj: Any, code: str) -> None:
    assert refusal_of(obj, AREAL).code == code


def test_the_crossing_of_a_bow_tie_is_located() -> None:
    refusal = refusal_of(polygon([SQUARE[i] for i in (0, 2, 1, 3, 0)]), AREAL)
    assert refusal.extra["location"] == pytest.approx((106.05, 30.05))


def test_an_open_ring_is_named_by_its_index() -> None:
    refusal = refusal_of(polygon(SQUARE, moved(SQUARE, 0.01, 0.5)[:-1]), AREAL)
    assert refusal.extra["ring"] == 1


def test_a_ring_open_by_a_rounding_slip_is_closed_and_said() -> None:
    parsed = read_geometry(polygon([*SQUARE[:-1], [106.0 + 5e-10, 30.0]]), AREAL)
    assert parsed.geometry.equals(shapely.box(106, 30, 106.1, 30.1))
    assert len(parsed.notes) == 1
    assert "0" in str(parsed.notes[0])


def test_heights_are_dropped_and_said_once() -> None:
    parsed = read_geometry(polygon([[x, y, 12.5] for x, y in SQUARE]), AREAL)
    assert not parsed.geometry.has_z
    assert len(parsed.notes) == 1


def test_a_million_vertices_are_too_many() -> None:
    angles = np.linspace(0, 2 * np.pi, 1_000_001)
    ring = np.column_stack((106 + np.cos(angles), 30 + np.sin(angles))).tolist()
    assert refusal_of(polygon(ring), AREAL).code == "too_many_vertices"


def test_pieces_and_holes_keep_together() -> None:
    hole = moved(SQUARE, 0.01, 0.5)
    pieces = {"type": "MultiPolygon", "coordinates": [[SQUARE, hole], [moved(SQUARE, 0.5)]]}
    read = parse_geometry(pieces, AREAL)
    assert [len(piece.interiors) for piece in read.geoms] == [1, 0]


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("LineString", SQUARE),
        ("MultiLineString", [SQUARE, moved(SQUARE, 1)]),
        ("MultiPoint", SQUARE),
    ],
)
def test_lines_and_points_are_read(kind: str, coordinates: Any) -> None:
    read = parse_geometry({"type": kind, "coordinates": coordinates}, (kind,))
    assert shapely.geometry.mapping(read)["type"] == kind


def test_a_line_of_one_place_is_degenerate() -> None:
    line = {"type": "LineString", "coordinates": [[1, 1], [1, 1]]}
    assert refusal_of(line, ("LineString",)).code == "degenerate"


def test_structure_alone_may_be_checked_in_feet() -> None:
    feet = polygon([[x * 1e4, y * 1e4] for x, y in SQUARE])
    assert build_geometry(feet, AREAL).geometry.bounds[0] == pytest.approx(1_060_000)


@pytest.mark.parametrize(
    "obj",
    [
        point(105.123456789, 31.5),
        point(105, 31),
        point(105.5, 31.5) | {"crs": {"type": "name", "properties": {"name": "EPSG:4490"}}},
        point(-180.0, -85.0),
        point(31.5, 105.5),
        point(181.0, 0.0),
        point(10.0, 85.1),
        point(math.nan, 1.0),
        point(math.inf, 1.0),
        point(True, 1.0),
        point("105.5", 31.5),
        {"type": "Point", "coordinates": [105.5, 31.5, 4.0]},
        {"type": "Point", "coordinates": []},
        {"type": "Point"},
        {"type": "LineString", "coordinates": [105.5, 31.5]},
        None,
        [105.5, 31.5],
    ],
)
def test_a_point_is_read_alike_with_and_without_a_geometry(obj: Any) -> None:
    def told(read: Callable[[Any], Any]) -> Any:
        try:
            return read(obj)
        except Invalid as refusal:
            return refusal.code

    with_geometry = told(parse_geometry)
    expected = with_geometry if isinstance(with_geometry, str) else with_geometry.coords[0]
    assert told(parse_point) == expected
