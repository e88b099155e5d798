"""Deeds at the desk in a real browser: forms, the menu, undo, and what others do meanwhile."""

import hashlib
import json
import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, Request, Route, expect

from gis_grid.people.models import Assignment, HandlingUnit, Role, Worker
from gis_grid.territory.models import Level
from incidents.actions import Spot, To
from incidents.deadlines.sla import Limit, LimitKind
from incidents.grounds import ReturnGround
from incidents.models import (
    Category,
    Competence,
    DispatchRule,
    Event,
    Incident,
    MatterListEntry,
    VerifyRule,
)
from incidents.reports import Photo
from tests.browser.desk import Desk, do, figure, report, row
from tests.world import World, add_units, inside

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("GRID_SHOTS")


@pytest.fixture
def units(world: World) -> dict[str, HandlingUnit]:
    return add_units(world)


@pytest.fixture
def case(world: World, units: dict[str, HandlingUnit]) -> Incident:
    """An accepted case in A1."""
    incident = report(world, words="东门第二盏灯不亮")
    do(world, "accept", incident.pk)
    return incident


def opened(page: Page, incident: Incident) -> Locator:
    """Open an incident and return the drawer once all of it is there."""
    row(page, incident).click()
    drawer = page.locator("#drawer")
    expect(drawer.locator(".timeline")).to_be_visible()
    return drawer


def tap(page: Page, deed: str) -> None:
    """Press a deed's button, in the menu when it is there."""
    button = page.locator(f'.deeds [data-deed="{deed}"]')
    if not button.is_visible():
        page.get_by_role("button", name="更多").click()
    button.click()


def press(page: Page, deed: str) -> Locator:
    """Open the form of a deed by its button, or by the menu when a press would do it at once."""
    options = page.locator(f'.deeds [data-options="{deed}"]')
    if options.count():
        page.get_by_role("button", name="更多").click()
        options.click()
    else:
        tap(page, deed)
    dialog = page.locator("#deed")
    expect(dialog.locator("form")).to_be_visible()
    return dialog


def send(dialog: Locator) -> None:
    """Send the form and wait until it has been taken."""
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_be_hidden()


def kinds(incident: Incident) -> list[str]:
    """Return what happened to an incident, in order."""
    return list(
        Event.objects.filter(incident=incident).order_by("pk").values_list("kind", flat=True)
    )


def shoot(page: Page, name: str) -> None:
    """Keep a picture for people to look at, where GRID_SHOTS names a folder."""
    if SHOTS:
        page.wait_for_timeout(400)
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


# -- from report to end ----------------------------------------------------------------------------


def test_a_case_goes_from_report_to_end_at_the_desk(
    desk: Desk, world: World, units: dict[str, HandlingUnit]
) -> None:
    Category.objects.filter(code="street_lamp").update(verify=VerifyRule.DESK)
    incident = report(world)
    page = desk()
    drawer = opened(page, incident)
    shoot(page, "01-reported")
    tap(page, "accept")
    expect(drawer.locator(".badge").first).to_have_text("已受理")
    expect(page.locator("#toast")).to_contain_text(f"{incident.number} 受理：已完成。")
    expect(page.locator('.deeds [data-deed="dispatch"]')).to_contain_text("派遣……")
    tap(page, "dispatch")  # no rule says to whom: the form asks
    dialog = page.locator("#deed")
    expect(dialog.locator("form")).to_be_visible()
    dialog.get_by_label("路灯管理所").check()
    shoot(page, "02-dispatch-form")
    send(dialog)
    expect(drawer.locator(".badge").first).to_have_text("已派遣")
    expect(drawer.locator(".dispatches")).to_contain_text("路灯管理所")
    expect(row(page, incident)).to_contain_text("→ 路灯管理所")
    do(world, "sign", incident.pk, by="guo")
    expect(drawer.locator(".badge").first).to_have_text("处置中")
    do(world, "answer", incident.pk, by="guo", note="灯泡已换")
    expect(drawer.locator(".dispatches .note")).to_have_text("灯泡已换")
    shoot(page, "03-answered")
    send(press(page, "close"))
    expect(drawer.locator(".badge").first).to_have_text("已结案")
    expect(figure(page, "closed")).to_have_text("1")
    expect(row(page, incident)).to_have_count(0)
    assert kinds(incident) == ["report", "accept", "dispatch", "sign", "answer", "close"]


# -- dispatch --------------------------------------------------------------------------------------


def test_the_form_says_why_somebody_may_not_have_it(
    desk: Desk, world: World, case: Incident, units: dict[str, HandlingUnit]
) -> None:
    lamp = world.categories["street_lamp"]
    Competence.objects.create(unit=units["garden"], category=world.categories["manhole"])
    for level in (Level.DISTRICT, Level.GRID):
        MatterListEntry.objects.create(category=lamp, level=level)
    page = desk()
    opened(page, case)
    dialog = press(page, "dispatch")
    expect(dialog.get_by_label("路灯管理所")).to_be_enabled()
    expect(dialog.get_by_label("园林所")).to_be_disabled()
    expect(dialog.locator(".pick", has_text="园林所").locator(".why-not")).not_to_be_empty()
    expect(dialog.get_by_label("翠湖第一网格")).to_be_enabled()
    expect(dialog.get_by_label("河东街道办事处")).to_be_disabled()
    expect(dialog.locator(".pick", has_text="河东街道办事处")).to_contain_text("街道（乡镇）")
    shoot(page, "04-why-not")


def test_a_dispatch_by_rule_tells_which_rule(
    desk: Desk, world: World, case: Incident, units: dict[str, HandlingUnit]
) -> None:
    DispatchRule.objects.create(name="路灯归所", unit=units["lamps"], live=True)
    page = desk()
    drawer = opened(page, case)
    dialog = press(page, "dispatch")
    expect(dialog.get_by_label("按规则：路灯归所")).to_be_checked()
    shoot(page, "05-by-rule")
    send(dialog)
    expect(drawer.locator('.timeline [data-kind="dispatch"]')).to_contain_text("按规则“路灯归所”")
    case.refresh_from_db()
    assert case.dispatch.rule.name == "路灯归所"
    assert case.dispatch.unit == units["lamps"]


def test_a_limit_of_its_own_goes_with_a_dispatch(desk: Desk, world: World, case: Incident) -> None:
    page = desk()
    opened(page, case)
    dialog = press(page, "dispatch")
    dialog.get_by_label("路灯管理所").check()
    dialog.get_by_label("数量").fill("0")
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator(".ask .fault", has_text="时限要大于 0")).to_be_visible()
    dialog.get_by_label("数量").fill("48")
    dialog.get_by_label("单位", exact=True).select_option("hours")
    send(dialog)
    case.refresh_from_db()
    assert case.dispatch.due_at - case.dispatch.started_at == timedelta(hours=48)


def test_a_return_shows_the_reason_and_the_proposed_owner(
    desk: Desk, world: World, case: Incident
) -> None:
    do(world, "dispatch", case.pk, to=To(unit="garden"))
    page = desk()
    drawer = opened(page, case)
    do(
        world,
        "return",
        case.pk,
        by="he",
        note="灯归路灯所管",
        reason=ReturnGround.NOT_OUR_DUTY,
        proposed=To(unit="lamps"),
    )
    step = drawer.locator('.timeline [data-kind="return"]')
    expect(step).to_contain_text("园林所退回")
    expect(step).to_contain_text("不属于法定职责")
    expect(step).to_contain_text("建议由路灯管理所办理")
    expect(drawer.locator(".facts")).to_contain_text("退回 1 次")
    expect(drawer.locator(".dispatches").first).to_be_hidden()
    drawer.locator("summary", has_text="以前派过").click()
    expect(drawer.locator(".dispatches")).to_contain_text("已退回")
    shoot(page, "06-returned")


def test_after_two_returns_only_a_leader_decides(desk: Desk, world: World, case: Incident) -> None:
    for unit, member in (("garden", "he"), ("lamps", "guo")):
        do(world, "dispatch", case.pk, to=To(unit=unit))
        reason = ReturnGround.NOT_OUR_DUTY
        do(world, "return", case.pk, by=member, note="-", reason=reason, proposed=To(area="A1"))
    page, leader = desk(), desk("luo")
    opened(page, case)
    expect(row(page, case).locator(".tag")).to_have_text("异议")
    expect(page.locator('.deeds [data-deed="dispatch"]')).to_have_count(0)
    opened(leader, case)
    dialog = press(leader, "decide")
    dialog.get_by_label("路灯管理所").check()
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator(".fault", has_text="请写几句说明")).to_be_visible()
    dialog.locator("textarea").fill("灯杆是路灯所的资产")
    shoot(leader, "07-decide")
    send(dialog)
    expect(page.locator("#drawer .badge").first).to_have_text("已派遣")
    expect(page.locator("#drawer .timeline")).to_contain_text("裁定归属")


# -- whistle, extension, suspension ----------------------------------------------------------------


def test_a_whistle_gives_each_unit_its_own_clock_and_answer(
    desk: Desk, world: World, case: Incident
) -> None:
    page = desk()
    drawer = opened(page, case)
    dialog = press(page, "whistle")
    dialog.get_by_role("group", name="牵头单位").get_by_label("路灯管理所").check()
    helpers = dialog.get_by_role("group", name="协办单位")
    helpers.get_by_label("园林所").check()
    helpers.get_by_label("河东街道办事处").check()
    dialog.locator("textarea").fill("树枝压住电线，请一起到场")
    shoot(page, "08-whistle-form")
    send(dialog)
    expect(drawer.locator(".dispatches li")).to_have_count(3)
    expect(drawer.locator(".dispatches .due")).to_have_count(3)
    do(world, "report_in", case.pk, by="he")
    do(world, "assist", case.pk, by="hua", note="已拉警戒线")
    office = drawer.locator(".dispatches li", has_text="河东街道办事处")
    expect(office).to_contain_text("已拉警戒线")
    expect(office.locator(".due")).to_have_count(0)
    expect(drawer.locator(".dispatches li", has_text="园林所").locator(".due")).to_be_visible()
    expect(drawer.locator('.timeline [data-kind="report_in"]')).to_contain_text("园林所")
    shoot(page, "09-whistled")


def test_an_extension_is_granted_where_it_is_asked(
    desk: Desk, world: World, case: Incident
) -> None:
    do(world, "dispatch", case.pk, to=To(unit="lamps"))
    do(world, "sign", case.pk, by="guo")
    case.refresh_from_db()
    before = case.due_at
    more = Limit(2, LimitKind.DAYS)
    do(world, "ask_extension", case.pk, by="guo", note="等灯具到货", more=more)
    page = desk()
    drawer = opened(page, case)
    question = drawer.locator(".extension")
    expect(question).to_contain_text("申请延期 2 个自然日")
    expect(question).to_contain_text("等灯具到货")
    shoot(page, "10-extension")
    question.get_by_role("button", name="同意延期", exact=True).click()
    send(page.locator("#deed"))
    expect(drawer.locator(".extension")).to_contain_text("已同意延期")
    case.refresh_from_db()
    assert case.due_at > before


def test_a_suspended_case_says_so_and_why(desk: Desk, world: World, case: Incident) -> None:
    do(world, "dispatch", case.pk, to=To(unit="lamps"))
    page = desk()
    drawer = opened(page, case)
    dialog = press(page, "suspend")
    dialog.get_by_label("天气原因").check()
    dialog.locator("textarea").fill("连日暴雨，不能登高")
    send(dialog)
    expect(drawer.locator("header .due")).to_have_text("已挂起")
    expect(row(page, case).locator(".due")).to_have_attribute("data-due", "held")
    expect(drawer.locator('.timeline [data-kind="suspend"]')).to_contain_text("理由：天气原因")
    tap(page, "resume")
    expect(drawer.locator("header .due")).to_have_attribute("data-due", "ahead")


def test_amber_and_red_follow_the_case_s_own_marks(
    desk: Desk, world: World, case: Incident
) -> None:
    now = timezone.now()
    do(world, "dispatch", case.pk, at=now - timedelta(hours=23), to=To(unit="lamps"))
    late = report(world)
    do(world, "accept", late.pk)
    do(world, "dispatch", late.pk, at=now - timedelta(hours=30), to=To(unit="lamps"))
    page = desk()
    expect(row(page, case).locator(".due")).to_have_attribute("data-due", "near")
    expect(row(page, late).locator(".due")).to_have_attribute("data-due", "over")
    expect(figure(page, "near")).to_have_text("1")
    expect(figure(page, "over")).to_have_text("1")


# -- not a case, duplicates, undo ------------------------------------------------------------------


def test_what_is_refused_leaves_the_map_and_comes_back_by_undo(desk: Desk, world: World) -> None:
    incident = report(world)
    page = desk()
    drawer = opened(page, incident)
    dialog = press(page, "refuse")
    dialog.get_by_label("测试").check()
    dialog.locator("textarea").fill("新手机试一下")
    shoot(page, "11-refuse")
    send(dialog)
    expect(row(page, incident)).to_have_count(0)
    expect(drawer.locator(".badge").first).to_have_text("作废")
    expect(drawer.locator('.timeline [data-kind="refuse"]')).to_contain_text("理由：测试")
    toast = page.locator("#toast")
    expect(toast).to_contain_text("不予立案：已完成。")
    shoot(page, "12-undo")
    toast.get_by_role("button", name="撤销").click()
    expect(row(page, incident)).to_be_visible()
    expect(drawer.locator(".badge").first).to_have_text("已上报")
    expect(toast).to_have_text(f"{incident.number} 已撤销“不予立案”。")
    assert kinds(incident) == ["report", "refuse", "restore"]


def test_duplicates_show_each_other(desk: Desk, world: World, case: Incident) -> None:
    again = report(world, inside(0.55), words="灯又不亮了")
    page = desk()
    drawer = opened(page, again)
    dialog = press(page, "merge")
    shoot(page, "13-merge")
    expect(dialog.get_by_label(re.compile("东门第二盏灯不亮"))).to_be_checked()
    expect(dialog.locator("[type=submit]")).to_be_focused()
    send(dialog)
    expect(row(page, again)).to_have_count(0)
    drawer.locator(".links").get_by_role("button", name=case.number).click()
    expect(drawer.locator("header .number")).to_have_text(case.number)
    expect(row(page, case)).to_contain_text("重复 1")
    shoot(page, "13b-merged")
    drawer.locator(".links").get_by_role("button", name=again.number).click()
    expect(drawer.locator("header .number")).to_have_text(again.number)
    tap(page, "restore")
    expect(drawer.locator(".links button")).to_have_count(0)
    expect(row(page, again)).to_be_visible()


# -- one press -------------------------------------------------------------------------------------


def test_one_press_does_what_needs_nothing_said_and_does_it_once(
    desk: Desk, world: World, units: dict[str, HandlingUnit]
) -> None:
    DispatchRule.objects.create(name="路灯归所", unit=units["lamps"], live=True)
    incident = report(world)
    page = desk()
    drawer = opened(page, incident)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/deeds/*", hold)
    button = page.locator('.deeds [data-deed="accept"]')
    button.dblclick()
    expect(button).to_have_attribute("aria-busy", "true")
    expect(page.locator(".deeds button").last).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("a")
    page.keyboard.press("Shift+A")
    shoot(page, "19-busy")
    held[0].continue_()
    expect(drawer.locator(".badge").first).to_have_text("已受理")
    assert len(held) == 1
    page.unroute("**/deeds/*")

    dispatch = page.locator('.deeds [data-deed="dispatch"]')
    expect(dispatch).to_contain_text("派给路灯管理所")
    page.keyboard.press("d")
    toast = page.locator("#toast")
    expect(toast).to_contain_text(f"{incident.number} 已派给路灯管理所。")
    shoot(page, "20-dispatched")
    toast.get_by_role("button", name="改派").click()
    dialog = page.locator("#deed")
    dialog.get_by_label("园林所").check()
    send(dialog)
    expect(drawer.locator(".dispatches").first).to_contain_text("园林所")
    assert kinds(incident) == ["report", "accept", "dispatch", "dispatch"]
    assert not page.locator("#toast [aria-keyshortcuts]").count()  # the table has no way back


def deed_id(request: Request) -> str:
    """Return the id under which a deed was sent."""
    return str(json.loads(request.post_data or "")["id"])


def test_a_press_without_network_keeps_the_place_and_is_never_done_twice(
    desk: Desk, world: World
) -> None:
    incident = report(world)
    page = desk()
    drawer = opened(page, incident)
    ids: list[str] = []

    def cut(route: Route) -> None:
        ids.append(deed_id(route.request))
        route.abort()

    page.route("**/deeds/accept", cut)
    page.keyboard.press("a")
    expect(drawer.locator(".fault[role=alert]")).to_contain_text("不会办两次")
    shoot(page, "21-unsent")
    page.unroute("**/deeds/accept")
    with page.expect_request("**/deeds/accept") as asked:
        page.keyboard.press("a")
    ids.append(deed_id(asked.value))
    expect(drawer.locator(".badge").first).to_have_text("已受理")
    expect(drawer.locator(".deeds .fault")).to_have_count(0)
    assert ids[0] == ids[1]  # the same deed: had only its answer been lost, nothing was done twice
    assert kinds(incident) == ["report", "accept"]


def test_the_likeliest_answers_are_there_and_a_letter_takes_them_back(
    desk: Desk, world: World, case: Incident, units: dict[str, HandlingUnit]
) -> None:
    worker = Worker.objects.get(code="he")
    Assignment.objects.create(worker=worker, area=world.areas["A"], role=Role.OPERATOR)
    DispatchRule.objects.create(name="路灯归所", unit=units["lamps"], live=True)
    do(world, "dispatch", case.pk, to=To(unit="garden"))
    page = desk("he")
    drawer = opened(page, case)
    dialog = page.locator("#deed")

    page.keyboard.press("u")  # urge: the usual words stand there
    expect(dialog.locator("textarea")).to_have_value("请尽快办理并反馈。")
    expect(dialog.locator("[type=submit]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()

    dialog = press(page, "suspend")
    dialog.get_by_label("天气原因").check()
    dialog.locator("textarea").fill("暴雨")
    send(dialog)
    expect(drawer.locator("header .due")).to_have_text("已挂起")
    page.locator("#toast").hover()
    page.keyboard.press("z")
    expect(drawer.locator("header .due")).to_have_attribute("data-due", "ahead")
    expect(page.locator("#toast")).to_contain_text("已撤销“挂起”")

    page.keyboard.press("r")  # a return: reason and proposal are chosen, Enter does it
    expect(dialog.get_by_label("不属于法定职责")).to_be_checked()
    expect(dialog.get_by_label("路灯管理所")).to_be_checked()
    expect(dialog.locator("[type=submit]")).to_be_focused()
    shoot(page, "22-return")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    step = drawer.locator('.timeline [data-kind="return"]')
    expect(step).to_contain_text("建议由路灯管理所办理")
    expect(step).to_contain_text("不属于法定职责")
    assert kinds(case)[-4:] == ["press", "suspend", "resume", "return"]


# -- verification, evidence ------------------------------------------------------------------------


def proof(role: str) -> tuple[Photo, ...]:
    return (Photo(uuid4(), "0" * 64, role),)


def test_a_failed_verification_is_rework_and_a_far_one_is_marked(
    desk: Desk, world: World, case: Incident
) -> None:
    do(world, "dispatch", case.pk, to=To(unit="lamps"))
    do(world, "sign", case.pk, by="guo")
    do(world, "answer", case.pk, by="guo", note="已换")
    page = desk()
    drawer = opened(page, case)
    tap(page, "ask_verify")
    expect(drawer.locator(".badge").first).to_have_text("核查中")
    dialog = press(page, "fail")
    dialog.locator("textarea").fill("晚上看还是不亮")
    send(dialog)
    expect(drawer.locator(".badge").first).to_have_text("处置中")
    expect(drawer.locator(".facts")).to_contain_text("返工 1 次")
    do(world, "answer", case.pk, by="guo", note="线路已修")
    away = inside(2.5)
    do(world, "pass", case.pk, by="zhao", photos=proof("verify"), spot=Spot(*away, 5))
    step = drawer.locator('.timeline [data-kind="pass"]')
    expect(step.locator(".marked")).to_contain_text(re.compile(r"离事发地 7\d\d 米，偏远"))
    shoot(page, "14-verified-far")


def test_a_desk_on_the_spot_verifies_with_photo_and_place(
    desk: Desk, world: World, case: Incident, picture: Path
) -> None:
    do(world, "dispatch", case.pk, to=To(unit="lamps"))
    do(world, "sign", case.pk, by="guo")
    do(world, "answer", case.pk, by="guo", note="已换")
    lon, lat = inside()
    page = desk(
        permissions=["geolocation"],
        geolocation={"longitude": lon, "latitude": lat, "accuracy": 9},
    )
    drawer = opened(page, case)
    dialog = press(page, "pass")
    expect(dialog.locator(".where")).to_contain_text("已定位，精度约 9 米")
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator(".fault", has_text="请加一张照片")).to_be_visible()
    dialog.locator("input[type=file]").set_input_files(str(picture))
    expect(dialog.locator(".deed-photos img")).to_be_visible()
    expect(dialog.locator('.deed-photos [aria-busy="true"]')).to_have_count(0)
    shoot(page, "15-pass")
    send(dialog)
    expect(drawer.locator(".badge").first).to_have_text("已结案")
    expect(drawer.locator('.timeline [data-kind="pass"] .photos img')).to_be_visible()
    case.refresh_from_db()
    assert case.attachments.stored().filter(role="verify").count() == 1


def test_before_and_after_lie_over_one_another(
    desk: Desk, world: World, case: Incident, picture: Path
) -> None:
    do(world, "dispatch", case.pk, to=To(unit="lamps"))
    page = desk()
    drawer = opened(page, case)
    stored(page, world, case, picture, "before")
    stored(page, world, case, picture, "after")
    expect(drawer.locator("section h4", has_text="处置后")).to_be_visible()
    drawer.get_by_role("button", name="前后对比").click()
    box = page.locator("#photo")
    expect(box.locator(".compare img")).to_have_count(2)
    box.get_by_label("拖动分界线").focus()
    page.keyboard.press("Home")
    assert box.locator(".compare").evaluate("e => e.style.getPropertyValue('--divide')") == "0%"
    shoot(page, "16-compare")
    box.get_by_role("button", name="下一张").click()
    expect(box.locator(".compare")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()


def stored(page: Page, world: World, incident: Incident, picture: Path, role: str) -> None:
    """Announce a photo with a remark and bring its bytes, as another client would."""
    content, photo_id = picture.read_bytes(), uuid4()
    announced = (Photo(photo_id, hashlib.sha256(content).hexdigest(), role),)
    do(world, "remark", incident.pk, note="照片", photos=announced)
    put = """async ([url, bytes]) => (await fetch(url, { method: 'PUT', body: new Uint8Array(bytes),
        headers: { 'Content-Type': 'image/jpeg',
                   'X-CSRFToken': document.cookie.match(/csrftoken=([^;]+)/)[1] } })).status"""
    url = f"/api/field/reports/{incident.pk}/photos/{photo_id}"
    assert page.evaluate(put, [url, list(content)]) == 201


# -- others, and the keyboard ----------------------------------------------------------------------


def test_who_comes_second_sees_what_the_first_did(desk: Desk, world: World) -> None:
    incident = report(world)
    page = desk()
    drawer = opened(page, incident)
    dialog = press(page, "accept")
    do(world, "accept", incident.pk, by="zhao")
    send(dialog)
    expect(drawer).to_contain_text("刚刚有人先处理了")
    expect(drawer.locator(".timeline li")).to_have_count(2)
    expect(drawer.locator(".timeline")).to_contain_text("Zhao")
    assert kinds(incident) == ["report", "accept"]


def test_a_refusal_that_changed_nothing_keeps_the_form(
    desk: Desk, world: World, case: Incident
) -> None:
    page = desk()
    opened(page, case)
    dialog = press(page, "hand_over")
    dialog.get_by_role("searchbox").fill("北门第一")
    dialog.get_by_label("北门第一网格").check()
    dialog.locator("textarea").fill("在对面")
    page.route("**/deeds/hand_over", lambda route: route.abort())
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator("form > .fault")).to_contain_text("填的内容都在")
    page.unroute("**/deeds/hand_over")
    send(dialog)
    expect(page.locator("#drawer .timeline")).to_contain_text("翠湖第一网格 → 北门第一网格")
    assert kinds(case) == ["report", "accept", "hand_over"]


def test_what_leaves_the_territory_is_said_and_put_away(
    desk: Desk, world: World, case: Incident
) -> None:
    worker = Worker.objects.get(code="he")
    Assignment.objects.create(worker=worker, area=world.areas["A"], role=Role.OPERATOR)
    page = desk("he")
    opened(page, case)
    dialog = press(page, "hand_over")
    dialog.get_by_label("北门第一网格").check()
    dialog.locator("textarea").fill("在北门")
    send(dialog)
    expect(page.locator("#toast")).to_contain_text("已不在您的辖区内")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(row(page, case)).to_have_count(0)


def test_the_pin_is_moved_under_a_cross(desk: Desk, world: World, case: Incident) -> None:
    page = desk()
    drawer = opened(page, case)
    dialog = press(page, "move")
    dialog.get_by_role("button", name="在图上选").click()
    expect(dialog).to_be_hidden()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
    shoot(page, "17-cross")
    page.locator("#crosshair-take").click()
    expect(dialog).to_be_visible()
    send(dialog)
    expect(drawer.locator('.timeline [data-kind="move"]')).to_contain_text("翠湖第")
    case.refresh_from_db()
    assert case.point.x > inside()[0] + 0.001
    assert case.point.y == pytest.approx(inside()[1], abs=0.0001)


def test_deeds_are_done_by_keyboard_alone(desk: Desk, world: World) -> None:
    incident = report(world)
    page = desk()
    expect(row(page, incident)).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator(".deeds")).to_be_visible()
    more = page.get_by_role("button", name="更多")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.locator('[role="menuitem"]').first).to_be_focused()
    shoot(page, "18-menu")
    page.keyboard.press("ArrowUp")
    expect(page.locator('[role="menuitem"].danger').last).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    expect(page.locator("#drawer")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    dialog = page.locator("#deed")
    expect(dialog.locator("form")).to_have_attribute("data-deed", "refuse")
    expect(dialog.locator('input[type="radio"]').first).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("没有这回事")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("#drawer .badge").first).to_have_text("作废")


def test_every_deed_of_the_desk_opens_its_form_in_english(
    desk: Desk, world: World, case: Incident
) -> None:
    do(world, "dispatch", case.pk, to=To(unit="lamps"))
    page = desk(locale="en-US")
    row(page, case).click()
    bar = page.locator(".deeds")
    expect(bar).to_be_visible()
    deeds = [str(one) for one in bar.locator("[data-deed]").evaluate_all(ALL_DEEDS)]
    assert len(deeds) > 10
    for deed in deeds:
        button = bar.locator(f'[data-options="{deed}"], [data-deed="{deed}"]').last
        if not button.is_visible():
            page.get_by_role("button", name="More").click()
        button.click()
        form = page.locator(f'#deed form[data-deed="{deed}"]')
        expect(form).to_be_visible()
        words = form.locator("h2, .about, .label, .help, .buttons").all_inner_texts()
        assert not re.search(r"[\u4e00-\u9fff]|\w\.\w", no_names(" ".join(words))), words
        page.keyboard.press("Escape")
        expect(form).to_be_hidden()


ALL_DEEDS = "buttons => buttons.map(button => button.dataset.deed)"


def no_names(words: str) -> Any:
    """Leave out what is not ours to translate."""
    return words.replace("Street lamp out", "")
