"""The question before a report is sent: is it the same one? Told by sight, never in the way."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import Category, Incident
from tests.world import World, do, inside, make_incident

As = Callable[[str], Client]


def ask(client: Client, column: float = 0.5, **changes: Any) -> dict[str, Any]:
    lon, lat = inside(column)
    query = {"category": "street_lamp", "lon": lon, "lat": lat, **changes}
    answer = client.get("/api/field/similar", query)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def reported(world: World, **changes: Any) -> Incident:
    """Report now: the window counts from the moment of the question."""
    incident = make_incident(world, **changes)
    Incident.objects.filter(pk=incident.pk).update(reported_at=timezone.now())
    return incident


def test_an_open_one_of_the_same_kind_nearby_is_told(world: World, login: As) -> None:
    incident = reported(world)

    found = ask(login("li"), 0.55)  # 0.0002° east: 19 m

    (item,) = found["items"]
    assert (item["id"], item["state"], item["remark"]) == (str(incident.pk), "reported", True)
    assert item["away_m"] == pytest.approx(19.1, abs=0.2)
    assert (item["thumb_url"], found["elsewhere"]) == (None, 0)


def test_the_nearest_comes_first(world: World, login: As) -> None:
    far, near = (reported(world, place=inside(column)) for column in (0.58, 0.52))

    found = ask(login("li"))

    assert [item["id"] for item in found["items"]] == [str(near.pk), str(far.pk)]


@pytest.mark.parametrize("case", ["too far", "too old", "another kind", "closed"])
def test_what_cannot_be_the_same_is_not_told(world: World, login: As, case: str) -> None:
    incident = reported(world, category="manhole" if case == "another kind" else "street_lamp")
    if case == "too old":
        before = timezone.now() - timedelta(hours=73)
        Incident.objects.filter(pk=incident.pk).update(reported_at=before)
    if case == "closed":
        do(world, "settle", incident)

    found = ask(login("li"), 0.65 if case == "too far" else 0.5)  # 57 m

    assert found == {"items": [], "elsewhere": 0}


def test_the_category_says_how_near_and_how_recent(world: World, login: As) -> None:
    reported(world)
    Category.objects.filter(code="street_lamp").update(duplicate_m=10)

    assert ask(login("li"), 0.55)["items"] == []
    assert len(ask(login("li"), 0.51)["items"]) == 1


def test_what_is_out_of_sight_is_only_counted(world: World, login: As) -> None:
    incident = reported(world, place=inside(1.99))  # Li's report in A2, 4 m from Wang's B1

    found = ask(login("wang"), 2.01)

    assert found == {"items": [], "elsewhere": 1}
    assert str(incident.pk) not in str(found)


def test_an_own_report_elsewhere_is_told_but_takes_no_words(world: World, login: As) -> None:
    reported(world, by="wang")  # Wang reported it, in Li's grid

    (item,) = ask(login("wang"))["items"]

    assert item["remark"] is False


def test_the_photo_that_arrived_first_is_shown(world: World, login: As) -> None:
    incident = reported(world)
    photo = incident.attachments.create(
        id=uuid4(), sha256="5e" * 32, stored_at=timezone.now(), file="photos/a.jpg"
    )

    (item,) = ask(login("li"))["items"]

    assert item["thumb_url"] == f"/photos/{photo.pk}?size=thumb"


def test_a_place_in_another_datum_is_converted(world: World, login: As) -> None:
    reported(world)

    assert ask(login("li"), datum="gcj02")["items"] == []  # some 400 m away in WGS84


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"category": "nothing"}, 422, "category_unknown"),
        ({"category": "facility"}, 422, "category_unknown"),  # a major is no choice
        ({"lat": 91}, 422, None),
        ({"lon": "here"}, 400, None),
    ],
)
def test_bad_questions_are_refused(
    world: World, login: As, changes: dict[str, Any], status: int, code: str | None
) -> None:
    query = {"category": "street_lamp", "lon": 105, "lat": 31, **changes}

    answer = login("li").get("/api/field/similar", query)

    assert answer.status_code == status
    assert code is None or answer.json()["code"] == code


def test_it_takes_as_many_queries_for_many_as_for_one(world: World, login: As) -> None:
    counts: list[int] = []
    li = login("li")
    for _ in range(2):
        reported(world)
        ask(li)
        with CaptureQueriesContext(connection) as queries:
            assert len(ask(li)["items"]) == len(counts) + 1
        counts.append(len(queries))

    # session with its user; category, what is near, what of it is in sight
    assert counts == [4, 4]


def test_an_operator_reports_nothing_and_is_told_nothing(world: World, login: As) -> None:
    answer = login("chen").get("/api/field/similar?category=street_lamp&lon=105&lat=31")

    assert (answer.status_code, answer.json()["code"]) == (403, "role_required")
