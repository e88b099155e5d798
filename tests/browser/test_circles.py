"""The service circles in a real browser: read, sort, walk, try, keep, compare."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from gis_grid.facilities import study as studies
from gis_grid.facilities.models import PopulationCell, Scenario, WalkNetwork
from tests import circles
from tests.login import cookies_of
from tests.product import Product, wait_until_quiet
from tests.world import World

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
WEST, EAST = circles.degrees((250, 550)), circles.degrees((1000, 500))


@pytest.fixture
def planner(product: Product, world: World, chromium: Browser, settings: object) -> Iterator[Open]:
    """Return a function: opens the page as Sun, with the town of `tests/circles.py` or without."""
    contexts: list[BrowserContext] = []

    def open_(view: str = "#?c=clinic", *, town: bool = True, **options: object) -> Page:
        if town:
            settings.MEDIA_ROOT = str(product.media)  # type: ignore[attr-defined]
            studies.forget()
            circles.build(world)
        context = chromium.new_context(
            **{  # type: ignore[arg-type]
                "viewport": {"width": 1440, "height": 900},
                "locale": "zh-CN",
                "base_url": product.url,
                **options,
            }
        )
        contexts.append(context)
        context.add_cookies(cookies_of(world, "sun", product.url))
        page = context.new_page()
        page.goto(f"/planning/{view}")
        settled(page, "yes" if town else "empty")
        return page

    yield open_
    for context in contexts:
        context.close()
    wait_until_quiet()


def settled(page: Page, how: str = "yes") -> None:
    expect(page.locator("body")).to_have_attribute("data-ready", how, timeout=15_000)


def beyond(page: Page) -> int:
    """How many people cannot walk there, as the page says."""
    return int(page.locator("#gap-people").inner_text().replace(",", ""))


FEWER_BEYOND = """(before) => (
  Number(document.querySelector('#gap-people').textContent.replaceAll(',', '')) < before
)"""


def beyond_in_ten_minutes(page: Page) -> int:
    """Choose ten minutes instead of fifteen; returns how many more people are too far then."""
    fifteen = beyond(page)
    page.get_by_text("10 分钟", exact=True).click()
    expect(page.locator("#gap-people")).not_to_have_text(str(fifteen))
    settled(page)
    assert beyond(page) > fifteen
    return beyond(page)


def pixel(page: Page, place: dict[str, float]) -> tuple[float, float]:
    """Where a place is on the screen, by the address and the map's own arithmetic."""
    found: list[float] = page.evaluate(
        """([lon, lat]) => {
          const [zoom, lat0, lon0] = location.hash.slice(1).split('?')[0].split('/').map(Number);
          const scale = 256 * 2 ** zoom;
          const x = (each) => (each + 180) / 360 * scale;
          const y = (each) => {
            const sin = Math.sin(each * Math.PI / 180);
            return (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * scale;
          };
          const box = document.getElementById('map').getBoundingClientRect();
          const [left, top] = [box.left + box.width / 2, box.top + box.height / 2];
          return [left + x(lon) - x(lon0), top + y(lat) - y(lat0)];
        }""",
        [place["lon"], place["lat"]],
    )
    return found[0], found[1]


def test_a_planner_reads_tries_keeps_and_comes_back(
    planner: Open, record_property: Callable[[str, object], None]
) -> None:
    page = planner()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))

    # the sentence, and what the circle hides
    today = beyond(page)
    assert 0 < today < 108
    expect(page.locator("#headline")).to_contain_text("人 15 分钟走不到")
    expect(page.locator(".hidden-gap")).to_contain_text(
        re.compile(r"[1-9]\d* 人在画圆图上看着已覆盖")
    )
    ten = beyond_in_ten_minutes(page)
    expect(page).to_have_url(re.compile("m=10"))

    # the table: the worst grid first, turned round by a press
    page.locator("[data-level=grid]").click()
    names = page.locator("#areas tbody th button")
    assert names.all_inner_texts()[0] == "E1网格"
    page.locator("[data-column=gap] button").click()
    expect(page.locator("[data-column=gap]")).to_have_attribute("aria-sort", "ascending")
    assert names.all_inner_texts()[-1] == "E1网格"
    names.last.click()
    expect(page.locator("#areas tr[aria-current=true]")).to_have_attribute("data-code", "E1")
    expect(page.locator("#map svg path, #map canvas").first).to_be_attached()

    # a place: minutes and the way around by the bridge
    page.mouse.click(*pixel(page, circles.degrees((900, 655))))
    expect(page.locator("#card .ways li")).to_have_count(2)
    expect(page.locator("#card")).to_contain_text("城西卫生站")
    page.locator("#card .close").click()
    expect(page.locator("#card")).to_be_hidden()

    # where they live; how far the visitors of the clinic come from
    expect(page.locator(".peopled").first).to_contain_text("人")
    with page.expect_response("**/api/planning/reach?*") as reached:
        page.mouse.click(*pixel(page, circles.degrees((300, 500))))
    assert reached.value.ok
    expect(page.locator("#card")).to_contain_text("步行 10 分钟可达范围")
    page.locator("#card .close").click()

    # a facility is held over the map: the number changes before it is let go
    page.locator("#tab-try").click()
    x, y = pixel(page, EAST)
    source = page.locator("#palette").bounding_box()
    assert source
    page.mouse.move(source["x"] + 20, source["y"] + 20)
    page.mouse.down()
    with page.expect_response("**/what-if") as answered:
        page.mouse.move(x, y, steps=3)
    timing = answered.value.request.timing
    record_property("what_if_ms", timing["responseStart"] - timing["requestStart"])
    expect(page.locator("#headline")).to_have_attribute("data-live", "yes")
    expect(page.locator("#gap-people")).not_to_have_text(str(ten))
    assert beyond(page) < ten
    page.mouse.up()
    settled(page)
    held = beyond(page)
    assert held < ten
    expect(page.locator("#change b")).to_have_text(f"+{ten - held}")

    # kept under a name, changed, undone
    page.locator("#save").click()
    page.get_by_label("方案名称").fill("东岸增设")
    page.get_by_role("button", name="保存方案").click()
    expect(page.locator("#scenario-told")).to_contain_text("东岸增设")
    page.get_by_role("button", name="全部清除").click()
    expect(page.locator("#gap-people")).to_have_text(str(ten))
    page.keyboard.press("Control+z")
    expect(page.locator("#gap-people")).to_have_text(str(held))
    settled(page)
    link = page.url
    assert str(Scenario.objects.get().pk) in link
    assert "a=" not in link

    # a colleague opens the link
    other = page.context.new_page()
    other.goto(link)
    settled(other)
    expect(other.locator("#scenario")).to_have_value(str(Scenario.objects.get().pk))
    expect(other.locator("#gap-people")).to_have_text(str(held))
    assert said == []


def test_by_the_keyboard_alone(planner: Open) -> None:
    page = planner()
    ten = beyond_in_ten_minutes(page)
    page.locator("#tab-try").focus()
    page.keyboard.press("Enter")
    page.locator("#palette").focus()
    page.keyboard.press("Enter")
    pin = page.locator(".leaflet-marker-icon.candidate")
    expect(pin).to_be_focused()
    settled(page)
    first, in_the_middle = page.url, beyond(page)
    page.keyboard.press("Shift+ArrowRight")
    expect(page).not_to_have_url(first)
    settled(page)
    expect(pin).to_be_focused()
    page.keyboard.press("Delete")
    expect(pin).to_have_count(0)
    expect(page.locator("#gap-people")).to_have_text(str(ten))
    assert in_the_middle <= ten


def test_sites_are_suggested_and_taken(planner: Open) -> None:
    page = planner()
    ten = beyond_in_ten_minutes(page)
    page.locator("#tab-try").click()
    page.locator("#suggest").click()
    expect(page.locator(".offers li").first).to_be_visible()
    page.get_by_role("button", name="全部采纳").click()

    page.wait_for_function(FEWER_BEYOND, arg=ten)
    expect(page.locator(".thought li").first).to_be_visible()


def test_circles_and_the_walk_side_by_side_and_sparse_streets_are_said(planner: Open) -> None:
    page = planner()
    expect(page.locator("#sparse")).to_be_hidden()
    WalkNetwork.objects.update(sparse=True)
    page.get_by_text("左右对照").click()
    expect(page.locator("#swipe")).to_be_visible()
    page.locator("#swipe").press("ArrowRight")
    expect(page.locator("#swipe")).to_have_value("51")
    page.get_by_text("实际步行", exact=True).first.click()
    expect(page.locator("#divider")).to_be_hidden()
    page.reload()
    expect(page.locator("#sparse")).to_contain_text("稀疏")


def test_on_a_phone_nothing_is_wider_than_the_screen(planner: Open) -> None:
    page = planner(viewport={"width": 360, "height": 640})

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    expect(page.locator("#headline")).to_contain_text("15 分钟")


def test_before_anything_is_loaded_it_says_how_to_begin(planner: Open, world: World) -> None:
    page = planner(town=False)
    expect(page.locator("#empty")).to_contain_text("import_streets")

    circles.build(world)
    PopulationCell.objects.all().delete()
    page.reload()
    expect(page.locator("#empty")).to_contain_text("import_population")


def test_a_lost_connection_is_said_and_mended(planner: Open) -> None:
    page = planner()
    page.context.set_offline(True)
    page.get_by_text("5 分钟", exact=True).click()
    expect(page.locator("#empty")).to_contain_text("连不上服务器")
    page.context.set_offline(False)

    settled(page)
    expect(page.locator("#empty")).to_be_hidden()
