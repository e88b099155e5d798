"""Who can walk there: real cities with expected shares, a small town by hand, refusals."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gis_grid.facilities import networks
from gis_grid.facilities.models import FacilityCategory, PopulationCell, Run, WalkNetwork

pytestmark = pytest.mark.django_db

KILOMETRE = 1000 / 1.2 / 60  # minutes


def told(command: str, *args: object, **options: object) -> dict[str, Any]:
    out = StringIO()
    call_command(command, *map(str, args), json=True, stdout=out, **options)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def refusal(command: str, *args: object, **options: object) -> str:
    with pytest.raises(CommandError) as refused:
        call_command(command, *map(str, args), stdout=StringIO(), **options)
    return str(refused.value).partition(":")[0]


@pytest.fixture
def sao_paulo(real_data: Path, tmp_path: Path, media: Path) -> Path:
    """São Paulo's centre: its streets, its people, the cells with a school as schools."""
    folder = real_data / "sao_paulo"
    told("import_streets", folder / "sao_paulo_center.osm.pbf", name="sp")
    told("import_population", folder / "spo_hexgrid.csv", value="population")
    schools = tmp_path / "schools.csv"
    with (folder / "spo_hexgrid.csv").open() as file, schools.open("w", newline="") as out:
        rows = [row for row in csv.DictReader(file) if float(row["schools"])]
        writer = csv.writer(out)
        writer.writerow(["id", "lon", "lat"])
        writer.writerows([f"s{row['id']}", row["lon"], row["lat"]] for row in rows)
    told("import_facilities", schools, category="school")
    return tmp_path


@pytest.fixture
def haidian(real_data: Path, media: Path) -> None:
    """A quarter of Beijing: streets, buildings as people, schools and hospitals."""
    path = real_data / "osm" / "beijing_haidian_2017.osm.pbf"
    told("import_streets", path, name="haidian")
    told("import_population", path)
    for category in ("school", "hospital"):
        told("import_facilities", path, category=category)


class TestStreets:
    """`import_streets` of real extracts."""

    @pytest.mark.parametrize(
        ("name", "km", "sparse"),
        [
            ("guixi_jiangxi_2024", 115.4, True),
            ("ninghua_fujian_2023", 18.7, True),
            ("shanghai_baoshan_2021", 45.0, False),
            ("beijing_haidian_2017", 122.9, False),
        ],
    )
    def test_lengths_are_those_of_the_extract(
        self, real_data: Path, media: Path, name: str, km: float, *, sparse: bool
    ) -> None:
        answer = told("import_streets", real_data / "osm" / f"{name}.osm.pbf", name=name)

        assert answer["km"] == pytest.approx(km, rel=0.02)
        assert answer["sparse"] is sparse
        assert answer["largest_share"] > 0.9
        assert (media / "walking" / answer["version"] / "node.npy").is_file()

    def test_a_name_is_replaced(self, real_data: Path, media: Path) -> None:
        for extract in ("ninghua_fujian_2023", "guixi_jiangxi_2024"):
            told("import_streets", real_data / "osm" / f"{extract}.osm.pbf", name="town")

        assert WalkNetwork.objects.get().source == "guixi_jiangxi_2024.osm.pbf"

    def test_what_is_no_extract(self, tmp_path: Path, media: Path) -> None:
        path = tmp_path / "streets.osm.pbf"
        path.write_text("<osm></osm>")

        assert refusal("import_streets", path, name="x") == "not_a_pbf"
        assert not WalkNetwork.objects.exists()

    def test_an_extract_that_breaks_off(self, real_data: Path, tmp_path: Path, media: Path) -> None:
        path = tmp_path / "half.osm.pbf"
        whole = (real_data / "osm" / "guixi_jiangxi_2024.osm.pbf").read_bytes()
        path.write_bytes(whole[: len(whole) // 2])

        assert refusal("import_streets", path, name="x") == "truncated_pbf"


class TestRealCities:
    """Expected shares come from another program; ours may differ by a few points."""

    def test_sao_paulo(self, sao_paulo: Path) -> None:
        out = sao_paulo / "cells.csv"
        answer = told(
            "compute_coverage", network="sp", category=["school"], minutes=KILOMETRE, out=out
        )
        (school,) = answer["categories"]

        assert answer["weight"] == 517_570
        assert school["covered_share"] == pytest.approx(0.884, abs=0.015)
        assert school["circle_share"] == pytest.approx(0.941, abs=0.001)
        parts = school["covered"] + school["gap"] + school["no_street"]
        assert parts == pytest.approx(answer["weight"])
        with out.open() as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == 323
        covered = sum(float(row["weight"]) for row in rows if row["verdict"] == "covered")
        assert covered == school["covered"]
        for row in rows:
            if row["seconds"] and float(row["straight_m"]) > 1:
                assert float(row["seconds"]) * 1.2 >= float(row["straight_m"]) * 0.995

    def test_haidian(self, haidian: None) -> None:
        answer = told(
            "compute_coverage",
            network="haidian",
            category=["school", "hospital"],
            minutes=KILOMETRE,
        )
        school, hospital = answer["categories"]

        assert (school["facilities"], hospital["facilities"]) == (8, 2)
        assert school["covered_share"] == pytest.approx(0.702, abs=0.1)
        assert school["circle_share"] == pytest.approx(0.985, abs=0.005)
        assert hospital["covered_share"] == pytest.approx(0.229, abs=0.12)
        assert hospital["circle_share"] == pytest.approx(0.617, abs=0.005)
        assert school["circle_gap_share"] > 0.15

    def test_closed_gates_cover_fewer(self, haidian: None) -> None:
        shares = [
            told("compute_coverage", network="haidian", category=["school"], gates=gates)[
                "categories"
            ][0]["covered"]
            for gates in ("open", "closed")
        ]

        assert shares[1] < shares[0]

    def test_the_same_question_is_one_run_and_the_same_bytes(
        self, sao_paulo: Path, media: Path
    ) -> None:
        first, second = (
            told("compute_coverage", network="sp", category=["school"], out=sao_paulo / name)
            for name in ("one.csv", "two.csv")
        )

        assert first == second
        assert Run.objects.count() == 1
        assert (sao_paulo / "one.csv").read_bytes() == (sao_paulo / "two.csv").read_bytes()

    def test_slower_people_reach_less(self, sao_paulo: Path) -> None:
        fast, slow = (
            told("compute_coverage", network="sp", category=["school"], speed=speed)
            for speed in (1.2, 0.8)
        )

        assert slow["categories"][0]["covered"] < fast["categories"][0]["covered"]
        assert slow["categories"][0]["circle"] == fast["categories"][0]["circle"]


class TestSites:
    """`plan_sites` on a real quarter."""

    def test_sites_bring_in_who_was_beyond(self, haidian: None) -> None:
        plan = told("plan_sites", network="haidian", category="school", sites=3, minutes=10)

        assert 1 <= len(plan["sites"]) <= 3
        assert plan["proven"]
        assert plan["newly_covered"] >= plan["quick_gain"]
        assert plan["covered_before"] + plan["newly_covered"] <= plan["weight"]

    def test_fewest_sites_for_a_share(self, haidian: None) -> None:
        plan = told(
            "plan_sites",
            network="haidian",
            category="school",
            sites=5,
            objective="fewest",
            share=0.9,
            minutes=10,
        )

        reached = plan["covered_before"] + plan["newly_covered"]
        assert reached >= 0.9 * plan["weight"]

    def test_the_first_of_its_kind_may_be_planned(self, haidian: None) -> None:
        FacilityCategory.objects.create(code="elders_canteen", name="长者食堂")
        plan = told("plan_sites", network="haidian", category="elders_canteen", sites=1, minutes=5)

        assert plan["covered_before"] == 0
        assert plan["newly_covered"] > 0

    def test_candidates_from_a_file(self, haidian: None, tmp_path: Path) -> None:
        path = tmp_path / "sites.csv"
        path.write_text("id,lon,lat,cost\nnorth,116.3200,40.0080,1\nsouth,116.3200,39.9950,1\n")
        plan = told(
            "plan_sites", network="haidian", category="school", sites=1, candidates=path, minutes=5
        )

        assert [site["candidate"] for site in plan["sites"]] in (["north"], ["south"])


class TestRefused:
    """Each a clear message, nothing half stored."""

    @pytest.mark.parametrize(
        "wrong",
        [
            {"speed": 0},
            {"speed": -1},
            {"minutes": 10_000},
            {"minutes": float("nan")},
            {"circle_m": 0},
        ],
    )
    def test_a_number_out_of_range(self, wrong: dict[str, float]) -> None:
        asked = {"network": "x", "category": ["school"], **wrong}
        assert refusal("compute_coverage", **asked) == "out_of_range"

    def test_an_unknown_network(self) -> None:
        assert refusal("compute_coverage", network="x", category=["y"]) == "no_such_network"

    def test_an_unknown_category(self, haidian: None) -> None:
        assert refusal("compute_coverage", network="haidian", category=["y"]) == "no_such_category"

    def test_no_facility_of_a_category(self, haidian: None) -> None:
        FacilityCategory.objects.create(code="park", name="公园")
        wrong = refusal("compute_coverage", network="haidian", category=["school", "park"])

        assert wrong == "no_facility"
        assert not Run.objects.exists()

    def test_nobody_lives_there(self, haidian: None) -> None:
        PopulationCell.objects.all().delete()
        assert refusal("compute_coverage", network="haidian", category=["school"]) == "no_people"

    def test_files_that_are_gone(self, haidian: None, media: Path) -> None:
        (media / "walking").rename(media / "elsewhere")
        networks.forget()
        wrong = refusal("compute_coverage", network="haidian", category=["school"])
        assert wrong == "network_files_missing"

    def test_people_off_every_street_are_doubted(
        self, real_data: Path, media: Path, tmp_path: Path
    ) -> None:
        """As when GCJ-02 is taken for WGS84: half of them stand where no street is."""
        extract = real_data / "osm" / "ninghua_fujian_2023.osm.pbf"
        told("import_streets", extract, name="town")
        places = [(116.640 + 0.003 * x, 26.258 + 0.003 * y) for x in range(8) for y in range(8)]
        path = tmp_path / "p.csv"
        path.write_text("lon,lat\n" + "".join(f"{x:.4f},{y:.4f}\n" for x, y in places))
        told("import_population", path)
        told("import_facilities", path, category="clinic")
        answer = told("compute_coverage", network="town", category=["clinic"])

        assert any("GCJ-02" in note for note in answer["notes"])
        assert answer["categories"][0]["no_street"] > 0.3 * answer["weight"]
