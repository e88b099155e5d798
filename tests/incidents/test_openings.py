"""For which of many incidents a deed is open: the same answer as one by one, asked once."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gis_grid.errors import GridError
from incidents.actions import To
from incidents.grounds import ReturnGround
from incidents.models import DispatchRule, Incident
from incidents.openings import openings
from incidents.situation import Situation, allowed
from incidents.states import DEEDS
from tests.world import World, add_units, do, make_incident

pytestmark = pytest.mark.django_db


def next_step(world: World, deed: str, incident: Incident, by: str = "chen", **how: Any) -> None:
    """Do the next deed on an incident as it is now."""
    do(world, deed, Incident.objects.get(pk=incident.pk), by=by, **how)


def standing(world: World) -> list[Incident]:
    """Return incidents in several states, one of them dispatched, one objected to."""
    units = add_units(world)
    DispatchRule.objects.create(name="路灯归所", unit=units["lamps"], live=True)
    fresh, accepted, given, held, objected, twin = (make_incident(world) for _ in range(6))
    for each in (accepted, given, held, objected):
        next_step(world, "accept", each)
    next_step(world, "dispatch", given)
    next_step(world, "dispatch", held, to=To(unit="garden"))
    for unit, member in (("garden", "he"), ("lamps", "guo")):
        next_step(world, "dispatch", objected, to=To(unit=unit))
        reason, other = ReturnGround.NOT_OUR_DUTY, To(area="A1")
        next_step(world, "return", objected, member, reason=reason, proposed=other)
    next_step(world, "merge", twin, into=fresh.pk)
    return list(Incident.objects.order_by("serial"))


def why_not(deed: str, situation: Situation) -> str:
    try:
        allowed(deed, situation)
    except GridError as refusal:
        return str(refusal.message)
    return ""


def test_every_deed_is_open_where_it_is_open_one_by_one(world: World) -> None:
    incidents = standing(world)
    ids = [each.pk for each in incidents]
    for name in ("chen", "luo", "guo", "li"):
        actor = world.actor(name)
        seen = set(Incident.objects.visible_to(actor).values_list("pk", flat=True))
        each_alone = [Situation(i, actor, timezone.now()) for i in incidents if i.pk in seen]
        for deed in set(DEEDS) - {"dispatch"}:
            found = openings(actor, deed, ids, timezone.now())
            alone = {str(each.incident.pk): why_not(deed, each) for each in each_alone}
            assert {pk: entry["why"] for pk, entry in found.items()} == alone, (name, deed)


def test_a_dispatch_says_to_whom_or_why_not(world: World) -> None:
    fresh, accepted, given, held, objected, _twin = standing(world)
    found = openings(
        world.actor("chen"),
        "dispatch",
        [fresh.pk, accepted.pk, given.pk, held.pk, objected.pk],
        timezone.now(),
    )
    assert [found[str(each.pk)]["to"] for each in (accepted, held)] == ["路灯管理所", "路灯管理所"]
    assert "路灯管理所" in found[str(given.pk)]["why"]  # has it already
    assert found[str(fresh.pk)]["why"]
    assert found[str(objected.pk)]["why"]
    DispatchRule.objects.all().delete()
    again = openings(world.actor("chen"), "dispatch", [accepted.pk], timezone.now())
    assert again[str(accepted.pk)]["to"] == ""
    assert again[str(accepted.pk)]["why"]


def test_what_is_out_of_sight_is_not_in_the_answer(world: World) -> None:
    incident = make_incident(world)
    found = openings(world.actor("wang"), "accept", [incident.pk, uuid4()], timezone.now())
    assert found == {}


@pytest.mark.parametrize("deed", ["accept", "dispatch", "whistle", "merge", "return"])
def test_many_take_as_many_queries_as_one(world: World, deed: str) -> None:
    ids = [each.pk for each in standing(world)]
    chen, now = world.actor("chen"), timezone.now()
    openings(chen, deed, ids, now)  # what a process keeps for good
    taken = []
    for asked in ([ids[3]], ids):
        with CaptureQueriesContext(connection) as queries:
            openings(chen, deed, asked, now)
        taken.append(len(queries))
    assert taken[1] <= taken[0] + 2, taken  # the categories' entitlement, and more kinds of holders
    assert taken[1] <= 12
