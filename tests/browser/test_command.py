"""The command centre in a real browser, against the running product."""

import re
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone
from playwright.sync_api import Page, expect

from gis_grid.facilities import coverage
from gis_grid.people.models import Session
from incidents import actions, on_duty
from incidents.models import EmergencyDuty, Incident
from tests import circles
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


INK_IN_MIDDLE = """([names, side]) => {
    const map = document.getElementById('map').getBoundingClientRect();
    const [x, y] = [map.left + map.width / 2, map.top + map.height / 2];
    const panes = names.map((pane) => `.leaflet-${pane}-pane canvas`);
    const drawn = [...document.querySelectorAll(panes.join())];
    return Math.max(...drawn.map((canvas) => {
        const box = canvas.getBoundingClientRect();
        const scale = canvas.width / box.width;
        const inside = x >= box.left && x < box.right && y >= box.top && y < box.bottom;
        if (!inside) return 0;
        const copy = new OffscreenCanvas(side, side).getContext('2d');
        const [left, top] = [x - box.left, y - box.top].map((at) => Math.floor(at * scale));
        copy.drawImage(canvas, -left, -top);
        const { data } = copy.getImageData(0, 0, side, side);
        return Math.max(...data.filter((_, index) => index % 4 === 3));
    }));
}"""


def wait_for_ink(
    page: Page,
    condition: str,
    panes: tuple[str, ...] = ("areas", "overlay", "incidents"),
    side: int = 1,
) -> None:
    """Wait until what is drawn in the middle of the map is as opaque (0-255) as that.

    `side`: of the square that is looked at, in pixels; the most opaque counts.
    """
    script = f"(asked) => ({INK_IN_MIDDLE})(asked) {condition}"
    page.wait_for_function(script, arg=[list(panes), side])


def hover_middle(page: Page) -> None:
    """Point at what lies in the middle of the map."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    for step in (3, 0):
        page.mouse.move(box["x"] + box["width"] / 2 + step, box["y"] + box["height"] / 2)


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


def test_a_hidden_state_is_hidden_in_tiles_and_hot_spots_too(desk: Desk, world: World) -> None:
    incident = report(world)
    do(world, "accept", incident.pk)
    back = desk(view=f"{view_of(inside())}?since=2026-01-01")  # tiles: it looks into the past
    expect(row(back, incident)).to_be_visible()
    wait_for_ink(back, "=== 255", ("incidents",))
    hide = back.locator("#layers").get_by_label("已受理", exact=True)
    back.locator("#layers-button").click()
    hide.uncheck()
    wait_for_ink(back, "=== 0", ("incidents",))
    expect(row(back, incident)).to_have_count(0)
    hide.check()
    expect(row(back, incident)).to_be_visible()

    # All that lives, but without one state: no question says that, so it is taken away.
    live = desk(view=f"{view_of(inside())}?")
    expect(row(live, incident)).to_be_visible()
    live.locator("#layers-button").click()
    live.locator("#layers").get_by_label("热点").check()
    wait_for_ink(live, "> 100", ("heat",))
    live.locator("#layers").get_by_label("已受理", exact=True).uncheck()
    wait_for_ink(live, "=== 0", ("heat",))
    live.locator("#layers").get_by_label("已上报", exact=True).uncheck()
    live.locator("#layers").get_by_label("已受理", exact=True).check()
    wait_for_ink(live, "> 100", ("heat",))


# -- what else lies on the map ---------------------------------------------------------------------


def test_the_outline_of_where_the_filter_looks_stays(desk: Desk, world: World) -> None:
    (west, south), (east, north) = inside(0.5, 0.3), inside(0.8, 0.7)
    box = ";".join(
        f"{x},{y}" for x, y in [(west, south), (east, south), (east, north), (west, north)]
    )
    page = desk(view=f"{view_of(inside(0.5, 0.35))}?queue=open&within={box}")
    wait_for_ink(page, "> 200", ("overlay",))  # the middle lies on its western side
    page.locator("#theme").click()
    wait_for_ink(page, "> 200", ("overlay",))
    page.locator("[data-chip=within]").click()
    wait_for_ink(page, "=== 0", ("overlay",))


def test_who_cannot_walk_is_shown_for_the_kind_one_chooses(
    desk: Desk, product: Product, world: World, settings: object
) -> None:
    settings.MEDIA_ROOT = str(product.media)  # type: ignore[attr-defined]
    circles.build(world)
    coverage.compute(coverage.Question("town", ("canteen", "clinic")))
    home = circles.degrees((1250, 5))
    page = desk(view=view_of((home["lon"], home["lat"]), zoom=17))
    page.locator("#layers-button").click()
    box = page.locator("#layers").get_by_label("服务空白")
    page.route("**/api/command/gaps", lambda route: route.abort())
    box.check()
    expect(page.locator("#layers [role=alert]")).to_contain_text("没能载入")
    page.unroute("**/api/command/gaps")
    page.get_by_role("button", name="重试").click()
    kinds = page.locator("#layers select")
    expect(kinds).to_have_value("canteen")
    wait_for_ink(page, "> 200", ("gaps",), side=12)
    expect(page.locator("#legend .gap-key")).to_contain_text("15 分钟走不到老年食堂")
    page.keyboard.press("Escape")
    hover_middle(page)
    expect(page.locator(".leaflet-tooltip")).to_contain_text("人走不到老年食堂")
    page.locator("#layers-button").click()
    kinds.select_option("clinic")
    expect(page.locator("#legend .gap-key")).to_contain_text("社区卫生")
    box.uncheck()
    wait_for_ink(page, "=== 0", ("gaps",), side=12)
    expect(page.locator("#legend .gap-key")).to_be_hidden()
    expect(kinds).to_have_count(0)


def test_who_is_on_emergency_duty_stands_on_the_map_until_they_switch_it_off(
    desk: Desk, world: World
) -> None:
    li, now = world.actor("li"), timezone.now()
    lon, lat = inside()
    page = desk(view=view_of((lon, lat)))
    page.clock.install()
    page.reload()
    page.locator("#layers-button").click()
    box = page.locator("#layers").get_by_label("应急值守")
    expect(box).not_to_be_checked()
    expect(page.locator("#layers")).to_contain_text("还没有算过本辖区的步行圈")
    page.keyboard.press("Escape")

    on_duty.switch_on(li, now)
    on_duty.place(li, Point(lon, lat, srid=4326), 8.0, now)
    page.clock.fast_forward(31_000)
    pin = page.get_by_role("button", name=re.compile("^Li · 翠湖第一网格 · 应急值守"))
    expect(pin.locator(".on-call")).to_have_attribute("data-late", "no")
    expect(pin).to_contain_text("前")
    pin.hover()
    expect(page.locator(".leaflet-tooltip", has_text="Li · 翠湖第一网格")).to_be_visible()
    pin.press("Enter")
    expect(page.locator("#drawer h2")).to_have_text("翠湖第一网格")
    expect(page.locator("#drawer .on-duty")).to_contain_text("位置：")
    page.locator("#layers-button").click()
    expect(box).to_be_checked()
    box.uncheck()
    expect(pin).to_have_count(0)
    box.check()
    EmergencyDuty.objects.update(at=now - timedelta(minutes=11))
    page.clock.fast_forward(31_000)
    expect(pin.locator(".on-call")).to_have_attribute("data-late", "yes")

    on_duty.switch_off(li)
    page.clock.fast_forward(31_000)
    expect(pin).to_have_count(0)
    expect(page.locator("#drawer .on-duty")).to_have_count(0)


def test_the_wall_is_one_step_away_and_so_is_the_way_back(desk: Desk, world: World) -> None:
    page = desk()
    page.get_by_role("link", name="大屏").click()
    expect(page.locator(".wall-panels")).to_be_visible()
    page.get_by_role("link", name="指挥中心").click()
    expect(page.locator("#panel")).to_be_visible()


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
