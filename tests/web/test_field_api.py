"""The grid worker's endpoints: works, repeats, refuses; each with a bounded number of queries."""

import hashlib
import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from incidents import actions
from incidents.models import Attachment, Incident
from tests.world import PASSWORD, World, announced, body_of, inside, make_report

REPORTS = "/api/field/reports"


def post(client: Client, body: object, url: str = REPORTS):  # type: ignore[no-untyped-def]
    return client.post(url, body, content_type="application/json")


def picture(size: tuple[int, int] = (640, 480), exif: bytes = b"") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


def fetch(client: Client, url: str) -> tuple[int, bytes]:
    answer = client.get(url)
    return answer.status_code, answer.getvalue()


def test_report_is_created_and_routed(world: World, login) -> None:  # type: ignore[no-untyped-def]
    report = make_report()

    answer = post(login("li"), body_of(report))

    assert answer.status_code == 201, answer.content
    assert answer.json()["area"] == {"code": "A1", "name": "翠湖第一网格"}
    assert answer.json()["sha256"] == report.sha256
    assert "翠湖第一网格" in answer.json()["route"]["reason"]


def test_repeat_answers_200_with_the_same_body(world: World, login) -> None:  # type: ignore[no-untyped-def]
    body = body_of(make_report(photos=announced(uuid4(), "a" * 64)))
    li = login("li")

    first, second = post(li, body), post(li, body)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()


def test_same_id_with_other_words_is_409(world: World, login) -> None:  # type: ignore[no-untyped-def]
    body = body_of(make_report())
    li = login("li")
    post(li, body)

    answer = post(li, {**body, "words": "别的事"})

    assert (answer.status_code, answer.json()["code"]) == (409, "id_reused")


def test_nobody_gets_401_and_nothing_is_stored(world: World, client: Client) -> None:
    answer = post(client, body_of(make_report()))

    assert (answer.status_code, answer.json()["code"]) == (401, "login_required")
    assert not Incident.objects.exists()


def test_operator_may_not_report(world: World, login) -> None:  # type: ignore[no-untyped-def]
    answer = post(login("chen"), body_of(make_report()))

    assert (answer.status_code, answer.json()["code"]) == (403, "role_required")


def test_missing_csrf_token_is_403_json(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.login(username="li", password=PASSWORD)

    answer = post(client, body_of(make_report()))

    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


def test_a_report_costs_few_queries(world: World, login) -> None:  # type: ignore[no-untyped-def]
    li = login("li")
    body = body_of(make_report())

    with CaptureQueriesContext(connection) as queries:
        post(li, body)

    # session with its user, category, (savepoint,) areas near, the insert(, release)
    assert len(queries) == 6


def test_route_shows_the_grid_and_its_border(world: World, login) -> None:  # type: ignore[no-untyped-def]
    lon, lat = inside()

    answer = login("li").get(f"/api/field/route?lon={lon}&lat={lat}&accuracy_m=8")

    body = answer.json()
    assert body["route"]["method"] == "covers"
    assert [f["properties"]["code"] for f in body["borders"]["features"]] == ["A1"]


def test_route_near_a_border_offers_both_grids_own_first(world: World, login) -> None:  # type: ignore[no-untyped-def]
    lon, lat = inside(1.01, 0.5)  # a few metres inside A2; Li's own grid is A1

    answer = login("li").get(f"/api/field/route?lon={lon}&lat={lat}&accuracy_m=20")

    candidates = answer.json()["route"]["candidates"]
    assert [(c["code"], c["own"]) for c in candidates] == [("A1", True), ("A2", False)]
    assert sum(c["share"] for c in candidates) == pytest.approx(1, abs=0.02)


def test_recent_categories_come_first(world: World, login) -> None:  # type: ignore[no-untyped-def]
    li = login("li")
    post(li, body_of(make_report(category="manhole")))

    categories = li.get("/api/field/me").json()["categories"]

    assert [c["code"] for c in categories] == ["manhole", "street_lamp"]


def test_tasks_are_only_my_grid_s(world: World, login) -> None:  # type: ignore[no-untyped-def]
    post(login("li"), body_of(make_report()))

    assert len(login("li").get("/api/field/tasks").json()["items"]) == 1
    assert login("wang").get("/api/field/tasks").json()["items"] == []


def test_my_reports_stay_mine_wherever_they_lie(world: World, login) -> None:  # type: ignore[no-untyped-def]
    post(login("wang"), body_of(make_report()))  # Wang reports from Li's grid

    assert len(login("wang").get(REPORTS).json()["items"]) == 1
    assert login("li").get(REPORTS).json()["items"] == []


class TestPhotos:
    """Announced, uploaded, kept without metadata."""

    def send(self, client: Client, report, content: bytes, kind: str = "image/jpeg"):  # type: ignore[no-untyped-def]
        url = f"{REPORTS}/{report.id}/photos/{report.photos[0].id}"
        return client.put(url, content, content_type=kind)

    def reported(self, client: Client, content: bytes):  # type: ignore[no-untyped-def]
        report = make_report(photos=announced(uuid4(), hashlib.sha256(content).hexdigest()))
        assert post(client, body_of(report)).status_code == 201
        return report

    def test_photo_is_kept_once(self, world: World, login, media) -> None:  # type: ignore[no-untyped-def]
        li, content = login("li"), picture()
        report = self.reported(li, content)

        first, second = self.send(li, report, content), self.send(li, report, content)

        assert (first.status_code, second.status_code) == (201, 200)
        assert first.json()["sha256"] == report.photos[0].sha256
        assert len(list(media.rglob("*.jpg"))) == 2  # picture and small copy

    def test_exif_is_gone_and_the_picture_upright(self, world: World, login, media) -> None:  # type: ignore[no-untyped-def]
        exif = Image.Exif()
        exif[0x0112] = 6  # rotated
        exif[0x9286] = "secret"
        li, content = login("li"), picture((400, 200), exif.tobytes())
        report = self.reported(li, content)

        self.send(li, report, content)

        status, served = fetch(li, f"/photos/{report.photos[0].id}")
        image = Image.open(io.BytesIO(served))
        assert status == 200
        assert image.size == (200, 400)
        assert not image.getexif()
        assert "exif" not in image.info

    def test_cut_photo_is_refused_and_can_be_sent_again(self, world: World, login, media) -> None:  # type: ignore[no-untyped-def]
        li, content = login("li"), picture()
        report = self.reported(li, content)

        cut = self.send(li, report, content[: len(content) // 2])
        again = self.send(li, report, content)

        assert (cut.status_code, cut.json()["code"]) == (422, "sha256_mismatch")
        assert again.status_code == 201

    @pytest.mark.parametrize(
        ("content", "kind", "status"),
        [
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", 415),
            (b"<html></html>", "image/jpeg", 415),
            (b"%PDF-1.7", "image/jpeg", 415),
            (b"", "image/jpeg", 415),
            (picture()[:500], "image/jpeg", 422),
            (picture((1, 1)), "image/jpeg", 422),
        ],
    )
    def test_what_is_no_picture_is_refused(  # type: ignore[no-untyped-def]
        self, world: World, login, media, content: bytes, kind: str, status: int
    ) -> None:
        li = login("li")
        report = self.reported(li, content)

        answer = self.send(li, report, content, kind)

        assert answer.status_code == status, answer.content
        assert not Attachment.objects.stored().exists()
        assert not list(media.rglob("*"))

    def test_a_picture_bomb_is_refused(self, world: World, login, media) -> None:  # type: ignore[no-untyped-def]
        out = io.BytesIO()
        Image.new("1", (13000, 13000)).save(out, "PNG")
        li = login("li")
        report = self.reported(li, out.getvalue())

        answer = self.send(li, report, out.getvalue(), "image/png")

        assert (answer.status_code, answer.json()["code"]) == (422, "photo_too_many_pixels")

    def test_photo_of_a_foreign_grid_is_404(self, world: World, login, media) -> None:  # type: ignore[no-untyped-def]
        li, content = login("li"), picture()
        report = self.reported(li, content)
        self.send(li, report, content)

        assert fetch(li, f"/photos/{report.photos[0].id}")[0] == 200
        assert fetch(login("wang"), f"/photos/{report.photos[0].id}")[0] == 404
        assert self.send(login("wang"), report, content).status_code == 404


def test_me_tells_what_is_reported_here_at_which_hour(world: World, login) -> None:  # type: ignore[no-untyped-def]
    morning = timezone.localtime(timezone.now() - timedelta(days=2)).replace(hour=7, minute=30)
    reports: list[tuple[str, dict[str, Any]]] = [
        ("zhao", {}),
        ("zhao", {"recorded_at": morning + timedelta(days=1)}),
        ("zhao", {"recorded_at": morning - timedelta(days=90)}),  # long ago
        ("wang", {"place": inside(2.5)}),  # somebody else's ground
    ]
    for by, changes in reports:
        when = {"recorded_at": morning, "category": "manhole", **changes}
        found = make_report(**{**when, "fixed_at": when["recorded_at"]})
        actions.report(found, by=world.actor(by), at=found.recorded_at)

    items = login("li").get("/api/field/me").json()["categories"]

    hours = {item["code"]: item["hours"] for item in items}
    assert hours == {"street_lamp": [], "manhole": [0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]}
    assert not any(item["recent"] for item in items)  # Li reported none of them
