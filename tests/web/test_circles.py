"""The planner's API: for planners, in their territory, in a fixed number of queries, packed."""

import gzip
import json
from io import BytesIO
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from shapely import Point, union_all
from shapely.geometry import shape

from gis_grid.facilities import study as studies
from gis_grid.facilities.models import FacilityCategory, PopulationCell, Scenario
from gis_grid.people.models import Assignment
from gis_grid.territory.models import Area
from tests import circles
from tests.web.contract import refused
from tests.world import World

ASKED = "network=town&category=clinic&minutes=10"
BODY = {"network": "town", "category": "clinic", "minutes": 10}
BOX = ",".join(f"{value:.4f}" for value in (114.9, 27.0, 115.1, 27.3))
SPOT = circles.degrees((1000, 500))
CONTENT = {
    "category": "clinic",
    "added": [{"category": "clinic", **SPOT}],
    "removed": [],
    "minutes": 10,
    "speed": 1.2,
    "gates_open": True,
    "gates_at": "",
}
DRAFT = {"name": "东岸增设", "network": "town", "content": CONTENT}


@pytest.fixture
def town(world: World, media) -> World:  # type: ignore[no-untyped-def]
    studies.forget()
    circles.build(world)
    return world


@pytest.fixture
def sun(town: World, login) -> Client:  # type: ignore[no-untyped-def]
    client: Client = login("sun")
    return client


def post(client: Client, address: str, body: object):  # type: ignore[no-untyped-def]
    return client.post(f"/api/planning/{address}", body, "application/json")


def put(client: Client, scenario: str, body: object):  # type: ignore[no-untyped-def]
    return client.put(f"/api/planning/scenarios/{scenario}", body, "application/json")


# address, queries: session, network, whether anything has changed
@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("start", 6),  # session, networks, whether there are people, kinds, scenarios, runs
        (f"people?{ASKED}", 3),
        ("people?network=town&category=all", 3),
        (f"streets?{ASKED}&bbox={BOX}", 3),
        (f"walk?{ASKED}&lon={SPOT['lon']}&lat={SPOT['lat']}", 3),
        (f"reach?{ASKED}&facility=c1", 3),
        ("scenarios", 2),
    ],
)
def test_reading_takes_a_fixed_number_of_queries(sun: Client, address: str, expected: int) -> None:
    assert sun.get(f"/api/planning/{address}").status_code == 200

    with CaptureQueriesContext(connection) as queries:
        sun.get(f"/api/planning/{address}")

    assert len(queries) == expected


def test_the_kinds_have_one_order_whoever_asks(sun: Client) -> None:
    for code in ("a-late-one", "zoo"):
        FacilityCategory.objects.create(code=code, name=code)
    kinds = sun.get("/api/planning/start").json()["categories"]
    codes = [each["code"] for each in kinds]
    assert codes == sorted(codes)
    assert codes[0] == "a-late-one"


@pytest.mark.parametrize(("address", "more"), [("what-if", {}), ("sites", {"sites": 2})])
def test_asking_what_if_takes_a_fixed_number_of_queries(
    sun: Client, address: str, more: dict[str, int]
) -> None:
    assert post(sun, address, {**BODY, **more}).status_code == 200

    with CaptureQueriesContext(connection) as queries:
        post(sun, address, {**BODY, **more})

    assert len(queries) == 3


def test_a_change_in_the_address_is_the_change_in_the_body(sun: Client) -> None:
    add = f"&add=clinic,{SPOT['lon']},{SPOT['lat']}&remove=c1"
    told = sun.get(f"/api/planning/people?{ASKED}{add}").json()
    answer = post(sun, "what-if", {**BODY, "added": CONTENT["added"], "removed": ["c1"]}).json()

    assert told["totals"]["covered"] == answer["covered"] > 0
    assert answer["lost"] > 0


def test_a_long_answer_is_packed_and_not_sent_again(sun: Client) -> None:
    headers = {"Accept-Encoding": "gzip"}
    first = sun.get(f"/api/planning/people?{ASKED}", headers=headers)
    again = sun.get(
        f"/api/planning/people?{ASKED}", headers={**headers, "If-None-Match": first["ETag"]}
    )
    PopulationCell.objects.filter(code="h001").update(weight=9)
    changed = sun.get(
        f"/api/planning/people?{ASKED}", headers={**headers, "If-None-Match": first["ETag"]}
    )

    assert first["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(first.content))["totals"]["weight"] == 108
    assert (again.status_code, again.content) == (304, b"")
    assert json.loads(gzip.decompress(changed.content))["totals"]["weight"] == 114


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("people?network=nowhere&category=clinic", 404, "no_such_network"),
        ("people?network=town&category=nothing", 404, "no_such_category"),
        (f"people?{ASKED}&speed=0", 422, "out_of_range"),
        (f"people?{ASKED}0000", 422, "out_of_range"),
        (f"people?{ASKED}&add=clinic", 400, "field_invalid"),
        (f"people?{ASKED}&add=clinic,nan,27", 400, "field_invalid"),
        (f"streets?{ASKED}&bbox=1,2,3", 400, "field_invalid"),
        (f"walk?{ASKED}&lon=114&lat=95", 400, "field_invalid"),
        (f"people?{ASKED}&colour=red", 400, "unknown_parameter"),
        (f"scenarios/{UUID(int=7)}", 404, "no_such_scenario"),
    ],
)
def test_what_makes_no_sense_is_refused(sun: Client, address: str, status: int, code: str) -> None:
    refused(sun.get(f"/api/planning/{address}"), status, code)


def test_without_people_it_is_said(sun: Client) -> None:
    PopulationCell.objects.all().delete()

    refused(sun.get(f"/api/planning/people?{ASKED}"), 422, "no_people")


def test_a_planner_of_one_grid_sees_its_people_only(sun: Client, town: World) -> None:
    everybody = sun.get(f"/api/planning/people?{ASKED}")
    Assignment.objects.filter(worker__user=town.users["sun"]).update(
        area=Area.objects.get(code="W1")
    )
    told = sun.get(f"/api/planning/people?{ASKED}", headers={"If-None-Match": everybody["ETag"]})
    change = post(sun, "what-if", {**BODY, "removed": ["c1"]}).json()

    body = told.json()
    assert [row["code"] for row in body["areas"]] == ["W1"]
    assert 0 < body["totals"]["weight"] < everybody.json()["totals"]["weight"]
    assert change["weight"] == body["totals"]["weight"]
    assert max(change["changed"]["cells"]) < len(body["cells"]["lon"])
    refused(sun.get("/api/planning/outline?code=E1"), 404, "area_not_found")


def test_sites_for_one_kind_only(sun: Client) -> None:
    refused(post(sun, "sites", {**BODY, "category": "all", "sites": 2}), 422, "one_category")


def test_the_table_as_a_file_is_the_table_of_the_page(sun: Client) -> None:
    rows = sun.get(f"/api/planning/people?{ASKED}").json()["areas"]
    table = sun.get(f"/planning/areas.csv?{ASKED}").content.decode("utf-8-sig").splitlines()
    book = sun.get(f"/planning/areas.xlsx?{ASKED}")

    worst = max(rows, key=lambda row: row["gap"])
    assert len(table) == len(rows) + 1
    assert table[1].split(",")[2] == worst["code"]
    assert [row[2].value for row in load_workbook(BytesIO(book.content)).active][1] == worst["code"]
    assert sun.get("/planning/areas.csv?network=nowhere&category=clinic").status_code == 404
    with CaptureQueriesContext(connection) as queries:
        sun.get(f"/planning/areas.csv?{ASKED}")
    assert len(queries) == 3  # session, network, whether anything has changed


def test_the_outline_of_an_area_of_mine(sun: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        told = sun.get("/api/planning/outline?code=E1&level=grid")

    assert told.json()["type"] == "MultiPolygon"
    assert len(queries) == 3  # session, area, its shape
    refused(sun.get("/api/planning/outline?code=nowhere"), 404, "area_not_found")


def test_where_those_live_who_cannot_walk(sun: Client) -> None:
    told = sun.get(f"/api/planning/people?{ASKED}").json()
    gaps = told["gaps"]
    beyond = [
        Point(lon, lat)
        for lon, lat, verdict in zip(
            told["cells"]["lon"], told["cells"]["lat"], told["cells"]["verdict"], strict=True
        )
        if verdict == "g"
    ]

    assert sum(each["people"] for each in gaps) == told["totals"]["gap"] > 0
    assert [each["people"] for each in gaps] == sorted((g["people"] for g in gaps), reverse=True)
    whole = union_all([shape(each["shape"]) for each in gaps])
    assert all(whole.covers(home) for home in beyond)
    assert sun.get("/api/planning/people?network=town&category=all").json()["gaps"] == []


def test_what_a_facility_reaches_is_drawn(sun: Client) -> None:
    address = f"/api/planning/reach?{ASKED}&facility=c1"
    told = shape(sun.get(address).json())
    near, across = (Point(*circles.degrees(at).values()) for at in ((300, 700), (850, 500)))

    assert told.covers(near)
    assert not told.covers(across)  # the river lies between
    refused(sun.get(f"{address}x"), 404, "no_such_facility")
    refused(
        sun.get("/api/planning/reach?network=town&category=all&facility=c1"),
        404,
        "no_such_facility",
    )


class TestScenarios:
    """Kept, opened, changed by their author, compared."""

    def test_kept_and_opened_by_a_colleague(self, sun: Client, login) -> None:  # type: ignore[no-untyped-def]
        made = post(sun, "scenarios", DRAFT)
        told = login("chen").get(f"/api/planning/scenarios/{made.json()['id']}").json()

        assert made.status_code == 201
        assert (told["name"], told["by"], told["version"]) == ("东岸增设", "sun", 1)
        assert told["content"] == CONTENT

    def test_two_at_once_do_not_write_over_each_other(self, sun: Client) -> None:
        pk = post(sun, "scenarios", DRAFT).json()["id"]
        first = put(sun, pk, {**DRAFT, "name": "一", "version": 1})
        second = put(sun, pk, {**DRAFT, "name": "二", "version": 1})

        assert first.json()["version"] == 2
        body = refused(second, 409, "stale")
        assert body["current"]["name"] == "一"
        assert Scenario.objects.get().name == "一"

    def test_only_its_author_changes_it(self, sun: Client, login) -> None:  # type: ignore[no-untyped-def]
        pk = post(sun, "scenarios", DRAFT).json()["id"]
        chen = login("chen")

        refused(put(chen, pk, {**DRAFT, "version": 1}), 403, "not_yours")
        refused(chen.delete(f"/api/planning/scenarios/{pk}"), 403, "not_yours")
        assert sun.delete(f"/api/planning/scenarios/{pk}").status_code == 200
        assert not Scenario.objects.exists()

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"name": " "}, "field_invalid"),
            ({"name": "长" * 61}, "field_invalid"),
            ({"content": {**CONTENT, "speed": 0}}, "field_invalid"),
            ({"content": {**CONTENT, "colour": 1}}, "unknown_field"),
        ],
    )
    def test_what_makes_no_sense_is_not_kept(
        self, sun: Client, changes: dict[str, object], code: str
    ) -> None:
        refused(post(sun, "scenarios", {**DRAFT, **changes}), 422, code)
        assert not Scenario.objects.exists()

    def test_two_are_compared_with_today(self, sun: Client) -> None:
        closed = {**CONTENT, "added": [], "removed": ["c1"]}
        a, b = (
            post(sun, "scenarios", {**DRAFT, "content": content}).json()["id"]
            for content in (CONTENT, closed)
        )
        told = sun.get(f"/api/planning/compare?a={a}&b={b}").json()
        with CaptureQueriesContext(connection) as queries:
            sun.get(f"/api/planning/compare?a={a}&b={b}")

        (row,) = told["categories"]
        assert row["a"]["covered"] > row["now"]["covered"] > row["b"]["covered"] == 0
        assert len(queries) == 5  # session, both, network, whether anything has changed

    def test_what_sun_does_takes_a_fixed_number_of_queries(self, sun: Client) -> None:
        with CaptureQueriesContext(connection) as making:
            pk = post(sun, "scenarios", DRAFT).json()["id"]
        with CaptureQueriesContext(connection) as changing:
            put(sun, pk, {**DRAFT, "version": 1})
        with CaptureQueriesContext(connection) as opening:
            sun.get(f"/api/planning/scenarios/{pk}")
        with CaptureQueriesContext(connection) as dropping:
            sun.delete(f"/api/planning/scenarios/{pk}")

        counts = [len(each) for each in (making, changing, opening, dropping)]
        # session, network, row; session, savepoint, lock, network, write, release; …
        assert counts == [3, 6, 2, 5]
