"""Where it happened: found in time, or pointed at; read while reporting and at no other time."""

import re
from pathlib import Path
from typing import Any

import prcoords
import pytest
from playwright.sync_api import Page, Route, expect

from incidents.models import Incident
from tests.browser.test_phone_deeds import answered, press
from tests.phone import Phone, choose, expect_delivered, reported, submit, take
from tests.world import World, add_units, inside

pytestmark = pytest.mark.browser

SILENT = """
  Geolocation.prototype.watchPosition = () => 1;
  Geolocation.prototype.clearWatch = () => {};
"""
COUNTED = """
  window.asked = 0;
  window.running = new Set();
  const { watchPosition, clearWatch, getCurrentPosition } = Geolocation.prototype;
  Geolocation.prototype.watchPosition = function watch(...rest) {
    const id = watchPosition.apply(this, rest);
    window.asked += 1;
    window.running.add(id);
    return id;
  };
  Geolocation.prototype.clearWatch = function clear(id) {
    window.running.delete(id);
    return clearWatch.call(this, id);
  };
  Geolocation.prototype.getCurrentPosition = function once(...rest) {
    window.asked += 1;
    return getCurrentPosition.apply(this, rest);
  };
"""
ROUGH_M = 80  # never good enough: the receiver stays on for its whole ten seconds


def line(page: Page, screen: str = "home") -> Any:
    return page.locator(f"[data-screen={screen}] [data-place]")


def receiver(page: Page) -> tuple[int, int]:
    """Return how often a position was asked for, and how many receivers run."""
    asked, running = page.evaluate("[window.asked, window.running.size]")
    return asked, running


def watched(phone: Phone, name: str = "li", **options: Any) -> Page:
    """Open the page with a receiver that counts and finds nothing good."""
    page = phone(name, accuracy=ROUGH_M, **options)
    page.add_init_script(COUNTED)
    page.reload()
    return page


def test_no_position_in_ten_seconds_leads_to_the_map_and_loses_nothing(
    phone: Phone, picture: Path
) -> None:
    page = phone()
    page.add_init_script(SILENT)
    page.clock.install()
    page.reload()
    expect(line(page).locator(".place-title")).to_have_text("正在定位…")
    take(page, picture)
    choose(page)
    page.get_by_label("补充说明").fill("缺了一半")
    page.clock.fast_forward(10_000)
    expect(line(page, "form").locator(".place-title")).to_have_text("暂时定不到位")
    expect(line(page, "form").locator("[data-again]")).to_be_visible()
    submit(page)
    expect(page.locator("#map-title")).to_have_text("暂时定不到位")
    page.locator(".leaflet-container").wait_for()
    page.get_by_role("button", name="向左").click()
    page.clock.run_for(2_000)  # the map glides to its place
    page.get_by_role("button", name="就是这里").click()
    expect(page.locator("#thumbs img")).to_be_visible()
    expect(page.get_by_label("补充说明")).to_have_value("缺了一半")
    submit(page)
    expect_delivered(page)
    incident = Incident.objects.get()
    assert (incident.position_method, incident.words) == ("manual", "缺了一半")


def test_an_old_position_tells_its_age_and_is_sought_again_at_a_press(phone: Phone) -> None:
    page = phone()
    page.clock.install()
    page.reload()
    detail = line(page).locator(".place-detail")
    expect(detail).to_have_text("定位好 ±8\u00a0米")
    page.clock.fast_forward("03:10")
    expect(detail).to_have_text("定位好 ±8\u00a0米 · 3\u00a0分钟前的位置")
    line(page).locator("[data-again]").click()
    expect(detail).to_have_text("定位好 ±8\u00a0米")
    expect(line(page).locator("[data-again]")).to_be_hidden()


def test_a_refusal_says_how_to_allow_it_and_can_be_taken_back(phone: Phone) -> None:
    page = phone(permissions=[])
    expect(line(page).locator(".place-title")).to_have_text("没有定位权限")
    expect(line(page).locator(".place-detail")).to_have_text(
        "请在浏览器的网站设置里允许定位，或在图上选位置"
    )
    page.context.grant_permissions(["geolocation"])
    line(page).locator("[data-again]").click()
    expect(line(page).locator(".place-title")).to_have_text("翠湖第一网格")


def test_across_the_border_the_own_grid_still_stands_first(phone: Phone, picture: Path) -> None:
    page = phone(at=inside(1.02), accuracy=30)  # 8 m inside A2, which is not Li's
    take(page, picture)
    offered = page.locator("#question").get_by_role("button")
    expect(offered).to_have_text(["翠湖第一网格", "翠湖第二网格"])
    expect(offered.first).to_have_attribute("aria-pressed", "true")
    line(page, "form").locator("[data-change]").click()
    expect(page.locator(".place-circle")).to_be_visible()
    expect(page.locator(".place-name")).to_have_count(2)


def test_far_from_every_border_nothing_is_asked(phone: Phone, picture: Path) -> None:
    page = phone(accuracy=30)
    take(page, picture)
    expect(line(page, "form").locator(".place-detail")).to_have_text("定位一般 ±30\u00a0米")
    expect(page.locator("#question")).to_be_hidden()


def test_the_pin_is_set_by_dragging_and_by_the_arrow_keys(phone: Phone) -> None:
    page = phone(at=inside(0.98))
    line(page).locator("[data-change]").click()
    expect(page.locator("#map-title")).to_have_text("翠湖第一网格")
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#map-title")).to_have_text("翠湖第二网格")
    box = page.locator("#map").bounding_box()
    assert box
    x, y = box["x"] + 60, box["y"] + 60
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 160, y, steps=4)
    page.mouse.up()
    expect(page.locator("#map-title")).to_have_text("翠湖第一网格")
    expect(page.locator("#map-detail")).to_have_text("图上选定的位置")


def test_a_web_view_that_speaks_gcj02_says_so_and_lands_in_the_right_grid(
    phone: Phone, picture: Path
) -> None:
    lon, lat = inside(0.5)
    latitude, longitude = prcoords.wgs_gcj((lat, lon))
    page = phone(at=(longitude, latitude))

    def as_in_that_app(route: Route) -> None:
        answer = route.fetch()
        body = answer.text().replace('"datum": "wgs84"', '"datum": "gcj02"')
        route.fulfill(response=answer, body=body)

    page.route(re.compile(r"/field/$"), as_in_that_app)
    page.reload()
    expect(line(page).locator(".place-title")).to_have_text("翠湖第一网格")
    line(page).locator("[data-change]").click()
    expect(page.locator("#map-title")).to_have_text("翠湖第一网格")
    page.go_back()
    take(page, picture)
    choose(page)
    submit(page)
    expect_delivered(page)
    incident = Incident.objects.get()
    assert (incident.datum, incident.area.code) == ("gcj02", "A1")
    assert (incident.raw_lon, incident.raw_lat) == pytest.approx((longitude, latitude), abs=1e-6)
    assert (incident.point.x, incident.point.y) == pytest.approx((lon, lat), abs=1e-5)


def test_what_the_positions_are_taken_for_can_be_read(phone: Phone) -> None:
    page = phone()
    page.get_by_role("button", name="我的上报").click()
    told = page.locator("[data-panel=mine] details.why:not([id])")
    told.locator("summary").click()
    expect(told.locator("p")).to_have_count(3)
    expect(told.locator("p").first).to_be_visible()


def test_the_receiver_runs_while_reporting_and_at_no_other_time(
    phone: Phone, picture: Path, world: World
) -> None:
    reported(world)
    page = watched(phone)
    expect(line(page).locator(".place-title")).to_have_text("翠湖第一网格")
    assert receiver(page) == (1, 1)
    take(page, picture)
    assert receiver(page) == (1, 1)

    page.go_back()
    page.get_by_role("button", name="我的任务").click()
    expect(page.locator("#tasks .row").first).to_be_visible()
    assert receiver(page) == (1, 0)
    page.locator("#tasks .row").first.click()
    page.get_by_role("button", name="在图上看位置").click()
    expect(page.locator("#map-title")).to_have_text("翠湖第一网格")
    expect(page.locator("#map-mine")).to_be_hidden()
    assert receiver(page) == (1, 0)
    page.go_back()
    page.locator("#detail .dock").wait_for()
    page.go_back()
    page.get_by_role("button", name="我的上报").click()
    assert receiver(page) == (1, 0)

    page.get_by_role("button", name="上报", exact=True).click()
    assert receiver(page) == (2, 1)
    page.evaluate(
        """() => {
          Object.defineProperty(document, 'hidden', { value: true, configurable: true });
          document.dispatchEvent(new Event('visibilitychange'));
        }"""
    )
    assert receiver(page) == (2, 0)


def test_coming_for_one_incident_asks_for_no_position(phone: Phone, world: World) -> None:
    incident = reported(world)
    page = phone(accuracy=ROUGH_M)
    page.add_init_script(COUNTED)
    page.goto("about:blank")
    page.goto(f"/field/#incident/{incident.pk}")
    expect(page.locator("#detail .dock")).to_be_visible()
    assert receiver(page) == (0, 0)


def test_who_reports_nothing_is_asked_for_no_position(phone: Phone, world: World) -> None:
    add_units(world)
    page = watched(phone, "guo")
    expect(page.locator("#tasks")).to_contain_text("没有等您办的事件")
    assert receiver(page) == (0, 0)


def test_verifying_reads_the_position_until_its_form_is_left(phone: Phone, world: World) -> None:
    incident = answered(world)
    page = phone("zhao", at=inside(0.9), accuracy=ROUGH_M)
    page.add_init_script(COUNTED)
    page.goto("about:blank")
    page.goto(f"/field/#incident/{incident.pk}")
    press(page.locator("#detail"), "核查通过")
    assert receiver(page) == (1, 1)
    page.go_back()
    expect(page.locator("#detail")).to_be_visible()
    assert receiver(page) == (1, 0)
