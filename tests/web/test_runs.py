"""The page of past runs, and a run to hand out: table, GeoPackage, offline map, paper."""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyogrio
import pytest
from django.test import Client

from gis_grid.facilities import networks
from gis_grid.facilities.models import Facility, Run, StreetChange
from gis_grid.reports.coverage import Found, RunReport, coverage_page
from tests import circles
from tests.facilities.test_overlay import line
from tests.web.test_jobs_api import run_of
from tests.world import World

Login = Callable[[str], Client]
FOREIGN = re.compile(r"""((src|href)\s*=\s*|url\(|@import\s*)["']?\s*(https?:)?//""")


@pytest.fixture
def town(world: World, media: Path) -> World:
    circles.build(world)
    return world


class TestPage:
    """`/planning/runs/`."""

    def test_nothing_yet(self, world: World, login: Login) -> None:
        assert login("sun").get("/planning/runs/").status_code == 200

    def test_runs_and_two_of_them_compared(self, town: World, login: Login) -> None:
        sun = login("sun")
        a, b = run_of(sun), run_of(sun, minutes=5)

        text = sun.get(f"/planning/runs/?a={a}&b={b}").content.decode()

        assert text.count('name="a"') == 2
        assert "滨江社区" in text
        assert f"/planning/runs/{a}/print" in text

    @pytest.mark.parametrize("query", ["?a=1&b=2", "?a=x", "?a=", f"?a={'0' * 32}&b={'0' * 32}"])
    def test_odd_addresses(self, town: World, login: Login, query: str) -> None:
        assert login("sun").get(f"/planning/runs/{query}").status_code == 200

    def test_a_rebuild_that_is_due_is_offered(self, town: World, login: Login) -> None:
        sun = login("sun")
        assert "data-rebuild" not in sun.get("/planning/runs/").content.decode()

        StreetChange.objects.create(code="p", kind="path", shape=line((500, 300), (800, 300)))
        assert 'data-rebuild="town"' in sun.get("/planning/runs/").content.decode()
        networks.rebuild("town")
        assert "data-rebuild" not in sun.get("/planning/runs/").content.decode()


class TestFiles:
    """What leaves the house."""

    def test_the_table_opens_in_a_spreadsheet(self, town: World, login: Login) -> None:
        sun = login("sun")
        answer = sun.get(f"/planning/runs/{run_of(sun)}/cells.csv")

        assert answer.content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert len(rows) == 2 * 36
        assert {row["verdict"] for row in rows} <= {"covered", "gap", "no_street"}

    def test_the_geopackage_has_cells_facilities_and_areas(
        self, town: World, login: Login, tmp_path: Path
    ) -> None:
        sun = login("sun")
        path = tmp_path / "run.gpkg"
        path.write_bytes(sun.get(f"/planning/runs/{run_of(sun)}/cells.gpkg").content)
        results = Run.objects.get().results["categories"]
        covered = next(row["covered"] for row in results if row["category"] == "clinic")

        assert {name for name, _kind in pyogrio.list_layers(path)} == {
            "cells",
            "facilities",
            "areas",
        }
        meta, _ids, shapes, values = pyogrio.raw.read(path, layer="cells")
        fields = dict(zip(meta["fields"].tolist(), values, strict=True))
        assert (meta["crs"], len(shapes)) == ("EPSG:4326", 36)
        assert fields["weight"][fields["clinic_verdict"] == "covered"].sum() == covered
        meta, _ids, _shapes, values = pyogrio.raw.read(path, layer="areas")
        fields = dict(zip(meta["fields"].tolist(), values, strict=True))
        (community,) = fields["people"][fields["level"] == "community"]
        assert community == fields["people"][fields["level"] == "grid"].sum()

    def test_the_map_asks_nobody_for_anything(self, town: World, login: Login) -> None:
        sun = login("sun")
        Facility.objects.filter(code="c1").update(name="</script><img src=x onerror=alert(1)>")
        answer = sun.get(f"/planning/runs/{run_of(sun)}/map.html?download")
        text = answer.content.decode()
        markup = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)

        assert not FOREIGN.search(markup), FOREIGN.search(markup)
        assert not re.search(r"<script[^>]+src", text)
        assert "<img src=x" not in text
        assert len(text.encode()) < 2_000_000
        assert "sandbox allow-scripts" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Disposition"].startswith("attachment")

    def test_paper_has_table_map_method_and_age(self, town: World, login: Login) -> None:
        sun = login("sun")
        text = sun.get(f"/planning/runs/{run_of(sun)}/print?category=clinic").content.decode()

        assert text.count("<circle") + text.count("<rect") >= 36
        for words in ("社区卫生", "滨江社区", "1.2", "test"):
            assert words in text
        assert "@page" in Path("static/runs/print.css").read_text("utf-8")

    def test_a_category_that_is_not_in_it_shows_the_worst(self, town: World, login: Login) -> None:
        sun = login("sun")
        answer = sun.get(f"/planning/runs/{run_of(sun)}/print?category=%00")

        assert answer.context["category"] in ("clinic", "canteen")

    @pytest.mark.parametrize("name", ["cells.csv", "cells.gpkg", "map.html", "print"])
    def test_an_unknown_run(self, town: World, login: Login, name: str) -> None:
        address = f"/planning/runs/00000000-0000-0000-0000-000000000000/{name}"

        assert login("sun").get(address).status_code == 404


def test_a_map_of_a_town_stays_small() -> None:
    """As many houses and kinds of facility as the demo district has, and some more."""
    count, kinds = 4100, 15
    random = np.random.default_rng(5)
    found = {
        f"kind{number}": Found(
            name="社区卫生服务中心",
            minutes=random.uniform(0, 70, count),
            verdict=random.choice(["covered", "gap", "no_street"], count),
            places=[("社区卫生服务中心", 114.98, 27.11)] * 30,
            summary="",
        )
        for number in range(kinds)
    }
    lonlat = np.array([114.98, 27.11]) + random.uniform(-0.03, 0.03, (count, 2))
    report = RunReport("圈", "", lonlat, random.uniform(1, 99, count), found)

    assert len(coverage_page(report).encode()) < 2_000_000
