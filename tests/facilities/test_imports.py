"""Facilities and people from files: known again by id, wrong rows by number and reason."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from gis_grid.facilities.models import Facility, FacilityCategory, PopulationCell

pytestmark = pytest.mark.django_db


def run(command: str, path: Path, **options: object) -> dict:  # type: ignore[type-arg]
    out = StringIO()
    call_command(command, str(path), json=True, stdout=out, **options)
    answer: dict = json.loads(out.getvalue())  # type: ignore[type-arg]
    return answer


def refused(command: str, path: Path, **options: object) -> str:
    with pytest.raises(CommandError) as refusal:
        call_command(command, str(path), stdout=StringIO(), **options)
    return str(refusal.value).partition(":")[0]


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text("id,lon,lat,people\na,114.98,27.11,120\nb,114.99,27.11,80\n")
    return path


class TestPeople:
    """`import_population`."""

    def test_a_table(self, people: Path) -> None:
        answer = run("import_population", people, value="people")

        assert (answer["read"], answer["accepted"], answer["rejected"]) == (2, 2, [])
        assert {c.code: c.weight for c in PopulationCell.objects.all()} == {"a": 120, "b": 80}

    def test_again_is_unchanged_and_a_change_is_one_update(self, people: Path) -> None:
        run("import_population", people, value="people")
        again = run("import_population", people, value="people")
        people.write_text(people.read_text().replace("120", "121"))
        changed = run("import_population", people, value="people")

        assert (again["accepted"], again["unchanged"]) == (0, 2)
        assert (changed["accepted"], changed["unchanged"]) == (1, 1)
        assert PopulationCell.objects.get(code="a").weight == 121

    def test_without_a_value_each_row_is_one(self, people: Path) -> None:
        run("import_population", people)

        assert set(PopulationCell.objects.values_list("weight", flat=True)) == {1.0}

    def test_without_an_id_the_place_is_the_id(self, tmp_path: Path) -> None:
        path = tmp_path / "p.csv"
        path.write_text("lon,lat\n114.98,27.11\n114.98,27.11\n114.99,27.11\n")
        answer = run("import_population", path)

        assert answer["accepted"] == 2
        assert [each["code"] for each in answer["rejected"]] == ["duplicate_id"]

    @pytest.mark.parametrize("weight", ["-1", "nan", "inf", "many", ""])
    def test_a_weight_that_is_no_number_of_people(self, tmp_path: Path, weight: str) -> None:
        path = tmp_path / "p.csv"
        path.write_text(f"id,lon,lat,people\na,114.98,27.11,{weight}\nb,114.98,27.12,5\n")
        answer = run("import_population", path, value="people")

        assert answer["accepted"] == 1
        (fault,) = answer["rejected"]
        assert (fault["row"], fault["field"], fault["code"]) == (2, "people", "bad_weight")

    @pytest.mark.parametrize(
        ("lon", "code"), [("200", "not_degrees"), ("east", "not_a_number"), ("nan", "not_degrees")]
    )
    def test_a_place_that_is_none(self, tmp_path: Path, lon: str, code: str) -> None:
        path = tmp_path / "p.csv"
        path.write_text(f"id,lon,lat\na,{lon},27.11\n")
        answer = run("import_population", path)

        assert (answer["accepted"], answer["rejected"][0]["code"]) == (0, code)

    def test_polygons_stand_at_a_point_inside(self, tmp_path: Path) -> None:
        ring = [[114.98, 27.11], [114.99, 27.11], [114.99, 27.12], [114.98, 27.12], [114.98, 27.11]]
        feature = {
            "type": "Feature",
            "properties": {"id": 7, "n": 40},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        path = tmp_path / "p.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
        run("import_population", path, value="n")

        cell = PopulationCell.objects.get(code="7")
        assert (cell.weight, 114.98 < cell.point.x < 114.99) == (40, True)

    def test_gcj02_is_moved(self, people: Path) -> None:
        run("import_population", people, datum="gcj02")

        assert abs(PopulationCell.objects.get(code="a").point.x - 114.98) > 0.002

    def test_a_table_without_a_place(self, tmp_path: Path) -> None:
        path = tmp_path / "p.csv"
        path.write_text("id,people\na,5\n")

        assert refused("import_population", path) == "no_position"
        assert not PopulationCell.objects.exists()

    def test_an_unknown_id_field(self, people: Path) -> None:
        assert refused("import_population", people, id_field="number") == "unknown_field"

    def test_a_missing_file(self, tmp_path: Path) -> None:
        assert refused("import_population", tmp_path / "none.csv") == "no_such_file"


class TestFacilities:
    """`import_facilities`."""

    @pytest.fixture
    def clinics(self, tmp_path: Path) -> Path:
        path = tmp_path / "clinics.csv"
        path.write_text(
            "id,name,kind,lon,lat\nc1,东门诊所,clinic,114.98,27.11\nc2,,canteen,114.99,27.11\n"
        )
        return path

    def test_one_category_for_all_which_is_created_with_a_note(self, clinics: Path) -> None:
        answer = run("import_facilities", clinics, category="clinic")

        assert answer["accepted"] == 2
        assert "clinic" in answer["notes"][0]
        assert Facility.objects.get(code="c1").name == "东门诊所"
        assert FacilityCategory.objects.get(code="clinic").minutes == 15

    def test_a_category_for_each_row(self, clinics: Path) -> None:
        run("import_facilities", clinics, category_field="kind")

        kinds = Facility.objects.values_list("code", "category__code")
        assert dict(kinds) == {"c1": "clinic", "c2": "canteen"}

    def test_again_changes_nothing(self, clinics: Path) -> None:
        run("import_facilities", clinics, category="clinic")
        again = run("import_facilities", clinics, category="clinic")

        assert (again["accepted"], again["unchanged"], Facility.objects.count()) == (0, 2, 2)

    def test_a_row_without_a_category(self, tmp_path: Path) -> None:
        path = tmp_path / "f.csv"
        path.write_text("id,kind,lon,lat\na,,114.98,27.11\n")
        answer = run("import_facilities", path, category_field="kind")

        assert [each["code"] for each in answer["rejected"]] == ["no_category"]

    def test_without_a_category_the_command_says_what_to_say(self, clinics: Path) -> None:
        assert refused("import_facilities", clinics) == "no_category"


class TestExtracts:
    """OpenStreetMap extracts of real towns."""

    def test_facilities_by_their_tag(self, real_data: Path) -> None:
        path = real_data / "osm" / "beijing_haidian_2017.osm.pbf"
        answer = run("import_facilities", path, category="school")

        assert answer["accepted"] == 8
        assert run("import_facilities", path, category="school")["unchanged"] == 8

    def test_the_tag_table_is_data(self, real_data: Path) -> None:
        path = real_data / "osm" / "beijing_haidian_2017.osm.pbf"
        FacilityCategory.objects.create(
            code="eat", name="吃", osm_tags="amenity=restaurant;shop=bakery"
        )
        FacilityCategory.objects.create(code="other", name="其他")
        answer = run("import_facilities", path)

        assert answer["accepted"] > 10
        assert set(Facility.objects.values_list("category__code", flat=True)) == {"eat"}

    def test_buildings_are_one_each(self, real_data: Path) -> None:
        path = real_data / "osm" / "beijing_haidian_2017.osm.pbf"
        answer = run("import_population", path)

        assert answer["accepted"] == 520
        assert run("import_population", path)["unchanged"] == 520

    def test_an_extract_that_breaks_off(self, real_data: Path, tmp_path: Path) -> None:
        whole = (real_data / "osm" / "guixi_jiangxi_2024.osm.pbf").read_bytes()
        path = tmp_path / "half.osm.pbf"
        path.write_bytes(whole[: len(whole) // 2])

        assert refused("import_population", path) == "truncated_pbf"
        assert not PopulationCell.objects.exists()
