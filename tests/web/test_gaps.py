"""Between the service circles and the cases: gaps around a case, a case made of a gap."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.gis.geos import GEOSGeometry, Point, Polygon
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_grid.facilities import coverage, networks
from gis_grid.facilities.models import (
    Facility,
    FacilityCategory,
    PopulationCell,
    Run,
    WalkNetwork,
)
from gis_grid.people.models import Assignment
from gis_grid.territory.models import Area
from incidents.models import Incident, SourceChannel
from tests.walks import lattice, lonlat, streets
from tests.world import World, inside, make_incident

LON, LAT = inside()
NOON = "2026-03-05T12:00:00+08:00"


@pytest.fixture
def run(world: World, media: Path) -> Run:
    """A town of 1,100 m around the incident: 90 people, 30 of them near the only clinic."""
    drawn = streets(*lattice(12, 12))
    shift = (LON, LAT) - lonlat([(550, 550)])[0]
    networks.keep("town", replace(drawn, lonlat=drawn.lonlat + shift), source="drawn", figures={})

    def at(x: float, y: float) -> Point:
        return Point(*(lonlat([(x, y)])[0] + shift), srid=4326)

    clinic = FacilityCategory.objects.create(code="clinic", name="诊所")
    market = FacilityCategory.objects.create(code="market", name="市场")
    Facility.objects.create(code="c1", name="诊所一", category=clinic, point=at(300, 300))
    Facility.objects.create(code="m1", name="市场一", category=market, point=at(600, 600))
    for code, x, y, people in (("a", 320, 300, 30), ("b", 800, 800, 40), ("c", 500, 900, 20)):
        PopulationCell.objects.create(code=code, point=at(x, y), weight=people)
    question = coverage.Question("town", ("clinic", "market"), minutes=8)
    return coverage.compute(question)[0]


def said(client: Client, incident: Incident) -> dict[str, Any]:
    answer = client.get(f"/api/incidents/{incident.pk}/gaps")
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


class TestAround:
    """GET …/gaps"""

    def test_who_near_a_case_cannot_walk_to_what(self, world: World, login: Any, run: Run) -> None:
        told = said(login("chen"), make_incident(world))

        assert told["people"] == 90
        assert told["gaps"] == [{"category": "clinic", "name": "诊所", "people": 60}]
        assert told["run"]["id"] == str(run.pk)
        assert (told["run"]["network"], told["run"]["minutes"]) == ("town", 8)

    def test_without_a_run_it_says_so(self, world: World, login: Any) -> None:
        told = said(login("chen"), make_incident(world))

        assert (told["run"], told["gaps"]) == (None, [])

    def test_a_run_whose_table_is_gone_is_told(self, world: World, login: Any, run: Run) -> None:
        coverage.cells_of(run).unlink()

        answer = login("chen").get(f"/api/incidents/{make_incident(world).pk}/gaps")

        assert (answer.status_code, answer.json()["code"]) == (503, "run_files_missing")

    @pytest.mark.parametrize("known", [False, True])
    def test_it_takes_four_questions(
        self, world: World, login: Any, run: Run, *, known: bool
    ) -> None:
        incident, client = make_incident(world), login("chen")
        if known:
            said(client, incident)

        with CaptureQueriesContext(connection) as asked:
            said(client, incident)

        # who asks, the incident, its run (once more to read its table), names of categories
        assert len(asked) == (4 if known else 5)


class TestLayer:
    """GET /api/command/gaps"""

    URL = "/api/command/gaps"

    def test_the_kind_that_most_people_lack_comes_first(self, login: Any, run: Run) -> None:
        told = login("chen").get(self.URL).json()

        assert told["run"]["id"] == str(run.pk)
        assert told["kinds"] == [
            {"code": "clinic", "name": "诊所", "people": 60},
            {"code": "market", "name": "市场", "people": 0},
        ]
        assert (told["kind"], [each["people"] for each in told["areas"]]) == ("clinic", [40, 20])
        homes = [Point(*cell.point.coords) for cell in PopulationCell.objects.filter(code__in="bc")]
        shapes = [GEOSGeometry(json.dumps(each["shape"])) for each in told["areas"]]
        assert all(any(shape.contains(home) for shape in shapes) for home in homes)

    def test_another_kind_is_asked_for_by_its_code(self, login: Any, run: Run) -> None:
        told = login("chen").get(self.URL, {"kind": "market"}).json()

        assert (told["kind"], told["areas"]) == ("market", [])

    def test_only_people_of_my_territory_are_told_of(
        self, world: World, login: Any, run: Run
    ) -> None:
        Assignment.objects.filter(worker__user=world.users["chen"]).update(area=world.areas["B1"])

        mine = login("chen").get(self.URL).json()

        assert mine["run"] is not None
        assert {each["people"] for each in mine["kinds"]} == {0}
        assert mine["areas"] == []

    def test_a_run_far_away_is_none_of_mine(self, login: Any, run: Run) -> None:
        far = Polygon.from_bbox((10.0, 50.0, 10.1, 50.1))
        WalkNetwork.objects.update(extent=far)

        told = login("chen").get(self.URL).json()

        assert told == {"run": None, "kinds": [], "kind": None, "areas": []}
        assert '"gaps": false' in login("chen").get("/command/").content.decode()

    def test_the_page_offers_the_layer_when_there_is_a_run(self, login: Any, run: Run) -> None:
        assert '"gaps": true' in login("chen").get("/command/").content.decode()

    def test_a_kind_nobody_computed_is_not_found(self, login: Any, run: Run) -> None:
        answer = login("chen").get(self.URL, {"kind": "zoo"})

        assert (answer.status_code, answer.json()["code"]) == (404, "no_such_category")

    def test_a_table_that_is_gone_is_told(self, login: Any, run: Run) -> None:
        coverage.cells_of(run).unlink()

        answer = login("chen").get(self.URL)

        assert (answer.status_code, answer.json()["code"]) == (503, "run_files_missing")

    def test_it_is_not_sent_again_while_nothing_has_changed(self, login: Any, run: Run) -> None:
        chen = login("chen")
        tag = chen.get(self.URL)["ETag"]

        assert chen.get(self.URL, headers={"If-None-Match": tag}).status_code == 304
        Area.objects.filter(code="A1").update(name="另一个网格")
        assert chen.get(self.URL, headers={"If-None-Match": tag}).status_code == 200


class TestReported:
    """POST /api/incidents/gaps"""

    def body(self, **changed: Any) -> dict[str, Any]:
        return {
            "id": str(uuid4()),
            "category": "street_lamp",
            "lon": LON,
            "lat": LAT,
            "recorded_at": NOON,
            "words": "诊所：约 60 人步行 8 分钟到不了。",
            **changed,
        }

    def post(self, client: Client, body: dict[str, Any]) -> Any:
        return client.post("/api/incidents/gaps", body, content_type="application/json")

    def test_a_planner_makes_a_case_of_it(self, world: World, login: Any) -> None:
        body, client = self.body(), login("sun")

        first, again = self.post(client, body), self.post(client, body)

        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
        incident = Incident.objects.get(pk=body["id"])
        assert (incident.source, incident.state) == (SourceChannel.PLANNING, "reported")
        assert first.json()["number"] == incident.number
        assert first.json()["area"]["code"] == incident.area.code
        assert incident.events.get().kind == "report"

    def test_the_same_id_with_other_words_is_refused(self, world: World, login: Any) -> None:
        body, client = self.body(), login("sun")
        self.post(client, body)

        answer = self.post(client, {**body, "words": "别的"})

        assert (answer.status_code, answer.json()["code"]) == (409, "id_reused")

    @pytest.mark.parametrize(
        ("changed", "status", "code"),
        [
            ({"category": "nothing"}, 422, "category_unknown"),
            ({"lon": 181}, 422, "field_invalid"),
            ({"lon": LON + 3}, 403, "outside_territory"),
        ],
    )
    def test_what_cannot_be_is_refused_and_not_stored(
        self, world: World, login: Any, changed: dict[str, Any], status: int, code: str
    ) -> None:
        answer = self.post(login("sun"), self.body(**changed))

        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert not Incident.objects.exists()

    def test_it_takes_a_fixed_number_of_questions(self, world: World, login: Any) -> None:
        client = login("sun")

        with CaptureQueriesContext(connection) as asked:
            assert self.post(client, self.body()).status_code == 201

        assert len(asked) <= 9
