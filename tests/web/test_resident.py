"""The page behind a notice board's QR code: without login, without script, without names."""

import hashlib
import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import segno
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from gis_grid.territory.actions import AreaDraft, found, redraw
from gis_grid.territory.models import Kind, Level
from incidents import actions, boards
from incidents.boards import board_url
from incidents.models import Attachment, Board, Category, Event, Incident
from incidents.telling.links import timeline_url
from tests.web.test_field_api import picture
from tests.world import World, do, inside, square

As = Callable[[str], Client]
PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class Resident:
    """Somebody before a notice board, with a phone and no login."""

    def __init__(self, world: World, code: str = "A1", client: Client | None = None) -> None:
        self.client = client or Client(enforce_csrf_checks=True)
        self.url = board_url(world.areas[code])

    def look(self, query: str = "") -> str:
        answer = self.client.get(self.url + query)
        assert answer.status_code == 200, answer.content
        return str(answer.content.decode())

    def sheet(self) -> str:
        found = re.search(r'name="sheet" value="([^"]+)"', self.look())
        assert found
        return found[1]

    def send(self, *photos: bytes, **changes: Any) -> Any:
        form = {"category": "street_lamp", "words": "3 号楼东门路灯不亮", **changes}
        if "sheet" not in form:
            form["sheet"] = self.sheet()
        files = [SimpleUploadedFile("IMG.jpg", each, "image/jpeg") for each in photos]
        return self.client.post(self.url, {**form, "photos": files})


@pytest.fixture
def resident(world: World, media: Any) -> Resident:
    return Resident(world)


def refused(answer: Any, status: int) -> str:
    """Assert a page that says why, and that nothing was stored; return its text."""
    assert answer.status_code == status, answer.content[:300]
    assert 'role="alert"' in answer.content.decode()
    assert not Incident.objects.exists()
    assert not Attachment.objects.exists()
    return str(html.unescape(answer.content.decode()))


class TestForm:
    """GET."""

    def test_it_names_the_grid_and_offers_two_levels(self, resident: Resident) -> None:
        page = resident.look()

        assert "翠湖第一网格" in page
        assert '<optgroup label="公共设施">' in page
        offered = re.findall(r'<option value="(\w+)"', page)
        assert sorted(offered) == ["manhole", "street_lamp"]

    @pytest.mark.parametrize("code", ["street_lamp", "facility"])
    def test_what_residents_may_not_report_is_not_offered_and_not_taken(
        self, resident: Resident, code: str
    ) -> None:
        Category.objects.filter(code=code).update(for_residents=False)

        assert "street_lamp" not in resident.look()
        refused(resident.send(), 422)

    def test_it_asks_for_nobody_and_sets_no_cookie(self, resident: Resident) -> None:
        answer = resident.client.get(resident.url)
        page = answer.content.decode()

        assert answer.cookies == {}
        assert answer.headers["Cache-Control"] == "private, max-age=0"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        asked = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', page))
        assert asked == {"sheet", "category", "words", "photos", "position", "accuracy_m"}

    def test_it_speaks_english_when_asked_and_goes_on_so(self, resident: Resident) -> None:
        assert '<html lang="en"' in resident.look("?lang=en")
        resident.url += "?lang=en"

        assert resident.send().url.endswith("?lang=en")

    def test_it_takes_few_queries(self, resident: Resident) -> None:
        with CaptureQueriesContext(connection) as queries:
            resident.look()

        assert len(queries) == 2  # the board with its area and place; the categories

    def test_a_report_takes_a_fixed_number_of_queries(self, resident: Resident) -> None:
        sheet = resident.sheet()
        resident.send()  # the working calendar is asked for now and then only

        with CaptureQueriesContext(connection) as queries:
            resident.send(sheet=sheet)

        # the board; here before?; two counts; category, may residents; savepoint, areas near,
        # the insert, release; the photos that are there
        assert len(queries) == 11


class TestSends:
    """POST."""

    def test_it_becomes_a_case_for_the_desk_to_accept_or_refuse(
        self, world: World, resident: Resident, login: As
    ) -> None:
        answer = resident.send()

        assert answer.status_code == 302
        incident = Incident.objects.get()
        assert (incident.source, incident.state, incident.reporter) == (
            "resident",
            "reported",
            None,
        )
        assert incident.words == "3 号楼东门路灯不亮"
        assert incident.flags == []
        event = Event.objects.get()
        assert (event.kind, event.by) == ("report", None)
        seen = login("chen").get(f"/api/incidents/{incident.pk}").json()
        assert {"accept", "refuse"} <= set(seen["deeds"])
        assert (seen["source"], seen["reporter"]) == ("resident", None)
        assert seen["timeline"][0]["by"] == "居民"

    def test_without_a_place_it_stands_inside_the_grid_and_says_so(
        self, resident: Resident, login: As
    ) -> None:
        resident.send()

        incident = Incident.objects.select_related("area", "boundary").get()
        assert incident.area
        assert incident.boundary
        assert incident.area.code == "A1"
        assert incident.boundary.shape.contains(incident.point)
        assert (incident.route_method, incident.position_method) == ("board", "board")
        seen = login("chen").get(f"/api/incidents/{incident.pk}").json()
        assert "公告栏" in seen["route"]["reason"]
        assert (seen["route"]["edge_m"], seen["accuracy_m"]) == (None, None)

    def test_a_grid_that_lies_over_the_middle_does_not_take_it(
        self, world: World, resident: Resident
    ) -> None:
        over = AreaDraft("X1", "公园", Level.GRID, world.areas["A"], Kind.EXCLUSIVE)
        found(AreaDraft(**{**over.__dict__, "shape": square(0.2, 0.6, 0.2, 0.6)}))

        resident.send()

        assert Incident.objects.get().area == world.areas["A1"]

    def test_it_stays_with_its_board_when_borders_are_redrawn(
        self, world: World, resident: Resident
    ) -> None:
        resident.send()
        incident = Incident.objects.get()
        today = timezone.localdate()
        redraw(world.areas["A1"], square(0, 0.2), valid_from=today)

        order = actions.Order(by=None, at=timezone.now(), deed_id=incident.pk)
        assert actions.reroute(incident.pk, order) is None
        incident.refresh_from_db()
        assert incident.area == world.areas["A1"]
        assert incident.boundary
        assert incident.boundary.during.lower == today

    @pytest.mark.parametrize(
        ("column", "accuracy", "code", "method"),
        [
            (0.5, "8", "A1", "covers"),
            (1.5, "8", "A2", "covers"),  # the pin knows better than the poster
            (1.01, "20", "A1", "ambiguous"),  # near the border the board's own grid goes first
            (40, "8", None, "outside"),
        ],
    )
    def test_a_place_is_routed_like_every_place(
        self, resident: Resident, column: float, accuracy: str, code: str | None, method: str
    ) -> None:
        lon, lat = inside(column)
        resident.send(position=f"{lon},{lat}", accuracy_m=accuracy)

        incident = Incident.objects.select_related("area").get()
        assert (incident.area.code if incident.area else None, incident.route_method) == (
            code,
            method,
        )
        assert (incident.position_method, incident.accuracy_m) == ("gps", float(accuracy))

    def test_the_receipt_has_number_and_link(self, resident: Resident) -> None:
        answer = resident.client.get(resident.send().url)

        incident = Incident.objects.get()
        page = answer.content.decode()
        assert answer.status_code == 200
        assert PRIVATE.items() <= answer.headers.items()
        assert incident.number in page
        assert f"http://testserver{timeline_url(incident.pk)}" in page
        followed = resident.client.get(timeline_url(incident.pk))
        assert "已收到上报" in followed.content.decode()

    def test_links_have_the_public_address(self, resident: Resident, settings: Any) -> None:
        settings.PUBLIC_URL = "https://grid.example.org"

        page = resident.client.get(resident.send().url).content.decode()

        assert f"https://grid.example.org{timeline_url(Incident.objects.get().pk)}" in page

    def test_photos_come_with_it_and_lose_what_is_hidden(
        self, resident: Resident, media: Any
    ) -> None:
        exif = Image.Exif()
        exif[0x9286] = "secret"
        resident.send(picture((400, 200), exif.tobytes()), picture((300, 300)))

        incident = Incident.objects.get()
        assert incident.attachments.stored().count() == 2
        assert Event.objects.filter(kind="photo", by=None).count() == 2
        for path in media.rglob("*.jpg"):
            content = path.read_bytes()
            assert not Image.open(io.BytesIO(content)).getexif()
            assert b"secret" not in content

    def test_the_same_photo_twice_is_one(self, resident: Resident) -> None:
        resident.send(picture(), picture())

        assert Attachment.objects.stored().count() == 1

    def test_who_is_logged_in_is_not_named_either(
        self, world: World, login: As, media: Any
    ) -> None:
        Resident(world, client=login("li")).send()

        assert (Incident.objects.get().reporter, Event.objects.get().by) == (None, None)

    def test_nothing_of_it_is_public(self, world: World, resident: Resident) -> None:
        resident.send(picture())
        photo = Attachment.objects.get()
        page = resident.client.get(timeline_url(photo.incident_id)).content.decode()

        assert "东门" not in page
        assert "/photos/" not in page
        assert resident.client.get(f"/photos/{photo.pk}").status_code == 401

    def test_the_reporter_s_link_reopens_it(self, world: World, resident: Resident) -> None:
        resident.send()
        incident = do(world, "accept", Incident.objects.get(), by="chen", at=timezone.now())

        assert "已受理" in resident.client.get(timeline_url(incident.pk)).content.decode()


class TestTwice:
    """A double tap, a lost answer, a form gone back to."""

    def test_the_same_form_is_one_report_with_one_answer(self, resident: Resident) -> None:
        sheet, photo = resident.sheet(), picture()

        first, second = (resident.send(photo, sheet=sheet) for _ in range(2))

        assert (first.status_code, first.url) == (second.status_code, second.url)
        assert Incident.objects.count() == 1
        assert Attachment.objects.stored().count() == 1
        assert sorted(Event.objects.values_list("kind", flat=True)) == ["photo", "report"]

    def test_photos_that_were_cut_off_are_added_by_sending_again(self, resident: Resident) -> None:
        sheet, photo = resident.sheet(), picture()
        resident.send(photo, sheet=sheet)
        Attachment.objects.update(stored_at=None, file="")  # as if it had ended in between

        resident.send(photo, sheet=sheet)

        assert Attachment.objects.stored().count() == 1

    def test_other_words_with_the_same_form_are_told_so(self, resident: Resident) -> None:
        sheet = resident.sheet()
        sent = resident.send(sheet=sheet)

        answer = resident.send(sheet=sheet, words="改成别的了")

        page = answer.content.decode()
        assert answer.status_code == 409
        assert sent.url in page
        assert sheet not in page, "a new form, so that it can be sent as a new report"
        assert "改成别的了" in page
        assert Incident.objects.get().words == "3 号楼东门路灯不亮"

    def test_whoever_repeats_is_not_counted(self, resident: Resident, settings: Any) -> None:
        settings.RESIDENT_REPORTS = 1
        sheet = resident.sheet()

        assert [resident.send(sheet=sheet).status_code for _ in range(5)] == [302] * 5


class TestRefuses:
    """What a form may not hold; bad inputs 2-4, 31, 40, 47, 51-58."""

    @pytest.mark.parametrize("words", ["", " ", "灯", "太" * 1001, "路灯\x00不亮"])
    def test_words(self, resident: Resident, words: str) -> None:
        assert "请用几句话写明" in refused(resident.send(words=words), 422)

    @pytest.mark.parametrize("code", ["", "nothing", "facility", "x" * 500, "lamp\x00", "路灯"])
    def test_categories(self, resident: Resident, code: str) -> None:
        page = refused(resident.send(category=code, words="写了半天"), 422)

        assert "写了半天" in page

    @pytest.mark.parametrize(
        ("position", "accuracy"),
        [
            ("nan,31", "8"),
            ("1e400,31", "8"),
            ("500,500", "8"),
            ("31.0,105.0", "8"),  # swapped
            ("105", "8"),
            ("105,31,7", "8"),
            ("105,31", ""),
            ("105,31", "nan"),
            ("105,31", "-1"),
            ("105,31", "1e30"),
            ("x,y", "8"),
        ],
    )
    def test_positions(self, resident: Resident, position: str, accuracy: str) -> None:
        refused(resident.send(position=position, accuracy_m=accuracy), 422)

    @pytest.mark.parametrize(
        ("content", "kind", "status"),
        [
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", 415),
            (b"<html></html>", "image/jpeg", 415),
            (b"%PDF-1.7", "image/jpeg", 415),
            (b"MZ", "image/jpeg", 415),
            (picture()[:500], "image/jpeg", 422),
            (picture((1, 1)), "image/jpeg", 422),
            (picture(), "image/heic", 415),
        ],
    )
    def test_what_is_no_picture(
        self, resident: Resident, media: Any, content: bytes, kind: str, status: int
    ) -> None:
        file = SimpleUploadedFile("../../x.php", content, kind)
        form = {"sheet": resident.sheet(), "category": "street_lamp", "words": "路灯不亮"}
        answer = resident.client.post(resident.url, {**form, "photos": [file]})

        assert "请重新选择照片" in refused(answer, status)
        assert not list(media.rglob("*"))

    def test_a_picture_bomb(self, resident: Resident) -> None:
        out = io.BytesIO()
        Image.new("1", (13000, 13000)).save(out, "PNG")
        file = SimpleUploadedFile("x.png", out.getvalue(), "image/png")
        form = {"sheet": resident.sheet(), "category": "street_lamp", "words": "路灯不亮"}

        refused(resident.client.post(resident.url, {**form, "photos": [file]}), 422)

    def test_more_photos_than_three(self, resident: Resident) -> None:
        photos = [picture((100 + n, 100)) for n in range(4)]

        refused(resident.send(*photos), 422)

    def test_a_photo_that_is_too_large(self, resident: Resident, settings: Any) -> None:
        settings.PHOTO_MAX_BYTES = 1000

        refused(resident.send(picture((900, 900))), 413)

    def test_a_body_that_is_too_large_is_not_read(self, resident: Resident) -> None:
        answer = resident.client.post(
            resident.url, b"x", "multipart/form-data; boundary=x", CONTENT_LENGTH="900000000"
        )

        refused(answer, 413)

    @pytest.mark.parametrize(
        ("body", "kind", "status"),
        [
            (b"x" * 100, "multipart/form-data; boundary=x", 422),
            (b"x" * 100, "multipart/form-data", 400),
            (b"{}", "application/json", 422),
            (b"", "text/plain", 422),
        ],
    )
    def test_a_body_that_is_no_form(
        self, resident: Resident, body: bytes, kind: str, status: int
    ) -> None:
        refused(resident.client.post(resident.url, body, kind), status)

    def test_more_fields_than_a_form_has(self, resident: Resident) -> None:
        form = {f"field{n}": "x" for n in range(1100)}

        refused(resident.client.post(resident.url, form), 413)

    @pytest.mark.parametrize("sheet", ["", "forged", "a" * 5000])
    def test_a_form_made_elsewhere(self, resident: Resident, sheet: str) -> None:
        assert "页面" in refused(resident.send(sheet=sheet), 422)

    def test_a_form_of_another_board(self, world: World, resident: Resident) -> None:
        refused(resident.send(sheet=Resident(world, "B1").sheet()), 422)

    def test_no_field_of_a_form_decides_what_is_the_server_s(self, resident: Resident) -> None:
        resident.send(state="closed", area="B1", reporter="1", source="worker", settled="1")

        incident = Incident.objects.select_related("area").get()
        assert (incident.state, incident.source) == ("reported", "resident")
        assert incident.area
        assert incident.area.code == "A1"


class TestThrottle:
    """Bad input 24 of the threats: a flood from one address."""

    def test_so_many_an_hour_by_one_board_from_one_address(
        self, world: World, resident: Resident, settings: Any
    ) -> None:
        settings.RESIDENT_REPORTS = 2
        answers = [resident.send(words="写好的话") for _ in range(3)]

        assert [answer.status_code for answer in answers] == [302, 302, 429]
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
        page = answers[-1].content.decode()
        assert "写好的话" in page
        assert Incident.objects.count() == 2
        assert Resident(world, "A2").send().status_code == 302
        elsewhere = Resident(world, client=Client(REMOTE_ADDR="192.0.2.7"))
        assert elsewhere.send().status_code == 302

    def test_and_by_all_boards_together(self, world: World, settings: Any, media: Any) -> None:
        settings.RESIDENT_REPORTS_FROM_ADDRESS = 3
        codes = ["A1", "A2", "B1", "A1"]

        answers = [Resident(world, code).send().status_code for code in codes]

        assert answers == [302, 302, 302, 429]

    def test_looking_is_not_counted(self, resident: Resident, settings: Any) -> None:
        settings.RESIDENT_REPORTS = 1
        for _ in range(10):
            resident.look()

        assert resident.send().status_code == 302


class TestCode:
    """The token on the paper."""

    @pytest.mark.parametrize("token", ["x", "1-1.x", "1-1", "中文", "a" * 300, "%00", "..."])
    def test_a_bad_code_is_explained(self, world: World, client: Client, token: str) -> None:
        for answer in (client.get(f"/r/{token}"), client.post(f"/r/{token}", {"words": "x"})):
            assert answer.status_code == 404
            assert "二维码无效" in answer.content.decode()
            assert PRIVATE.items() <= answer.headers.items()

    def test_a_replaced_poster_ends_and_the_new_one_works(
        self, world: World, resident: Resident
    ) -> None:
        boards.replace(world.areas["A1"], by=world.users["chen"], at=timezone.now())
        boards.replace(world.areas["A1"], by=world.users["chen"], at=timezone.now())

        assert resident.client.get(resident.url).status_code == 404
        assert resident.client.post(resident.url, {}).status_code == 404
        world.areas["A1"].refresh_from_db()
        assert Resident(world).send().status_code == 302
        assert Board.objects.get().edition == 3

    def test_the_code_of_one_board_is_not_the_code_of_another(
        self, world: World, resident: Resident
    ) -> None:
        name, signature = resident.url.removeprefix("/r/").split(".")
        other = f"{world.areas['B1'].pk}-1"

        assert resident.client.get(f"/r/{other}.{signature}").status_code == 404
        assert name != other

    def test_a_link_is_no_code_and_a_code_no_link(self, resident: Resident) -> None:
        sent = resident.send().url
        link, token = sent.rpartition("/")[2], resident.url.removeprefix("/r/")

        assert resident.client.get(f"/r/{link}").status_code == 404
        assert resident.client.get(f"/t/{token}").status_code == 404
        assert resident.client.get(f"/r/{token}/sent/{token}").status_code == 404


class TestPosters:
    """The page to print."""

    def test_a_grid_has_one(self, world: World, login: As) -> None:
        page = login("chen").get("/posters/A1/").content.decode()

        assert page.count('<article class="poster"') == 1
        assert "翠湖第一网格" in page
        assert "翠湖社区" in page
        assert "Li" in page, "who is on duty has to be posted"

    def test_the_code_leads_to_the_page(self, world: World, login: As, settings: Any) -> None:
        settings.PUBLIC_URL = "https://grid.example.org"
        page = login("chen").get("/posters/A1/").content.decode()

        address = f"https://grid.example.org{board_url(world.areas['A1'])}"
        shown = segno.make(address, error="q", micro=False).svg_inline(
            border=4, omitsize=True, svgclass="qr", lineclass="qr-ink"
        )
        assert shown in page
        assert "grid.example.org" in page

    @pytest.mark.parametrize(("code", "grids"), [("A", 2), ("B", 1), ("S", 3), ("D", 3)])
    def test_all_grids_of_an_area_in_one_run(
        self, world: World, login: As, code: str, grids: int
    ) -> None:
        client = login("chen")

        assert client.get(f"/posters/{code}/").content.count(b'<article class="poster"') == grids

    def test_it_takes_a_fixed_number_of_queries(self, world: World, login: As) -> None:
        client, counts = login("chen"), []
        for code in ("A1", "D"):
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/posters/{code}/")
            counts.append(len(queries))

        assert counts == [4, 4]  # session with its user; the area; its grids; who is on duty

    def test_only_desks_print_and_replace(self, world: World, login: As) -> None:
        for name, status in (("chen", 200), ("root", 200), ("li", 403), ("sun", 403)):
            assert login(name).get("/posters/A1/").status_code == status
        assert login("li").post("/posters/A1/", {"area": "A1"}).status_code == 403
        assert not Board.objects.exists()

    def test_an_area_that_is_not_there(self, world: World, login: As) -> None:
        assert login("chen").get("/posters/ZZ/").status_code == 404
        assert login("chen").post("/posters/A1/", {"area": "ZZ"}).status_code == 404

    def test_a_lost_one_is_replaced(self, world: World, login: As, resident: Resident) -> None:
        chen = login("chen")

        assert chen.post("/posters/A/", {"area": "A1"}).url == "/posters/A/"

        board = Board.objects.get()
        assert (board.area, board.edition, board.replaced_by) == (
            world.areas["A1"],
            2,
            world.users["chen"],
        )
        assert resident.client.get(resident.url).status_code == 404
        assert "A1-2" in chen.get("/posters/A1/").content.decode()

    def test_a_code_for_this_machine_only_is_warned_of(self, world: World, login: As) -> None:
        chen = login("chen")

        assert (
            b'role="alert"' in chen.get("/posters/A1/", headers={"host": "127.0.0.1:8000"}).content
        )
        assert b'role="alert"' not in chen.get("/posters/A1/").content


def test_the_names_of_photos_are_the_report_s_own(resident: Resident) -> None:
    """Who sends a report again names the same photos, and nobody else does."""
    photo = picture()
    for _ in range(2):
        resident.send(photo)

    assert Attachment.objects.count() == 2
    assert {each.sha256 for each in Attachment.objects.all()} == {hashlib.sha256(photo).hexdigest()}
