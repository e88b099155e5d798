"""What the forms offer: only what may be chosen, with why not beside the rest."""

import hashlib
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from gis_grid.people.models import Assignment, HandlingUnit, Role, UnitKind
from gis_grid.territory.actions import AreaDraft, found
from gis_grid.territory.models import Level
from incidents import grounds
from incidents.actions import To
from incidents.choices import MAX_AREAS
from incidents.models import Competence, DispatchRule, Incident, MatterListEntry
from tests.web.test_field_api import picture
from tests.world import (
    World,
    add_units,
    announced,
    body_of,
    do,
    inside,
    make_incident,
    make_report,
)

SHARED = Path(__file__).resolve().parents[2] / "static" / "shared" / "deeds"
NOWHERE = inside(0.5, 5)


@pytest.fixture
def units(world: World) -> dict[str, HandlingUnit]:
    return add_units(world)


def choices(client: Client, incident: Incident) -> Any:
    answer = client.get(f"/api/incidents/{incident.pk}/choices")
    assert answer.status_code == 200, answer.content
    return answer.json()


def by_code(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item["code"]: item for item in items}


def accepted(world: World, **facts: Any) -> Incident:
    return do(world, "accept", make_incident(world, **facts), by="chen")


def test_units_say_why_they_may_not_receive_it(world: World, units, login) -> None:  # type: ignore[no-untyped-def]
    lamp, manhole = world.categories["street_lamp"], world.categories["manhole"]
    Competence.objects.create(unit=units["garden"], category=manhole)
    MatterListEntry.objects.create(category=lamp, level=Level.DISTRICT)
    units["lamps"].areas.add(world.areas["B"])

    offered = by_code(choices(login("chen"), accepted(world))["units"])

    assert {code: unit["may"] for code, unit in offered.items()} == dict.fromkeys(units, False)
    assert "不" in offered["garden"]["why"]
    assert "园林所" in offered["garden"]["why"]
    assert "路灯管理所" in offered["lamps"]["why"]
    assert "路灯不亮" in offered["office"]["why"]


def test_what_is_offered_is_what_a_deed_takes(world: World, units, login) -> None:  # type: ignore[no-untyped-def]
    incident = accepted(world)
    offered = choices(login("chen"), incident)

    assert [area["code"] for area in offered["areas"]] == ["A1", "A", "S", "D"]
    for kind, items in (("unit", offered["units"]), ("area", offered["areas"])):
        assert all(item["may"] for item in items)
        for item in items:
            incident = do(world, "dispatch", incident, by="chen", to=To(**{kind: item["code"]}))


def test_a_gone_unit_is_not_offered(world: World, units, login) -> None:  # type: ignore[no-untyped-def]
    HandlingUnit.objects.filter(code="lamps").update(active=False)

    assert set(by_code(choices(login("chen"), accepted(world))["units"])) == {"garden", "office"}


def test_the_rule_that_fits_is_named_with_its_reason(world: World, units, login) -> None:  # type: ignore[no-untyped-def]
    incident, chen = accepted(world), login("chen")
    assert choices(chen, incident)["rule"] is None
    DispatchRule.objects.create(
        name="路灯归所", category=world.categories["street_lamp"], unit=units["lamps"], live=True
    )

    rule = choices(chen, incident)["rule"]

    assert rule["name"] == "路灯归所"
    assert "路灯不亮" in rule["reason"]
    assert rule["to"] == {"unit": "lamps", "name": "路灯管理所"}


def test_who_may_not_dispatch_is_offered_no_recipients(world: World, units, login) -> None:  # type: ignore[no-untyped-def]
    offered = choices(login("li"), accepted(world))

    assert offered["units"] == offered["areas"] == offered["people"] == []
    assert offered["rule"] is None
    assert by_code(offered["hand_over"]).keys() >= {"A2", "B1"}


def test_a_holder_who_returns_it_may_propose_others(world: World, units, login) -> None:  # type: ignore[no-untyped-def]
    incident = do(world, "dispatch", accepted(world), by="chen", to=To(unit="lamps"))

    offered = choices(login("guo"), incident)

    assert set(by_code(offered["units"])) == set(units)
    assert set(by_code(offered["reasons"]["return"])) == set(grounds.ReturnGround.values)


def test_reasons_speak_the_readers_language(world: World, login) -> None:  # type: ignore[no-untyped-def]
    incident, chen = accepted(world), login("chen")
    chinese = by_code(choices(chen, incident)["reasons"]["refuse"])
    english = chen.get(f"/api/incidents/{incident.pk}/choices", headers={"accept-language": "en"})

    assert chinese["test"]["label"] != "A test"
    assert by_code(english.json()["reasons"]["refuse"])["test"]["label"] == "A test"


def test_duplicates_are_open_near_and_of_the_same_category(world: World, login, media) -> None:  # type: ignore[no-untyped-def]
    content = picture()
    near = make_report(
        inside(0.6), photos=announced(uuid4(), hashlib.sha256(content).hexdigest()), words="第二盏"
    )
    li = login("li")
    li.post("/api/field/reports", body_of(near), "application/json")
    li.put(f"/api/field/reports/{near.id}/photos/{near.photos[0].id}", content, "image/jpeg")
    incident = accepted(world)
    make_incident(world, place=inside(2.5))  # 760 m away
    make_incident(world, category="manhole")
    do(world, "refuse", make_incident(world), by="chen", reason=grounds.NoCase.TEST)

    [offered] = choices(login("chen"), incident)["duplicates"]

    assert offered["id"] == str(near.id)
    assert offered["words"] == "第二盏"
    assert 30 < offered["metres"] < 50
    thumb = li.get(offered["thumb_url"])
    thumb.close()
    assert thumb.status_code == 200


def test_a_case_in_no_grid_may_go_to_any_of_my_territory(world: World, login) -> None:  # type: ignore[no-untyped-def]
    offered = choices(login("chen"), make_incident(world, place=NOWHERE))

    assert set(by_code(offered["hand_over"])) == {"A", "B", "A1", "A2", "B1"}
    assert {person["code"] for person in offered["people"]} == {"li", "wang", "zhao"}


def test_areas_are_found_by_name_beyond_ones_own_territory(world: World, login) -> None:  # type: ignore[no-untyped-def]
    incident, li = accepted(world), login("li")

    listed = li.get(f"/api/incidents/{incident.pk}/choices/areas", {"q": "北门"}).json()["items"]

    assert [area["code"] for area in listed] == ["B1", "B"]
    assert listed[0]["above"] == "北门社区"


def test_the_length_of_the_extension_list_is_told(world: World, login, settings) -> None:  # type: ignore[no-untyped-def]
    settings.MAX_EXTENSIONS = 2
    incident = do(world, "start", accepted(world), by="li")

    offered = choices(login("li"), incident)

    assert offered["extensions_left"] == 2
    assert offered["limit"] == {"amount": 24.0, "kind": "hours"}
    assert [limit["code"] for limit in offered["limits"]] == [
        "hours",
        "working_hours",
        "working_days",
        "days",
    ]


def test_many_units_areas_people_and_duplicates_take_no_more_queries(
    world: World, units, login
) -> None:  # type: ignore[no-untyped-def]
    chen, incident = login("chen"), accepted(world)
    DispatchRule.objects.create(name="路灯", unit=units["lamps"], live=True)
    make_incident(world, place=inside(0.6))
    few = counted(chen, incident)
    for number in range(30):
        unit = HandlingUnit.objects.create(
            code=f"u{number}", name=f"第{number}所", kind=UnitKind.DEPARTMENT, level=Level.DISTRICT
        )
        unit.areas.add(world.areas["A" if number % 2 else "B"])
        Competence.objects.create(unit=unit, category=world.categories["street_lamp"])
    for _number in range(5):
        make_incident(world, place=inside(0.6))
    worker = Assignment.objects.get(area=world.areas["B1"]).worker
    Assignment.objects.create(worker=worker, area=world.areas["A2"], role=Role.GRID_WORKER)

    assert counted(chen, incident) == few
    assert few <= 24


def counted(client: Client, incident: Incident) -> int:
    choices(client, incident)
    with CaptureQueriesContext(connection) as queries:
        choices(client, incident)
    return len(queries)


def test_the_list_of_areas_has_a_bound(world: World, login) -> None:  # type: ignore[no-untyped-def]
    for number in range(MAX_AREAS):
        found(AreaDraft(f"M{number}", f"微网格{number}", Level.MICRO_GRID, world.areas["A2"]))

    assert len(choices(login("chen"), accepted(world))["hand_over"]) == MAX_AREAS


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_timelines_name_reasons_as_forms_do(language: str) -> None:
    dictionary = (SHARED / f"words.{language}.js").read_text("utf-8")
    lists = (grounds.NoCase, grounds.ReturnGround, grounds.SuspendGround, grounds.Finding)

    said = dict(re.findall(r"^  'ground\.(\w+)': '(.*)',$", dictionary, re.M))

    with override(language):
        assert said == {code: str(label) for each in lists for code, label in each.choices}
