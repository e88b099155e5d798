"""Washington's real police areas and wards: three nested levels, and one redistricting."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.management import call_command

from gis_grid.exchange.readers import read_layer
from gis_grid.geo.validity import rounded
from gis_grid.territory.models import Area, Boundary, Level
from tests.geofiles import write_geojson

pytestmark = pytest.mark.django_db


def load(path: Path, level: str, code: str, *options: str) -> dict[str, Any]:
    out = StringIO()
    call_command(
        "import_areas",
        str(path),
        *("--level", level, "--code", code, "--name", code, *options, "--json"),
        stdout=out,
    )
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


def districts_from(sectors: Path, target: Path) -> Path:
    """The districts are not a file of their own: a sector's code begins with its district's."""
    groups: dict[str, list[Any]] = {}
    for row in read_layer(sectors).rows:
        groups.setdefault(row.attributes["SECTOR"][0], []).append(row.shape)
    rows = [
        (rounded(shapely.union_all(shapes)), {"DISTRICT": code}) for code, shapes in groups.items()
    ]
    return write_geojson(target, rows)


def test_districts_sectors_and_areas_nest(real_data: Path, tmp_path: Path) -> None:
    sectors = real_data / "dc" / "police_sectors_2018.geojson"
    areas = real_data / "dc" / "police_service_areas_2018.geojson"
    districts = load(districts_from(sectors, tmp_path / "d.geojson"), "district", "DISTRICT")
    middle = load(sectors, "street", "SECTOR", "--parent-by-location")
    small = load(areas, "grid", "PSA", "--parent", "SECTOR")
    assert [one["accepted"] for one in (districts, middle, small)] == [7, 21, 56]
    for document in (middle, small):
        assert (document["overlaps"], document["gaps"], document["outside_parent"]) == ([], [], [])
    assert {area.parent.code[0] == area.code[0] for area in Area.objects.filter(level=50)} == {True}
    assert {area.path.count("/") for area in Area.objects.filter(level=Level.GRID)} == {3}


def test_importing_real_areas_again_changes_nothing(real_data: Path) -> None:
    path = real_data / "dc" / "single_member_districts_2013.geojson"
    assert load(path, "grid", "SMD_ID")["accepted"] == 296
    again = load(path, "grid", "SMD_ID")
    assert (again["accepted"], again["unchanged"]) == (0, 296)


REDRAWN_IN_2022 = set("125678")  # wards 3 and 4 kept their line to the last decimal


def wards(real_data: Path, year: int) -> dict[str, Any]:
    path = real_data / "dc" / f"wards_{year}.geojson"
    return load(path, "district", "WARD", "--valid-from", f"{year}-01-01")


def test_wards_are_redrawn_in_2022(real_data: Path) -> None:
    assert wards(real_data, 2012)["accepted"] == 8
    document = wards(real_data, 2022)
    assert (document["accepted"], document["unchanged"]) == (6, 2)
    for ward in Area.objects.all():
        days = [(b.during.lower, b.during.upper) for b in ward.boundaries.order_by("during")]
        if ward.code in REDRAWN_IN_2022:
            assert days == [(date(2012, 1, 1), date(2022, 1, 1)), (date(2022, 1, 1), None)]
        else:
            assert days == [(date(2012, 1, 1), None)]


def test_the_wards_of_2012_may_be_loaded_after_those_of_2022(real_data: Path) -> None:
    wards(real_data, 2022)
    wards(real_data, 2012)
    assert Area.objects.count() == 8
    assert {area.during.lower for area in Area.objects.all()} == {date(2012, 1, 1)}
    for day in (date(2016, 5, 1), date(2024, 5, 1)):
        assert Boundary.objects.at(day).count() == 8


def test_county_outlines_need_their_datum(real_data: Path) -> None:
    path = real_data / "places" / "county_outlines_2016_gcj02.geojson"
    document = load(path, "district", "adcode", "--datum", "gcj02")
    assert (document["accepted"], document["overlaps"]) == (10, [])
    assert len(document["notes"]) == 1  # the conversion; the codes follow the Chinese rule
