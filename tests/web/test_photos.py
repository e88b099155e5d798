"""Photos of deeds: announced with the deed, brought by who announced it, once, whole."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from gis_grid.people.models import HandlingUnit
from incidents.actions import To
from incidents.models import Attachment, Event, Incident
from incidents.reports import Photo
from incidents.web.field import ReportIn
from tests.web.contract import refused
from tests.web.test_field_api import picture
from tests.world import World, add_units, do, make_incident

As = Callable[[str], Client]
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
CONTENT = picture()
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def units(world: World) -> dict[str, HandlingUnit]:
    return add_units(world)


def new(role: str = "after") -> Photo:
    return Photo(uuid4(), SHA256, role)


def bring(client: Client, incident: Incident, photo: Photo, content: bytes = CONTENT) -> Any:
    url = f"/api/field/reports/{incident.pk}/photos/{photo.id}"
    return client.put(url, content, content_type="image/jpeg")


def test_a_unit_s_answer_brings_its_photo(world: World, units, login: As, media) -> None:  # type: ignore[no-untyped-def]
    incident = do(world, "accept", make_incident(world))
    incident = do(world, "dispatch", incident, by="chen", to=To(unit="lamps"))
    incident = do(world, "sign", incident, by="guo")
    photo = new()
    do(world, "answer", incident, by="guo", photos=(photo,))

    first, again = (bring(login("guo"), incident, photo) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == {"id": str(photo.id), "sha256": SHA256} == again.json()
    told = Event.objects.get(incident=incident, kind="photo")
    assert (told.by, told.body["role"]) == (world.users["guo"], "after")


def test_the_desk_brings_its_own(world: World, login: As, media) -> None:  # type: ignore[no-untyped-def]
    incident = do(world, "remark", make_incident(world), by="chen", photos=(photo := new(),))

    assert bring(login("chen"), incident, photo).status_code == 201


@pytest.mark.parametrize("name", ["zhao", "chen", "wang", "root"])
def test_nobody_brings_what_another_announced(world: World, login: As, media, name: str) -> None:  # type: ignore[no-untyped-def]
    incident = do(world, "remark", make_incident(world), by="li", photos=(photo := new(),))

    refused(bring(login(name), incident, photo), 404, "photo_not_announced")
    assert Attachment.objects.get(pk=photo.id).stored_at is None


def test_a_photo_belongs_to_one_incident(world: World, login: As, media) -> None:  # type: ignore[no-untyped-def]
    incident, other = make_incident(world), make_incident(world)
    do(world, "remark", incident, by="li", photos=(photo := new(),))

    refused(bring(login("li"), other, photo), 404, "photo_not_announced")


def test_who_gave_the_case_away_still_brings_the_photo(world: World, login: As, media) -> None:  # type: ignore[no-untyped-def]
    incident = make_incident(world, by="zhao")
    photo = new("before")
    do(world, "hand_over", incident, by="li", photos=(photo,), area="B1")

    assert bring(login("li"), incident, photo).status_code == 201


def test_a_cut_photo_is_not_stored(world: World, login: As, media) -> None:  # type: ignore[no-untyped-def]
    incident = do(world, "remark", make_incident(world), by="li", photos=(photo := new(),))

    refused(bring(login("li"), incident, photo, CONTENT[:-9]), 422, "sha256_mismatch")
    assert bring(login("li"), incident, photo).status_code == 201


def test_a_report_settled_on_the_spot_takes_both_photos(world: World, login: As, media) -> None:  # type: ignore[no-untyped-def]
    before, after = new("before"), new("after")
    incident = make_incident(world, category="manhole", photos=(before, after), settled=True)

    for photo in (before, after):
        assert bring(login("li"), incident, photo).status_code == 201
    assert incident.state == "closed"
    assert incident.attachments.stored().count() == 2


def test_the_server_names_a_report_as_the_phone_does() -> None:
    for sample in json.loads((SAMPLES / "receipts.json").read_text("utf-8")):
        report = ReportIn(**json.loads(sample["body"])).as_report()
        assert report.sha256 == sample["sha256"]
