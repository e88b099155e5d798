"""Lists by filter, kept views, who is on duty, and a day told again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gis_grid.people.models import Assignment
from incidents import actions, on_duty
from incidents.grounds import NoCase
from incidents.models import EmergencyDuty, Event, Incident, SavedView
from incidents.on_duty import LONGEST
from incidents.replay import replay
from tests.world import NOW, World, do, inside, make_incident, make_report

Login = Callable[[str], Client]
LIST = "/api/command/incidents"
VIEWS = "/api/command/views"
DUTY = "/api/field/duty"
HERE = {"position": {"type": "Point", "coordinates": [105.001, 31.002]}, "accuracy_m": 12.0}


def send(client: Client, verb: str, url: str, body: dict[str, Any] | None = None) -> Any:
    return getattr(client, verb)(url, body or {}, content_type="application/json")


# -- lists -----------------------------------------------------------------------------------------


def test_a_list_has_pages_and_a_count(world: World, login: Login) -> None:
    made = [make_incident(world, words=f"第{n}件") for n in range(5)]
    Incident.objects.filter(pk=made[0].pk).update(state="closed", closed_at=NOW)

    chen = login("chen")
    pages = [
        chen.get(LIST, {"since": "2026-03-05", "page": page, "page_size": 2}).json()
        for page in (1, 2, 3)
    ]

    assert [page["count"] for page in pages] == [5, 5, 5]
    ids = [row["id"] for page in pages for row in page["items"]]
    assert sorted(ids) == sorted(str(each.pk) for each in made)
    assert chen.get(LIST, {"state": "closed"}).json()["count"] == 1


def test_a_list_by_deadline(world: World, login: Login) -> None:
    late, soon = make_incident(world), make_incident(world)
    Incident.objects.filter(pk=soon.pk).update(stage_due_at=NOW - timedelta(days=9))

    rows = login("chen").get(LIST, {"order": "due"}).json()["items"]

    assert [row["id"] for row in rows] == [str(soon.pk), str(late.pk)]


@pytest.mark.parametrize("count", [1, 12])
def test_a_list_takes_the_same_queries_for_any_number(  # type: ignore[no-untyped-def]
    world: World, login: Login, django_assert_num_queries, count: int
) -> None:
    for _ in range(count):
        make_incident(world)
    chen = login("chen")

    # session, category, area, names of categories and areas that hold the text, page, rows, count
    with django_assert_num_queries(8):
        chen.get(LIST, {"category": "facility", "area": "A", "q": "路灯"})


def test_a_misspelt_list_is_refused(world: World, login: Login) -> None:
    chen = login("chen")

    assert chen.get(LIST, {"states": "closed"}).json()["code"] == "unknown_parameter"
    assert chen.get(LIST, {"state": "ended"}).json()["fields"].keys() == {"state"}
    assert chen.get(LIST, {"queue": "all"}).status_code in (400, 422)


# -- kept views ------------------------------------------------------------------------------------


def test_views_are_kept_changed_and_deleted(world: World, login: Login) -> None:
    chen = login("chen")
    kept = send(chen, "post", VIEWS, {"name": " 夜班 ", "hash": "#15/31/105?queue=over"})
    assert kept.status_code == 201
    other = send(chen, "post", VIEWS, {"name": "白班", "hash": "#9/31/105", "default": True}).json()
    url = f"{VIEWS}/{kept.json()['id']}"

    again = send(chen, "post", VIEWS, {"name": "夜班", "hash": "#1/2/3"})
    changed = send(chen, "put", url, {"name": "夜里", "hash": "#9/31/105", "default": True})

    assert (again.status_code, again.json()["code"]) == (409, "name_taken")
    assert changed.json()["name"] == "夜里"
    views = {view["name"]: view["default"] for view in chen.get(VIEWS).json()["items"]}
    assert views == {"白班": False, "夜里": True}
    assert chen.delete(url).json()["hash"] == "#9/31/105"
    assert [view["id"] for view in chen.get(VIEWS).json()["items"]] == [other["id"]]


def test_a_view_is_its_owners_alone(world: World, login: Login) -> None:
    kept = send(login("chen"), "post", VIEWS, {"name": "夜班", "hash": "#1/2/3"}).json()
    root = login("root")

    assert root.get(VIEWS).json()["items"] == []
    body = {"name": "x", "hash": "#1/2/3"}
    assert send(root, "put", f"{VIEWS}/{kept['id']}", body).status_code == 404
    assert root.delete(f"{VIEWS}/{kept['id']}").status_code == 404
    assert SavedView.objects.get().name == "夜班"


@pytest.mark.parametrize(
    "body",
    [
        {"name": "  ", "hash": "#1"},
        {"name": "x", "hash": "javascript:1"},
        {"name": "x", "hash": "#中"},
        {"name": "x" * 61, "hash": "#1"},
    ],
    ids=["no name", "no hash", "raw signs", "long name"],
)
def test_a_view_that_is_none_is_refused(world: World, login: Login, body: dict[str, str]) -> None:
    assert send(login("chen"), "post", VIEWS, body).status_code == 422
    assert not SavedView.objects.exists()


def test_views_do_not_grow_without_end(world: World, login: Login) -> None:
    user = world.users["chen"]
    SavedView.objects.bulk_create(
        [SavedView(user=user, name=str(n), hash="#1/2/3") for n in range(50)]
    )

    answer = send(login("chen"), "post", VIEWS, {"name": "one more", "hash": "#1/2/3"})

    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_views")


# -- who is on duty --------------------------------------------------------------------------------


def test_the_roster_names_who_is_on_duty(world: World, login: Login) -> None:
    areas = login("chen").get("/api/command/roster").json()["areas"]

    people = {area["code"]: [one["name"] for one in area["people"]] for area in areas}
    assert people == {"D": ["Chen", "Sun"], "S": ["Zhao"], "A1": ["Li"], "B1": ["Wang"]}
    assert set(areas[-1]["people"][0]) == {"name", "phone", "role"}


def test_emergency_duty_shows_the_last_place_and_forgets_it(world: World, login: Login) -> None:
    li, chen = login("li"), login("chen")
    assert send(li, "put", DUTY, HERE).json()["code"] == "duty_over"
    assert send(li, "post", DUTY).json()["on"] is True
    assert chen.get("/api/command/roster").json()["emergency"][0]["lon"] is None
    send(li, "put", DUTY, HERE)
    moved = {**HERE, "position": {"type": "Point", "coordinates": [105.003, 31.001]}}
    assert send(li, "put", DUTY, moved).json() == {"on": True}

    shown = chen.get("/api/command/roster").json()["emergency"]

    assert [(one["name"], one["lon"], one["area"]) for one in shown] == [
        ("Li", 105.003, "翠湖第一网格")
    ]
    assert li.get(DUTY).json()["on"] is True
    assert li.delete(DUTY).json()["on"] is False
    assert chen.get("/api/command/roster").json()["emergency"] == []
    assert not EmergencyDuty.objects.exists()


def test_who_is_on_call_is_told_to_those_who_watch_over_them(world: World, login: Login) -> None:
    url, li = "/api/command/on-call", login("li")
    assert login("chen").get(url).json() == {"people": []}
    send(li, "post", DUTY)
    send(li, "put", DUTY, HERE)

    (shown,) = login("chen").get(url).json()["people"]

    assert (shown["name"], shown["areas"], shown["area"]) == ("Li", ["A1"], "翠湖第一网格")
    assert (shown["lon"], shown["lat"]) == (105.001, 31.002)
    Assignment.objects.filter(worker__user=world.users["chen"]).update(area=world.areas["B1"])
    assert login("chen").get(url).json() == {"people": []}
    assert login("zhao").get(url).status_code == 403
    li.delete(DUTY)
    assert login("root").get(url).json() == {"people": []}


def test_who_holds_two_posts_is_told_once(  # type: ignore[no-untyped-def]
    world: World, login: Login, django_assert_num_queries
) -> None:
    post = Assignment.objects.get(worker__user=world.users["li"])
    Assignment.objects.create(
        worker=post.worker, area=world.areas["A2"], role=post.role, during=post.during
    )
    send(login("li"), "post", DUTY)
    chen = login("chen")

    with django_assert_num_queries(3):
        (shown,) = chen.get("/api/command/on-call").json()["people"]

    assert shown["areas"] == ["A1", "A2"]


def test_emergency_duty_ends_by_itself(world: World, login: Login) -> None:
    li, now = world.actor("li"), timezone.now()
    on_duty.switch_on(li, now - LONGEST)

    assert login("chen").get("/api/command/roster").json()["emergency"] == []
    assert send(login("li"), "put", DUTY, HERE).status_code == 409
    on_duty.sweep(now)
    assert not EmergencyDuty.objects.exists()


def test_switching_on_again_does_not_start_anew(world: World) -> None:
    li = world.actor("li")
    first = on_duty.switch_on(li, NOW)

    assert on_duty.switch_on(li, NOW + timedelta(hours=1)).since == first.since
    assert on_duty.switch_on(li, NOW + LONGEST).since == NOW + LONGEST


@pytest.mark.parametrize("count", [1, 9])
def test_the_roster_takes_the_same_queries_for_any_number(  # type: ignore[no-untyped-def]
    world: World, login: Login, django_assert_num_queries, count: int
) -> None:
    for _ in range(count):
        on_duty.switch_on(world.actor("li"), timezone.now())
    chen = login("chen")

    with django_assert_num_queries(3):
        chen.get("/api/command/roster")


# -- a day told again ------------------------------------------------------------------------------


def test_a_day_is_told_from_what_stood_to_what_changed(world: World, login: Login) -> None:
    day, hour = NOW - timedelta(days=3), timedelta(hours=1)
    old = actions.report(make_report(), by=world.actor("li"), at=day - 30 * hour).incident
    new = actions.report(make_report(place=inside(2.5)), by=world.actor("wang"), at=day).incident
    do(world, "accept", old, at=day + hour)
    gone = actions.report(make_report(), by=world.actor("li"), at=day - 30 * hour).incident
    do(world, "refuse", gone, "chen", at=day - 28 * hour, reason=NoCase.OUT_OF_SCOPE)
    actions.report(make_report(), by=world.actor("li"), at=day + 26 * hour)
    start = timezone.localtime(day).replace(hour=0, minute=0, second=0, microsecond=0)

    told = login("chen").get(f"/api/command/replay?day={start.date()}").json()

    assert [(line[0], line[9]) for line in told["incidents"]] == [
        (str(old.pk), "reported"),
        (str(new.pk), None),
    ]
    seconds = int((day - start).total_seconds())
    assert told["changes"] == [[1, seconds, "reported"], [0, seconds + 3600, "accepted"]]


def test_a_day_keeps_to_the_territory_and_the_area(world: World, login: Login) -> None:
    make_incident(world)
    make_incident(world, place=inside(2.5), by="wang")
    day = timezone.localdate(NOW)

    assert len(replay(world.actor("chen").territory, day)["incidents"]) == 2
    assert len(replay(world.actor("wang").territory, day)["incidents"]) == 1
    inner = login("chen").get(f"/api/command/replay?day={day}&area=B").json()
    assert [line[4] for line in inner["incidents"]] == ["B1"]
    assert login("chen").get(f"/api/command/replay?day={day}&area=Z").status_code == 404
    assert login("chen").get("/api/command/replay?day=2026-02-30").status_code == 400


def test_too_large_a_day_says_so(
    world: World, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.replay.MOST", 1)
    make_incident(world)
    make_incident(world)

    answer = login("chen").get(f"/api/command/replay?day={timezone.localdate(NOW)}")

    assert (answer.status_code, answer.json()["code"]) == (422, "too_many_to_replay")


@pytest.mark.parametrize("count", [1, 12])
def test_a_day_takes_the_same_queries_for_any_number(  # type: ignore[no-untyped-def]
    world: World, login: Login, django_assert_num_queries, count: int
) -> None:
    for _ in range(count):
        make_incident(world)
    chen = login("chen")

    # session, incidents with what they were, changes
    with django_assert_num_queries(3):
        assert chen.get(f"/api/command/replay?day={timezone.localdate(NOW)}").json()["changes"]
    assert Event.objects.count() == count
