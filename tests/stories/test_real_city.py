"""A real city from its own files: Washington's areas nest, its wards keep their dates, and its
incidents find the wards that the city itself gave them.

The commands are those of docs/real-data.md, read from there, so the page stays true.
"""

import csv
import json
import re
import shlex
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation
from pyproj import Transformer

from gis_grid.exchange.readers import read_layer
from gis_grid.geo.metric import area_m2
from gis_grid.territory.models import Area, Boundary, Level
from incidents.models import Event, Incident
from tests.geofiles import write_geojson

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).resolve().parents[2] / "docs" / "real-data.md"
INCIDENTS = "incidents_2024q1_with_city_labels.csv.gz"
MARYLAND_FEET = 2248

# Of 5,735 labelled incidents; the city's own answer varies with the rounding of coordinates.
AGREE_2022 = range(5622, 5630)
AGREE_2012 = range(5433, 5439)

_LARGEST_OVERLAP_M2 = """
SELECT coalesce(max(ST_Area(ST_CollectionExtract(
           ST_Intersection(x.shape, y.shape), 3)::geography)), 0)
  FROM territory_boundary x JOIN territory_area a ON a.id = x.area_id
  JOIN territory_boundary y ON x.shape && y.shape AND x.id < y.id
  JOIN territory_area b ON b.id = y.area_id AND a.level = b.level
"""
_LARGEST_PART_OUTSIDE_PARENT_M2 = """
SELECT max(ST_Area(ST_CollectionExtract(ST_Difference(x.shape, y.shape), 3)::geography))
  FROM territory_boundary x JOIN territory_area a ON a.id = x.area_id
  JOIN territory_boundary y ON y.area_id = a.parent_id
"""


@pytest.fixture
def city(real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder with Washington's files; what commands write goes to a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return real_data / "dc"


def documented(command: str, about: str, city: Path) -> list[str]:
    """Return the page's calls of a command that mention a word, as typed, with the data's place."""
    text = PAGE.read_text("utf-8").replace("\\\n", " ")
    lines = re.findall(rf"^\./gridctl manage ({command} .*{about}.*)$", text, re.MULTILINE)
    assert lines, f"docs/real-data.md has no {command} with {about}"
    return [line.replace("../shared/data/dc", str(city)) for line in lines]


def manage(line: str) -> dict[str, Any]:
    """Run a management command with --json and return its document."""
    out = StringIO()
    call_command(*shlex.split(line.removesuffix(" --json")), "--json", stdout=out)
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def import_police(city: Path) -> list[dict[str, Any]]:
    """Import districts, sectors and areas as the page does."""
    return [manage(line) for line in documented("import_areas", "police_", city)]


def import_wards(city: Path) -> list[dict[str, Any]]:
    """Import the wards of 2012, then those of 2022, as the page does."""
    return [manage(line) for line in documented("import_areas", "wards_", city)]


def route(city: Path, at: str) -> dict[str, Any]:
    """Route the city's incidents to wards and compare with the city's labels."""
    return manage(
        f"route {city / INCIDENTS} --lon X --lat Y --at {at} --level community --compare WARD"
    )


def largest_m2(query: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return float(cursor.fetchone()[0])


def test_police_areas_load_as_three_nested_levels(city: Path) -> None:
    documents = import_police(city)

    assert [document["accepted"] for document in documents] == [7, 21, 56]
    assert not any(d[kind] for d in documents for kind in ("overlaps", "outside_parent"))
    assert largest_m2(_LARGEST_OVERLAP_M2) < 1
    assert largest_m2(_LARGEST_PART_OUTSIDE_PARENT_M2) < 1
    grids = Area.objects.filter(level=Level.GRID)
    chains = grids.values_list("parent__parent__code", "parent__code", "code")
    assert all(sector.startswith(district) for district, sector, _ in chains)
    assert {code[0] for *_, code in chains} == {district for district, *_ in chains}


def test_importing_everything_again_changes_nothing(city: Path) -> None:
    for _ in range(2):
        documents = [*import_police(city), *import_wards(city)]

    assert [document["accepted"] for document in documents] == [0, 0, 0, 0, 0]
    assert [document["unchanged"] for document in documents] == [7, 21, 56, 8, 8]
    # Wards 3 and 4 were not redrawn: one boundary holds for both years.
    assert Boundary.objects.filter(area__level=Level.COMMUNITY).count() == 14


def test_incidents_agree_with_the_city_by_the_boundaries_of_their_day(city: Path) -> None:
    import_wards(city)

    now, then = (manage(line) for line in documented("route", "WARD", city))

    assert now["read"] == now["routed"] == now["agreement"]["labelled"] == 5735
    assert now["agreement"]["agree"] in AGREE_2022
    assert then["agreement"]["agree"] in AGREE_2012
    assert 0.980 <= now["agreement"]["share"] <= 0.982
    assert 0.947 <= then["agreement"]["share"] <= 0.9485
    assert set(now["methods"]) <= {"covers", "edge", "nearest"}


def test_the_last_day_of_a_boundary_is_the_eve_of_the_next(city: Path) -> None:
    for line in reversed(documented("import_areas", "wards_", city)):
        manage(line)  # the older file last: its boundaries end where the newer begin

    assert route(city, "2022-01-01")["agreement"]["agree"] in AGREE_2022
    assert route(city, "2021-12-31")["agreement"]["agree"] in AGREE_2012


def test_the_incidents_become_cases_on_the_areas_that_route_gives(
    city: Path, tmp_path: Path
) -> None:
    import_police(city)
    (line,) = documented("import_incidents", INCIDENTS, city)
    columns = "--lon X --lat Y --at REPORT_DAT --level grid"
    routed = manage(f"route {city / INCIDENTS} {columns} --out {tmp_path / 'routed.csv'}")

    first, second = manage(line), manage(line)

    assert (first["read"], first["accepted"], first["rejected"]) == (5735, 5735, [])
    assert (second["accepted"], second["unchanged"], second["rejected"]) == (0, 5735, [])
    assert first["methods"] == routed["methods"]
    with (tmp_path / "routed.csv").open(encoding="utf-8", newline="") as file:
        expected = {row["OBJECTID"]: row["area_code"] for row in csv.DictReader(file)}
    assert dict(Incident.objects.values_list("external_id", "area__code")) == expected
    assert Event.objects.filter(kind="import").count() == 5735


def test_a_column_of_other_times_closes_nothing_before_it_was_reported(city: Path) -> None:
    import_police(city)
    (line,) = documented("import_incidents", INCIDENTS, city)

    document = manage(f"{line} --closed-at END_DATE --dry-run")

    codes = {fault["code"] for fault in document["rejected"]}
    assert codes == {"closed_before_reported"}
    assert len(document["rejected"]) > document["accepted"]


def test_areas_in_feet_that_claim_degrees_are_refused_until_told(
    city: Path, tmp_path: Path
) -> None:
    areas = read_layer(city / "police_service_areas_2018.geojson").rows
    to_feet = Transformer.from_crs(4326, MARYLAND_FEET, always_xy=True)
    shapes = [shapely.transform(a.shape, to_feet.transform, interleaved=False) for a in areas]
    file = write_geojson(
        tmp_path / "feet.geojson",
        [(shape, area.attributes) for shape, area in zip(shapes, areas, strict=True)],
    )
    line = f"import_areas {file} --level grid --code PSA --name PSA"

    with translation.override("en"), pytest.raises(CommandError, match=r"not_degrees.*give --srid"):
        call_command(*shlex.split(line), stdout=StringIO())
    assert not Area.objects.exists()

    assert manage(f"{line} --srid {MARYLAND_FEET}")["accepted"] == 56
    stored = {b.area.code: shapely.from_wkb(bytes(b.shape.wkb)) for b in Boundary.objects.all()}
    for area in areas:
        shape = stored[area.attributes["PSA"]]
        assert area_m2(shape) == pytest.approx(area_m2(area.shape), rel=1e-6)


def test_incidents_in_metres_that_claim_degrees_are_refused(city: Path) -> None:
    line = f"route {city / INCIDENTS} --lon XBLOCK --lat YBLOCK --level community --json"
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command(*shlex.split(line), stdout=out)

    assert json.loads(out.getvalue())["refused"]["code"] == "not_degrees"
