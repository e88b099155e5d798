"""The wall in a real browser: true figures, nobody's name, and no growth in a long night."""

import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gis_grid.people.models import Session
from tests.browser.desk import report
from tests.browser.memory import Memory
from tests.login import cookies_of
from tests.product import Product, wait_until_quiet
from tests.world import World, inside

pytestmark = pytest.mark.browser

TURNS = int(os.environ.get("GRID_WALL_TURNS", "30"))  # 1620 of 20 s are a night of nine hours
WARM_UP = 10
SECRET = "张三丰家门口"
Open = Callable[..., Page]


@pytest.fixture
def wall(product: Product, world: World, chromium: Browser) -> Iterator[Open]:
    """Return a function: opens a page of the figures as Chen, on a screen of 1920 x 1080."""
    contexts: list[BrowserContext] = []

    def open_(address: str = "/command/wall", *, still: bool = False, **options: Any) -> Page:
        screen = {"width": 1920, "height": 1080}
        context = chromium.new_context(
            **{"viewport": screen, "locale": "zh-CN", "base_url": product.url, **options}
        )
        contexts.append(context)
        context.add_cookies(cookies_of(world, "chen", product.url))
        page = context.new_page()
        if still:
            page.clock.install()
        page.goto(address)
        return page

    yield open_
    for context in contexts:
        context.close()
    wait_until_quiet()


def figure(page: Page, name: str) -> Any:
    return page.locator(f'[data-figure="{name}"] .figure').first


def seams_crossed(page: Page, columns: int, rows: int) -> list[str]:
    """Return the panels whose content comes within 2 % of a screen's edge."""
    return page.evaluate(  # type: ignore[no-any-return]
        """([columns, rows]) => {
            const [width, height] = [innerWidth / columns, innerHeight / rows];
            const near = (start, end, size) => {
                const tile = Math.floor((start + 1) / size);
                return start - tile * size < size * 0.019 || (tile + 1) * size - end < size * 0.019;
            };
            const said = 'h1, h2, dt, dd, li, .graph-frame, .outlines, #as-of';
            return Array.from(document.querySelectorAll(said))
                .map((each) => [each, each.getBoundingClientRect()])
                .filter(([, box]) => box.width && box.height)
                .filter(([, box]) => near(box.left, box.right, width)
                    || near(box.top, box.bottom, height))
                .map(([each]) => each.closest('section').className + ' ' + each.tagName);
        }""",
        [columns, rows],
    )


def test_the_wall_counts_names_nobody_and_says_when_it_stopped(
    wall: Open, world: World, product: Product
) -> None:
    report(world, words=SECRET)
    page = wall("/command/wall?seconds=0")
    expect(figure(page, "open")).to_have_text("1")
    expect(page.locator("#areas")).to_contain_text("河东街道")
    expect(page.locator("#newest")).to_contain_text("路灯不亮")
    expect(page.locator('.outline[data-shade="5"]')).to_have_count(1)
    expect(page.locator("body")).to_have_attribute("data-live", "live")

    report(world, inside(2.5), words=SECRET)
    expect(figure(page, "open")).to_have_text("2")
    seen = page.locator("body").inner_text()
    assert SECRET not in seen
    assert "Li" not in seen
    assert seams_crossed(page, 1, 1) == []

    product.kill("live")
    product.stop("web")
    expect(page.locator("body")).to_have_attribute("data-live", "stale")
    expect(page.locator("#as-of")).not_to_be_empty()
    product.ensure()
    expect(page.locator("body")).to_have_attribute("data-live", "live", timeout=30_000)
    expect(figure(page, "open")).to_have_text("2")


def test_on_six_screens_nothing_stands_on_a_seam(wall: Open, world: World) -> None:
    report(world)
    page = wall("/command/wall?tiles=3x2&seconds=0", viewport={"width": 2880, "height": 1080})
    expect(figure(page, "open")).to_have_text("1")
    assert seams_crossed(page, 3, 2) == []
    assert page.evaluate("document.scrollingElement.scrollWidth") == 2880


def test_who_logs_in_again_elsewhere_finds_the_wall_going_on(
    wall: Open, world: World, product: Product
) -> None:
    report(world)
    page = wall("/command/wall?seconds=0", still=True)
    page.clock.resume()
    expect(figure(page, "open")).to_have_text("1")
    page.evaluate("window.stillTheSame = true")
    Session.objects.all().delete()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#login")).to_be_visible(timeout=30_000)
    login = page.locator("#login")
    assert "next=/command/wall" in (login.get_attribute("href") or "")

    page.context.add_cookies(cookies_of(world, "chen", product.url))
    page.clock.fast_forward(16_000)

    expect(login).to_be_hidden()
    expect(page.locator("body")).to_have_attribute("data-live", "live", timeout=30_000)
    assert page.evaluate("window.stillTheSame")


def test_areas_turn_and_nothing_grows_meanwhile(wall: Open, world: World) -> None:
    for place in (0.5, 1.5, 2.5):
        report(world, inside(place))
    page = wall("/command/wall?area=S&seconds=20", still=True)
    expect(page.locator("#areas li")).to_have_count(2)
    memory = Memory(page)
    names, start = set[str](), dict[str, float]()
    for number in range(WARM_UP + TURNS):
        if number == WARM_UP:
            start = memory.kept()
        drawn = page.locator("body").get_attribute("data-drawn")
        page.clock.run_for(20_100)
        page.wait_for_function("(drawn) => document.body.dataset.drawn !== drawn", arg=drawn)
        names.add(page.locator("#place").inner_text())
    end = memory.kept()

    assert names == {"河东街道", "翠湖社区", "北门社区"}
    assert end["Nodes"] <= start["Nodes"] * 1.1 + 20
    assert end["JSEventListeners"] <= start["JSEventListeners"] + 2
    assert end["JSHeapUsedSize"] <= start["JSHeapUsedSize"] * 1.1 + 500_000
    sys.stderr.write(f"\n{TURNS} turns: {start} then {end}\n")

    page.keyboard.press("Space")
    expect(page.locator("#pause")).to_have_attribute("aria-pressed", "true")


def test_every_figure_leads_to_what_it_counts(wall: Open, world: World) -> None:
    report(world)
    report(world, inside(2.5))
    page = wall("/command/figures/", viewport={"width": 1440, "height": 900})
    expect(figure(page, "open")).to_have_text("2")
    page.get_by_role("link", name="河东街道").first.click()
    page.locator("#areas").get_by_role("link", name="翠湖社区").click()
    expect(page.locator("#way")).to_contain_text("河东街道")
    expect(figure(page, "open")).to_have_text("1")
    shown = figure(page, "open").inner_text()

    figure(page, "open").click()

    expect(page.locator("#panel .row")).to_have_count(int(shown))
    assert "area=A&queue=open" in page.url


def test_a_file_of_what_the_filter_shows_is_saved(wall: Open, world: World) -> None:
    report(world)
    page = wall("/command/export/?area=A")
    page.locator('[value="csv"]').check()
    page.locator("#ask button").click()
    expect(page.locator("#job")).to_have_attribute("data-state", "done", timeout=30_000)
    with page.expect_download() as download:
        page.locator("#fetch").click()
    assert download.value.suggested_filename.endswith(".csv")
    with open(download.value.path(), encoding="utf-8-sig") as file:
        assert "A1" in file.read()
