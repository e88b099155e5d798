"""The life cycle: who may do what from where, once, and never over somebody else's head."""

from typing import Any
from uuid import uuid4

import pytest

from gis_grid.errors import Conflict, Forbidden, GridError, Invalid, NotFound
from incidents import actions, states
from incidents.actions import Spot, To
from incidents.grounds import NoCase
from incidents.models import Event, Incident
from incidents.reports import Photo
from tests.world import NOW, World, do, inside, make_incident, order_of

# A way to each state; what a deed asks beyond words.
WAY: list[tuple[str, str, dict[str, Any]]] = [
    ("accept", "li", {}),
    ("dispatch", "chen", {"to": To(area="A1")}),
    ("sign", "li", {}),
    ("answer", "li", {}),
    ("ask_verify", "chen", {}),
    ("pass", "zhao", {"spot": Spot(*inside())}),
]


def at_state(world: World, state: str) -> Incident:
    incident = make_incident(world)
    if state == "pre_check":
        return do(world, "ask_check", incident, by="chen")
    if state == "void":
        return do(world, "refuse", incident, by="chen", reason=NoCase.TEST)
    for deed, by, details in WAY:
        if incident.state == state:
            break
        photos = (Photo(uuid4(), "5e" * 32, "verify"),) if deed == "pass" else ()
        incident = do(world, deed, incident, by=by, photos=photos, **details)
    return incident


def test_happy_way_from_report_to_close(world: World) -> None:
    incident = at_state(world, "closed")

    assert incident.closed_at == NOW
    assert list(incident.events.values_list("kind", "state_before", "state_after")) == [
        ("report", "", "reported"),
        ("accept", "reported", "accepted"),
        ("dispatch", "accepted", "dispatched"),
        ("sign", "dispatched", "in_progress"),
        ("answer", "in_progress", "answered"),
        ("ask_verify", "answered", "verifying"),
        ("pass", "verifying", "closed"),
    ]


@pytest.mark.parametrize("state", states.STATES)
def test_only_the_table_s_moves_are_possible(world: World, state: str) -> None:
    incident = at_state(world, state)

    for deed in states.DEEDS:
        if states.transition(deed, state) is None:
            with pytest.raises(Conflict) as refusal:
                actions.do(deed, incident.pk, order_of(world, "chen", incident))
            assert refusal.value.code == "not_now"


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("li", None),  # the grid's worker
        ("zhao", None),  # the street's chief
        ("chen", None),  # the command centre
        ("wang", NotFound),  # another grid: it does not exist for him
        ("sun", Forbidden),  # plans, may see, may not act
        ("root", Forbidden),  # administers and never handles
    ],
)
def test_who_may_accept(world: World, name: str, refusal: type[GridError] | None) -> None:
    incident = make_incident(world)

    if refusal is None:
        assert do(world, "accept", incident, by=name).state == "accepted"
    else:
        with pytest.raises(refusal):
            do(world, "accept", incident, by=name)
        assert Incident.objects.get().state == "reported"


def test_reporter_from_another_grid_may_look_but_not_act(world: World) -> None:
    incident = make_incident(world, by="wang")

    with pytest.raises(Forbidden) as refusal:
        do(world, "accept", incident, by="wang")

    assert refusal.value.code == "not_your_step"


def test_second_of_two_is_told_the_incident_changed(world: World) -> None:
    seen = make_incident(world)
    do(world, "accept", seen)

    with pytest.raises(Conflict) as refusal:
        do(world, "accept", seen, by="chen")

    assert refusal.value.code == "stale"


def test_same_deed_twice_is_done_once(world: World) -> None:
    incident = make_incident(world)
    deed_id = uuid4()

    first = do(world, "accept", incident, deed_id=deed_id)
    second = do(world, "accept", incident, deed_id=deed_id)

    assert (first.version, second.version) == (2, 2)
    assert Event.objects.filter(kind="accept").count() == 1


def test_a_repeated_hand_over_is_answered_though_it_left_the_doer_s_sight(world: World) -> None:
    incident = make_incident(world, by="zhao")
    deed_id = uuid4()

    do(world, "hand_over", incident, area="B1", deed_id=deed_id)
    again = do(world, "hand_over", incident, area="B1", deed_id=deed_id)

    assert (again.area.code, again.version) == ("B1", 2)
    with pytest.raises(NotFound):
        do(world, "remark", again)


@pytest.mark.parametrize("note", ["", "   "])
def test_answering_needs_words(world: World, note: str) -> None:
    incident = at_state(world, "in_progress")

    with pytest.raises(Invalid) as refusal:
        do(world, "answer", incident, note=note)

    assert refusal.value.code == "note_missing"


def test_unrouted_incident_is_the_command_centre_s(world: World) -> None:
    incident = make_incident(world, place=inside(9, 9))

    assert do(world, "accept", incident, by="chen").state == "accepted"
