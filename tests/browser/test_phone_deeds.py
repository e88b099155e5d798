"""The whole life of an incident from the phone: settled, known already, signed, verified, …"""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from gis_grid.people.models import HandlingUnit
from incidents.actions import To
from incidents.models import Attachment, Dispatch, Event, Incident
from incidents.reports import Photo
from tests.phone import (
    Phone,
    add_photo,
    choose,
    expect_delivered,
    open_task,
    reported,
    settled_on_the_spot,
    submit,
    take,
)
from tests.world import World, add_units, do, inside

pytestmark = pytest.mark.browser

Step = tuple[str, str, dict[str, Any]]
SIMILAR = "**/api/field/similar?*"


@pytest.fixture
def units(world: World) -> dict[str, HandlingUnit]:
    return add_units(world)


def then(world: World, incident: Incident, *steps: Step) -> Incident:
    """Do steps just now: (deed, by, details)."""
    for deed, by, details in steps:
        incident = do(world, deed, incident, by=by, at=timezone.now(), **details)
    return incident


def given(world: World, to: To, **report: Any) -> Incident:
    steps: tuple[Step, ...] = (
        ("accept", "chen", {}),
        ("dispatch", "chen", {"to": to, "note": "请今天处理"}),
    )
    return then(world, reported(world, **report), *steps)


def answered(world: World, by: str = "li") -> Incident:
    incident = given(world, To(area="A1"))
    return then(world, incident, ("sign", by, {}), ("answer", by, {}), ("ask_verify", "chen", {}))


def press(detail: Locator, deed: str) -> None:
    """Press a deed that has a form, and wait for its questions."""
    detail.get_by_role("button", name=deed, exact=True).click()
    detail.page.locator("#deed-fields .asks").wait_for()


def choose_rarer(detail: Locator, deed: str) -> None:
    """Press a deed that is under 更多."""
    detail.get_by_role("button", name="更多").click()
    detail.page.locator("#deeds-list").get_by_role("button", name=deed).click()
    detail.page.locator("#deed-fields .asks").wait_for()


def ask(page: Page, label: str) -> Locator:
    """Return a control of the open form by its label."""
    return page.locator("#deed-fields").get_by_label(label)


def send(page: Page) -> None:
    page.locator("#deed-send").click()


def expect_told(detail: Locator, words: str) -> None:
    expect(detail.get_by_role("status").first).to_have_text(words)


# --- settled on the spot ------------------------------------------------------------------------


def test_settled_on_the_spot_is_one_report_with_both_photos(
    phone: Phone, world: World, picture: Path
) -> None:
    page = phone()
    take(page, picture)
    settled_on_the_spot(page, picture)
    choose(page)
    submit(page)
    expect_delivered(page)

    incident = Incident.objects.get()
    expect(page.locator("#done-detail")).to_have_text(f"编号 {incident.number} · 已当场办结")
    assert (incident.state, incident.settled) == ("closed", True)
    stored = incident.attachments.stored().values_list("role", flat=True)
    assert sorted(stored) == ["after", "before"]
    assert [event.kind for event in incident.events.exclude(kind="photo")] == ["settle"]


def test_settled_without_a_photo_of_it_is_asked_for_one(
    phone: Phone, world: World, picture: Path
) -> None:
    page = phone()
    take(page, picture)
    choose(page)
    page.locator("[name=settled]").click()
    submit(page)
    expect(page.locator("#form-problem")).to_have_text("请补一张处置后的照片。")
    page.locator("[name=settled]").click()
    submit(page)
    expect_delivered(page)
    assert Incident.objects.get().state == "reported"


# --- the same one? -----------------------------------------------------------------------------


def test_what_is_known_already_is_shown_and_reported_all_the_same(
    phone: Phone, world: World, picture: Path
) -> None:
    known = reported(world, place=inside(0.52), category="manhole", words="缺了一半")
    page = phone()
    take(page, picture)
    choose(page)
    hint = page.locator("#similar")
    expect(hint).to_contain_text(known.number)
    expect(hint).to_contain_text("8 米外")
    expect(page.locator("#submit")).to_have_text("仍要上报")
    submit(page)
    expect_delivered(page)
    assert Incident.objects.count() == 2


def test_the_same_one_gets_what_was_seen_and_no_second_report(
    phone: Phone, world: World, picture: Path
) -> None:
    known = reported(world, place=inside(0.52), category="manhole")
    page = phone()
    take(page, picture)
    choose(page)
    page.get_by_role("button", name="就是这件").click()
    expect(page.locator("#done-title")).to_have_text("不重复上报")
    expect(page.locator("#done-detail")).to_contain_text(known.number)
    assert not Event.objects.filter(kind="remark").exists()  # it may still be undone

    expect(page.locator("#done-undo")).to_be_hidden(timeout=15_000)
    expect(page.locator("#queue-state")).to_have_text("已送达", timeout=10_000)
    assert Event.objects.get(kind="remark").note == "也看到了"
    photo = Attachment.objects.get(incident=known, role="before")
    assert photo.stored_at is not None
    assert Incident.objects.count() == 1


def test_the_same_one_undone_is_a_report_again(phone: Phone, world: World, picture: Path) -> None:
    reported(world, place=inside(0.52), category="manhole")
    page = phone()
    take(page, picture)
    choose(page)
    page.get_by_label("补充说明").fill("很危险")
    page.get_by_role("button", name="就是这件").click()
    page.locator("#done-undo").click()
    expect(page.locator("#thumbs img")).to_have_count(1)
    expect(page.get_by_label("补充说明")).to_have_value("很危险")
    expect(page.locator("#submit")).to_have_text("提交")  # it has been answered
    submit(page)
    expect_delivered(page)
    assert Incident.objects.filter(words="很危险").count() == 1
    assert not Event.objects.filter(kind="remark").exists()


def test_what_another_grid_has_is_only_counted(phone: Phone, world: World, picture: Path) -> None:
    known = reported(world, place=inside(1.99), category="manhole", words="不该看到")
    page = phone("wang", at=inside(2.02))
    take(page, picture)
    choose(page)
    expect(page.locator("#similar")).to_have_text("附近另有 1 件同类事件，由别的网格在办。")
    expect(page.locator("body")).not_to_contain_text(known.number)
    submit(page)
    expect_delivered(page)


def test_without_an_answer_the_question_is_left_out(
    phone: Phone, world: World, picture: Path
) -> None:
    reported(world, place=inside(0.52), category="manhole")
    page = phone()
    page.route(SIMILAR, lambda route: route.abort())
    take(page, picture)
    choose(page)
    expect(page.locator("#similar")).to_be_hidden()
    submit(page)
    expect_delivered(page)
    assert Incident.objects.count() == 2


# --- tasks and deeds -----------------------------------------------------------------------------


def test_a_task_is_signed_and_answered_with_a_photo(
    phone: Phone, world: World, picture: Path
) -> None:
    incident = given(world, To(area="A1"))
    page = phone()
    expect(page.locator("#task-count")).to_have_text("1")
    detail = open_task(page)
    expect(detail.locator(".asking")).to_contain_text("Chen：派遣")
    expect(detail.locator(".asking")).to_contain_text("请今天处理")
    detail.get_by_role("button", name="签收").click()
    expect_told(detail, "签收：已送达。")

    press(detail, "反馈")
    send(page)
    expect(page.locator("#deed-problem")).to_have_text("请写几句说明。")
    ask(page, "怎么办的").fill("已换新灯泡")
    add_photo(page, picture)
    send(page)
    expect_told(detail, "反馈：已送达。")
    expect(detail.locator(".shown img")).to_have_count(1)
    expect(detail.locator(".timeline")).to_contain_text("已换新灯泡")

    incident.refresh_from_db()
    assert incident.state == "answered"
    photo = incident.attachments.get(role="after")
    assert photo.stored_at is not None
    page.go_back()
    expect(page.locator("#tasks .rows-title")).to_have_text(["我已办（一天内）"])
    expect(page.locator("#task-count")).to_be_hidden()


def test_a_task_is_returned_with_a_reason_and_whose_it_is(
    phone: Phone, world: World, units: dict[str, HandlingUnit]
) -> None:
    incident = given(world, To(unit="lamps"))
    page = phone("guo")
    detail = open_task(page)
    press(detail, "退回")
    ask(page, "不属于法定职责").check()
    ask(page, "园林所").check()
    ask(page, "说明").fill("是园林所的灯")
    send(page)
    expect_told(detail, "退回：已送达。")

    returned = Dispatch.objects.get(incident=incident)
    assert (returned.outcome, returned.return_reason) == ("returned", "not_our_duty")
    assert returned.proposed_unit == units["garden"]


def test_a_second_worker_verifies_on_the_spot(phone: Phone, world: World, picture: Path) -> None:
    incident = answered(world)
    page = phone("zhao", at=inside(0.9))  # 152 m away
    detail = open_task(page)
    press(detail, "核查通过")
    distance = page.locator("#deed-distance")
    expect(distance).to_have_text("离事发地 152 米，请走近一点")
    lon, lat = inside(0.52)
    page.context.set_geolocation({"longitude": lon, "latitude": lat, "accuracy": 5})
    expect(distance).to_have_text("离事发地 8 米")
    send(page)
    expect(page.locator("#deed-problem")).to_have_text("请加一张照片。")
    add_photo(page, picture)
    send(page)
    expect_told(detail, "核查通过：已送达。")

    told = Event.objects.get(incident=incident, kind="pass").body
    assert told["distance_m"] == pytest.approx(7.6, abs=0.2)  # where they stood when they sent it
    assert told["far"] is False
    assert incident.attachments.stored().filter(role="verify").count() == 1


def test_who_handled_it_is_not_offered_to_verify_it(phone: Phone, world: World) -> None:
    incident = answered(world)
    page = phone()
    page.goto("/field/")
    page.get_by_role("button", name="我的任务").click()
    page.locator("#tasks .row", has_text="核查中").click()
    detail = page.locator("#detail")
    expect(detail.locator(".facts")).to_contain_text(incident.number)
    expect(detail.get_by_role("button", name="核查通过")).to_have_count(0)


def test_a_pre_check_tells_what_is_there(phone: Phone, world: World, picture: Path) -> None:
    incident = then(world, reported(world), ("ask_check", "chen", {}))
    page = phone()
    detail = open_task(page)
    press(detail, "报核实结果")
    ask(page, "无法判断").check()
    add_photo(page, picture)
    send(page)
    expect_told(detail, "报核实结果：已送达。")

    incident.refresh_from_db()
    assert incident.state == "reported"
    assert Event.objects.get(incident=incident, kind="check").body["finding"] == "unclear"
    assert incident.attachments.stored().get().role == "check"


def test_a_unit_s_member_has_a_day_of_tasks(
    phone: Phone, world: World, units: dict[str, HandlingUnit]
) -> None:
    incident = given(world, To(unit="lamps"))
    page = phone("guo")
    expect(page.locator("#worker")).to_have_text("Guo · 路灯管理所")
    expect(page.locator("[data-tab=report]")).to_be_hidden()
    page.locator("#tasks .row", has_text="请签收").click()
    detail = page.locator("#detail")
    detail.get_by_role("button", name="签收").click()
    expect_told(detail, "签收：已送达。")

    press(detail, "申请延期")
    ask(page, "数量").fill("2")
    ask(page, "说明").fill("等配件")
    send(page)
    expect_told(detail, "申请延期：已送达。")
    press(detail, "反馈")
    ask(page, "怎么办的").fill("已换灯")
    send(page)
    expect_told(detail, "反馈：已送达。")
    incident.refresh_from_db()
    assert incident.state == "answered"


def test_a_whistled_unit_reports_in_and_helps(
    phone: Phone, world: World, units: dict[str, HandlingUnit]
) -> None:
    whistled: Step = ("whistle", "chen", {"lead": "lamps", "assisting": ("garden",)})
    incident = then(world, reported(world), ("accept", "chen", {}), whistled)
    page = phone("he")
    page.locator("#tasks .row", has_text="请协办").click()
    detail = page.locator("#detail")
    detail.get_by_role("button", name="报到").click()
    expect_told(detail, "报到：已送达。")
    press(detail, "协办反馈")
    ask(page, "怎么办的").fill("树枝已修剪")
    send(page)
    expect_told(detail, "协办反馈：已送达。")
    given_ = Dispatch.objects.get(incident=incident, unit=units["garden"])
    assert (given_.outcome, given_.answer) == ("answered", "树枝已修剪")


def test_found_and_settled_later_by_the_grid_itself(
    phone: Phone, world: World, picture: Path
) -> None:
    incident = reported(world, category="manhole")
    page = phone()
    detail = open_task(page)
    press(detail, "自行处置")
    ask(page, "怎么办的").fill("已盖好")
    add_photo(page, picture, nth=0)
    add_photo(page, picture, nth=1)
    send(page)
    expect_told(detail, "自行处置：已送达。")
    incident.refresh_from_db()
    assert (incident.state, incident.settled) == ("closed", True)
    assert sorted(incident.attachments.values_list("role", flat=True)) == ["after", "before"]


def test_a_pin_is_moved_under_the_crosshair(phone: Phone, world: World) -> None:
    incident = reported(world, place=inside(0.98))  # 8 m west of A2
    page = phone()
    detail = open_task(page)
    choose_rarer(detail, "更正位置")
    page.get_by_role("button", name="在图上选").click()
    expect(page.locator("#map-detail")).to_have_text("事件现在的位置")
    for _ in range(4):
        page.get_by_role("button", name="向右").click()
        page.wait_for_timeout(350)  # Leaflet pans for a quarter of a second
    expect(page.locator("#map-title")).to_have_text("翠湖第二网格")
    page.get_by_role("button", name="就是这里").click()
    send(page)
    expect_told(detail, "更正位置：已送达。")
    expect(detail).to_contain_text("这一件已经不归您办")  # it is A2's now
    incident.refresh_from_db()
    assert incident.area == world.areas["A2"]


def test_the_place_can_be_looked_at_without_changing_it(phone: Phone, world: World) -> None:
    reported(world)
    page = phone()
    open_task(page).get_by_role("button", name="在图上看位置").click()
    expect(page.locator("#map-title")).to_have_text("翠湖第一网格")
    expect(page.locator("#map-done")).to_be_hidden()
    page.go_back()
    expect(page.locator("#detail .facts")).to_be_visible()


# --- when it does not go smoothly -----------------------------------------------------------------


def test_a_deed_without_network_is_kept_and_goes_by_itself(
    phone: Phone, world: World, picture: Path
) -> None:
    incident = then(world, given(world, To(area="A1")), ("sign", "li", {}))
    page = phone()
    detail = open_task(page)
    press(detail, "反馈")
    ask(page, "怎么办的").fill("已换新灯泡")
    add_photo(page, picture)
    page.context.set_offline(True)
    send(page)
    expect_told(detail, "反馈：已保存在本机，有网后自动发送。")
    expect(detail.locator(".dock")).to_have_count(0)
    page.go_back()
    expect(page.locator("#queue-state")).to_have_text("已保存在本机 · 待发送 1")

    page.context.set_offline(False)
    expect(page.locator("#queue-state")).to_have_text("已送达")
    incident.refresh_from_db()
    assert incident.state == "answered"
    assert incident.attachments.stored().count() == 1


def test_a_deed_that_came_too_late_waits_for_a_person(phone: Phone, world: World) -> None:
    incident = then(world, given(world, To(area="A1")), ("sign", "li", {}))
    page = phone()
    detail = open_task(page)
    press(detail, "反馈")
    ask(page, "怎么办的").fill("已换新灯泡")
    page.context.set_offline(True)
    send(page)
    expect_told(detail, "反馈：已保存在本机，有网后自动发送。")
    then(world, incident, ("remark", "chen", {}))  # meanwhile
    page.go_back()
    page.context.set_offline(False)
    expect(page.locator("#queue-state")).to_have_text("需处理 1")

    page.locator("#queue-state").click()
    entry = page.locator("#queue .row")
    expect(entry).to_contain_text("路灯不亮 · 反馈")
    entry.get_by_role("button", name="看最新情况").click()
    expect(detail.locator(".timeline")).to_contain_text("备注")
    # The one that waits comes first.
    expect(detail.get_by_role("button", name="反馈")).to_have_count(0)


def test_somebody_was_first_and_what_was_written_stays(phone: Phone, world: World) -> None:
    incident = then(world, given(world, To(area="A1")), ("sign", "li", {}))
    page = phone()
    detail = open_task(page)
    press(detail, "反馈")
    ask(page, "怎么办的").fill("已换新灯泡")
    then(world, incident, ("remark", "chen", {}))
    send(page)
    expect(page.locator("#deed-problem")).to_have_text("别人刚办过这一件。您写的还在，看过再提交。")
    expect(ask(page, "怎么办的")).to_have_value("已换新灯泡")
    send(page)
    expect_told(detail, "反馈：已送达。")
    assert Event.objects.get(incident=incident, kind="answer").note == "已换新灯泡"


def test_an_answer_lost_on_the_way_is_one_deed(phone: Phone, world: World) -> None:
    incident = given(world, To(area="A1"))
    page = phone()
    lost: list[int] = []

    def lose_the_first(route) -> None:  # type: ignore[no-untyped-def]
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    page.route("**/deeds/sign", lose_the_first)
    open_task(page).get_by_role("button", name="签收").click()
    expect_told(page.locator("#detail"), "签收：已保存在本机，有网后自动发送。")
    page.go_back()
    expect(page.locator("#queue-state")).to_have_text("已送达")
    assert lost == [200]
    assert Event.objects.filter(incident=incident, kind="sign").count() == 1


@pytest.mark.parametrize("width", [320, 360])
def test_every_step_can_be_hit_with_a_thumb(phone: Phone, world: World, width: int) -> None:
    incident = given(world, To(area="A1"))
    do(
        world,
        "remark",
        incident,
        by="li",
        at=timezone.now(),
        photos=(Photo(uuid4(), "5e" * 32, "after"),),
    )
    page = phone(viewport={"width": width, "height": 568})

    def check(screen: str) -> None:
        assert page.evaluate("document.documentElement.scrollWidth") == width, screen
        small = page.evaluate(
            """() => Array.from(document.querySelectorAll('button, a, .pick, .add-photo, summary, '
                 + 'textarea, input:not([type=file]):not([type=hidden]):not([type=radio])'))
                 .filter((e) => e.offsetParent)
                 .map((e) => [e.id || e.textContent.trim(), e.getBoundingClientRect()])
                 .filter(([, box]) => box.width < 48 || box.height < 48)
                 .map(([name, box]) => `${name} ${box.width} x ${box.height}`)"""
        )
        assert small == [], screen

    detail = open_task(page)
    detail.locator(".dock").wait_for()
    check("detail")
    detail.get_by_role("button", name="更多").click()
    check("more")
    page.go_back()
    press(detail, "退回")
    check("return")
