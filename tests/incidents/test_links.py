"""The reporter's signed link: leads to one incident, cannot be guessed, ends some time after it."""

import string
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import signing

from gis_grid.errors import Invalid, NotFound
from incidents.actions import Spot, To
from incidents.grounds import NoCase
from incidents.models import Incident
from incidents.reports import Photo
from incidents.telling import links
from tests.world import NOW, World, do, inside, make_incident

LETTERS = frozenset(string.ascii_letters + string.digits + "-_.")


@pytest.fixture
def incident(world: World) -> Incident:
    return make_incident(world)


def close(world: World, incident: Incident) -> Incident:
    for deed, by, details in (
        ("accept", "li", {}),
        ("dispatch", "chen", {"to": To(area="A1")}),
        ("sign", "li", {}),
        ("answer", "li", {}),
    ):
        incident = do(world, deed, incident, by=by, **details)
    photo = (Photo(uuid4(), "5e" * 32, "verify"),)
    return do(world, "pass", incident, by="zhao", spot=Spot(*inside()), photos=photo)


def test_a_link_leads_to_its_incident(incident: Incident) -> None:
    assert links.incident_of(links.token_of(incident.pk), NOW) == incident


def test_a_link_is_the_same_every_time(incident: Incident) -> None:
    assert links.timeline_url(incident.pk) == links.timeline_url(incident.pk)


def test_a_link_survives_any_messenger(incident: Incident) -> None:
    token = links.token_of(incident.pk)

    assert set(token) <= LETTERS
    assert token[-1] != "."


@pytest.mark.parametrize("at", range(0, 66, 5))
def test_a_changed_letter_leads_nowhere(incident: Incident, at: int) -> None:
    token = links.token_of(incident.pk)
    other = "A" if token[at] != "A" else "B"

    with pytest.raises(NotFound):
        links.incident_of(token[:at] + other + token[at + 1 :], NOW)


@pytest.mark.parametrize("bad", ["", ".", "x", "x.y", "中文.链接", "A" * 5000, "\x00.\x00"])
def test_nonsense_leads_nowhere(world: World, bad: str) -> None:
    with pytest.raises(NotFound):
        links.incident_of(bad, NOW)


def test_what_else_is_signed_here_is_no_link(incident: Incident) -> None:
    name = links.token_of(incident.pk).split(".")[0]

    with pytest.raises(NotFound):
        links.incident_of(signing.Signer(salt="another", sep=".").sign(name), NOW)


def test_a_link_to_nothing_leads_nowhere(world: World) -> None:
    with pytest.raises(NotFound):
        links.incident_of(links.token_of(uuid4()), NOW)


def test_an_open_case_s_link_never_ends(incident: Incident) -> None:
    assert links.incident_of(links.token_of(incident.pk), NOW + timedelta(days=5000))


@pytest.mark.parametrize(("days", "lives"), [(90, True), (91, False)])
def test_a_closed_case_s_link_ends(
    world: World, incident: Incident, days: int, lives: bool
) -> None:
    close(world, incident)
    token, at = links.token_of(incident.pk), NOW + timedelta(days=days)

    if lives:
        assert links.incident_of(token, at)
    else:
        with pytest.raises(NotFound):
            links.incident_of(token, at)


def test_the_link_of_what_was_no_case_ends_too(world: World, incident: Incident) -> None:
    do(world, "refuse", incident, by="chen", reason=NoCase.TEST)

    with pytest.raises(NotFound):
        links.incident_of(links.token_of(incident.pk), NOW + timedelta(days=91))


def test_a_form_says_what_was_looked_at(incident: Incident) -> None:
    sheet = links.read_sheet(links.sheet_for(incident), incident)

    assert sheet.seen_version == incident.version
    assert sheet.deed_id != links.read_sheet(links.sheet_for(incident), incident).deed_id


def test_a_form_of_another_case_is_refused(world: World, incident: Incident) -> None:
    with pytest.raises(Invalid):
        links.read_sheet(links.sheet_for(make_incident(world)), incident)


@pytest.mark.parametrize("text", ["", "x", "a:b:c", "中"])
def test_a_form_that_was_not_made_here_is_refused(incident: Incident, text: str) -> None:
    with pytest.raises(Invalid):
        links.read_sheet(text, incident)
