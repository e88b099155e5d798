"""The command centre in a real browser, against the running product."""

import re
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from gis_grid.people.models import Session
from incidents import actions
from incidents.models import Incident
from tests.browser.desk import Desk, do, figure, handled, report, row, view_of
from tests.product import Product
from tests.world import World, inside

pytestmark = pytest.mark.browser

SEEN_MS = 2000  # the promise: on the map within two seconds
NEAR_BORDER = inside(0.98, 0.5)  # 8 m west of A2
NOWHERE = inside(0.5, 5)  # 1.8 km north of the town


def click_middle(page: Page) -> None:
    """Click what lies in the middle of the map."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


INK_IN_MIDDLE = """() => {
    const map = document.getElementById('map').getBoundingClientRect();
    const [x, y] = [map.left + map.width / 2, map.top + map.height / 2];
    const panes = ['areas', 'overlay', 'incidents'].map((pane) => `.leaflet-${pane}-pane canvas`);
    const drawn = [...document.querySelectorAll(panes.join())];
    return Math.max(...drawn.map((canvas) => {
        const box = canvas.getBoundingClientRect();
        const scale = canvas.width / box.width;
        const inside = x >= box.left && x < box.right && y >= box.top && y < box.bottom;
        if (!inside) return 0;
        const at = [(x - box.left) * scale, (y - box.top) * scale];
        return canvas.getContext('2d').getImageData(...at, 1, 1).data[3];
    }));
}"""


def wait_for_ink(page: Page, condition: str) -> None:
    """Wait until what is drawn in the middle of the map is as opaque (0-255) as that."""
    page.wait_for_function(f"() => ({INK_IN_MIDDLE})() {condition}")


# -- live ------------------------------------------------------------------------------------------


def test_a_new_report_appears_within_two_seconds_and_without_reload(
    desk: Desk, world: World
) -> None:
    page = desk()
    page.evaluate("window.stillTheSame = true")
    expect(page.locator("#empty")).to_contain_text("还没有事件")
    incident = report(world)
    expect(row(page, incident)).to_be_visible(timeout=SEEN_MS)
    expect(row(page, incident)).to_contain_text("翠湖第一网格")
    expect(figure(page, "open")).to_have_text("1")
    expect(page.locator("#announce")).to_contain_text("路灯不亮")
    assert page.evaluate("window.stillTheSame")


def test_a_new_report_draws_its_marker_and_colours_its_grid(desk: Desk, world: World) -> None:
    grid = desk(view=view_of(inside(0.3, 0.3)))
    place = desk(view=view_of(inside(0.6, 0.6)))
    wait_for_ink(grid, "=== 0")
    incident = report(world, inside(0.6, 0.6))
    expect(row(place, incident)).to_be_visible()
    expect(row(grid, incident)).to_be_visible()
    wait_for_ink(grid, "> 60")
    wait_for_ink(grid, "< 200")  # the streets show through the tint
    wait_for_ink(place, "=== 255")  # the marker does not


def test_what_somebody_else_does_is_seen(desk: Desk, world: World) -> None:
    incident = report(world)
    page = desk()
    do(world, "accept", incident.pk)
    expect(row(page, incident)).to_have_attribute("data-state", "accepted", timeout=SEEN_MS)


def test_after_a_cut_nothing_is_missing_and_nothing_comes_twice(
    desk: Desk, world: World, product: Product
) -> None:
    before = report(world)
    page = desk()
    product.kill("live")
    product.stop("web")
    cut = time.monotonic()
    expect(page.locator("#banner")).to_be_visible(timeout=10_000)
    assert time.monotonic() - cut < 10
    expect(page.locator("#banner")).to_contain_text(re.compile(r"数据停在 \d\d:\d\d:\d\d"))
    missed = [report(world) for _ in range(3)]
    do(world, "accept", before.pk)
    product.ensure()
    for incident in missed:
        expect(row(page, incident)).to_have_count(1, timeout=30_000)
    expect(row(page, before)).to_have_attribute("data-state", "accepted")
    expect(page.locator("#banner")).to_be_hidden()
    expect(page.locator("body")).to_have_attribute("data-live", "live", timeout=30_000)
    expect(page.locator("#panel .row")).to_have_count(4)
    expect(figure(page, "open")).to_have_text("4")


def test_without_the_stream_it_asks_and_still_sees(
    desk: Desk, world: World, product: Product
) -> None:
    page = desk()
    product.kill("live")
    expect(page.locator("body")).to_have_attribute("data-live", "asking", timeout=15_000)
    incident = report(world)
    expect(row(page, incident)).to_be_visible()


def test_a_lost_login_is_told_with_a_way_back(desk: Desk, world: World, product: Product) -> None:
    page = desk()
    Session.objects.all().delete()
    product.kill("live")
    expect(page.locator("#banner")).to_contain_text("请重新登录", timeout=15_000)
    href = page.locator("#banner a").get_attribute("href")
    assert href is not None
    assert href.endswith("?next=/command/")


# -- list and figures ------------------------------------------------------------------------------


@pytest.fixture
def mixed(world: World) -> dict[str, Incident]:
    """Incidents that stand differently: one calm, one near its deadline, one over, …"""
    incidents = {
        "calm": report(world),
        "near": report(world, ago=timedelta(hours=23, minutes=45)),
        "over": report(world, inside(1.5), ago=timedelta(hours=40)),
        "unrouted": report(world, NOWHERE),
        "closed": report(world),
    }
    # Given to the grid when they came in, with 24 hours for it.
    for name in ("near", "over"):
        incident = incidents[name]
        given_to = actions.To(area="A1" if name == "near" else "A2")
        do(world, "accept", incident.pk, at=incident.reported_at)
        do(world, "dispatch", incident.pk, at=incident.reported_at, to=given_to)
    handled(world, incidents["closed"])
    return incidents


def test_every_figure_equals_the_list_behind_it(
    desk: Desk, world: World, mixed: dict[str, Incident]
) -> None:
    page = desk()
    for name in ("open", "today", "near", "over", "unrouted", "closed"):
        page.locator(f'[data-figure="{name}"]').click()
        number = figure(page, name).inner_text()
        expect(page.locator("#list-count")).to_have_text(f"{number} 件")
        expect(page.locator("#panel .row")).to_have_count(int(number))
    expect(figure(page, "open")).to_have_text("4")
    expect(figure(page, "over")).to_have_text("1")
    expect(figure(page, "closed")).to_have_text("1")


def test_the_unrouted_stand_in_a_queue_of_their_own(
    desk: Desk, world: World, mixed: dict[str, Incident]
) -> None:
    page = desk()
    expect(page.locator("#queue .row")).to_have_count(1)
    expect(page.locator("#queue")).to_contain_text("未归属网格")
    expect(row(page, mixed["calm"])).to_be_visible()
    assert page.locator("#queue .row[data-id]").get_attribute("data-id") == str(
        mixed["unrouted"].pk
    )


def test_search_and_order_narrow_the_list(
    desk: Desk, world: World, mixed: dict[str, Incident]
) -> None:
    page = desk()
    page.keyboard.press("/")
    page.keyboard.type("翠湖第二")
    expect(page.locator("#panel .row")).to_have_count(1)
    page.locator("#search").fill("没有这样的事")
    expect(page.locator("#empty")).to_contain_text("没有符合条件的事件")
    page.get_by_role("button", name="清除条件").click()
    expect(page.locator("#panel .row")).to_have_count(4)
    page.locator("#order").select_option("due")
    expect(page.locator("#list .row").first).to_have_attribute("data-clock", "over")


def test_states_are_switched_off_for_list_and_map(
    desk: Desk, world: World, mixed: dict[str, Incident]
) -> None:
    do(world, "accept", mixed["calm"].pk)
    page = desk()
    page.locator("#layers-button").click()
    page.locator("#layers").get_by_label("已受理", exact=True).uncheck()
    expect(row(page, mixed["calm"])).to_have_count(0)
    expect(page.locator("#panel .row")).to_have_count(3)


# -- drawer ----------------------------------------------------------------------------------------


def test_the_drawer_says_why_this_grid_and_who_answers(desk: Desk, world: World) -> None:
    incident = report(world, NEAR_BORDER, accuracy_m=30.0, words="东门第二盏灯不亮")
    page = desk()
    row(page, incident).click()
    drawer = page.locator("#drawer")
    expect(drawer.locator("h2")).to_have_text("路灯不亮")
    expect(drawer).to_contain_text("东门第二盏灯不亮")
    why = drawer.locator(".why")
    expect(why).to_contain_text("为什么归这个网格")
    expect(why).to_contain_text("靠近边界")
    expect(why.locator(".shares li")).to_have_count(2)
    shares = [int(text.rstrip("%")) for text in why.locator(".shares .figure").all_inner_texts()]
    assert sum(shares) in (99, 100, 101)
    expect(drawer.locator(".people")).to_contain_text("Li")
    expect(drawer.locator(".people a")).to_have_attribute("href", "tel:13800000001")
    expect(drawer.locator(".timeline li")).to_have_count(1)


def test_an_area_shows_its_own_and_narrows_the_list(desk: Desk, world: World) -> None:
    here, there = report(world, inside(0.8, 0.8)), report(world, inside(2.5))
    page = desk(view=view_of(inside(0.3, 0.3)))
    click_middle(page)
    drawer = page.locator("#drawer")
    expect(drawer.locator("h2")).to_have_text("翠湖第一网格")
    expect(drawer).to_contain_text("河东街道 › 翠湖社区")
    expect(drawer.locator(".figure.large")).to_have_text("1")
    expect(row(page, here)).to_be_visible()
    expect(row(page, there)).to_have_count(0)
    report(world, inside(0.2, 0.8))
    expect(drawer.locator(".figure.large")).to_have_text("2", timeout=SEEN_MS)
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(row(page, there)).to_be_visible()


def test_a_click_on_a_marker_opens_its_incident(desk: Desk, world: World) -> None:
    incident = report(world)
    page = desk(view=view_of(inside()))
    expect(row(page, incident)).to_be_visible()
    click_middle(page)
    expect(page.locator("#drawer header .number")).to_have_text(incident.number)
    expect(row(page, incident)).to_have_attribute("aria-current", "true")


# -- permalink, keyboard, small screen, outside world ----------------------------------------------


def test_the_address_brings_a_colleague_to_the_same_view(desk: Desk, world: World) -> None:
    incident = report(world)
    page = desk(view=view_of(inside(), 17))
    row(page, incident).click()
    expect(page).to_have_url(re.compile(rf"#17/31\.00\d+/105\.00\d+/{incident.pk}$"))
    colleague = desk(view=page.url.split("/command/")[1])
    expect(colleague.locator("#drawer header .number")).to_have_text(incident.number)
    expect(colleague.locator(".leaflet-control-scale")).to_contain_text(" m")
    assert colleague.url == page.url


def test_an_address_of_something_not_mine_says_so(desk: Desk, world: World) -> None:
    page = desk(view=f"#17/31.002/105.002/{uuid4()}")
    expect(page.locator("#drawer")).to_contain_text("找不到这个事件")


def test_all_is_reached_by_keyboard(desk: Desk, world: World) -> None:
    first, second = report(world), report(world)
    page = desk()
    expect(page.locator("#panel .row")).to_have_count(2)
    page.keyboard.press("j")
    expect(row(page, second)).to_have_attribute("aria-current", "true")
    page.keyboard.press("j")
    expect(row(page, first)).to_be_focused()
    page.keyboard.press("k")
    expect(row(page, second)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(row(page, second)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    expect(page.locator("#drawer")).to_be_visible()


def test_english_readers_get_english(desk: Desk, world: World) -> None:
    page = desk(locale="en-US")
    page.locator("#layers-button").click()
    page.keyboard.press("?")
    expect(page.locator("#list-title")).to_have_text("Open")
    for part in ("#figures", "#legend", "#layers", "#help", "#empty", "#status"):
        words = page.locator(part).inner_text()
        assert words.strip(), part
        assert not re.search(r"[\u4e00-\u9fff]", words), words


def test_a_small_screen_holds_everything_without_sideways_scrolling(
    desk: Desk, world: World
) -> None:
    incident = report(world)
    page = desk(viewport={"width": 360, "height": 640})
    wide = "document.scrollingElement.scrollWidth"
    assert page.evaluate(wide) <= 360
    row(page, incident).click()
    expect(page.locator("#drawer h2")).to_be_in_viewport()
    assert page.evaluate(wide) <= 360


def test_nothing_leaves_the_server_and_nothing_breaks_the_policy(
    desk: Desk, world: World, product: Product
) -> None:
    report(world)
    page = desk()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.reload()
    expect(page.locator("body")).to_have_attribute("data-live", "live", timeout=15_000)
    page.locator(".leaflet-control-zoom-in").click()
    page.locator("#theme").click()
    page.locator("#panel .row").click()
    expect(page.locator("#drawer .why")).to_be_visible()
    assert len(asked) > 20
    assert {url for url in asked if not url.startswith((product.url, live_url(product)))} == set()
    assert said == []


def live_url(product: Product) -> str:
    """Return the origin of the stream: the port beside the pages'."""
    return f"http://127.0.0.1:{product.port + 1}"
