"""The desk's filter, views, bulk deeds, keys, alarm, roster and time slider, in a real browser."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.gis.geos import Point
from django.utils import timezone
from playwright.sync_api import Page, expect

from gis_grid.people.models import Assignment, Role, Worker
from incidents import on_duty
from incidents.models import Category, Incident
from tests.browser.desk import Desk, do, report, row, view_of
from tests.world import World, add_units, inside

pytestmark = pytest.mark.browser

ROWS = "#panel .row"
SHOTS = os.environ.get("GRID_SHOTS")


def shoot(page: Page, name: str) -> None:
    """Keep a picture for people to look at, where GRID_SHOTS names a folder."""
    if SHOTS:
        page.wait_for_timeout(400)
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def query(page: Page) -> str:
    """Return the filter in the address."""
    return page.evaluate("decodeURIComponent(location.hash.split('?')[1] || '')")


def test_filters_combine_stand_in_the_address_and_go_back(desk: Desk, world: World) -> None:
    lamp = report(world, words="东门第二盏灯不亮")
    cover = report(world, inside(1.5), category="manhole", words="东门井盖")
    old = report(world, inside(2.5), words="东门旧案")
    Incident.objects.filter(pk=old.pk).update(
        state="closed", closed_at=timezone.now() - timedelta(days=9)
    )
    page = desk()
    expect(page.locator(ROWS)).to_have_count(2)

    page.locator("#filter").click()
    page.locator("#conditions [name=category]").select_option("manhole")
    expect(page.locator(ROWS)).to_have_count(1)
    expect(row(page, cover)).to_be_visible()
    page.locator("#search").fill("东门")
    expect(page.locator("#chips li")).to_have_count(3)
    assert query(page) == "category=manhole&q=东门&queue=open"

    colleague = desk(view=page.url.split("/command/")[1])
    expect(colleague.locator(ROWS)).to_have_count(1)
    expect(colleague.locator("#search")).to_have_value("东门")

    page.locator("[data-chip=category]").click()
    expect(page.locator(ROWS)).to_have_count(2)
    page.go_back()
    expect(page.locator(ROWS)).to_have_count(1)
    page.go_forward()
    expect(page.locator(ROWS)).to_have_count(2)

    # Into the past: what the live map has forgotten comes from the server.
    page.locator("[data-chip=queue]").click()
    page.locator("#conditions").get_by_label("已结案").check()
    expect(row(page, old)).to_be_visible()
    expect(page.locator("#list-count")).to_have_text("1 件")
    page.locator("#filter").click()
    row(page, old).click()
    expect(page.locator("#drawer header .number")).to_have_text(old.number)
    page.locator("#drawer .nearby").locator("..").locator("summary").click()
    expect(page.locator("#drawer .nearby")).to_contain_text("附近没有别的事件")
    page.keyboard.press("Escape")
    page.locator("[data-chip=states]").click()
    expect(row(page, lamp)).to_be_visible()


def test_a_view_is_kept_opened_and_deleted_with_a_way_back(desk: Desk, world: World) -> None:
    report(world, category="manhole", words="东门")
    lamp = report(world)
    page = desk()
    page.locator("#search").fill("路灯")
    expect(page.locator(ROWS)).to_have_count(1)
    page.locator("#views-button").click()
    page.locator("#views").get_by_placeholder("名称").fill("路灯")
    page.get_by_role("button", name="保存当前视图").click()
    kept = page.locator("#views li")
    expect(kept).to_have_count(1)
    kept.get_by_role("button", name="打开指挥台时先看 路灯").click()
    expect(kept.locator("[aria-pressed=true]")).to_have_count(1)

    again = desk()
    expect(again.locator(ROWS)).to_have_count(1)
    expect(row(again, lamp)).to_be_visible()
    assert query(again) == "q=路灯&queue=open"

    kept.get_by_role("button", name="删除 路灯").click()
    expect(kept).to_have_count(0)
    page.locator("#toast").get_by_role("button", name="撤销").click()
    expect(kept).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#views")).to_be_hidden()


def test_what_a_box_holds_is_dealt_with_at_once(desk: Desk, world: World) -> None:
    inner = [report(world, inside(0.4 + n / 20, 0.5)) for n in range(4)]
    outer = report(world, inside(2.5))
    page = desk(view=view_of(inside(0.5, 0.5), 17))
    expect(page.locator(ROWS)).to_have_count(5)
    page.locator("#box-button").click()
    box = page.locator("#map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 150, y - 120)
    page.mouse.down()
    page.mouse.move(x + 150, y + 120, steps=4)
    page.mouse.up()
    expect(page.locator(ROWS)).to_have_count(4)
    expect(row(page, outer)).to_have_count(0)

    do(world, "accept", inner[0].pk)  # for one of them it is not open any more
    expect(row(page, inner[0])).to_have_attribute("data-state", "accepted")
    page.locator("#bulk").click()
    dialog = page.locator("#bulk-dialog")
    before = dialog.locator(".note").first
    expect(before).to_contain_text("4 件中有 3 件可以受理。")
    expect(before).to_contain_text("（1 件）")
    expect(dialog.locator("h2")).to_have_text("处理 3 件")
    rows = dialog.locator(".bulk-rows li")
    expect(rows.filter(has_text=inner[0].number).locator("input")).to_be_disabled()
    expect(rows.filter(has_text=inner[0].number).locator(".outcome")).not_to_be_empty()
    rows.filter(has_text=inner[3].number).locator("input").uncheck()
    shoot(page, "30-bulk-before")
    dialog.get_by_role("button", name="开始").click()
    expect(dialog.locator("[role=status]").last).to_have_text("完成 2 件，未成 0 件，没做 0 件。")
    expect(dialog.locator("[data-outcome=ok]")).to_have_count(2)
    expect(dialog.get_by_role("button", name="撤销")).to_have_count(0)  # nothing takes it back
    assert Incident.objects.filter(state="accepted").count() == 3
    page.keyboard.press("Escape")
    page.locator("[data-chip=within]").click()
    expect(page.locator(ROWS)).to_have_count(5)


def test_many_are_refused_and_taken_back_row_by_row(desk: Desk, world: World) -> None:
    incidents = [report(world, inside(0.4 + n / 20, 0.5)) for n in range(3)]
    page = desk()
    expect(page.locator(ROWS)).to_have_count(3)
    page.locator("#bulk").click()
    dialog = page.locator("#bulk-dialog")
    page.get_by_label("做什么").select_option("refuse")
    expect(dialog.locator(".note").first).to_contain_text("3 件中有 3 件可以不予立案。")
    dialog.get_by_role("button", name="开始").click()
    expect(dialog.locator(".ask .fault").first).not_to_be_empty()
    assert not Incident.objects.filter(state="void").exists()
    dialog.get_by_label("测试").check()
    dialog.locator("textarea").fill("演练")
    dialog.get_by_role("button", name="开始").click()
    sums = dialog.locator("[role=status]").last
    expect(sums).to_have_text("完成 3 件，未成 0 件，没做 0 件。")
    shoot(page, "31-bulk-after")
    assert Incident.objects.filter(state="void").count() == 3
    do(world, "restore", incidents[0].pk)  # somebody else was first
    dialog.get_by_role("button", name="撤销这 3 件").click()
    expect(sums).to_have_text("完成 2 件，未成 1 件，没做 0 件。")
    expect(dialog.locator("[data-outcome=not]")).to_have_count(1)
    assert Incident.objects.filter(state="reported").count() == 3
    page.keyboard.press("Escape")
    expect(page.locator(ROWS)).to_have_count(3)


def test_many_are_whistled_for_and_returned_with_one_form(desk: Desk, world: World) -> None:
    add_units(world)
    worker = Worker.objects.get(code="guo")
    Assignment.objects.create(worker=worker, area=world.areas["A"], role=Role.OPERATOR)
    incidents = [report(world, inside(0.4 + n / 20, 0.5)) for n in range(2)]
    for incident in incidents:
        do(world, "accept", incident.pk)
    page = desk("guo")
    expect(page.locator(ROWS)).to_have_count(2)
    page.keyboard.press("b")
    dialog = page.locator("#bulk-dialog")
    sums = dialog.locator("[role=status]").last
    page.get_by_label("做什么").select_option("whistle")
    dialog.get_by_role("group", name="牵头单位").get_by_label("路灯管理所").check()
    dialog.get_by_role("group", name="协办单位").get_by_label("园林所").check()
    dialog.get_by_role("button", name="开始").click()
    expect(sums).to_have_text("完成 2 件，未成 0 件，没做 0 件。")
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.get_by_label("做什么").select_option("return")
    expect(dialog.get_by_label("不属于法定职责")).to_be_checked()
    dialog.get_by_label("园林所").check()
    shoot(page, "32-bulk-return")
    dialog.get_by_role("button", name="开始").click()
    expect(sums).to_have_text("完成 2 件，未成 0 件，没做 0 件。")
    assert set(Incident.objects.values_list("state", "returns")) == {("accepted", 1)}


def test_letters_do_the_deeds_that_are_open(desk: Desk, world: World) -> None:
    incident = report(world)
    page = desk()
    row(page, incident).click()
    expect(page.locator("#drawer [data-deed=accept] kbd")).to_have_text("A")
    page.keyboard.press("d")
    expect(page.locator("#deed")).to_be_hidden()
    page.keyboard.press("Shift+A")
    expect(page.locator("#deed form[data-deed=accept] [type=submit]")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(row(page, incident)).to_have_attribute("data-state", "accepted")
    expect(page.locator("#drawer [data-deed=dispatch]")).to_be_visible()
    page.keyboard.press("d")
    expect(page.locator("#deed form[data-deed=dispatch]")).to_be_visible()


def test_an_emergency_sounds_until_it_is_silenced(desk: Desk, world: World) -> None:
    Category.objects.filter(code="manhole").update(emergency=True)
    page = desk()
    page.evaluate(
        """() => {
        window.tones = 0;
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (...how) {
            window.tones += 1;
            start.apply(this, how);
        };
    }"""
    )
    page.keyboard.press("k")
    calm = report(world)
    expect(row(page, calm)).to_be_visible()
    expect(page.locator("#alarm")).to_be_hidden()

    incident = report(world, category="manhole")
    expect(page.locator("#alarm")).to_contain_text(incident.number)
    expect(page.locator("body")).to_have_attribute("data-alarm", "on")
    assert page.evaluate("window.tones") == 4
    page.locator("#alarm").get_by_role("button", name="查看").click()
    expect(page.locator("#drawer header .number")).to_have_text(incident.number)
    expect(page.locator("#alarm")).to_be_hidden()

    page.locator("#mute").click()
    page.reload()
    expect(page.locator("#mute")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#alarm")).to_be_hidden()


def test_who_is_on_duty_and_where_in_an_emergency(desk: Desk, world: World) -> None:
    li = world.actor("li")
    on_duty.switch_on(li, timezone.now())
    on_duty.place(li, Point(*inside(0.9, 0.9), srid=4326), 9, timezone.now())
    page = desk()
    page.locator("#roster-button").click()
    roster = page.locator("#roster")
    expect(roster.locator(".emergency")).to_contain_text("Li")
    roster.get_by_role("searchbox").fill("wang")
    expect(roster.locator(".roster > section:not(.emergency) li")).to_have_count(1)
    expect(roster.locator(".roster > section:not(.emergency) a")).to_have_attribute(
        "href", "tel:13800000001"
    )
    roster.get_by_role("button", name=re.compile("位置")).click()
    expect(roster).to_be_hidden()
    lon, lat = inside(0.9, 0.9)
    page.wait_for_function(
        "([lon, lat]) => { const [z, y, x] = location.hash.slice(1).split(/[/?]/).map(Number);"
        " return z >= 16 && Math.abs(x - lon) < .006 && Math.abs(y - lat) < .004; }",
        arg=[lon, lat],
    )


def test_a_day_is_played_again_and_left_by_one_tap(desk: Desk, world: World) -> None:
    now = timezone.localtime()
    incident = report(world)
    page = desk()
    expect(page.locator(ROWS)).to_have_count(1)
    page.locator("#replay-button").click()
    bar = page.locator("#replay")
    expect(bar.locator("[role=status]")).to_contain_text("这一天共 1 件")
    expect(page.locator(ROWS)).to_have_count(0)
    slider = bar.get_by_role("slider")
    slider.fill("86400")
    expect(row(page, incident)).to_be_visible()
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(ROWS)).to_have_count(0)
    slider.fill(str(max(0, now.hour - 1) * 3600))
    bar.locator("select").select_option("3600")
    bar.get_by_role("button", name="播放").click()
    expect(row(page, incident)).to_be_visible(timeout=40_000)
    assert page.locator("#replay output").inner_text() >= f"{now:%H}:00"
    bar.get_by_role("button", name="回到实时").click()
    expect(bar).to_be_hidden()
    later = report(world)
    expect(row(page, later)).to_be_visible()
