"""The phone page in a real browser, against the running product."""

import io
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, Route, expect

from incidents.models import Attachment, Event, Incident
from tests.phone import Phone, choose, expect_delivered, open_task, reported, submit, take
from tests.product import Product
from tests.world import PASSWORD, World, do, inside

pytestmark = pytest.mark.browser

REPORTS = re.compile(r"/api/field/reports$")
NEAR_BORDER = inside(0.98, 0.5)  # 8 m west of A2


def expect_queue(page: Page, words: str) -> None:
    """Wait until the header says this about the queue."""
    expect(page.locator("#queue-state")).to_have_text(words)


def test_photo_chip_submit_is_a_report_in_its_grid(phone: Phone, picture: Path) -> None:
    page = phone()
    take(page, picture)
    choose(page)
    submit(page)
    expect_delivered(page)

    incident = Incident.objects.get()
    assert (incident.area.code, incident.category.code) == ("A1", "manhole")
    assert (incident.position_method, incident.accuracy_m) == ("gps", 8.0)
    expect(page.locator("#done-detail")).to_have_text(f"编号 {incident.number} · 归翠湖第一网格")


def test_the_photo_arrives_upright_and_without_its_past(
    phone: Phone, picture: Path, product: Product
) -> None:
    page = phone()
    sent: list[bytes] = []
    page.on(
        "request", lambda r: sent.append(r.post_data_buffer or b"") if r.method == "PUT" else None
    )
    take(page, picture)
    choose(page)
    submit(page)
    expect_delivered(page)

    arrived = Image.open(io.BytesIO(sent[0]))
    assert arrived.size == (300, 400)
    assert arrived.getpixel((150, 50))[0] > 150 > arrived.getpixel((150, 50))[1]
    assert not arrived.getexif()
    assert b"SecretCamera" not in sent[0]
    stored = Attachment.objects.get(incident=Incident.objects.get())
    assert stored.stored_at is not None
    assert (product.media / stored.file).is_file()


def test_a_second_tap_makes_no_second_report(phone: Phone, picture: Path) -> None:
    page = phone()
    take(page, picture)
    choose(page)
    page.get_by_role("button", name="提交").dblclick()
    expect_delivered(page)
    assert Incident.objects.count() == 1


@pytest.mark.parametrize("pause_ms", [40, 120, 250])
def test_a_finger_that_taps_twice_stays_with_the_receipt(
    phone: Phone, picture: Path, pause_ms: int
) -> None:
    page = phone()
    take(page, picture)
    choose(page)
    box = page.get_by_role("button", name="提交").bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.touchscreen.tap(*middle)
    page.wait_for_timeout(pause_ms)
    page.touchscreen.tap(*middle)
    expect_delivered(page)
    assert Incident.objects.count() == 1


def test_without_network_the_report_is_safe_and_goes_by_itself(phone: Phone, picture: Path) -> None:
    page = phone()
    take(page, picture)
    choose(page)
    page.context.set_offline(True)
    submit(page)
    expect(page.locator("#done-title")).to_have_text("已保存在本机")
    expect(page.locator("#done-detail")).to_have_text("网络不通，恢复后自动发送，不用重报。")
    page.get_by_role("button", name="再报一件").click()
    expect_queue(page, "已保存在本机 · 待发送 1")
    assert not Incident.objects.exists()

    page.context.set_offline(False)
    expect_queue(page, "已送达")
    assert Attachment.objects.get(incident=Incident.objects.get()).stored_at is not None


def test_what_waits_survives_a_reload_and_goes_at_the_push_of_a_button(
    phone: Phone, picture: Path
) -> None:
    page = phone()
    page.route(REPORTS, lambda route: route.abort())
    take(page, picture)
    choose(page)
    submit(page)
    expect(page.locator("#done-title")).to_have_text("已保存在本机")
    page.reload()
    expect_queue(page, "已保存在本机 · 待发送 1")

    page.unroute(REPORTS)
    page.locator("#queue-state").click()
    page.get_by_role("button", name="立即发送").click()
    expect_queue(page, "已送达")
    assert Attachment.objects.get(incident=Incident.objects.get()).stored_at is not None


def test_an_answer_lost_on_the_way_makes_no_double(phone: Phone, picture: Path) -> None:
    page = phone()
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route(REPORTS, lose_the_first)
    take(page, picture)
    choose(page)
    submit(page)
    expect_delivered(page)
    assert lost == [201]
    assert Incident.objects.count() == 1


def test_a_page_of_somebody_else_is_no_receipt(phone: Phone, picture: Path) -> None:
    page = phone()
    portal = "<html>Welcome to the hotel</html>"
    page.route(REPORTS, lambda r: r.fulfill(status=200, content_type="text/html", body=portal))
    take(page, picture)
    choose(page)
    submit(page)
    expect(page.locator("#done-detail")).to_have_text("网络不通，恢复后自动发送，不用重报。")
    page.unroute(REPORTS)
    expect_delivered(page)


def test_an_ended_session_keeps_the_report_and_asks_for_the_login(
    phone: Phone, picture: Path
) -> None:
    page = phone()
    take(page, picture)
    choose(page)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    submit(page)
    page.get_by_role("button", name="再报一件").click()
    expect_queue(page, "请重新登录，内容都在")
    page.locator("#signed-out").get_by_role("link", name="登录").click()
    page.get_by_label("用户名").fill("li")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect_queue(page, "已送达")
    assert Incident.objects.count() == 1


def test_a_refused_report_waits_for_a_person(phone: Phone, picture: Path) -> None:
    page = phone()
    refusal = {
        "code": "category_unknown",
        "message": "请选择类型。",
        "fields": {},
        "retryable": False,
    }
    page.route(
        REPORTS,
        lambda r: r.fulfill(status=422, content_type="application/json", body=json.dumps(refusal)),
    )
    take(page, picture)
    choose(page)
    submit(page)
    expect(page.locator("#done-detail")).to_have_text("请选择类型。")
    page.get_by_role("button", name="我的上报").click()
    expect_queue(page, "需处理 1")

    page.unroute(REPORTS)
    page.locator("#queue").get_by_role("button", name="再发一次").click()
    expect_queue(page, "已送达")
    assert Incident.objects.count() == 1


def test_a_shared_phone_sends_nothing_in_another_name(phone: Phone, picture: Path) -> None:
    page = phone("li")
    page.route(REPORTS, lambda route: route.abort())
    take(page, picture)
    choose(page)
    submit(page)
    expect(page.locator("#done-title")).to_have_text("已保存在本机")
    context = page.context
    context.clear_cookies()  # first: a retry while the page closes would be Li's own
    page.close()

    other = phone("wang", context=context)
    other.get_by_role("button", name="我的上报").click()
    expect(other.locator("#others-waiting")).to_contain_text("别人的 1 件")
    expect(other.locator("#queue")).to_be_empty()
    assert not Incident.objects.exists()


def test_near_a_border_the_own_grid_is_offered_first_and_taken(phone: Phone, picture: Path) -> None:
    page = phone(at=NEAR_BORDER, accuracy=30)
    take(page, picture)
    offered = page.locator("#question").get_by_role("button")
    expect(offered).to_have_text(["翠湖第一网格", "翠湖第二网格"])
    expect(offered.first).to_have_attribute("aria-pressed", "true")
    choose(page)
    submit(page)
    expect_delivered(page)
    assert Incident.objects.get().area.code == "A1"


def test_near_a_border_the_reporter_decides(phone: Phone, picture: Path) -> None:
    page = phone(at=NEAR_BORDER, accuracy=30)
    take(page, picture)
    page.locator("#question").get_by_role("button", name="翠湖第二网格").click()
    expect(page.locator("[data-screen=form] .place-title")).to_have_text("翠湖第二网格")
    choose(page)
    submit(page)
    expect_delivered(page)
    assert Incident.objects.get().area.code == "A2"


def test_the_place_is_corrected_without_dragging(phone: Phone, picture: Path) -> None:
    page = phone(at=NEAR_BORDER)
    take(page, picture)
    page.locator("[data-screen=form]").get_by_role("button", name="改位置").click()
    expect(page.locator("#map-title")).to_have_text("翠湖第一网格")
    for _ in range(4):
        page.get_by_role("button", name="向右").click()
        page.wait_for_timeout(350)  # Leaflet pans for a quarter of a second
    expect(page.locator("#map-title")).to_have_text("翠湖第二网格")
    expect(page.locator(".place-name")).to_contain_text(["翠湖第二网格"])
    page.get_by_role("button", name="就是这里").click()
    expect(page.locator("[data-screen=form] .place-detail")).to_have_text("图上选定的位置")
    choose(page)
    submit(page)
    expect_delivered(page)

    incident = Incident.objects.get()
    assert (incident.area.code, incident.position_method) == ("A2", "manual")
    assert incident.accuracy_m is None
    assert incident.raw_lon > NEAR_BORDER[0]


def test_without_a_position_the_map_asks_for_it(phone: Phone, picture: Path) -> None:
    page = phone(permissions=[])
    expect(page.locator("[data-screen=home] .place-title")).to_have_text("没有定位权限")
    take(page, picture)
    choose(page)
    submit(page)
    expect(page.locator("#map-title")).to_have_text("没有定位权限")
    page.get_by_role("button", name="就是这里").click()
    expect(page.locator("#map-detail")).to_have_text("请先移动地图，对准位置")
    page.get_by_role("button", name="向上").click()
    page.wait_for_timeout(350)
    page.get_by_role("button", name="就是这里").click()
    submit(page)
    expect_delivered(page)
    assert Incident.objects.get().position_method == "manual"


def test_no_photo_where_one_is_required_needs_a_reason(phone: Phone) -> None:
    page = phone()
    page.get_by_role("button", name="不拍照上报").click()
    choose(page)
    submit(page)
    expect(page.locator("#form-problem")).to_have_text("请拍照，或写一句没拍的原因。")
    page.get_by_label("补充说明").fill("手机没电了")
    submit(page)
    expect_delivered(page)
    assert Incident.objects.get().words == "手机没电了"


def test_a_file_that_is_no_picture_is_said_and_nothing_is_sent(
    phone: Phone, tmp_path: Path
) -> None:
    page = phone()
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"this is not a picture")
    page.locator(".shutter input").set_input_files(broken)
    expect(page.locator("#form-problem")).to_have_text("这张照片读不出来，请重拍一张。")
    expect(page.locator("#thumbs")).to_be_empty()


def test_the_back_button_keeps_the_draft(phone: Phone, picture: Path) -> None:
    page = phone()
    take(page, picture)
    page.go_back()
    page.get_by_role("button", name="继续填写").click()
    expect(page.locator("#thumbs img")).to_have_count(1)
    page.go_back()
    page.get_by_role("button", name="放弃这一件").click()
    expect(page.get_by_text("拍照", exact=True)).to_be_visible()


def test_a_type_is_found_by_its_first_letters(phone: Phone, picture: Path) -> None:
    page = phone()
    take(page, picture)
    page.get_by_role("button", name="全部类型").click()
    page.get_by_label("搜索类型").fill("ldbl")
    page.locator("#type-list").get_by_role("button", name="路灯不亮").click()
    expect(page.locator("#chips [aria-pressed=true]")).to_have_text("路灯不亮")


def test_the_camera_is_there_before_any_map_code(phone: Phone) -> None:
    page = phone()
    wanted: list[str] = []
    page.on("request", lambda request: wanted.append(request.url))
    page.reload()
    expect(page.locator(".shutter")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert not [url for url in wanted if re.search("leaflet|protomaps|basemap", url)]
    page.locator("[data-screen=home]").get_by_role("button", name="改位置").click()
    expect(page.locator(".leaflet-container")).to_be_visible()
    assert [url for url in wanted if "vendor/leaflet" in url]


def test_a_task_goes_from_accepting_to_its_answer(phone: Phone, world: World) -> None:
    incident = reported(world)
    page = phone()
    detail = open_task(page)
    detail.get_by_role("button", name="受理").click()
    expect(detail.get_by_role("status")).to_have_text("受理：已送达。")
    detail.get_by_role("button", name="自己处置").click()
    expect(detail.get_by_role("status")).to_have_text("自己处置：已送达。")
    detail.get_by_role("button", name="反馈").click()
    page.get_by_label("怎么办的").fill("已换新灯泡")
    page.locator("#deed-send").click()
    expect(detail.get_by_role("status")).to_have_text("反馈：已送达。")

    incident.refresh_from_db()
    assert incident.state == "answered"
    assert Event.objects.get(incident=incident, kind="answer").note == "已换新灯泡"
    page.go_back()
    expect(page.locator("#tasks .rows-title")).to_have_text(["我已办（一天内）"])


def test_nothing_to_do_is_said(phone: Phone) -> None:
    page = phone()
    page.get_by_role("button", name="我的任务").click()
    expect(page.locator("#tasks")).to_have_text("没有等您办的事件。")


def test_a_deed_somebody_did_first_shows_how_it_stands(
    phone: Phone, world: World, product: Product
) -> None:
    incident = reported(world)
    page = phone()
    detail = open_task(page)
    expect(detail.get_by_role("button", name="受理")).to_be_visible()
    do(world, "accept", incident, by="chen", at=timezone.now())
    detail.get_by_role("button", name="受理").click()
    expect(detail.get_by_role("status")).to_have_text("别人刚办过这一件，这是最新情况。")
    expect(detail.get_by_role("button", name="自己处置")).to_be_visible()


@pytest.mark.parametrize("width", [320, 360])
def test_everything_fits_and_can_be_hit_with_a_thumb(
    phone: Phone, picture: Path, width: int
) -> None:
    page = phone(at=NEAR_BORDER, accuracy=30, viewport={"width": width, "height": 568})

    def check(screen: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") == width, screen
        small = page.evaluate(
            """() => Array.from(document.querySelectorAll('button, a, label.shutter, label.add, '
                 + 'textarea, input:not([type=file]):not([type=hidden])'))
                 .filter((e) => e.offsetParent && !e.closest('.leaflet-control-attribution'))
                 .map((e) => [e.id || e.textContent.trim(), e.getBoundingClientRect()])
                 .filter(([, box]) => box.width < 48 || box.height < 48)
                 .map(([name, box]) => `${name} ${box.width} x ${box.height}`)"""
        )
        assert small == [], screen

    check("home")
    take(page, picture)
    check("form")
    assert page.locator("#submit").bounding_box()["height"] >= 56  # type: ignore[index]
    page.get_by_role("button", name="全部类型").click()
    check("types")
    page.go_back()
    page.locator("[data-screen=form]").get_by_role("button", name="改位置").click()
    page.locator(".leaflet-container").wait_for()
    check("map")


def test_sunlight_mode_is_black_on_white_and_remembered(phone: Phone) -> None:
    page = phone(color_scheme="dark")
    page.get_by_role("button", name="阳光模式").click()
    page.reload()
    colours = page.evaluate(
        "() => { const s = getComputedStyle(document.body); return [s.color, s.backgroundColor] }"
    )
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


def test_the_page_speaks_english_when_asked(phone: Phone, picture: Path) -> None:
    page = phone()
    page.goto("/")
    page.get_by_role("button", name="English").click()
    page.goto("/field/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect_queue(page, "Nothing to send")
    take(page, picture)
    expect(page.get_by_role("button", name="Submit")).to_be_visible()


def test_nothing_is_asked_of_another_host_and_no_script_complains(
    phone: Phone, picture: Path, product: Product
) -> None:
    page = phone()
    hosts: set[str] = set()
    errors: list[str] = []
    page.on(
        "request",
        lambda r: hosts.add(r.url) if not r.url.startswith((product.url, "blob:")) else None,
    )
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.reload()
    take(page, picture)
    page.locator("[data-screen=form]").get_by_role("button", name="改位置").click()
    expect(page.locator(".place-name").first).to_be_visible()
    page.go_back()
    choose(page)
    submit(page)
    expect_delivered(page)
    assert (hosts, errors) == (set(), [])
