"""Jobs and runs over HTTP: asked, followed, cancelled, listed, compared; by planners only."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_grid.facilities import jobs, networks
from gis_grid.facilities.coverage import cells_of
from gis_grid.facilities.models import Job, Run, StreetChange
from tests import circles
from tests.facilities.test_overlay import line
from tests.web.contract import refused
from tests.world import World

Login = Callable[[str], Client]
ASKED: dict[str, Any] = {"network": "town", "categories": ["clinic", "canteen"]}


@pytest.fixture
def town(world: World, media: Path) -> World:
    circles.build(world)
    return world


def ask(client: Client, question: dict[str, Any] = ASKED, kind: str = "coverage") -> Any:
    body = {"kind": kind, "question": question}
    return client.post("/api/planning/jobs", body, content_type="application/json")


def run_of(client: Client, **more: Any) -> str:
    """Compute a run and return its id."""
    job = ask(client, {**ASKED, **more}).json()["id"]
    jobs.work_off()
    found: str = client.get(f"/api/planning/jobs/{job}").json()["run"]
    return found


class TestJobs:
    """A job from the planner's side."""

    def test_asked_followed_and_done(self, town: World, login: Login) -> None:
        sun = login("sun")
        answer = ask(sun)
        assert answer.status_code == 201
        assert (answer.json()["state"], answer.json()["by"]) == ("waiting", "sun")
        jobs.work_off()

        job = sun.get(f"/api/planning/jobs/{answer.json()['id']}").json()
        assert (job["state"], job["done"], job["fault"]) == ("done", 100, None)
        assert UUID(job["run"]) == Run.objects.get().pk
        assert sun.get("/api/planning/jobs").json()["items"] == [job]

    def test_cancelled(self, town: World, login: Login) -> None:
        sun = login("sun")
        job = ask(sun).json()["id"]

        assert sun.post(f"/api/planning/jobs/{job}/cancel").json()["state"] == "cancelled"

    def test_a_planner_of_another_place_sees_it_too(self, town: World, login: Login) -> None:
        """Networks belong to no area: what is computed on them is common."""
        ask(login("sun"))

        assert len(login("chen").get("/api/planning/jobs").json()["items"]) == 1

    @pytest.mark.parametrize(
        ("question", "kind", "status", "code"),
        [
            ({**ASKED, "speed": 0}, "coverage", 422, "out_of_range"),
            ({**ASKED, "minutes": 10_000}, "coverage", 422, "out_of_range"),
            ({**ASKED, "gates_at": "25:00"}, "coverage", 422, "bad_time"),
            ({**ASKED, "network": "x"}, "coverage", 404, "no_such_network"),
            ({**ASKED, "categories": []}, "coverage", 422, "invalid_fields"),
            ({**ASKED, "speed": "fast"}, "coverage", 422, "invalid_fields"),
            ({**ASKED, "colour": 1}, "coverage", 422, "invalid_fields"),
            ({**ASKED, "categories": ["clinic"], "sites": 0}, "sites", 422, "out_of_range"),
            ({"network": "town"}, "poem", 422, "invalid_fields"),
        ],
    )
    def test_a_question_that_makes_no_sense(
        self,
        town: World,
        login: Login,
        question: dict[str, Any],
        kind: str,
        status: int,
        code: str,
    ) -> None:
        answer = ask(login("sun"), question, kind)

        assert answer.status_code == status, answer.content
        if code != "invalid_fields":
            refused(answer, status, code)
        assert not Job.objects.exists()

    def test_unknown_ones(self, town: World, login: Login) -> None:
        nil = UUID(int=0)
        sun = login("sun")

        refused(sun.get(f"/api/planning/jobs/{nil}"), 404, "no_such_job")
        refused(sun.post(f"/api/planning/jobs/{nil}/cancel"), 404, "no_such_job")
        refused(sun.get(f"/api/planning/runs/compare?a={nil}&b={nil}"), 404, "no_such_run")


class TestRuns:
    """What was computed."""

    def test_listed_with_their_question_and_sums(self, town: World, login: Login) -> None:
        sun = login("sun")
        first = run_of(sun)

        (row,) = sun.get("/api/planning/runs").json()["items"]
        assert (row["id"], row["network"], row["current"]) == (first, "town", True)
        assert row["parameters"]["minutes"] == 15
        assert {each["category"] for each in row["categories"]} == {"clinic", "canteen"}

    def test_two_compared_by_who_changes_side(self, town: World, login: Login) -> None:
        sun = login("sun")
        a = run_of(sun)
        StreetChange.objects.create(code="p", kind="path", shape=line((500, 300), (800, 300)))
        networks.rebuild("town")
        b = run_of(sun)
        found = sun.get(f"/api/planning/runs/compare?a={a}&b={b}").json()
        back = sun.get(f"/api/planning/runs/compare?a={b}&b={a}").json()

        assert (found["only_a"], found["only_b"]) == (0, 0)
        clinic, reverse = (
            next(row for row in each["categories"] if row["category"] == "clinic")
            for each in (found, back)
        )
        assert clinic["won"] > 0 == clinic["lost"]
        assert clinic["covered_b"] - clinic["covered_a"] == clinic["won"] - clinic["lost"]
        assert (reverse["won"], reverse["lost"]) == (clinic["lost"], clinic["won"])
        assert [area["code"] for area in clinic["areas"]] == ["C9"]
        assert clinic["areas"][0]["won"] == clinic["won"]

    def test_compared_are_people_of_the_reader_s_territory(self, town: World, login: Login) -> None:
        a, b = run_of(login("sun")), run_of(login("sun"), minutes=5)
        whole = login("root").get(f"/api/planning/runs/compare?a={a}&b={b}").json()
        own = login("chen").get(f"/api/planning/runs/compare?a={a}&b={b}").json()

        assert own["categories"][0]["people"] <= whole["categories"][0]["people"]

    def test_a_table_that_is_gone_is_told(self, town: World, login: Login) -> None:
        sun = login("sun")
        a = run_of(sun)
        cells_of(Run.objects.get()).unlink()

        refused(sun.get(f"/api/planning/runs/compare?a={a}&b={a}"), 503, "run_files_missing")
        assert sun.get(f"/planning/runs/{a}/cells.csv").status_code == 503


class TestQueries:
    """As many as the kind of question, never as many as the rows."""

    @pytest.mark.parametrize("many", [1, 6])
    @pytest.mark.parametrize(
        ("address", "expected"),
        [
            ("/api/planning/jobs", 2),
            ("/api/planning/runs", 2),
            ("/api/planning/jobs/{job}", 2),
            (
                "/api/planning/runs/compare?a={run}&b={run}",
                6,
            ),  # two runs, areas for each and for both
            ("/planning/runs/", 6),
            ("/planning/runs/{run}/cells.csv", 3),
            ("/planning/runs/{run}/cells.gpkg", 5),
            ("/planning/runs/{run}/map.html", 6),
            ("/planning/runs/{run}/print", 6),
        ],
    )
    def test_reading(
        self, town: World, login: Login, address: str, expected: int, many: int
    ) -> None:
        sun = login("sun")
        runs = [run_of(sun, minutes=5 + k) for k in range(many)]
        filled = address.format(job=Job.objects.first().pk, run=runs[0])  # type: ignore[union-attr]

        with CaptureQueriesContext(
            connection,
        ) as taken:
            assert sun.get(filled).status_code == 200

        assert len(taken) == expected, "\n".join(each["sql"][:200] for each in taken)

    def test_writing(self, town: World, login: Login, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
        sun = login("sun")
        with django_assert_num_queries(6):  # network, categories, the same, how many, the job
            job = ask(sun).json()["id"]
        with django_assert_num_queries(5):  # the job, cancelled, read again, by whom
            sun.post(f"/api/planning/jobs/{job}/cancel")
