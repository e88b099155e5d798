"""A resident before a notice board: scan, say, send; with a script and without, by thumb."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from incidents.boards import board_url
from incidents.models import Attachment, Incident
from incidents.telling.links import timeline_url
from tests.browser.desk import Desk
from tests.product import Product, wait_until_quiet
from tests.world import World, inside

pytestmark = pytest.mark.browser
Scan = Callable[..., Page]
ASKED = """
window.asked = 0;
const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
navigator.geolocation.getCurrentPosition = (...how) => { window.asked += 1; ask(...how); };
navigator.geolocation.watchPosition = () => { window.asked += 100; };
"""


@pytest.fixture
def scan(product: Product, world: World, chromium: Browser) -> Iterator[Scan]:
    """Return a function: opens the page of grid A1's notice board on a small phone."""
    contexts: list[BrowserContext] = []

    def open_(query: str = "", **options: Any) -> Page:
        lon, lat = inside(1.5)  # in A2, next door
        phone: dict[str, Any] = {
            "viewport": {"width": 360, "height": 640},
            "is_mobile": True,
            "has_touch": True,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "permissions": ["geolocation"],
            "geolocation": {"longitude": lon, "latitude": lat, "accuracy": 12},
            "base_url": product.url,
        }
        context = chromium.new_context(**{**phone, **options})
        contexts.append(context)
        if options.get("java_script_enabled", True):
            context.add_init_script(ASKED)
        page = context.new_page()
        answer = page.goto(board_url(world.areas["A1"]) + query)
        assert answer
        assert answer.status == 200
        return page

    yield open_
    for context in contexts:
        context.close()
    wait_until_quiet()


def fill(page: Page, words: str = "3 号楼东门口，路灯不亮") -> None:
    page.locator("[name=category]").select_option("street_lamp")
    page.locator("[name=words]").fill(words)


def send(page: Page) -> Incident:
    """Press 提交 and wait for the receipt; returns what the server has."""
    page.locator("[type=submit]").tap()
    expect(page.locator(".resident-number")).to_be_visible()
    incident = Incident.objects.select_related("area").latest("serial")
    expect(page.locator(".resident-number")).to_have_text(incident.number)
    return incident


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_without_a_script_words_and_photos_arrive(scan: Scan, picture: Path) -> None:
    page = scan(java_script_enabled=False)
    expect(page.get_by_text("翠湖第一网格").first).to_be_visible()
    expect(page.locator("#place-add")).to_be_hidden()
    fill(page)
    page.locator("[name=photos]").set_input_files([picture])

    incident = send(page)

    assert (incident.source, incident.position_method) == ("resident", "board")
    assert incident.area
    assert incident.area.code == "A1"
    photo = Attachment.objects.stored().get()
    assert photo.sha256 == hashlib.sha256(picture.read_bytes()).hexdigest(), "as it was"
    assert (photo.width, photo.height) == (300, 400), "and upright all the same"
    assert page.context.cookies() == []


def test_with_a_script_photos_are_shrunk_before_they_travel(scan: Scan, picture: Path) -> None:
    page = scan()
    fill(page)
    page.locator("[name=photos]").set_input_files([picture, picture])
    expect(page.locator("#thumbs img")).to_have_count(2)
    sent = page.evaluate(
        "Promise.all(Array.from(document.querySelector('[name=photos]').files, (f) => f.text()))"
    )
    assert all("SecretCamera" not in each and "Exif" not in each for each in sent)

    incident = send(page)

    photo = Attachment.objects.stored().get()  # the same picture twice is one
    assert photo.incident_id == incident.pk
    assert photo.sha256 != hashlib.sha256(picture.read_bytes()).hexdigest()
    assert (photo.width, photo.height) == (300, 400)


def test_more_photos_than_three_are_told_and_three_are_taken(scan: Scan, picture: Path) -> None:
    page = scan()
    fill(page)
    page.locator("[name=photos]").set_input_files([picture] * 5)

    expect(page.locator("#thumbs img")).to_have_count(3)
    expect(page.locator("#photos-told")).not_to_be_empty()
    send(page)


def test_the_place_is_asked_for_on_a_tap_and_at_no_other_time(scan: Scan) -> None:
    page = scan()
    fill(page)
    assert page.evaluate("window.asked") == 0

    page.locator("#place-add").tap()
    expect(page.locator("#place-told")).to_contain_text("12")
    assert page.evaluate("window.asked") == 1
    incident = send(page)

    assert incident.area
    assert incident.area.code == "A2", "the pin knows better than the poster"
    assert (incident.position_method, incident.accuracy_m) == ("gps", 12)


def test_the_place_can_be_left_out_again(scan: Scan) -> None:
    page = scan()
    fill(page)
    page.locator("#place-add").tap()
    page.locator("#place-remove").tap()
    expect(page.locator("#place-add")).to_be_visible()

    assert send(page).position_method == "board"


def test_a_refused_place_is_no_matter(scan: Scan) -> None:
    page = scan(permissions=[])
    fill(page)
    page.locator("#place-add").tap()
    expect(page.locator("#place-told")).not_to_be_empty()

    assert send(page).position_method == "board"


def test_a_double_tap_is_one_report(scan: Scan, world: World) -> None:
    page = scan()
    fill(page)
    page.evaluate("""() => {
        const form = document.getElementById('report');
        HTMLFormElement.prototype.submit.call(form);
        HTMLFormElement.prototype.submit.call(form);
    }""")
    expect(page.locator(".resident-number")).to_be_visible()
    number = page.locator(".resident-number").inner_text()

    page.go_back()
    expect(page.locator("[name=words]")).to_have_value("3 号楼东门口，路灯不亮")
    assert send(page).number == number, "who goes back has the same form"
    assert Incident.objects.count() == 1


def test_the_receipt_leads_to_the_timeline(scan: Scan, product: Product) -> None:
    page = scan(permissions=["clipboard-read", "clipboard-write"])
    fill(page)
    incident = send(page)
    link = f"{product.url}{timeline_url(incident.pk)}"

    expect(page.locator("#link")).to_have_text(link)
    page.locator("#copy").tap()
    expect(page.locator("#copied")).not_to_be_empty()
    assert page.evaluate("navigator.clipboard.readText()") == link
    page.locator("a.main").tap()
    expect(page.locator(".badge")).to_contain_text("已上报")


def test_what_is_refused_keeps_the_words(scan: Scan) -> None:
    page = scan(java_script_enabled=False)
    fill(page, words="灯")
    page.evaluate("document.querySelector('form').noValidate = true")
    page.locator("[type=submit]").tap()

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[name=words]")).to_have_value("灯")
    expect(page.locator("[name=category]")).to_have_value("street_lamp")
    page.locator("[name=words]").fill("路灯不亮")
    send(page)


def test_it_fits_a_small_phone_and_a_thumb(scan: Scan) -> None:
    page = scan()
    for _ in range(2):
        assert fits(page)
        seen = page.locator("button:visible, .button:visible, select, textarea, [type=file]")
        for target in seen.all():
            box = target.bounding_box()
            assert box
            assert box["height"] >= 48
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 360
        if page.locator("[name=words]").count():
            fill(page)
            send(page)


def test_it_speaks_english_and_asks_nothing_of_anybody_else(scan: Scan, product: Product) -> None:
    page = scan("?lang=en")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    expect(page.get_by_role("heading", level=1)).to_have_text("Report a problem")
    fill(page)
    send(page)

    expect(page.get_by_role("status").first).to_have_text("Thank you. It has arrived.")
    assert asked
    assert [url for url in asked if not url.startswith(product.url)] == []


def test_the_desk_prints_the_poster_from_the_area_s_card(
    desk: Desk, world: World, tmp_path: Path
) -> None:
    page = desk("chen", "#16/31.002/105.002/area%3AA1")
    link = page.locator('#drawer a[href="/posters/A1/"]')
    expect(link).to_be_visible()
    page.goto("/posters/A/")
    expect(page.locator(".poster")).to_have_count(2)
    box = page.locator(".qr").first.bounding_box()
    assert box
    assert box["width"] == pytest.approx(box["height"])
    assert box["width"] > 380, "large: one stands a step away from it"
    for poster in page.locator(".poster").all():
        assert poster.evaluate("(it) => it.scrollHeight <= it.clientHeight")
    printed = page.pdf(path=tmp_path / "posters.pdf", prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 2
