"""Every deed x every state x everybody, own and other territory: done, 403, 404 or 409, no other.

What is right stands in `tests/deedtable.py`, written by hand and not made from `states.py`.
"""

from uuid import uuid4

import pytest
from django.db import transaction

from gis_grid.access import Actor
from gis_grid.errors import GridError
from incidents import actions, states
from incidents.models import Event, Incident
from tests.deedtable import (
    DONE,
    PEOPLE,
    TABLE,
    Answer,
    act,
    at_state,
    details_for,
    expected,
    photos_for,
    settle_people,
    version_after,
)
from tests.world import NOW, World, make_incident, order_of


def tried(deed: str, incident: Incident, by: Actor, before: int) -> Answer:
    """Try a deed and take it back. A refusal leaves nothing, a deed one event after so many."""
    order = actions.Order(
        by=by,
        at=NOW,
        deed_id=uuid4(),
        seen_version=incident.version,
        note="ok",
        photos=photos_for(deed),
    )
    details = details_for(deed, by.user.username, incident)
    with transaction.atomic():
        try:
            done = actions.DEEDS[deed](incident.pk, order, **details)
        except GridError as refusal:
            assert Event.objects.count() == before, (deed, by.name)
            return Answer(refusal.status, refusal.code)
        *_, event = log = Event.objects.order_by("pk")
        assert (len(log), event.kind, event.incident_id) == (before + 1, deed, incident.pk)
        assert (event.version, event.state_after) == (version_after(deed, incident), done.state)
        transaction.set_rollback(True)
    return DONE


@pytest.fixture
def town(world: World) -> World:
    """The town with units, people of other territories, and another open incident."""
    settle_people(world)
    make_incident(world)
    return world


@pytest.mark.early
@pytest.mark.parametrize("state", states.STATES)
def test_every_deed_for_everybody(town: World, state: str) -> None:
    incident = at_state(town, state)
    actors = {name: town.actor(name) for name in PEOPLE}
    before = Event.objects.count()

    wrong = {
        (deed, name): (answer, right)
        for deed in TABLE
        for name, actor in actors.items()
        if (answer := tried(deed, incident, actor, before))
        != (right := expected(deed, state, name))
    }

    assert wrong == {}


def test_the_table_has_every_deed_of_people() -> None:
    assert set(TABLE) == set(actions.DEEDS)


def test_the_table_is_not_empty_handed() -> None:
    """Everybody who has a side may do something somewhere, and every deed is done by somebody."""
    done = {
        (deed, name)
        for deed in TABLE
        for state in states.STATES
        for name in PEOPLE
        if expected(deed, state, name).status != 403
        and expected(deed, state, name).code not in ("not_now", "incident_not_found")
    }

    assert {deed for deed, _name in done} == set(TABLE)
    assert {name for _deed, name in done} == {"li", "zhao", "chen", "luo", "wang", "guo", "he"}


# The guarded deeds, in a case in which what they want is true.
ARRANGED: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("grant_extension", "dispatched", [("ask_extension", "guo")]),
    ("refuse_extension", "dispatched", [("ask_extension", "guo")]),
    ("resume", "in_progress", [("suspend", "chen")]),
    ("register", "in_progress", [("ask_extension", "guo"), ("grant_extension", "chen")]),
    (
        "decide",
        "dispatched",
        [("return", "guo"), ("dispatch", "chen"), ("return", "hua")],
    ),
]


@pytest.mark.parametrize(("deed", "state", "steps"), ARRANGED, ids=[each[0] for each in ARRANGED])
def test_a_guarded_deed_when_it_may_be_done(
    town: World, deed: str, state: str, steps: list[tuple[str, str]]
) -> None:
    incident = at_state(town, state)
    for step, name in steps:
        incident = act(town, step, incident, name)

    before = Event.objects.count()
    answers = {name: tried(deed, incident, town.actor(name), before) for name in PEOPLE}

    right = {"luo"} if deed == "decide" else {"chen", "luo"}
    assert {name for name, answer in answers.items() if answer == DONE} == right
    assert {answer.status for name, answer in answers.items() if name not in right} == {403, 404}


def test_closing_by_evidence_when_it_may_be_done(town: World) -> None:
    incident = at_state(town, "answered")
    town.categories["street_lamp"].verify = "desk"
    town.categories["street_lamp"].save()

    before = Event.objects.count()
    answers = {name: tried("close", incident, town.actor(name), before) for name in PEOPLE}

    assert {name for name, answer in answers.items() if answer == DONE} == {"chen", "luo"}


@pytest.mark.parametrize("deed", sorted(TABLE))
def test_the_same_deed_again_changes_nothing(town: World, deed: str) -> None:
    arranged = next((each for each in ARRANGED if each[0] == deed), None)
    state = arranged[1] if arranged else TABLE[deed][1].split()[0]
    incident = at_state(town, state)
    for step, name in arranged[2] if arranged else []:
        incident = act(town, step, incident, name)
    if deed == "close":
        town.categories["street_lamp"].verify = "desk"
        town.categories["street_lamp"].save()
    doer = {"F": "zhao", "D": "chen", "L": "luo", "H": "guo", "A": "he", "R": "wang"}[
        TABLE[deed][0][0]
    ]
    order = order_of(town, doer, incident, photos=photos_for(deed))
    details = details_for(deed, doer, incident)
    before = Event.objects.count()

    first = actions.DEEDS[deed](incident.pk, order, **details)
    second = actions.DEEDS[deed](incident.pk, order, **details)

    assert first.version == second.version == version_after(deed, incident)
    assert Event.objects.count() == before + 1
