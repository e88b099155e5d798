"""Abuse: reading and changing what is not one's own, races, foreign pages, open doors.

The numbers are the rows of the list of abuse cases the product was built against.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.contrib.gis.geos import Polygon
from django.db import connections
from django.test import Client

from gis_grid.basemap.models import MapFeature
from incidents.models import Event, Incident
from tests.web.contract import refused
from tests.world import (
    PASSWORD,
    World,
    body_of,
    build_world,
    inside,
    make_incident,
    make_report,
    square,
)

Login = Callable[[str], Client]
EVIL = "https://elsewhere.example"


def deed(client: Client, incident: Incident, name: str = "accept", **changes: Any) -> Any:
    body = {"id": str(uuid4()), "seen_version": 1, "note": "", **changes}
    url = f"/api/incidents/{incident.pk}/deeds/{name}"
    return client.post(url, body, content_type="application/json")


class TestForeign:
    """1, 2: another street's incident does not exist."""

    def test_01_foreign_and_missing_look_the_same(self, world: World, login: Login) -> None:
        incident = make_incident(world)
        wang = login("wang")

        foreign = refused(wang.get(f"/api/incidents/{incident.pk}"), 404, "incident_not_found")
        missing = refused(wang.get(f"/api/incidents/{uuid4()}"), 404, "incident_not_found")

        assert {**foreign, "request_id": ""} == {**missing, "request_id": ""}

    @pytest.mark.parametrize("name", ["accept", "start", "settle", "answer", "close", "escalate"])
    def test_02_a_foreign_incident_cannot_be_changed(
        self, world: World, login: Login, name: str
    ) -> None:
        incident = make_incident(world)

        refused(deed(login("wang"), incident, name), 404, "incident_not_found")

        stored = Incident.objects.get()
        assert (stored.state, stored.version, Event.objects.count()) == ("reported", 1, 1)

    def test_02_a_visible_one_that_is_not_mine_is_403(self, world: World, login: Login) -> None:
        incident = make_incident(world, by="wang")  # reported by Wang in Li's grid

        refused(deed(login("wang"), incident), 403, "not_your_step")

        assert Incident.objects.get().version == 1

    def test_08_tiles_carry_no_incidents_and_no_areas(self, world: World, login: Login) -> None:
        make_incident(world)
        MapFeature.objects.create(
            kind="water", name="翠湖", shape=Polygon.from_bbox((105, 31, 106, 32))
        )

        tile = login("wang").get("/tiles/base/0/0/0.pbf").content

        assert "翠湖".encode() in tile
        for secret in ("路灯不亮", "A1", "翠湖第一网格", "13800000001"):
            assert secret.encode() not in tile

    def test_08_lists_and_map_show_the_same_incidents(self, world: World, login: Login) -> None:
        for place in (inside(0.5), inside(1.5), inside(2.5)):
            make_incident(world, place=place)
        chen = login("chen")

        listed = {row["id"] for row in chen.get("/api/incidents").json()["items"]}
        drawn = {row["id"] for row in chen.get("/api/command/snapshot").json()["incidents"]}

        assert drawn == listed
        assert len(drawn) == 3


class TestAssignment:
    """5, 6: what is not asked for is not taken."""

    @pytest.mark.parametrize(
        "extra", [{"state": "closed"}, {"version": 9}, {"by": 1}, {"at": "2020-01-01T00:00:00Z"}]
    )
    def test_06_a_deed_takes_its_own_fields_only(
        self, world: World, login: Login, extra: dict[str, Any]
    ) -> None:
        incident = make_incident(world)

        refused(deed(login("li"), incident, **extra), 422, "unknown_field")

        assert Incident.objects.get().state == "reported"

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"id": "1"}, "field_invalid"),
            ({"seen_version": "1"}, "field_invalid"),
            ({"seen_version": True}, "field_invalid"),
            ({"seen_version": 0}, "field_invalid"),
            ({"seen_version": 2**31}, "field_invalid"),
            ({"note": "x" * 1001}, "field_invalid"),
            ({"note": None}, "field_invalid"),
        ],
    )
    def test_bad_deeds_are_refused(
        self, world: World, login: Login, changes: dict[str, Any], code: str
    ) -> None:
        refused(deed(login("li"), make_incident(world), **changes), 422, code)

    @pytest.mark.parametrize("name", ["vanish", "reroute", "__init__", "accept%00", "ACCEPT"])
    def test_unknown_deeds_do_not_exist(self, world: World, login: Login, name: str) -> None:
        refused(deed(login("li"), make_incident(world), name), 404, "not_found")

    def test_06_the_grid_is_the_server_s_to_say(self, world: World, login: Login) -> None:
        body = body_of(make_report(chosen_area="B1"))  # the middle of A1, sure to 8 m

        answer = login("li").post("/api/field/reports", body, content_type="application/json")

        assert answer.json()["area"]["code"] == "A1"


class TestPages:
    """7, 11, 14, 30, 36: foreign pages, foreign words, doors left open."""

    @pytest.mark.parametrize(
        ("method", "url"),
        [
            ("POST", "/api/field/reports"),
            ("PUT", f"/api/field/reports/{UUID(int=1)}/photos/{UUID(int=2)}"),
            ("POST", f"/api/incidents/{UUID(int=1)}/deeds/accept"),
            ("POST", "/api/place/areas/A1/boundaries"),
        ],
    )
    def test_11_writing_needs_the_page_s_token(self, world: World, method: str, url: str) -> None:
        client = Client(enforce_csrf_checks=True)
        client.login(username="root", password=PASSWORD)

        refused(client.generic(method, url, "{}", "application/json"), 403, "csrf")

    @pytest.mark.parametrize("url", ["/logout/", "/login/", "/i18n/setlang/", "/admin/login/"])
    def test_11_forms_need_the_page_s_token(self, world: World, url: str) -> None:
        client = Client(enforce_csrf_checks=True)
        client.login(username="li", password=PASSWORD)

        assert client.post(url).status_code == 403
        assert client.get("/api/field/me").status_code == 200

    def test_11_reading_changes_nothing(self, world: World, login: Login) -> None:
        incident = make_incident(world)
        li = login("li")

        for url in ("/logout/", f"/api/incidents/{incident.pk}/deeds/accept"):
            assert li.get(url).status_code == 405
        assert li.get("/api/field/me").status_code == 200

    @pytest.mark.parametrize(
        "url", ["/api/incidents?q={}", "/api/incidents?category={}", "/api/place/areas?q={}"]
    )
    def test_14_sql_in_a_filter_is_a_word_like_any_other(
        self, world: World, login: Login, url: str
    ) -> None:
        make_incident(world)
        chen = login("chen")

        for words in ("' OR '1'='1", "x'); DELETE FROM incidents_event;--", "%' AND pg_sleep(9)--"):
            answer = chen.get(url.format(words))
            assert (answer.status_code, answer.json()["items"]) == (200, [])
        assert Event.objects.count() == 1

    @pytest.mark.parametrize(
        "target", [EVIL, "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"]
    )
    def test_30_login_leads_to_own_pages_only(
        self, world: World, client: Client, target: str
    ) -> None:
        answer = client.post(f"/login/?next={target}", {"username": "li", "password": PASSWORD})

        assert (answer.status_code, answer.url) == (302, "/")

    @pytest.mark.parametrize("target", [EVIL, "//elsewhere.example"])
    def test_30_changing_the_language_stays_here(
        self, world: World, client: Client, target: str
    ) -> None:
        answer = client.post("/i18n/setlang/", {"language": "en", "next": target})

        assert (answer.status_code, answer.url) == (302, "/")

    def test_30_nothing_is_told_to_other_sites(self, world: World, login: Login) -> None:
        assert login("li").get("/field/").headers["Referrer-Policy"] == "same-origin"

    @pytest.mark.parametrize(
        "path",
        [
            "/.git/config",
            "/.env",
            "/static/../gis_grid/settings.py",
            "/static/%2e%2e/manage.py",
            "/media/photos/",
            "/photos/../../etc/passwd",
            "/docs/settings.md~",
            "/admin/doc/",
            "/__debug__/",
            "/server-status",
        ],
    )
    def test_36_nothing_lies_about(self, world: World, login: Login, path: str) -> None:
        assert login("root").get(path).status_code == 404

    def test_36_errors_of_pages_tell_nothing_of_the_inside(
        self, world: World, client: Client
    ) -> None:
        page = client.get("/nothing").content.decode()

        assert "Traceback" not in page
        assert "urlpatterns" not in page
        assert "django" not in page.lower()


@pytest.mark.django_db(transaction=True)  # the stream asks on connections of its own
class TestLive:
    """7, 50: the stream is for this server's pages. `test_stream.py` asks the running process."""

    @pytest.fixture(autouse=True)
    def _addresses(self, settings: Any) -> None:
        settings.ROOT_URLCONF = "gis_grid.live_urls"

    def test_07_foreign_pages_may_not_listen(self, world: World, login: Login) -> None:
        desk = login("chen")
        for origin in (EVIL, "null", "http://testserver.elsewhere.example", "http://[", "\\"):
            refused(listen(desk, headers={"origin": origin}), 403, "foreign_origin")

    def test_07_only_desks_listen(self, world: World, login: Login) -> None:
        for name in ("li", "wang", "sun"):
            refused(listen(login(name)), 403, "role_required")

    def test_50_a_bad_position_is_refused(self, world: World, login: Login) -> None:
        desk = login("chen")
        for after in ("x", "-1", "1.5", "9" * 19, "%00", "１"):
            refused(listen(desk, f"?after={after}"), 400, "after_not_a_number")
        answer = listen(desk, headers={"last-event-id": "../1"})
        refused(answer, 400, "after_not_a_number")

    def test_nothing_else_is_there(self, world: World, login: Login) -> None:
        for path in ("/live/nothing", "/", "/admin/", "/api/incidents"):
            refused(login("root").get(path), 404, "not_found")


def listen(desk: Client, query: str = "", **options: Any) -> Any:
    """Ask for the stream in a thread of its own: a browser's tests leave a loop in this one."""
    return together(lambda: desk.get(f"/live/events{query}", **options))[0]


def together(*calls: Callable[[], Any]) -> list[Any]:
    """Run calls at the same moment in threads of their own; returns their answers in order."""
    gate = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        gate.wait()
        try:
            answers[number] = call()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
class TestRaces:
    """31, and 41 of the bad inputs: many at once, one wins, the others are told."""

    @pytest.fixture
    def town(self) -> World:
        return build_world()

    def client(self, world: World, name: str) -> Client:
        client = Client()
        client.force_login(world.users[name])
        return client

    def test_41_eight_senders_of_one_report_make_one_incident(self, town: World) -> None:
        body = body_of(make_report())

        def sender() -> Callable[[], Any]:
            client = self.client(town, "li")
            return lambda: client.post("/api/field/reports", body, content_type="application/json")

        answers = together(*[sender() for _ in range(8)])

        assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
        assert len({answer.json()["number"] for answer in answers}) == 1
        assert (Incident.objects.count(), Event.objects.count()) == (1, 1)

    def test_31_of_two_who_accept_one_wins_and_the_other_learns_who(self, town: World) -> None:
        incident = make_incident(town)
        li, zhao = self.client(town, "li"), self.client(town, "zhao")

        answers = together(lambda: deed(li, incident), lambda: deed(zhao, incident))

        won, lost = sorted(answers, key=lambda answer: answer.status_code)
        body = refused(lost, 409, "stale")
        newest = body["current"]["timeline"][-1]
        assert won.status_code == 200
        assert newest == won.json()["incident"]["timeline"][-1]
        assert newest["kind"] == "accept"
        assert newest["by"] == ("Li" if won is answers[0] else "Zhao")
        assert newest["at"]
        assert Incident.objects.get().version == 2

    def test_31_a_double_tap_is_one_deed(self, town: World) -> None:
        incident, same = make_incident(town), str(uuid4())
        one, other = self.client(town, "li"), self.client(town, "li")

        answers = together(
            lambda: deed(one, incident, id=same), lambda: deed(other, incident, id=same)
        )

        assert [answer.status_code for answer in answers] == [200, 200]
        assert Event.objects.filter(kind="accept").count() == 1

    def test_two_who_redraw_one_area_do_not_overlap(self, town: World) -> None:
        shape = {"type": "Polygon", "coordinates": square(0).coords}

        def drawer(day: str) -> Callable[[], Any]:
            client = self.client(town, "root")
            body = {"geometry": shape, "valid_from": day}
            url = "/api/place/areas/A1/boundaries"
            return lambda: client.post(url, body, content_type="application/json")

        answers = together(drawer("2026-05-01"), drawer("2026-05-01"), drawer("2026-06-01"))

        assert sorted(answer.status_code for answer in answers) == [201, 201, 409]
        days = town.areas["A1"].boundaries.values_list("during", flat=True).order_by("during")
        assert [d.upper for d in days][:-1] == [d.lower for d in days][1:]


def test_36_without_a_secret_key_nothing_starts() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "GRID_SECRET_KEY"}

    started = subprocess.run(
        [sys.executable, "-c", "import gis_grid.settings"],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.returncode != 0
    assert "GRID_SECRET_KEY is not set" in started.stderr


def test_36_debug_is_off_unless_asked_for() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "GRID_DEBUG"}

    said = subprocess.run(
        [sys.executable, "-c", "from gis_grid import settings; print(settings.DEBUG)"],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.strip() == "False"
