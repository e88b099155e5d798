"""Odd reports: what looks wrong but may be true is kept, with a flag and without what is odd."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from incidents.models import Event, Incident
from tests.web.contract import refused
from tests.web.test_bad_input import LAT, LON, at, point, report, send
from tests.world import World

Login = Callable[[str], Client]


@pytest.fixture
def li(world: World, login: Login) -> Client:
    return login("li")


def kept(client: Client, text: str) -> Incident:
    answer = send(client, text)
    assert answer.status_code == 201, answer.content
    return Incident.objects.get(pk=answer.json()["id"])


def test_05_a_place_outside_everything_is_flagged(li: Client) -> None:
    incident = kept(li, at(point("0", "0")))

    assert incident.area is None
    assert "outside" in incident.flags


def test_24_height_is_dropped(li: Client) -> None:
    incident = kept(li, at(point(str(LON), str(LAT), "431.5")))

    assert incident.point.coords == (LON, LAT)


def test_25_fifteen_decimals_become_seven_everywhere(li: Client) -> None:
    incident = kept(li, at(point("105.002000012345678", "31.002")))

    row = li.get(f"/api/incidents/{incident.pk}").json()
    assert incident.raw_lon == incident.point.x == row["lon"] == 105.002


@pytest.mark.parametrize(
    ("off", "flag"),
    [(timedelta(days=2), "recorded_ahead"), (timedelta(days=-730), "sent_late")],
)
def test_37_a_wrong_clock_is_flagged_and_ours_counts(li: Client, off: timedelta, flag: str) -> None:
    recorded_at = (timezone.now() + off).isoformat()

    incident = kept(li, json.dumps(report(recorded_at=recorded_at, fixed_at=None)))

    assert flag in incident.flags
    assert abs(incident.reported_at - timezone.now()) < timedelta(minutes=1)
    assert incident.due_at - incident.reported_at == timedelta(hours=24)


def test_38_odd_keys_inside_the_position_are_not_kept(li: Client) -> None:
    position = (
        f'{{"type":"Point","coordinates":[{LON},{LAT}],'
        '"__proto__":{"admin":true},"constructor":1}'
    )

    incident = kept(li, at(position))

    detail = li.get(f"/api/incidents/{incident.pk}").content.decode()
    assert "__proto__" not in detail
    assert "constructor" not in detail


def test_40_same_id_with_other_content_is_409_and_the_first_stays(li: Client) -> None:
    body = report()
    kept(li, json.dumps(body))

    answer = send(li, json.dumps({**body, "words": "别的事"}))

    refused(answer, 409, "id_reused")
    assert Incident.objects.get().words == "路灯不亮"
    assert Event.objects.count() == 1
