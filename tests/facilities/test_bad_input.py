"""What is wrong is refused with a clear word, and nothing of it is half stored."""

import json
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pyogrio.raw
import pytest
import shapely
from django.core.management import CommandError, call_command

from gis_grid.facilities.models import (
    Facility,
    FacilityCategory,
    PopulationCell,
    Run,
    WalkNetwork,
)
from tests import circles
from tests.geofiles import write_gpkg
from tests.world import World

pytestmark = pytest.mark.django_db

MANY = 1_000_001
COVER: dict[str, Any] = {"network": "town", "category": ["clinic"]}
SITES: dict[str, Any] = {"network": "town", "category": "clinic", "sites": 1}


def refusal(command: str, *args: object, **options: object) -> str:
    """Return the code of a refusal, after seeing that it says more than its code."""
    with pytest.raises(CommandError) as refused:
        call_command(command, *map(str, args), stdout=StringIO(), **options)
    code, _colon, words = str(refused.value).partition(": ")
    assert len(words) > 10
    return code


def told(command: str, *args: object, **options: object) -> dict[str, Any]:
    out = StringIO()
    call_command(command, *map(str, args), json=True, stdout=out, **options)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def nothing_stored() -> bool:
    tables = (WalkNetwork, Facility, FacilityCategory, PopulationCell, Run)
    return not any(table.objects.exists() for table in tables)


def ring(vertices: int) -> list[tuple[float, float]]:
    angles = np.linspace(0, 2 * np.pi, vertices)
    x, y = 114.98 + 0.01 * np.cos(angles), 27.11 + 0.01 * np.sin(angles)
    points = list(zip(x.tolist(), y.tolist(), strict=True))
    return [*points[:-1], points[0]]


def extract(path: Path, nodes: Iterable[tuple[float, float]], *, way: bool = False) -> Path:
    """Write a PBF of nodes, and of one way through them that is no street."""
    with osmium.SimpleWriter(str(path)) as writer:
        refs = []
        for number, place in enumerate(nodes, 1):
            writer.add_node(osmium.osm.mutable.Node(id=number, location=place, tags={"a": "b"}))
            refs.append(number)
        if way:
            river = {"waterway": "river"}
            writer.add_way(osmium.osm.mutable.Way(id=1, nodes=refs, tags=river))
    return path


@pytest.fixture
def town(world: World, media: Path) -> World:
    circles.build(world)
    return world


class TestStreets:
    """Extracts."""

    @pytest.mark.parametrize("way", [False, True])
    def test_an_extract_without_a_way_to_walk(
        self, tmp_path: Path, media: Path, *, way: bool
    ) -> None:
        path = extract(tmp_path / "x.osm.pbf", [(114.98, 27.11), (114.99, 27.11)], way=way)

        assert refusal("import_streets", path, name="x") == "no_streets"
        assert nothing_stored()
        assert not list(media.rglob("*.npy"))

    @pytest.mark.parametrize("content", [b"", b"\x00\x00\x00\x0d", b"PK\x03\x04", b"<osm/>"])
    def test_what_is_no_extract(self, tmp_path: Path, media: Path, content: bytes) -> None:
        path = tmp_path / "x.osm.pbf"
        path.write_bytes(content)

        assert refusal("import_streets", path, name="x") == "not_a_pbf"
        assert nothing_stored()

    @pytest.mark.parametrize("part", [0.02, 0.5, 0.98])
    def test_one_that_breaks_off(
        self, real_data: Path, tmp_path: Path, media: Path, part: float
    ) -> None:
        whole = (real_data / "osm" / "ninghua_fujian_2023.osm.pbf").read_bytes()
        path = tmp_path / "half.osm.pbf"
        path.write_bytes(whole[: int(part * len(whole))])

        assert refusal("import_streets", path, name="x") == "truncated_pbf"
        assert nothing_stored()

    @pytest.mark.parametrize(
        ("options", "code"),
        [
            ({"margin_m": float("nan")}, "out_of_range"),
            ({"margin_m": -1}, "out_of_range"),
            ({"margin_m": 1e9}, "out_of_range"),
            ({"name": ""}, "bad_name"),
            ({"name": "x" * 61}, "bad_name"),
        ],
    )
    def test_a_margin_or_a_name_that_is_none(
        self, real_data: Path, media: Path, options: dict[str, Any], code: str
    ) -> None:
        path = real_data / "osm" / "ninghua_fujian_2023.osm.pbf"

        assert refusal("import_streets", path, **{"name": "x", **options}) == code
        assert nothing_stored()

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        assert refusal("import_streets", tmp_path / "none.osm.pbf", name="x") == "no_such_file"


class TestPeople:
    """Population."""

    def test_a_polygon_of_a_million_and_one_vertices(self, tmp_path: Path) -> None:
        path = tmp_path / "p.geojson"
        shape = {"type": "Polygon", "coordinates": [ring(MANY)]}
        path.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": shape}))
        answer = told("import_population", path)

        assert answer["accepted"] == 0
        assert [each["code"] for each in answer["rejected"]] == ["too_many_vertices"]
        assert nothing_stored()

    def test_the_same_in_a_geopackage(self, tmp_path: Path) -> None:
        path = write_gpkg(tmp_path / "p.gpkg", [shapely.Polygon(ring(MANY))], {"n": [4]})
        answer = told("import_population", path, value="n")

        assert answer["accepted"] == 0
        assert [each["code"] for each in answer["rejected"]] == ["too_many_vertices"]
        assert nothing_stored()

    @pytest.mark.parametrize("weight", [float("nan"), float("inf"), -0.5])
    def test_weights_in_a_geopackage_that_are_no_people(
        self, tmp_path: Path, weight: float
    ) -> None:
        path = tmp_path / "p.gpkg"
        pyogrio.raw.write(
            path,
            shapely.to_wkb(shapely.points([[114.98, 27.11], [114.99, 27.11]])),
            [np.array([weight, 7.0])],
            ["n"],
            driver="GPKG",
            geometry_type="Point",
            crs="EPSG:4326",
        )
        answer = told("import_population", path, value="n")

        assert [each["code"] for each in answer["rejected"]] == ["bad_weight"]
        assert PopulationCell.objects.get().weight == 7

    def test_bare_nan_is_no_json(self, tmp_path: Path) -> None:
        path = tmp_path / "p.geojson"
        point = {"type": "Point", "coordinates": [114.98, 27.11]}
        feature = {"type": "Feature", "properties": {"n": float("nan")}, "geometry": point}
        path.write_text(json.dumps(feature))

        assert refusal("import_population", path, value="n") == "not_json"
        assert nothing_stored()

    def test_an_extract_without_buildings(self, tmp_path: Path) -> None:
        path = extract(tmp_path / "x.osm.pbf", [(114.98, 27.11)])

        assert refusal("import_population", path) == "no_features"
        assert nothing_stored()

    def test_a_wrong_row_leaves_what_was_there(self, tmp_path: Path) -> None:
        path = tmp_path / "p.csv"
        path.write_text("id,lon,lat,n\na,114.98,27.11,5\n")
        told("import_population", path, value="n")
        path.write_text("id,lon,lat,n\na,114.98,27.11,nan\n")
        told("import_population", path, value="n")

        assert PopulationCell.objects.get().weight == 5


class TestFacilities:
    """Facilities."""

    def test_an_extract_without_one_says_which_tags_it_looked_for(self, tmp_path: Path) -> None:
        path = extract(tmp_path / "x.osm.pbf", [(114.98, 27.11)])
        answer = told("import_facilities", path, category="clinic")

        assert (answer["read"], "amenity=clinic" in answer["notes"][0]) == (0, True)
        assert nothing_stored()

    @pytest.mark.parametrize("code", ["", " ", "x" * 41])
    def test_a_category_that_is_none(self, tmp_path: Path, code: str) -> None:
        path = tmp_path / "f.csv"
        path.write_text("id,lon,lat\na,114.98,27.11\n")
        with pytest.raises(CommandError):
            told("import_facilities", path, category=code)
        assert nothing_stored()

    def test_one_outside_the_network_is_counted_and_serves_nobody(self, town: World) -> None:
        before = told("compute_coverage", **COVER)
        circles.place("clinic", "far", "远处", (90_000, 0))
        circles.place("clinic", "field", "田间", (-140, -140))
        after = told("compute_coverage", **COVER)

        assert before["notes"] == []
        assert len([note for note in after["notes"] if note.startswith("1 ")]) == 2
        assert after["categories"][0]["covered"] == before["categories"][0]["covered"]


class TestQuestions:
    """Questions that have no answer."""

    @pytest.mark.parametrize(
        ("command", "asked", "code"),
        [
            ("compute_coverage", {**COVER, "speed": 0}, "out_of_range"),
            ("compute_coverage", {**COVER, "speed": float("inf")}, "out_of_range"),
            ("compute_coverage", {**COVER, "minutes": 10_000}, "out_of_range"),
            ("compute_coverage", {**COVER, "circle_m": float("nan")}, "out_of_range"),
            ("compute_coverage", {**COVER, "gates": "midnight"}, "bad_time"),
            ("compute_coverage", {**COVER, "gates": "24:01"}, "bad_time"),
            ("compute_coverage", {**COVER, "category": ["x"]}, "no_such_category"),
            ("compute_coverage", {**COVER, "network": "x"}, "no_such_network"),
            ("plan_sites", {**SITES, "sites": 0}, "out_of_range"),
            ("plan_sites", {**SITES, "sites": 100_000}, "out_of_range"),
            ("plan_sites", {**SITES, "share": 2, "objective": "fewest"}, "out_of_range"),
            ("plan_sites", {**SITES, "share": float("nan")}, "out_of_range"),
            ("plan_sites", {**SITES, "time_limit": 0}, "out_of_range"),
            ("plan_sites", {**SITES, "speed": 0}, "out_of_range"),
        ],
    )
    def test_refused(self, town: World, command: str, asked: dict[str, Any], code: str) -> None:
        assert refusal(command, **asked) == code
        assert not Run.objects.exists()

    def test_a_category_without_a_facility(self, town: World) -> None:
        FacilityCategory.objects.create(code="park", name="公园")

        assert refusal("compute_coverage", **{**COVER, "category": ["park"]}) == "no_facility"
        assert not Run.objects.exists()

    @pytest.mark.parametrize("row", ["a,nan,27.11", "a,114.98,", "a,500,27.11"])
    def test_candidates_that_are_no_places(self, town: World, tmp_path: Path, row: str) -> None:
        path = tmp_path / "c.csv"
        path.write_text(f"id,lon,lat\n{row}\n")

        assert refusal("plan_sites", **SITES, candidates=path) == "bad_candidates"
