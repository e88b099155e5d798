"""The command centre's endpoints and the incident's own, each with a bounded number of queries."""

from uuid import uuid4

import pytest

from incidents import relay
from tests.world import World, inside, make_incident

DEED = {"seen_version": 1, "note": ""}


def deed(client, incident, name="accept", **changes):  # type: ignore[no-untyped-def]
    body = {"id": str(uuid4()), **DEED, **changes}
    url = f"/api/incidents/{incident.pk}/deeds/{name}"
    return client.post(url, body, content_type="application/json")


def test_snapshot_has_rows_and_where_to_go_on(world: World, login) -> None:  # type: ignore[no-untyped-def]
    make_incident(world)
    make_incident(world, place=inside(9, 9))
    relay.stamp_all()

    body = login("chen").get("/api/command/snapshot").json()

    assert body["sequence"] == 2
    assert sorted(row["area"] or "" for row in body["incidents"]) == ["", "A1"]


@pytest.mark.parametrize("count", [1, 20])
def test_snapshot_takes_the_same_queries_for_any_number(  # type: ignore[no-untyped-def]
    world: World, login, django_assert_num_queries, count: int
) -> None:
    chen = login("chen")
    for _ in range(count):
        make_incident(world)

    # session with its user, last number, rows
    with django_assert_num_queries(3):
        chen.get("/api/command/snapshot")


def test_events_after_a_number(world: World, login) -> None:  # type: ignore[no-untyped-def]
    make_incident(world)
    make_incident(world)
    relay.stamp_all()

    body = login("chen").get("/api/command/events?after=1").json()

    assert body["sequence"] == 2
    assert [event["event"] for event in body["events"]] == ["put"]


def test_areas_carry_who_is_on_duty(world: World, login) -> None:  # type: ignore[no-untyped-def]
    features = login("chen").get("/api/command/areas").json()["features"]

    cards = {f["properties"]["code"]: f["properties"] for f in features}
    assert set(cards) == set(world.areas)
    assert [w["name"] for w in cards["A1"]["workers"]] == ["Li"]
    assert (cards["A1"]["level"], cards["A1"]["parent"]) == ("grid", "A")


@pytest.mark.parametrize("name", ["li", "sun"])
@pytest.mark.parametrize("path", ["snapshot", "events", "areas"])
def test_the_map_is_for_desks(world: World, login, name: str, path: str) -> None:  # type: ignore[no-untyped-def]
    answer = login(name).get(f"/api/command/{path}")

    assert (answer.status_code, answer.json()["code"]) == (403, "role_required")


def test_detail_tells_why_this_grid_and_what_may_be_done(world: World, login) -> None:  # type: ignore[no-untyped-def]
    incident = make_incident(world)

    body = login("li").get(f"/api/incidents/{incident.pk}").json()

    assert "翠湖第一网格" in body["route"]["reason"]
    assert body["deeds"] == [
        "accept", "settle", "hand_over", "move", "correct", "escalate", "remark",
    ]  # fmt: skip
    assert [step["kind"] for step in body["timeline"]] == ["report"]
    assert body["reporter"] == "Li"


def test_detail_takes_six_queries(world: World, login, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    incident = make_incident(world)
    li = login("li")

    # session with its user, incident, its duplicates, photos, history, ratings
    with django_assert_num_queries(6):
        li.get(f"/api/incidents/{incident.pk}")


def test_foreign_incident_looks_like_a_missing_one(world: World, login) -> None:  # type: ignore[no-untyped-def]
    incident = make_incident(world)
    wang = login("wang")

    foreign = wang.get(f"/api/incidents/{incident.pk}")
    missing = wang.get(f"/api/incidents/{uuid4()}")

    assert (foreign.status_code, missing.status_code) == (404, 404)
    without_id = [{**answer.json(), "request_id": ""} for answer in (foreign, missing)]
    assert without_id[0] == without_id[1]


def test_deed_over_http_and_its_repeat(world: World, login) -> None:  # type: ignore[no-untyped-def]
    incident, li = make_incident(world), login("li")
    deed_id = str(uuid4())

    first, second = deed(li, incident, id=deed_id), deed(li, incident, id=deed_id)

    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json()["incident"]["state"] == "accepted"
    assert second.json()["incident"]["version"] == 2


def test_stale_deed_gets_409_with_the_truth(world: World, login) -> None:  # type: ignore[no-untyped-def]
    incident = make_incident(world)
    deed(login("li"), incident)

    answer = deed(login("chen"), incident)

    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert answer.json()["current"]["state"] == "accepted"


def test_deed_on_a_foreign_incident_is_404(world: World, login) -> None:  # type: ignore[no-untyped-def]
    assert deed(login("wang"), make_incident(world)).status_code == 404


def test_unknown_deed_is_404(world: World, login) -> None:  # type: ignore[no-untyped-def]
    answer = deed(login("li"), make_incident(world), name="vanish")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_list_narrows_by_box_place_state_and_words(world: World, login) -> None:  # type: ignore[no-untyped-def]
    make_incident(world, words="路灯不亮")
    make_incident(world, place=inside(2.5), words="井盖破损")
    chen = login("chen")
    lon, lat = inside(2.5)

    def found(query: str) -> list[str]:
        items = chen.get(f"/api/incidents?{query}").json()["items"]
        return sorted(item["words"] for item in items)

    assert found("") == ["井盖破损", "路灯不亮"]
    assert found(f"near={lon},{lat}&within_m=50") == ["井盖破损"]
    assert found(f"bbox={lon - 0.001},{lat - 0.001},{lon + 0.001},{lat + 0.001}") == ["井盖破损"]
    assert found("state=closed") == []
    assert found("q=井盖") == ["井盖破损"]
    assert found("q=%25") == []  # a wildcard is a letter like any other


def test_pages_of_the_list(world: World, login) -> None:  # type: ignore[no-untyped-def]
    for _ in range(3):
        make_incident(world)
    chen = login("chen")

    first = chen.get("/api/incidents?page_size=2").json()
    second = chen.get("/api/incidents?page_size=2&page=2").json()

    assert (len(first["items"]), first["more"]) == (2, True)
    assert (len(second["items"]), second["more"]) == (1, False)


def test_list_is_only_what_i_may_see(world: World, login) -> None:  # type: ignore[no-untyped-def]
    make_incident(world)

    assert login("wang").get("/api/incidents").json()["items"] == []
