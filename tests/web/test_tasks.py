"""The phone's tasks: what is asked of me, what else is open on my ground, what I have handled."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gis_grid.people.models import HandlingUnit, UnitMember
from incidents.actions import To
from incidents.grounds import Finding, ReturnGround
from incidents.models import Event, Incident
from tests.world import World, add_units, do, inside, make_incident

As = Callable[[str], Client]


@pytest.fixture
def units(world: World) -> dict[str, HandlingUnit]:
    return add_units(world)


def tasks(client: Client) -> list[tuple[str, str, bool]]:
    """Return (id, what it asks, whether it is handled) of each row."""
    answer = client.get("/api/field/tasks")
    assert answer.status_code == 200, answer.content
    return [(row["id"], row["asks"], row["handled"]) for row in answer.json()["items"]]


def given(world: World, to: To, **report: Any) -> Incident:
    incident = do(world, "accept", make_incident(world, **report))
    return do(world, "dispatch", incident, by="chen", to=to)


def lately(incident: Incident) -> None:
    """Let the steps of the test have been done just now."""
    Event.objects.filter(incident=incident).update(at=timezone.now() - timedelta(hours=1))


def test_a_chief_keeps_seeing_what_is_open_below(world: World, login: As) -> None:
    incident = make_incident(world)

    assert tasks(login("zhao")) == [(str(incident.pk), "", False)]
    assert tasks(login("wang")) == []


def test_a_unit_s_member_is_asked_to_sign_and_to_answer(world: World, units, login: As) -> None:  # type: ignore[no-untyped-def]
    incident = given(world, To(unit="lamps"))
    guo = login("guo")

    assert tasks(guo) == [(str(incident.pk), "sign", False)]
    assert tasks(login("he")) == []
    do(world, "sign", incident, by="guo")
    assert tasks(guo) == [(str(incident.pk), "answer", False)]


def test_who_was_whistled_for_is_asked_to_help(world: World, units, login: As) -> None:  # type: ignore[no-untyped-def]
    incident = do(world, "accept", make_incident(world))
    incident = do(world, "whistle", incident, by="chen", lead="lamps", assisting=("garden",))

    assert tasks(login("guo"))[0][1] == "sign"
    assert tasks(login("he"))[0][1] == "assist"
    lately(do(world, "assist", incident, by="he"))
    assert tasks(login("he")) == [(str(incident.pk), "", True)]


def test_a_grid_is_asked_what_its_people_hold(world: World, login: As) -> None:
    given(world, To(area="A1"))

    assert tasks(login("li"))[0][1] == "sign"


def test_what_the_street_holds_is_not_asked_of_the_grid_below(world: World, login: As) -> None:
    given(world, To(area="S"))

    assert tasks(login("li"))[0][1] == ""
    assert tasks(login("zhao"))[0][1] == "sign"


def test_what_is_to_be_checked_is_asked_of_its_grid(world: World, login: As) -> None:
    do(world, "ask_check", make_incident(world), by="chen")

    assert tasks(login("li"))[0][1] == "check"


def test_who_handled_it_is_not_asked_to_verify_it(world: World, login: As) -> None:
    incident = do(world, "sign", given(world, To(area="A1")))
    do(world, "ask_verify", do(world, "answer", incident), by="chen")

    assert tasks(login("li"))[0][1] == ""
    assert tasks(login("zhao"))[0][1] == "verify"


def test_what_is_asked_of_me_comes_first_whatever_the_deadlines(world: World, login: As) -> None:
    early, late = make_incident(world), make_incident(world)
    late = do(world, "ask_check", late, by="chen")
    for incident, hours in ((early, 1), (late, 9)):
        due = timezone.now() + timedelta(hours=hours)
        Incident.objects.filter(pk=incident.pk).update(due_at=due, stage_due_at=due)

    assert [row[0] for row in tasks(login("li"))] == [str(late.pk), str(early.pk)]


def test_what_i_returned_stays_for_a_day(world: World, units, login: As) -> None:  # type: ignore[no-untyped-def]
    incident = given(world, To(unit="lamps"))
    do(
        world,
        "return",
        incident,
        by="guo",
        reason=ReturnGround.NOT_OUR_DUTY,
        proposed=To(unit="garden"),
    )
    lately(incident)

    assert tasks(login("guo")) == [(str(incident.pk), "", True)]
    Event.objects.filter(incident=incident).update(at=timezone.now() - timedelta(hours=25))
    assert tasks(login("guo")) == []


def test_what_i_answered_moves_to_the_handled_ones(world: World, login: As) -> None:
    incident = do(world, "answer", do(world, "sign", given(world, To(area="A1"))))
    lately(incident)

    assert tasks(login("li")) == [(str(incident.pk), "", True)]


def test_what_i_checked_is_still_open_on_my_ground(world: World, login: As) -> None:
    incident = do(world, "ask_check", make_incident(world), by="chen")
    lately(do(world, "check", incident, finding=Finding.EXISTS))

    assert tasks(login("li")) == [(str(incident.pk), "", False)]


def test_what_i_handed_over_has_left_my_sight(world: World, login: As) -> None:
    incident = make_incident(world, by="zhao")
    lately(do(world, "hand_over", incident, by="li", area="B1"))

    assert tasks(login("li")) == []


def test_my_own_report_is_no_task_of_mine(world: World, login: As) -> None:
    lately(make_incident(world, by="wang", place=inside(0.5)))

    assert tasks(login("wang")) == []


def test_a_member_without_a_role_may_use_the_phone(world: World, units, login: As) -> None:  # type: ignore[no-untyped-def]
    guo = login("guo")

    assert 'href="/field/"' in guo.get("/").content.decode()
    assert guo.get("/field/").status_code == 200
    assert guo.get("/api/field/me").json()["units"] == [{"code": "lamps", "name": "路灯管理所"}]
    assert guo.get("/api/field/reports").json() == {"items": []}
    assert guo.post("/api/field/reports", {}, "application/json").status_code in (403, 422)


def test_who_left_the_unit_may_not(world: World, units, login: As) -> None:  # type: ignore[no-untyped-def]
    today = timezone.localdate()
    UnitMember.objects.filter(worker__code="guo").update(
        during=(today - timedelta(days=9), today - timedelta(days=1))
    )

    assert login("guo").get("/field/").status_code == 403
    assert login("guo").get("/api/field/tasks").json()["code"] == "role_required"


def test_tasks_take_as_many_queries_for_many_as_for_one(world: World, units, login: As) -> None:  # type: ignore[no-untyped-def]
    counts: list[int] = []
    guo = login("guo")
    for _ in range(2):
        given(world, To(unit="lamps"))
        guo.get("/api/field/tasks")
        with CaptureQueriesContext(connection) as queries:
            assert len(tasks(guo)) == len(counts) + 1
        counts.append(len(queries))

    assert counts[0] == counts[1]
