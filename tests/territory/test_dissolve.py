"""`import_areas --dissolve`: rows of one code become one area, whole or not at all."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from django.core.management import CommandError, call_command

from gis_grid.geo.metric import LocalMetric
from gis_grid.territory.dissolve import union
from gis_grid.territory.models import Area, Boundary, Level
from tests.geofiles import write_geojson

pytestmark = pytest.mark.django_db

PLANE = LocalMetric(106.63, 30.46)
BOW_TIE = PLANE.shape_to_lonlat(shapely.Polygon([(200, 0), (300, 100), (300, 0), (200, 100)]))


def square(x: float, width: float = 100) -> shapely.Polygon:
    """A strip of the plane, 100 m high, in degrees with 7 decimals."""
    return shapely.transform(
        PLANE.shape_to_lonlat(shapely.box(x, 0, x + width, 100)), lambda xy: np.round(xy, 7)
    )


@pytest.fixture
def load(tmp_path: Path) -> Any:
    """Return a function: rows (shape, code, name, more fields) and options -> the document."""

    def run(rows: list[tuple[Any, ...]], *options: str, level: str = "district") -> dict[str, Any]:
        features = [
            (shape, {"code": code, "name": name, **dict(more)}) for shape, code, name, *more in rows
        ]
        path = write_geojson(tmp_path / "areas.geojson", features)
        out = StringIO()
        command = ["import_areas", str(path), "--code", "code", "--name", "name", "--level", level]
        try:
            call_command(*command, "--dissolve", *options, "--json", stdout=out)
        except CommandError:
            assert json.loads(out.getvalue())["refused"]
        document: dict[str, Any] = json.loads(out.getvalue())
        return document

    return run


def shape_of(code: str) -> Any:
    return shapely.from_wkb(bytes(Boundary.objects.get(area__code=code).shape.wkb))


def codes(document: dict[str, Any]) -> list[tuple[int, str]]:
    return [(one["row"], one["code"]) for one in document["rejected"]]


def test_neighbouring_rows_of_one_code_lose_their_inner_border(load: Any) -> None:
    document = load([(square(0), "7", "第七区"), (square(100), "7", "第七区")])

    assert (document["read"], document["accepted"]) == (2, 1)
    (piece,) = shapely.get_parts(shape_of("7"))
    assert piece.equals(square(0, 200))


def test_rows_that_lie_apart_become_pieces_of_one_area(load: Any) -> None:
    load([(square(0), "7", "第七区"), (square(500), "7", "第七区"), (square(300), "8", "第八区")])

    assert Area.objects.count() == 2
    assert len(shapely.get_parts(shape_of("7"))) == 2
    assert shape_of("8").equals(square(300))


def test_dissolving_the_same_file_again_changes_nothing(load: Any) -> None:
    rows = [(square(0), "7", "第七区"), (square(100), "7", "第七区")]
    load(rows)

    assert load(rows[::-1])["unchanged"] == 1


def test_rows_of_one_code_must_have_one_name(load: Any) -> None:
    rows = [
        (square(0), "7", "第七区"),
        (square(100), "7", "东区"),
        (square(200), "8", "第八区"),
    ]

    assert codes(load(rows)) == [(1, "rows_disagree"), (2, "rows_disagree")]
    assert not Area.objects.exists()
    load(rows, "--on-error", "skip")
    assert [area.code for area in Area.objects.all()] == ["8"]


def test_rows_of_one_code_must_have_one_parent(load: Any) -> None:
    load([(square(0, 400), "A", "甲区"), (square(400, 400), "B", "乙区")])

    rows = [(square(300), "1", "一街", ("up", "A")), (square(400), "1", "一街", ("up", "B"))]

    document = load(rows, "--parent", "up", level="street")
    assert codes(document) == [(1, "rows_disagree"), (2, "rows_disagree")]
    assert {one["field"] for one in document["rejected"]} == {"up"}


def test_dissolved_rows_find_the_parent_they_name(load: Any) -> None:
    load([(square(0, 400), "A", "甲区")])

    load(
        [(square(0), "1", "一街", ("up", "A")), (square(100), "1", "一街", ("up", "A"))],
        *("--parent", "up"),
        level="street",
    )

    assert Area.objects.get(level=Level.STREET).parent == Area.objects.get(code="A")


def test_an_area_with_a_broken_piece_is_not_written_in_part(load: Any) -> None:
    rows = [(square(100), "7", "第七区"), (BOW_TIE, "7", "第七区"), (square(300), "8", "第八区")]

    document = load(rows, "--on-error", "skip")

    assert codes(document) == [(2, "self_intersection"), (1, "piece_missing")]
    assert [area.code for area in Area.objects.all()] == ["8"]


def test_without_dissolve_a_code_that_comes_twice_is_rejected(tmp_path: Path) -> None:
    twice = [(square(x), {"code": "7", "name": "第七区"}) for x in (0, 100)]
    path = write_geojson(tmp_path / "areas.geojson", twice)

    with pytest.raises(CommandError, match="rows_rejected"):
        call_command(
            "import_areas", str(path), "--level=grid", "--code=code", "--name=name",
            stdout=StringIO(),
        )  # fmt: skip


def test_the_union_of_rough_neighbours_stays_valid_on_the_raster() -> None:
    dice = np.random.default_rng(5)
    cuts = np.round(dice.uniform(106.63, 106.64, (40, 2)), 7)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(cuts)))
    cells = shapely.transform(np.array(cells), lambda xy: np.round(xy, 7))
    cells = cells[shapely.is_valid(cells)]

    whole = union(cells)

    assert shapely.is_valid(whole)
    xy = shapely.get_coordinates(whole)
    assert np.array_equal(xy, np.round(xy, 7))
    assert whole.area == pytest.approx(shapely.area(cells).sum(), rel=1e-6)
