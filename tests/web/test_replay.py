"""What a phone may rely on when it sends again: reports, photos in any order, deeds.

The same id with the same content has the same answer, however often and from however many at
once; the same id with other content is refused and the first stays as it was. Every answer repeats
the id and the SHA-256 of what was understood.
"""

import hashlib
import itertools
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents import photos
from incidents.deadlines.calendars import calendar_of
from incidents.models import Attachment, Event, Incident, WaitingPhoto
from incidents.reports import Photo, Report
from tests.web.contract import refused
from tests.web.test_abuse import together
from tests.web.test_field_api import picture
from tests.world import World, body_of, build_world, make_incident, make_report

As = Callable[[str], Client]
REPORTS = "/api/field/reports"
PICTURES = [picture((300 + 10 * n, 200)) for n in range(3)]


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def with_photos(*contents: bytes, **changes: Any) -> Report:
    return make_report(photos=tuple(Photo(uuid4(), sha(each)) for each in contents), **changes)


def send(client: Client, report: Report) -> Any:
    return client.post(REPORTS, body_of(report), content_type="application/json")


def bring(client: Client, report: UUID, photo: UUID, content: bytes) -> Any:
    return client.put(f"{REPORTS}/{report}/photos/{photo}", content, content_type="image/jpeg")


def deed(client: Client, incident: Incident, **changes: Any) -> Any:
    body = {"id": str(uuid4()), "seen_version": incident.version, "note": "看过了", **changes}
    url = f"/api/incidents/{incident.pk}/deeds/remark"
    return client.post(url, body, content_type="application/json")


def told(answer: Any) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    return body


class TestReports:
    """POST of a report."""

    def test_again_and_again_is_the_same_answer(self, world: World, login: As) -> None:
        li, report = login("li"), with_photos(*PICTURES)

        answers = [send(li, report) for _ in range(5)]

        assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200]
        assert all(told(answer) == told(answers[0]) for answer in answers)
        assert (told(answers[0])["id"], told(answers[0])["sha256"]) == (
            str(report.id),
            report.sha256,
        )

    @pytest.mark.parametrize(
        "changes",
        [
            {"words": "别的"},
            {"category": "manhole"},
            {"accuracy_m": 9.0},
            {"photos": ()},
            {"photos": (Photo(UUID(int=7), "0" * 64),)},
        ],
    )
    def test_other_content_is_refused_and_the_first_stays(
        self, world: World, login: As, changes: dict[str, Any]
    ) -> None:
        li, report = login("li"), with_photos(PICTURES[0])
        send(li, report)
        before = Incident.objects.values().get()

        other = make_report(**{"id": report.id, "photos": report.photos, **changes})
        refused(send(li, other), 409, "id_reused")

        assert Incident.objects.values().get() == before
        assert Attachment.objects.get().sha256 == sha(PICTURES[0])
        assert send(li, report).status_code == 200


class TestPhotos:
    """PUT of a photo after its report."""

    def test_again_and_again_is_the_same_answer(self, world: World, login: As, media: Path) -> None:
        li, report = login("li"), with_photos(PICTURES[0])
        send(li, report)
        photo = report.photos[0]

        answers = [bring(li, report.id, photo.id, PICTURES[0]) for _ in range(4)]

        assert [answer.status_code for answer in answers] == [201, 200, 200, 200]
        assert {answer.content for answer in answers} == {answers[0].content}
        assert told(answers[0]) == {"id": str(photo.id), "sha256": photo.sha256}
        assert Event.objects.filter(kind="photo").count() == 1

    def test_other_bytes_are_refused_and_the_first_stay(
        self, world: World, login: As, media: Path
    ) -> None:
        li, report = login("li"), with_photos(PICTURES[0])
        send(li, report)
        bring(li, report.id, report.photos[0].id, PICTURES[0])
        before = Attachment.objects.values().get()

        answer = bring(li, report.id, report.photos[0].id, PICTURES[1])

        refused(answer, 422, "sha256_mismatch")
        assert Attachment.objects.values().get() == before

    def test_the_report_s_answer_says_which_are_there(
        self, world: World, login: As, media: Path
    ) -> None:
        li, report = login("li"), with_photos(*PICTURES)
        send(li, report)
        bring(li, report.id, report.photos[1].id, PICTURES[1])

        assert [each["stored"] for each in told(send(li, report))["photos"]] == [False, True, False]


class TestBefore:
    """PUT of a photo whose report is still on its way."""

    def test_it_waits_and_says_so(self, world: World, login: As, media: Path) -> None:
        li, report = login("li"), with_photos(PICTURES[0])
        photo = report.photos[0]

        answers = [bring(li, report.id, photo.id, PICTURES[0]) for _ in range(3)]

        assert [answer.status_code for answer in answers] == [202, 202, 202]
        waiting = {"id": str(photo.id), "sha256": photo.sha256, "waiting": True}
        assert [told(answer) for answer in answers] == [waiting] * 3
        assert WaitingPhoto.objects.count() == 1
        assert len(list(media.rglob("*.jpg"))) == 2  # picture and small copy, once

    def test_any_order_makes_the_same_case(self, world: World, login: As, media: Path) -> None:
        li, parts = login("li"), ["report", 0, 1, 2]
        for order in itertools.permutations(parts):
            report = with_photos(*PICTURES)
            for part in order:
                if isinstance(part, str):
                    assert send(li, report).status_code == 201
                    continue
                answer = bring(li, report.id, report.photos[part].id, PICTURES[part])
                early = order.index(part) < order.index("report")
                assert answer.status_code == (202 if early else 201)
                assert told(answer)["sha256"] == report.photos[part].sha256

            incident = Incident.objects.get(pk=report.id)
            stored = incident.attachments.stored()
            assert {(each.pk, each.sha256) for each in stored} == {
                (photo.id, photo.sha256) for photo in report.photos
            }
            assert all(photos.path_of(each).is_file() for each in stored)
            kinds = list(incident.events.order_by("pk").values_list("kind", flat=True))
            assert kinds == ["report", "photo", "photo", "photo"]
        assert not WaitingPhoto.objects.exists()
        assert len(list(media.rglob("*.jpg"))) == 24 * 6

    def test_the_report_s_first_answer_says_that_it_is_there(
        self, world: World, login: As, media: Path
    ) -> None:
        li, report = login("li"), with_photos(*PICTURES)
        bring(li, report.id, report.photos[2].id, PICTURES[2])

        first = send(li, report)

        assert [each["stored"] for each in told(first)["photos"]] == [False, False, True]
        assert told(first) == told(send(li, report))
        again = bring(li, report.id, report.photos[2].id, PICTURES[2])
        assert (again.status_code, "waiting" in told(again)) == (200, False)

    def test_other_bytes_under_its_name_are_refused(
        self, world: World, login: As, media: Path
    ) -> None:
        li, report, photo = login("li"), uuid4(), uuid4()
        bring(li, report, photo, PICTURES[0])

        refused(bring(li, report, photo, PICTURES[1]), 409, "photo_id_reused")

        assert WaitingPhoto.objects.get().sha256 == sha(PICTURES[0])
        assert len(list(media.rglob("*.jpg"))) == 2

    def test_a_report_that_announces_other_bytes_does_not_get_it(
        self, world: World, login: As, media: Path
    ) -> None:
        li, report = login("li"), with_photos(PICTURES[0])
        photo = report.photos[0]
        bring(li, report.id, photo.id, PICTURES[1])

        assert [each["stored"] for each in told(send(li, report))["photos"]] == [False]

        assert not WaitingPhoto.objects.exists()
        assert not list(media.rglob("*.jpg"))
        refused(bring(li, report.id, photo.id, PICTURES[1]), 422, "sha256_mismatch")
        assert bring(li, report.id, photo.id, PICTURES[0]).status_code == 201

    def test_nobody_else_s_report_gets_it(self, world: World, login: As, media: Path) -> None:
        report = with_photos(PICTURES[0], place=(105.01, 31.002))
        bring(login("li"), report.id, report.photos[0].id, PICTURES[0])

        answer = send(login("wang"), report)

        assert [each["stored"] for each in told(answer)["photos"]] == [False]
        assert not Attachment.objects.stored().exists()
        refused(
            bring(login("li"), report.id, report.photos[0].id, PICTURES[0]),
            404,
            "photo_not_announced",
        )

    def test_nobody_sees_it_meanwhile(self, world: World, login: As, media: Path) -> None:
        photo = uuid4()
        bring(login("li"), uuid4(), photo, PICTURES[0])

        for name in ("li", "wang", "chen", "root"):
            refused(login(name).get(f"/photos/{photo}"), 404, "photo_not_found")

    @pytest.mark.parametrize("name", ["chen", "sun", "root"])
    def test_who_cannot_report_has_nothing_to_wait_for(
        self, world: World, login: As, media: Path, name: str
    ) -> None:
        refused(
            bring(login(name), uuid4(), uuid4(), PICTURES[0]),
            404,
            "photo_not_announced",
        )
        assert not list(media.rglob("*"))

    def test_nobody_at_all(self, world: World, media: Path) -> None:
        refused(bring(Client(), uuid4(), uuid4(), PICTURES[0]), 401, "login_required")

    @pytest.mark.parametrize(
        ("content", "status", "code"),
        [
            (b"<html></html>", 415, "not_a_picture"),
            (b"", 415, "not_a_picture"),
            (PICTURES[0][:500], 422, "photo_broken"),
            (picture((1, 1)), 422, "photo_too_small"),
        ],
    )
    def test_it_is_checked_as_every_photo(
        self, world: World, login: As, media: Path, content: bytes, status: int, code: str
    ) -> None:
        refused(bring(login("li"), uuid4(), uuid4(), content), status, code)
        assert not WaitingPhoto.objects.exists()
        assert not list(media.rglob("*"))

    def test_one_person_s_have_a_limit(
        self, world: World, login: As, media: Path, settings: Any
    ) -> None:
        settings.WAITING_PHOTOS = 2
        li, report = login("li"), uuid4()
        answers = [bring(li, report, uuid4(), PICTURES[0]) for _ in range(3)]

        assert [answer.status_code for answer in answers] == [202, 202, 429]
        refused(answers[2], 429, "too_many_waiting")
        assert answers[2].headers["Retry-After"]
        assert len(list(media.rglob("*.jpg"))) == 4
        assert bring(login("wang"), uuid4(), uuid4(), PICTURES[0]).status_code == 202

    def test_and_their_bytes_too(
        self, world: World, login: As, media: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(photos, "MOST_WAITING_BYTES", len(PICTURES[0]) + 10)
        li = login("li")

        assert bring(li, uuid4(), uuid4(), PICTURES[0]).status_code == 202
        refused(bring(li, uuid4(), uuid4(), PICTURES[0]), 429, "too_many_waiting")

    def test_what_waits_too_long_is_swept(
        self, world: World, login: As, media: Path, settings: Any
    ) -> None:
        li, late, fresh = login("li"), uuid4(), uuid4()
        bring(li, late, uuid4(), PICTURES[0])
        bring(li, fresh, uuid4(), PICTURES[1])
        now = timezone.now()
        WaitingPhoto.objects.filter(report=late).update(received_at=now - timedelta(days=15))

        assert photos.sweep(now) == 1

        assert WaitingPhoto.objects.get().report == fresh
        assert len(list(media.rglob("*.jpg"))) == 2

    def test_it_takes_a_fixed_number_of_queries(self, world: World, login: As, media: Path) -> None:
        li, report = login("li"), with_photos(PICTURES[0])
        calendar_of()  # a process asks for the working calendar now and then, not for each report
        with CaptureQueriesContext(connection) as waiting:
            bring(li, report.id, report.photos[0].id, PICTURES[0])
        with CaptureQueriesContext(connection) as reporting:
            send(li, report)

        # session with its user; announced?; a report?; waiting already?; savepoint, one at a
        # time, room, write, release; has the report come meanwhile?, is it there?
        assert len(waiting) == 11
        # the six of a report; what waits; savepoint, lock both, take, write, log, release
        assert len(reporting) == 6 + 1 + 7


class TestDeeds:
    """POST of a deed."""

    def test_again_and_again_is_one_deed(self, world: World, login: As) -> None:
        li, incident, same = login("li"), make_incident(world), str(uuid4())

        answers = [deed(li, incident, id=same) for _ in range(4)]

        assert [answer.status_code for answer in answers] == [200] * 4
        assert {told(answer)["incident"]["id"] for answer in answers} == {str(incident.pk)}
        assert Event.objects.filter(kind="remark").count() == 1

    def test_its_id_for_another_incident_is_refused(self, world: World, login: As) -> None:
        li, same = login("li"), str(uuid4())
        first, other = make_incident(world), make_incident(world)
        deed(li, first, id=same)

        refused(deed(li, other, id=same), 409, "id_reused")

        assert list(Event.objects.filter(kind="remark").values_list("incident", flat=True)) == [
            first.pk
        ]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Many senders, each with a connection of its own."""

    @pytest.fixture
    def town(self, media: Path) -> World:
        return build_world()

    def client(self, world: World, name: str = "li") -> Client:
        client = Client()
        client.force_login(world.users[name])
        return client

    def test_eight_senders_of_everything_make_one_case(self, town: World, media: Path) -> None:
        report = with_photos(*PICTURES)

        def sender(number: int) -> Callable[[], list[Any]]:
            client = self.client(town)
            parts: list[Callable[[], Any]] = [
                lambda: send(client, report),
                *(
                    lambda photo=photo, content=content: bring(  # type: ignore[misc]
                        client, report.id, photo.id, content
                    )
                    for photo, content in zip(report.photos, PICTURES, strict=True)
                ),
            ]
            turned = parts[number % 4 :] + parts[: number % 4]  # each begins with another part
            return lambda: [part() for part in turned]

        answers = [each for all_ in together(*map(sender, range(8))) for each in all_]

        assert {answer.status_code for answer in answers} <= {200, 201, 202}
        receipts = [told(each) for each in answers if "number" in told(each)]
        assert {(each["id"], each["sha256"]) for each in receipts} == {
            (str(report.id), report.sha256)
        }
        assert len({each["number"] for each in receipts}) == 1
        assert sum("number" in told(each) and each.status_code == 201 for each in answers) == 1
        brought = {(t["id"], t["sha256"]) for t in map(told, answers) if "number" not in t}
        assert brought == {(str(photo.id), photo.sha256) for photo in report.photos}
        assert Incident.objects.count() == 1
        assert Attachment.objects.stored().count() == 3
        assert not WaitingPhoto.objects.exists()
        assert Event.objects.filter(kind="report").count() == 1
        assert Event.objects.filter(kind="photo").count() == 3
        assert len(list(media.rglob("*.jpg"))) == 6, "no picture is left that nobody has"

    def test_many_photos_at_once_do_not_pass_the_limit(
        self, town: World, settings: Any, media: Path
    ) -> None:
        settings.WAITING_PHOTOS = 3

        def sender() -> Callable[[], Any]:
            client = self.client(town)
            return lambda: bring(client, uuid4(), uuid4(), PICTURES[0])

        answers = together(*[sender() for _ in range(8)])

        assert sorted(answer.status_code for answer in answers) == [202] * 3 + [429] * 5
        assert len(list(media.rglob("*.jpg"))) == 6

    def test_eight_senders_of_one_deed_do_it_once(self, town: World) -> None:
        incident, same = make_incident(town), str(uuid4())

        def sender() -> Callable[[], Any]:
            client = self.client(town)
            return lambda: deed(client, incident, id=same)

        answers = together(*[sender() for _ in range(8)])

        assert [answer.status_code for answer in answers] == [200] * 8
        assert Event.objects.filter(kind="remark").count() == 1

    def test_eight_taps_of_a_resident_are_one_report(self, town: World) -> None:
        from tests.web.test_resident import Resident

        sheet = Resident(town).sheet()

        def sender() -> Callable[[], Any]:
            resident = Resident(town)
            return lambda: resident.send(*PICTURES, sheet=sheet)

        answers = together(*[sender() for _ in range(8)])

        assert {answer.status_code for answer in answers} == {302}
        assert len({answer.url for answer in answers}) == 1
        assert Incident.objects.count() == 1
        assert Attachment.objects.stored().count() == 3
        assert Event.objects.filter(kind="photo").count() == 3
