"""What a phone carries to where there is no network."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.actions import To
from incidents.models import Incident
from tests.world import World, add_units, do, inside, make_incident

As = Callable[[str], Client]
URL = "/api/field/pack"
# session with user and seats; areas, units, three for the categories; handled lately, units, rows;
# units, tasks, their dispatches, extensions, duplicates, photos, history, ratings; borders (2);
# contacts (2); areas above, units, neighbours
QUERIES = 24


@pytest.fixture(autouse=True)
def units(world: World) -> None:
    add_units(world)


def pack(client: Client) -> Any:
    answer = client.get(URL)
    assert answer.status_code == 200, answer.content
    return answer.json()


def held(world: World, by: str = "zhao", to: str = "A1", **report: Any) -> Incident:
    """A case that Li's grid has signed for."""
    incident = do(world, "accept", make_incident(world, by=by, **report), by="chen")
    incident = do(world, "dispatch", incident, by="chen", to=To(area=to))
    return do(world, "sign", incident, by="li" if to == "A1" else "zhao")


def test_a_task_is_as_the_page_would_show_it(world: World, login: As) -> None:
    incident, li = held(world), login("li")

    carried = pack(li)

    shown = li.get(f"/api/incidents/{incident.pk}").json()
    assert carried["details"] == {str(incident.pk): {**shown, "timeline_url": None}}
    assert carried["tasks"] == li.get("/api/field/tasks").json()["items"]
    assert carried["me"] == li.get("/api/field/me").json()
    assert "answer" in shown["deeds"]


def test_its_forms_offer_what_they_offer_with_a_network(world: World, login: As) -> None:
    incident, li = held(world), login("li")

    carried = pack(li)["choices"]

    there = li.get(f"/api/incidents/{incident.pk}/choices").json()
    own = carried["of"][str(incident.pk)]
    assert carried["reasons"] == there["reasons"]
    assert carried["limits"] == there["limits"]
    assert (own["limit"], own["extensions_left"]) == (there["limit"], there["extensions_left"])
    names = [[each["name"] for each in part] for part in (carried["units"], own["areas"])]
    assert names == [[each["name"] for each in there[key]] for key in ("units", "areas")]
    near = [area for area in carried["neighbours"][own["street"]] if area["code"] != "A1"]
    assert near == there["hand_over"]


def test_the_border_of_the_own_grid_is_there(world: World, login: As) -> None:
    areas = pack(login("li"))["areas"]["features"]

    assert [area["properties"]["code"] for area in areas] == ["A1"]
    assert areas[0]["geometry"]["type"] == "MultiPolygon"


def test_the_chief_has_the_grids_below(world: World, login: As) -> None:
    areas = pack(login("zhao"))["areas"]["features"]

    assert {area["properties"]["code"] for area in areas} == {"S", "A", "B", "A1", "A2", "B1"}


def test_the_desk_can_be_called_and_the_colleagues(world: World, login: As) -> None:
    contacts = pack(login("li"))["contacts"]

    assert [each["name"] for each in contacts] == ["Chen", "Luo", "Zhao"]
    assert contacts[0] == {
        "name": "Chen",
        "phone": "13800000001",
        "role": "指挥中心值班员",
        "place": "示范区",
        "desk": True,
    }


def test_who_has_no_work_phone_is_not_listed(world: World, login: As) -> None:
    worker = world.users["zhao"].worker
    worker.phone = ""
    worker.save()

    assert "Zhao" not in [each["name"] for each in pack(login("li"))["contacts"]]


def test_a_unit_has_its_cases_and_no_ground(world: World, login: As) -> None:
    incident = do(world, "accept", make_incident(world), by="chen")
    do(world, "dispatch", incident, by="chen", to=To(unit="lamps"))

    carried = pack(login("guo"))

    assert list(carried["details"]) == [str(incident.pk)]
    assert carried["areas"]["features"] == []
    assert [each["name"] for each in carried["contacts"]] == ["Chen", "Luo"]


def test_what_others_have_is_in_nobody_else_s_pack(world: World, login: As) -> None:
    held(world)

    carried = pack(login("wang"))

    assert carried["tasks"] == []
    assert carried["details"] == {}


def test_the_same_facts_are_not_sent_twice(world: World, login: As) -> None:
    incident, li = held(world), login("li")
    first = li.get(URL)

    again = li.get(URL, headers={"if-none-match": first["ETag"]})
    do(world, "remark", incident)
    changed = li.get(URL, headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (changed.status_code, changed["ETag"] != first["ETag"]) == (200, True)


def test_nobody_keeps_it_but_the_page(login: As) -> None:
    assert login("li").get(URL)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("tasks", [1, 6])
def test_many_tasks_are_read_as_often_as_one(world: World, login: As, tasks: int) -> None:
    for number in range(tasks):
        held(world, place=inside(0.1 + number / 10))
        case = do(world, "accept", make_incident(world, place=inside(0.5, 0.3)), by="chen")
        do(world, "whistle", case, by="chen", lead="lamps", assisting=("garden",))
    li = login("li")

    with CaptureQueriesContext(connection) as queries:
        assert len(pack(li)["details"]) == 2 * tasks
    assert len(queries) == QUERIES, "\n".join(each["sql"][:160] for each in queries)
