"""Bad boundaries sent to the place's API: refused with where the fault is, nothing redrawn."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis_grid.territory.models import Boundary
from tests.web.contract import refused
from tests.world import LAT, LON, SIDE, World, square

Login = Callable[[str], Client]
URL = "/api/place/areas/A1/boundaries"
X, Y, S = LON, LAT, SIDE


@pytest.fixture
def root(login: Login) -> Client:
    """The administrator's client, warmed up: the first request of a process also imports."""
    client = login("root")
    client.get("/healthz")
    return client


@pytest.fixture
def one_boundary(world: World) -> Iterator[None]:
    """Hold a test to the boundary that was there."""
    before = list(Boundary.objects.order_by("pk").values_list("pk", "during"))
    yield
    assert list(Boundary.objects.order_by("pk").values_list("pk", "during")) == before


def send(client: Client, geometry: str, **changes: Any) -> Any:
    """POST a boundary whose geometry is any text where JSON belongs."""
    body = {"geometry": "here", "valid_from": "2026-05-01", **changes}
    text = json.dumps(body).replace('"here"', geometry)
    return client.generic("POST", URL, text, content_type="application/json")


def polygon(*rings: list[tuple[float, float]]) -> str:
    return json.dumps({"type": "Polygon", "coordinates": rings})


def ring(*corners: tuple[float, float]) -> list[tuple[float, float]]:
    """Return a closed ring from corners in sides of the town's raster."""
    return [(X + column * S, Y + row * S) for column, row in (*corners, corners[0])]


BOX = ring((0, 0), (1, 0), (1, 1), (0, 1))
HOLE = ring((0.2, 0.2), (0.2, 0.8), (0.8, 0.8), (0.8, 0.2))
FAR_HOLE = ring((5, 5), (5, 6), (6, 6), (6, 5))
OPEN = [*BOX[:-1], (X, Y + 1e-6)]

SHAPES = [
    ("05-outside-the-area-above", polygon(*square(900).coords), "outside_area"),
    ("05-null-island", polygon([(0, 0), (0.01, 0), (0.01, 0.01), (0, 0)]), "outside_area"),
    ("06-swapped", polygon([(lat, lon) for lon, lat in BOX]), "axes_swapped"),
    ("08-empty", '{"type":"Polygon","coordinates":[]}', "empty"),
    ("08-empty-ring", '{"type":"Polygon","coordinates":[[]]}', "empty"),
    ("08-null", "null", "missing"),
    ("09-point", '{"type":"Point","coordinates":[105,31]}', "wrong_type"),
    ("10-wkt", '"SRID=999999;POLYGON((0 0,0 1,1 1,0 0))"', "wrong_type"),
    ("16-unclosed", polygon(OPEN), "ring_not_closed"),
    ("17-three-points", polygon([BOX[0], BOX[1], BOX[0]]), "degenerate"),
    ("17-no-area", polygon(ring((0, 0), (0.5, 0.5), (1, 1))), "degenerate"),
    ("17-one-point-repeated", polygon([BOX[0]] * 5), "degenerate"),
    ("17-spike", polygon(ring((0, 0), (1, 0), (1, 1), (1, 2), (1, 1), (0, 1))), "degenerate"),
    ("18-bow-tie", polygon(ring((0, 0), (1, 1), (1, 0), (0, 1))), "self_intersection"),
    ("19-hole-outside", polygon(BOX, FAR_HOLE), "hole_outside"),
    ("19-hole-twice", polygon(BOX, HOLE, HOLE), "self_intersection"),
    (
        "19-holes-overlap",
        polygon(BOX, HOLE, ring((0.5, 0.5), (0.5, 0.9), (0.9, 0.9), (0.9, 0.5))),
        "self_intersection",
    ),
    (
        "19-nested-shells",
        json.dumps({"type": "MultiPolygon", "coordinates": [[BOX], [HOLE]]}),
        "nested_shells",
    ),
    (
        "20-antimeridian",
        polygon([(170, 30), (-170, 30), (-170, 40), (170, 40), (170, 30)]),
        "too_large",
    ),
    (
        "21-whole-earth",
        polygon([(-180, -80), (180, -80), (180, 80), (-180, 80), (-180, -80)]),
        "too_large",
    ),
    ("21-over-the-pole", polygon([(0, 80), (9, 80), (9, 90), (0, 80)]), "out_of_range"),
    (
        "22-collection",
        '{"type":"GeometryCollection","geometries":[' * 500 + "]}" * 500,
        "too_deep",
    ),
    ("24-measure", polygon([(x, y, 1, 2) for x, y in BOX]), "measure_not_allowed"),  # type: ignore[misc]
    (
        "26-feature",
        f'{{"type":"Feature","properties":{{}},"geometry":{polygon(BOX)}}}',
        "wrong_type",
    ),
    ("26-features", '{"type":"FeatureCollection","features":[]}', "wrong_type"),
]


@pytest.mark.usefixtures("one_boundary")
class TestRefused:
    """Nothing is drawn, nothing ends."""

    @pytest.mark.parametrize(
        ("geometry", "code"), [row[1:] for row in SHAPES], ids=[row[0] for row in SHAPES]
    )
    def test_bad_shapes(self, root: Client, geometry: str, code: str) -> None:
        started = time.monotonic()

        answer = send(root, geometry)

        assert time.monotonic() - started < 1
        refused(answer, 422, code)

    def test_16_the_open_ring_is_named(self, root: Client) -> None:
        body = refused(send(root, polygon(BOX, HOLE[:-1])), 422, "ring_not_closed")

        assert body["ring"] == 1

    def test_18_the_crossing_is_placed(self, root: Client) -> None:
        body = refused(send(root, SHAPES[13][1]), 422, "self_intersection")

        assert body["location"] == pytest.approx([X + S / 2, Y + S / 2])

    def test_13_a_crs_that_links_elsewhere_is_never_followed(self, root: Client) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(0.3)
            link = f"http://127.0.0.1:{listener.getsockname()[1]}/crs"
            crs = f'"crs":{{"type":"link","properties":{{"href":"{link}"}}}}'

            refused(send(root, f"{polygon(BOX)[:-1]},{crs}}}"), 422, "crs_not_allowed")

            with pytest.raises(TimeoutError):
                listener.accept()

    def test_12_another_crs_is_refused(self, root: Client) -> None:
        crs = '"crs":{"type":"name","properties":{"name":"EPSG:4547"}}'

        refused(send(root, f"{polygon(BOX)[:-1]},{crs}}}"), 422, "crs_not_allowed")

    def test_23_a_million_vertices_are_refused_in_time(self, root: Client) -> None:
        vertices = "[1,1]," * 1_000_001
        started = time.monotonic()

        answer = send(root, f'{{"type":"Polygon","coordinates":[[{vertices}[1,1]]]}}')

        assert time.monotonic() - started < 1
        refused(answer, 413, "too_large")

    def test_23_more_than_100000_vertices_are_refused(self, root: Client) -> None:
        vertices = "[1,1]," * 100_001

        answer = send(root, f'{{"type":"Polygon","coordinates":[[{vertices}[1,1]]]}}')

        refused(answer, 422, "too_many_vertices")

    @pytest.mark.parametrize(
        "day",
        ["0000-01-01", "9999-12-31", "infinity", "2026-02-29", "2026-3-5", "20260305", 20260305,
         "2026-03-05T00:00:00Z", "2026-03-05 ", "１２３４-01-01", "", True],
    )  # fmt: skip
    def test_36_bad_days(self, root: Client, day: object) -> None:
        body = refused(send(root, polygon(BOX), valid_from=day), 422, "field_invalid")

        assert body["fields"].keys() == {"valid_from"}

    @pytest.mark.parametrize("extra", ["area", "id", "during", "drawn_at", "__proto__"])
    def test_39_unknown_fields(self, root: Client, extra: str) -> None:
        refused(send(root, polygon(BOX), **{extra: 1}), 422, "unknown_field")

    def test_source_has_a_limit(self, root: Client) -> None:
        refused(send(root, polygon(BOX), source="x" * 201), 422, "field_invalid")


class TestKept:
    """What can be put right without guessing is, and it is told."""

    def kept(self, client: Client, geometry: str) -> tuple[Any, dict[str, Any]]:
        answer = send(client, geometry)
        assert answer.status_code == 201, answer.content
        return Boundary.objects.latest("pk").shape, answer.json()

    def test_16_a_gap_of_a_rounding_error_is_closed_and_told(self, root: Client) -> None:
        _shape, body = self.kept(root, polygon([*BOX[:-1], (X + 1e-10, Y)]))

        assert len(body["notes"]) == 1

    def test_25_fifteen_decimals_become_seven(self, root: Client) -> None:
        shape, _body = self.kept(root, polygon([(x + 1.2345e-9, y) for x, y in BOX]))

        assert shape[0][0].coords == tuple(map(tuple, np.round(BOX, 7).tolist()))

    def test_many_pieces_and_holes_are_normal(self, root: Client) -> None:
        far = [(x + 2 * S, y) for x, y in BOX]

        shape, body = self.kept(
            root, json.dumps({"type": "MultiPolygon", "coordinates": [[BOX, HOLE], [far]]})
        )

        assert (len(shape), len(shape[0]), body["pieces"]) == (2, 2, 2)


NUMBERS = st.one_of(
    st.floats(104.99, 105.02),
    st.floats(30.99, 31.02),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, -0.0, 1e308, 1e-300, 180, 90, 85, 10**18]),
)
POINTS = st.lists(st.tuples(NUMBERS, NUMBERS), min_size=0, max_size=6)
NEAR = st.lists(st.tuples(st.floats(X, X + S), st.floats(Y, Y + S)), min_size=3, max_size=8).map(
    lambda corners: [*corners, corners[0]]
)
RINGS = st.lists(st.one_of(POINTS, NEAR), max_size=3)
GEOMETRIES = st.one_of(
    st.fixed_dictionaries({"type": st.just("Polygon"), "coordinates": RINGS}),
    st.fixed_dictionaries({"type": st.just("Polygon"), "coordinates": st.tuples(NEAR)}),
    st.fixed_dictionaries(
        {"type": st.just("MultiPolygon"), "coordinates": st.lists(RINGS, max_size=3)}
    ),
    st.recursive(st.none() | NUMBERS | st.text(max_size=3), st.lists, max_leaves=8),
)


SOUND = """
SELECT ST_IsValid(shape) AND NOT ST_IsEmpty(shape) AND ST_NDims(shape) = 2
   AND ST_XMin(shape) >= -180 AND ST_XMax(shape) <= 180
   AND ST_YMin(shape) >= -85 AND ST_YMax(shape) <= 85
   AND ST_XMax(shape) - ST_XMin(shape) <= 20
  FROM territory_boundary ORDER BY id DESC LIMIT 1
"""


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(geometry=GEOMETRIES)
def test_whatever_is_sent_is_refused_or_sound(root: Client, geometry: Any) -> None:
    with transaction.atomic():
        answer = send(root, json.dumps(geometry))

        if answer.status_code == 201:
            with connection.cursor() as cursor:
                cursor.execute(SOUND)
                assert cursor.fetchone() == (True,)
        else:
            refused(answer, 422, answer.json()["code"])
        transaction.set_rollback(True)
