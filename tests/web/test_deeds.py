"""The deeds' addresses: who is let in, what a stale page is told, and what no body can do."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents import states
from incidents.models import Event, Incident
from incidents.web.deeds import BODIES
from tests.deedtable import (
    TABLE,
    UNFULFILLED,
    at_state,
    expected,
    form_for,
    photos_for,
    settle_people,
    version_after,
)
from tests.web.contract import refused
from tests.world import World, make_incident

Login = Callable[[str], Client]
DEEDS = sorted(TABLE)
SHA256 = "5e" * 32
# One of each kind; `tests/incidents/test_matrix_of_deeds.py` tries everybody in every state.
KNOCKING = ("li", "chen", "luo", "wang", "guo", "he", "sun", "root", "qian", "feng")


@pytest.fixture
def town(world: World) -> World:
    settle_people(world)
    make_incident(world)  # another one, to merge into
    return world


def body_for(deed: str, name: str, incident: Incident, **changes: Any) -> dict[str, Any]:
    """Return what a page sends for a deed."""
    photos = [
        {"id": str(photo.id), "sha256": photo.sha256, "role": photo.role}
        for photo in photos_for(deed)
    ]
    return {
        "id": str(uuid4()),
        "seen_version": incident.version,
        "note": "好的",
        "photos": photos,
        **form_for(deed, name, incident),
        **changes,
    }


def post(client: Client, deed: str, incident: Incident, body: Any) -> Any:
    url = f"/api/incidents/{incident.pk}/deeds/{deed}"
    text = body if isinstance(body, str) else json.dumps(body)
    return client.generic("POST", url, text, content_type="application/json")


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo what happens in the block."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def doer(deed: str) -> str:
    """Return somebody whose step a deed is."""
    side = TABLE[deed][0][0]
    return {"F": "zhao", "D": "chen", "L": "luo", "H": "guo", "A": "he", "R": "wang"}[side]


def first_state(deed: str) -> str:
    return TABLE[deed][1].split()[0]


def ready(town: World, deed: str) -> Incident:
    """Return the case in the first state from which a deed may be done, closed just now."""
    incident = at_state(town, first_state(deed))
    if incident.closed_at:
        incident.closed_at = timezone.now()
        incident.save(update_fields=["closed_at"])
    return incident


# --- who is let in ------------------------------------------------------------------------------


@pytest.mark.parametrize("deed", DEEDS)
def test_who_is_let_in(town: World, login: Login, deed: str) -> None:
    incident = ready(town, deed)
    before = Event.objects.count()

    for name in KNOCKING:
        right = expected(deed, incident.state, name)
        with taken_back():
            answer = post(login(name), deed, incident, body_for(deed, name, incident))
            assert answer.status_code == right.status, (name, answer.content)
            assert Event.objects.count() == before + (right.status == 200)
            if right.status == 200:
                shown = answer.json()["incident"]
                assert shown is None or shown["version"] == version_after(deed, incident)
                continue
            told = refused(answer, right.status, right.code)
            assert ("current" in told) == (right.status == 409)
            if right.status == 409:
                assert told["current"]["version"] == incident.version


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_is_asked_to_log_in(town: World, client: Client, deed: str) -> None:
    incident = ready(town, deed)

    answer = post(client, deed, incident, body_for(deed, "li", incident))

    refused(answer, 401, "login_required")


def test_every_deed_has_its_address_and_no_other_has(town: World, login: Login) -> None:
    incident, chen = make_incident(town), login("chen")

    assert set(TABLE) == set(states.DEEDS) - {"reroute", "remind", "overdue", "stuck"}
    for deed in ("reroute", "remind", "overdue", "stuck", "report", "import", "nothing"):
        refused(post(chen, deed, incident, body_for("accept", "chen", incident)), 404, "not_found")


# --- a stale page -------------------------------------------------------------------------------


@pytest.mark.parametrize("deed", DEEDS)
def test_a_stale_page_is_told_what_is_true_now(town: World, login: Login, deed: str) -> None:
    incident = ready(town, deed)
    Incident.objects.filter(pk=incident.pk).update(version=incident.version + 3, words="变了")
    name, before = doer(deed), Event.objects.count()

    answer = post(login(name), deed, incident, body_for(deed, name, incident))

    current = refused(answer, 409, "stale")["current"]
    assert (current["version"], current["words"]) == (incident.version + 3, "变了")
    assert current["timeline"]
    assert Event.objects.count() == before


def test_a_deed_s_id_serves_one_deed_only(town: World, login: Login) -> None:
    incident, li = make_incident(town), login("li")
    body = body_for("accept", "li", incident)
    assert post(li, "accept", incident, body).status_code == 200

    other = post(li, "start", incident, body | {"seen_version": 2})

    refused(other, 409, "id_reused")
    assert post(li, "accept", incident, body).status_code == 200
    assert Event.objects.filter(incident=incident).count() == 2


def test_who_gives_it_away_is_told_that_it_left_their_sight(town: World, login: Login) -> None:
    incident = make_incident(town, by="zhao")

    body = body_for("hand_over", "li", incident, area="B1")

    answer = post(login("li"), "hand_over", incident, body)

    assert (answer.status_code, answer.json()["incident"]) == (200, None)


def test_the_answer_repeats_the_deed_s_id_and_the_sha256_of_its_body(
    town: World, login: Login
) -> None:
    incident = make_incident(town, by="zhao")
    body = json.dumps(body_for("accept", "li", incident), ensure_ascii=False, indent=1)
    li = login("li")

    for _time in range(2):
        told = post(li, "accept", incident, body).json()
        assert told["id"] == json.loads(body)["id"]
        assert told["sha256"] == hashlib.sha256(body.encode()).hexdigest()


# --- bad bodies ---------------------------------------------------------------------------------

PHOTO = {"id": str(uuid4()), "sha256": SHA256, "role": "after"}
COMMON: list[tuple[str, Any, str]] = [  # field, value, where the fault is told
    ("id", None, "id"),
    ("id", "1", "id"),
    ("id", 7, "id"),
    ("seen_version", None, "seen_version"),
    ("seen_version", "1", "seen_version"),
    ("seen_version", 0, "seen_version"),
    ("seen_version", 1.5, "seen_version"),
    ("seen_version", True, "seen_version"),
    ("seen_version", 2**31, "seen_version"),
    ("note", None, "note"),
    ("note", 5, "note"),
    ("note", "x" * 1001, "note"),
    ("photos", None, "photos"),
    ("photos", {}, "photos"),
    ("photos", [PHOTO | {"id": str(uuid4())} for _ in range(6)], "photos"),
    ("photos", [PHOTO | {"sha256": "x"}], "photos.0.sha256"),
    ("photos", [PHOTO | {"role": "report"}], "photos.0.role"),
    ("photos", [PHOTO | {"by": 1}], "photos.0.by"),
    ("state", "closed", "state"),
    ("at", "2020-01-01T00:00:00Z", "at"),
    ("by", 1, "by"),
]
OWN: dict[str, list[tuple[str, Any, str]]] = {
    "check": [("finding", "?", "finding"), ("finding", None, "finding")],
    "refuse": [("reason", "because", "reason"), ("reason", [], "reason")],
    "merge": [("into", "x", "into"), ("into", None, "into")],
    "dispatch": [
        ("to", "lamps", "to"),
        ("to", {"unit": "lamps", "area": "A1"}, "to"),
        ("to", {"unit": "nothing"}, "unit"),
        ("to", {"unit": ""}, "to.unit"),
        ("to", {"unit": "x" * 41}, "to.unit"),
        ("to", {"area": "nothing"}, "area"),
        ("to", {"who": "li"}, "to.who"),
        ("limit", {"amount": 0, "kind": "hours"}, "limit.amount"),
        ("limit", {"amount": 1e9, "kind": "hours"}, "limit.amount"),
        ("limit", {"amount": 2, "kind": "fortnights"}, "limit.kind"),
        ("limit", {"amount": 2}, "limit.kind"),
        ("limit", 5, "limit"),
    ],
    "whistle": [
        ("lead", None, "lead"),
        ("lead", "nothing", "unit"),
        ("assisting", [], "assisting"),
        ("assisting", "garden", "assisting"),
        ("assisting", ["lamps"], "units"),
        ("assisting", ["garden", "garden"], "units"),
        ("assisting", ["garden"] * 21, "assisting"),
        ("assisting", ["nothing"], "unit"),
    ],
    "return": [
        ("reason", "?", "reason"),
        ("proposed", None, "proposed"),
        ("proposed", {}, "to"),
        ("proposed", {"unit": "nothing"}, "unit"),
        ("note", " ", "note"),
    ],
    "ask_extension": [
        ("more", None, "more"),
        ("more", {"amount": -1, "kind": "days"}, "more.amount"),
        ("more", {"amount": "2", "kind": "?"}, "more.kind"),
        ("note", "", "note"),
    ],
    "suspend": [("reason", "tired", "reason"), ("note", "\u3000", "note")],
    "pass": [
        ("spot", None, "spot"),
        ("spot", 5, "spot"),
        ("spot", {}, "spot.position"),
        (
            "spot",
            {"position": {"type": "Point", "coordinates": [1, 2]}, "datum": "x"},
            "spot.datum",
        ),
        ("photos", [], "photos"),
    ],
    "fail": [("note", "", "note"), ("spot", [], "spot")],
    "rate": [("stars", 0, "stars"), ("stars", 6, "stars"), ("stars", "5", "stars")],
    "rate_help": [
        ("stars", None, "stars"),
        ("unit", None, "unit"),
        ("unit", "office", "unit"),
    ],
    "call_back": [("reached", None, "reached"), ("resolved", "?", "resolved")],
    "hand_over": [("area", None, "area"), ("area", "nothing", "area"), ("area", 5, "area")],
    "correct": [
        ("category", None, "category"),
        ("category", "facility", "category"),
        ("category", "nothing", "category"),
    ],
    "name_lead": [("worker", None, "worker"), ("worker", "nobody", "worker")],
    "answer": [("note", "", "note")],
    "settle": [("note", "", "note")],
    "escalate": [("note", "", "note")],
    "press": [("note", "", "note")],
    "remark": [("note", "", "note")],
    "reopen": [("note", "", "note")],
    "assist": [("note", "", "note")],
}
POSITIONS = [
    None,
    [],
    "105,31",
    {"type": "Point"},
    {"type": "Point", "coordinates": ["105", "31"]},
    {"type": "Point", "coordinates": [31, 105]},
    {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]},
]


@pytest.mark.parametrize("deed", DEEDS)
def test_bad_bodies_are_refused_by_field(town: World, login: Login, deed: str) -> None:
    incident = ready(town, deed)
    client, name = login(doer(deed)), doer(deed)
    before = Event.objects.count()

    for field, value, place in [*COMMON, *OWN.get(deed, [])]:
        body = body_for(deed, name, incident)
        body[field] = value
        answer = post(client, deed, incident, body)
        assert answer.status_code == 422, (field, value, answer.content)
        assert place in answer.json()["fields"], (field, value, answer.json())
    assert Event.objects.count() == before
    assert Incident.objects.get(pk=incident.pk).version == incident.version


@pytest.mark.parametrize("field", ["id", "seen_version"])
@pytest.mark.parametrize("deed", DEEDS)
def test_what_every_deed_says_is_said(town: World, login: Login, deed: str, field: str) -> None:
    incident = ready(town, deed)
    body = body_for(deed, doer(deed), incident)
    del body[field]

    told = refused(post(login(doer(deed)), deed, incident, body), 422, "field_missing")

    assert list(told["fields"]) == [field]


@pytest.mark.parametrize("position", POSITIONS, ids=str)
@pytest.mark.parametrize("deed", ["move", "pass", "fail"])
def test_a_place_is_a_place(town: World, login: Login, deed: str, position: Any) -> None:
    incident = ready(town, deed)
    place = {"position": position}
    changes = place if deed == "move" else {"spot": place}
    body = body_for(deed, doer(deed), incident) | changes

    answer = post(login(doer(deed)), deed, incident, body)

    assert answer.status_code == 422, answer.content
    assert answer.json()["code"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', '{"id":NaN}', "\x00"])
def test_what_is_no_object_is_refused(town: World, login: Login, text: str) -> None:
    answer = post(login("li"), "accept", make_incident(town), text)

    assert answer.status_code in (400, 422)
    assert answer.json()["code"]


@pytest.mark.parametrize("deed", sorted(set(DEEDS) - set(UNFULFILLED)))
def test_a_photo_announced_twice_is_told(town: World, login: Login, deed: str) -> None:
    incident = ready(town, deed)
    photo = {"id": str(uuid4()), "sha256": SHA256, "role": "verify"}
    body = body_for(deed, doer(deed), incident, photos=[photo, photo])
    before = Event.objects.count()

    refused(post(login(doer(deed)), deed, incident, body), 409, "photo_id_reused")

    assert Event.objects.count() == before


WORDS = st.text(max_size=12)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
OWN_FIELDS = {name for body in BODIES.values() for name in body.model_fields}
KEYS = st.sampled_from(sorted(OWN_FIELDS | {"kind", "unknown"}))


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(changes=st.dictionaries(KEYS, VALUES, min_size=1, max_size=3))
@pytest.mark.parametrize("deed", sorted(BODIES))
def test_nothing_that_is_sent_breaks_the_server(
    town: World, login: Login, deed: str, changes: dict[str, Any]
) -> None:
    incident = Incident.objects.filter(words="here").first() or _prepared(town, deed)
    body = body_for(deed, doer(deed), incident) | changes

    with taken_back():
        answer = post(login(doer(deed)), deed, incident, body)

    assert answer.status_code in (200, 400, 404, 409, 422), answer.content
    if answer.status_code != 200:
        assert answer.json()["message"]


def _prepared(town: World, deed: str) -> Incident:
    incident = ready(town, deed)
    Incident.objects.filter(pk=incident.pk).update(words="here")
    return incident
