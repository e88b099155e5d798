"""Rates and burden in a real browser: by keyboard, on a phone, on paper; the taps counted."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from incidents.burden import TAPS_PER_REPORT
from incidents.models import Incident
from tests.incidents.past_cases import case, on, store
from tests.phone import Phone, choose, expect_delivered, submit
from tests.product import Product
from tests.world import World

pytestmark = pytest.mark.browser

MARCH = "from=2026-03-01&to=2026-03-31"
# What a finger does; a click that a label hands on to its input is the same tap.
COUNT_TAPS = "window.taps = 0; addEventListener('pointerup', () => { window.taps += 1; }, true)"
Reader = Callable[..., Page]


@pytest.fixture
def reader(product: Product, world: World, chromium: Browser) -> Iterator[Reader]:
    """Return a function: opens a page of figures as one of the cast. A1: 20 due, 15 closed."""
    contexts: list[BrowserContext] = []
    for area, cases, closed in (("A1", 20, 15), ("A2", 10, 9), ("B1", 3, 3)):
        store(
            case(world, on(2), area=area, closed_at=on(3) if n < closed else None)
            for n in range(cases)
        )

    def open_(address: str, name: str = "chen", **options: Any) -> Page:
        viewport = {"width": 1440, "height": 900}
        context = chromium.new_context(
            **{"viewport": viewport, "locale": "zh-CN", "base_url": product.url, **options}
        )
        contexts.append(context)
        context.add_cookies([{**session(world, name), "url": product.url}])
        page = context.new_page()
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()


def session(world: World, name: str) -> dict[str, str]:
    """Return the cookie of one of the cast who has logged in."""
    client = Client()
    client.force_login(world.users[name])
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value}


def names(page: Page) -> list[str]:
    return [text.split("\n")[0] for text in page.locator(".rates tbody th").all_inner_texts()]


def press_on(page: Page, selector: str) -> None:
    """Walk to a link by the tabulator key, as nobody with a mouse would, and press it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the keyboard never reached {selector}")


def test_from_the_district_down_to_the_grid_by_keyboard(reader: Reader) -> None:
    page = reader(f"/rates/?{MARCH}&level=district")

    for title in ("示范区", "河东街道", "翠湖社区"):
        press_on(page, ".rates tbody th a")
        expect(page.locator("h1")).to_contain_text(title)

    assert names(page) == ["翠湖第一网格", "翠湖第二网格"]
    row = page.locator(".rates tbody tr").first
    expect(row).to_contain_text("75.00 %")
    expect(row).to_contain_text("15/20")


def test_columns_sort_by_keyboard(reader: Reader) -> None:
    page = reader(f"/rates/?{MARCH}&level=grid")
    heading = page.locator(".rates thead th").nth(3)  # the closing rate

    press_on(page, ".rates thead th:nth-child(4) a")
    expect(heading).to_have_attribute("aria-sort", "descending")
    assert names(page) == ["翠湖第二网格", "翠湖第一网格", "北门第一网格"]
    press_on(page, ".rates thead th:nth-child(4) a")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    assert names(page) == ["北门第一网格", "翠湖第一网格", "翠湖第二网格"]


def test_a_figure_explains_itself_when_it_is_pressed(reader: Reader) -> None:
    page = reader(f"/rates/?{MARCH}")
    figure = page.locator(".rates-panel details").nth(2)

    expect(figure.locator("p")).to_be_hidden()
    figure.locator("summary").focus()
    page.keyboard.press("Enter")

    expect(figure.locator("p")).to_be_visible()


def test_the_files_come_with_the_days_in_their_names(reader: Reader) -> None:
    page = reader(f"/rates/?{MARCH}&level=grid")

    for link, ending in ((".rates-files a >> nth=0", "csv"), (".rates-files a >> nth=1", "xlsx")):
        with page.expect_download() as download:
            page.locator(link).click()
        assert download.value.suggested_filename == f"rates-2026-03-01-2026-03-31.{ending}"


@pytest.mark.parametrize(
    ("name", "address"),
    [("chen", f"/rates/?{MARCH}&level=grid"), ("root", "/burden/")],
)
def test_a_phone_s_width_is_enough(reader: Reader, name: str, address: str) -> None:
    page = reader(address, name, viewport={"width": 360, "height": 640})

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    cell = page.locator(".rates tbody td").first.bounding_box()
    assert cell
    assert cell["x"] + cell["width"] <= 360


def test_printed_it_is_the_figures_and_no_controls(reader: Reader) -> None:
    page = reader(f"/rates/?{MARCH}&level=grid")
    page.emulate_media(media="print")

    for control in (".rates-ask", ".rates-cuts", ".rates-files", ".plain-foot"):
        expect(page.locator(control).first).to_be_hidden()
    expect(page.locator(".rates-panel details p").first).to_be_visible()


def test_nothing_outside_is_asked_and_nothing_goes_wrong(reader: Reader, product: Product) -> None:
    page = reader("/")
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"/rates/?{MARCH}")

    assert said == []
    assert all(url.startswith(product.url) for url in asked)


def test_a_report_takes_the_taps_that_the_burden_page_tells(
    phone: Phone, picture: Path, reader: Reader
) -> None:
    before = Incident.objects.count()
    page = phone()
    page.evaluate(COUNT_TAPS)
    with page.expect_file_chooser() as camera:
        page.locator(".shutter").click()
    camera.value.set_files(picture)
    page.locator("#thumbs img").wait_for()
    choose(page)
    submit(page)
    expect_delivered(page)

    assert page.evaluate("window.taps") == TAPS_PER_REPORT
    assert Incident.objects.count() == before + 1
    told = reader("/burden/", "root").locator(".burden-figures .figure").first
    expect(told).to_have_text(str(TAPS_PER_REPORT))
