"""What waits on the phone: conflicts, what needs a person, two tabs, a full disk."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog, Page, Request, expect

from incidents.actions import To
from incidents.models import Attachment, Event, Incident
from tests.browser.test_field_offline_drafts import kept, until_kept
from tests.browser.test_field_reach import Audit
from tests.phone import (
    Phone,
    add_photo,
    choose,
    expect_delivered,
    open_task,
    reported,
    submit,
    take,
)
from tests.product import Product
from tests.world import World, do

pytestmark = pytest.mark.browser

REPORTS = "**/api/field/reports"
DEEDS = re.compile(r"/api/incidents/[^/]+/deeds/")
# The store as the first version of the page made it, filled with what the present one holds.
OLDER = """async () => {
  const asked = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  let db = await asked(indexedDB.open('gis-grid-field'));
  const all = (name) => asked(db.transaction(name).objectStore(name).getAll());
  const [items, photos] = [await all('reports'), await all('photos')];
  db.close();
  await asked(indexedDB.deleteDatabase('gis-grid-field'));
  const opening = indexedDB.open('gis-grid-field', 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore('reports', { keyPath: 'order', autoIncrement: true })
      .createIndex('id', 'id', { unique: true });
    opening.result.createObjectStore('photos', { keyPath: 'id' });
  };
  db = await asked(opening);
  const writing = db.transaction(['reports', 'photos'], 'readwrite');
  items.forEach(({ kind, form, seen, code, status, part, current, ...row }) => {
    row.photos = row.photos.map(({ id, sha256 }) => ({ id, sha256 }));
    writing.objectStore('reports').add(row);
  });
  photos.forEach(({ id, bytes, type }) => writing.objectStore('photos').put({ id, bytes, type }));
  await new Promise((resolve) => { writing.oncomplete = resolve; });
  db.close();
}"""


def refuse(status: int, code: str, message: str = "不行") -> Any:
    """Return a handler that answers with the error contract."""
    body = {"code": code, "message": message, "fields": {}, "retryable": False}
    return lambda route: route.fulfill(
        status=status, content_type="application/json", body=json.dumps(body)
    )


def expect_queue(page: Page, words: str) -> None:
    expect(page.locator("#queue-state")).to_have_text(words)


def report_now(page: Page, picture: Path) -> None:
    take(page, picture)
    choose(page)
    submit(page)


def then(world: World, incident: Incident, *steps: tuple[str, str, dict[str, Any]]) -> Incident:
    """Do steps just now: (deed, by, details)."""
    for deed, by, details in steps:
        incident = do(world, deed, incident, by=by, at=timezone.now(), **details)
    return incident


def in_hand(world: World) -> Incident:
    """Return a task that Li has signed."""
    to_li = ("dispatch", "chen", {"to": To(area="A1")})
    return then(world, reported(world), ("accept", "chen", {}), to_li, ("sign", "li", {}))


MEANWHILE = ("remark", "chen", {"note": "请抓紧"})


def answer_offline(page: Page, picture: Path | None = None) -> None:
    """Answer while there is no network, and go home."""
    open_task(page).get_by_role("button", name="反馈").click()
    page.get_by_label("怎么办的").fill("已换新灯泡")
    if picture:
        add_photo(page, picture)
    page.context.set_offline(True)
    page.locator("#deed-send").click()
    expect(page.locator("#detail .notice").first).to_contain_text("已保存在本机")
    page.go_back()
    expect_queue(page, "已保存在本机 · 待发送 1")


# --- somebody was first -------------------------------------------------------------------------


def test_both_versions_are_shown_and_the_worker_insists(
    phone: Phone, world: World, picture: Path
) -> None:
    incident = in_hand(world)
    page = phone()
    answer_offline(page, picture)
    then(world, incident, MEANWHILE)
    page.context.set_offline(False)
    expect_queue(page, "需处理 1")

    page.locator("#queue-state").click()
    conflict = page.locator("#queue .conflict")
    expect(conflict).to_contain_text("您看到的")
    expect(conflict).to_contain_text("请抓紧")
    expect(conflict).to_contain_text("已换新灯泡")
    audit = Audit(page)
    audit.look("conflict")
    audit.tell()
    conflict.get_by_role("button", name="仍然提交").click()
    expect_queue(page, "已送达")
    assert Event.objects.get(incident=incident, kind="answer").note == "已换新灯泡"
    assert incident.attachments.stored().count() == 1


def test_what_can_no_longer_be_done_is_added_as_a_remark(
    phone: Phone, world: World, picture: Path
) -> None:
    incident = in_hand(world)
    page = phone()
    answer_offline(page, picture)
    then(world, incident, ("answer", "li", {"note": "别处答了"}))
    page.context.set_offline(False)
    expect_queue(page, "需处理 1")

    page.locator("#queue-state").click()
    conflict = page.locator("#queue .conflict")
    expect(conflict).to_contain_text("现在不能再这样办了。")
    expect(conflict.locator("tbody tr").first).to_contain_text("处置中")
    expect(conflict.locator("tbody tr").first).to_contain_text("已反馈")
    expect(conflict.get_by_role("button", name="仍然提交")).to_have_count(0)
    conflict.get_by_role("button", name="作为备注提交").click()
    expect_queue(page, "已送达")
    assert Event.objects.get(incident=incident, kind="remark").note == "已换新灯泡"
    assert Event.objects.get(incident=incident, kind="answer").note == "别处答了"
    assert incident.attachments.stored().count() == 1


def test_giving_up_asks_first(phone: Phone, world: World) -> None:
    incident = in_hand(world)
    page = phone()
    answer_offline(page)
    then(world, incident, MEANWHILE)
    page.context.set_offline(False)
    expect_queue(page, "需处理 1")
    page.locator("#queue-state").click()
    answers = [False, True]
    page.on("dialog", lambda d: d.accept() if answers.pop(0) else d.dismiss())
    page.locator("#queue").get_by_role("button", name="放弃").click()
    expect_queue(page, "需处理 1")
    page.locator("#queue").get_by_role("button", name="放弃").click()
    expect_queue(page, "没有待发送")
    assert not Event.objects.filter(incident=incident, kind="answer").exists()


def test_a_case_that_left_my_area_is_said_and_kept(phone: Phone, world: World) -> None:
    incident = in_hand(world)
    page = phone()
    answer_offline(page)
    page.route(DEEDS, refuse(404, "not_found", "未找到"))
    page.context.set_offline(False)
    expect_queue(page, "需处理 1")
    page.locator("#queue-state").click()
    expect(page.locator("#queue .row")).to_contain_text("这一件已经不归您办")
    expect(page.locator("#queue").get_by_role("button", name="导出")).to_be_visible()
    assert not Event.objects.filter(incident=incident, kind="answer").exists()


def test_two_steps_made_on_one_look_both_arrive(phone: Phone, world: World) -> None:
    incident = in_hand(world)
    page = phone()
    detail = open_task(page)
    detail.locator(".dock").wait_for()
    page.context.set_offline(True)
    detail.get_by_role("button", name="更多").click()
    page.locator("#deeds-list").get_by_role("button", name="备注").click()
    page.locator("#deed-fields textarea").fill("先说一声")
    page.locator("#deed-send").click()
    expect(detail.locator(".notice").first).to_contain_text("已保存在本机")
    detail.get_by_role("button", name="反馈").click()
    page.get_by_label("怎么办的").fill("已换新灯泡")
    page.locator("#deed-send").click()
    expect(detail.locator(".notice").first).to_contain_text("反馈：已保存在本机")
    page.go_back()
    expect_queue(page, "已保存在本机 · 待发送 2")
    page.context.set_offline(False)
    expect_queue(page, "已送达")
    told = Event.objects.filter(incident=incident, kind__in=["remark", "answer"]).order_by("pk")
    assert [(each.kind, each.note) for each in told] == [
        ("remark", "先说一声"),
        ("answer", "已换新灯泡"),
    ]


# --- what needs a person ------------------------------------------------------------------------


def test_a_refused_report_is_corrected_in_its_form(phone: Phone, picture: Path) -> None:
    page = phone()
    page.route(REPORTS, refuse(422, "words_wrong", "请改说明。"))
    report_now(page, picture)
    expect(page.locator("#done-title")).to_have_text("需处理，内容还在本机")
    page.get_by_role("button", name="我的上报").click()
    page.unroute(REPORTS)
    page.locator("#queue").get_by_role("button", name="修改").click()
    expect(page.locator("#thumbs img")).to_have_count(1)
    page.get_by_label("补充说明").fill("改好了")
    submit(page)
    expect_delivered(page)
    assert Incident.objects.get().words == "改好了"
    assert Attachment.objects.get(incident=Incident.objects.get()).stored_at is not None


def test_a_refused_answer_is_corrected_in_its_form(
    phone: Phone, world: World, picture: Path
) -> None:
    incident = in_hand(world)
    page = phone()
    answer_offline(page, picture)
    page.route(DEEDS, refuse(422, "note_wrong", "请改说明。"))
    page.context.set_offline(False)
    expect_queue(page, "需处理 1")
    page.unroute(DEEDS)
    page.locator("#queue-state").click()
    page.locator("#queue").get_by_role("button", name="修改").click()
    expect(page.get_by_label("怎么办的")).to_have_value("已换新灯泡")
    expect(page.locator(".deed-photos img")).to_have_count(1)
    page.get_by_label("怎么办的").fill("换了两个")
    page.locator("#deed-send").click()
    expect(page.locator("#detail").get_by_role("status").first).to_have_text("反馈：已送达。")
    assert Event.objects.get(incident=incident, kind="answer").note == "换了两个"
    assert kept(page)["items"] == []


def test_only_the_photo_is_missing_and_that_is_said(phone: Phone, picture: Path) -> None:
    page = phone()
    page.route("**/photos/*", refuse(413, "photo_too_large", "照片太大。"))
    report_now(page, picture)
    page.get_by_role("button", name="我的上报").click()
    row = page.locator("#queue .row")
    expect(row).to_contain_text("事件已送达，只有照片没有送到：照片太大。")
    expect(row.get_by_role("button", name="修改")).to_have_count(0)  # it would be a second report
    page.unroute("**/photos/*")
    row.get_by_role("button", name="再发一次").click()
    expect_queue(page, "已送达")
    assert Incident.objects.count() == 1
    assert Attachment.objects.get().stored_at is not None


def test_everything_unsent_can_be_saved_elsewhere(
    phone: Phone, picture: Path, tmp_path: Path
) -> None:
    page = phone()
    page.route(REPORTS, lambda route: route.abort())
    report_now(page, picture)
    expect(page.locator("#done-title")).to_have_text("已保存在本机")
    page.get_by_role("button", name="我的上报").click()
    with page.expect_download() as downloading:
        page.locator("#save-out").click()
    assert downloading.value.suggested_filename.startswith("网格待发送-li-")
    downloading.value.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "all.zip").read_bytes())) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        content, photo = names
        assert content.startswith("01 井盖缺失破损 ")
        assert content.endswith("/内容.json")
        assert photo.endswith("/照片1.jpg")
        assert json.loads(archive.read(content))["body"]["category"] == "manhole"
        assert len(archive.read(photo)) == kept(page)["photos"][0]["size"]
    assert len(kept(page)["items"]) == 1, "saving elsewhere takes nothing out of the queue"


# --- order, tabs, sessions ----------------------------------------------------------------------


def test_two_tabs_send_one_report_in_turn(phone: Phone, picture: Path) -> None:
    page = phone()
    other = page.context.new_page()
    other.goto("/field/")
    posts: list[Request] = []
    page.context.on("requestfinished", lambda r: posts.append(r) if r.method == "POST" else None)
    page.context.set_offline(True)
    report_now(page, picture)
    expect(page.locator("#done-title")).to_have_text("已保存在本机")
    page.context.set_offline(False)  # both hear it
    until_kept(other, "!found.items.length")
    page.reload(wait_until="networkidle")  # whatever was sent has been told by now
    assert Incident.objects.count() == 1
    times = sorted(spans(posts))
    assert times
    assert all(end <= start for (_start, end), (start, _end) in pairwise(times)), times


def spans(posts: list[Request]) -> Iterator[tuple[float, float]]:
    """From when to when a report was under way, in ms."""
    for timing in (post.timing for post in posts if post.url.endswith("/reports")):
        yield timing["startTime"], timing["startTime"] + timing["responseEnd"]


def test_what_an_older_page_kept_arrives(phone: Phone, world: World, picture: Path) -> None:
    incident = in_hand(world)
    page = phone()
    page.route(REPORTS, lambda route: route.abort())
    page.route(DEEDS, lambda route: route.abort())
    report_now(page, picture)
    expect(page.locator("#done-title")).to_have_text("已保存在本机")
    page.get_by_role("button", name="再报一件").click()
    open_task(page).get_by_role("button", name="反馈").click()
    page.get_by_label("怎么办的").fill("已换新灯泡")
    add_photo(page, picture)
    page.locator("#deed-send").click()
    expect(page.locator("#detail .notice").first).to_contain_text("已保存在本机")
    page.goto("/healthz")
    page.evaluate(OLDER)
    page.unroute(REPORTS)
    page.unroute(DEEDS)
    page.goto("/field/")
    expect_queue(page, "已送达")

    assert Event.objects.get(incident=incident, kind="answer").note == "已换新灯泡"
    mine = Incident.objects.exclude(pk=incident.pk).get()
    assert mine.attachments.stored().count() == incident.attachments.stored().count() == 1
    assert kept(page) == {"drafts": [], "items": [], "photos": []}


def test_logging_out_asks_about_what_is_not_sent(phone: Phone, picture: Path) -> None:
    page = phone()
    page.route(REPORTS, lambda route: route.abort())
    report_now(page, picture)
    expect(page.locator("#done-title")).to_have_text("已保存在本机")
    page.goto("/")
    told: list[str] = []

    def answer(dialog: Dialog) -> None:
        told.append(dialog.message)
        (dialog.accept if len(told) > 1 else dialog.dismiss)()

    page.on("dialog", answer)
    leave = page.get_by_role("button", name="退出")
    leave.click()
    expect(leave).to_be_visible()
    leave.click()
    expect(page.get_by_role("link", name="登录")).to_be_visible()
    assert len(told) == 2
    assert "1 件没有送达" in told[0]
    assert len(kept(page)["items"]) == 1


# --- the room on the phone ----------------------------------------------------------------------


def test_a_full_phone_is_told_and_the_form_keeps_everything(
    phone: Phone, picture: Path, product: Product
) -> None:
    page = phone()
    devtools = page.context.new_cdp_session(page)
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": product.url, "quotaSize": 1})
    take(page, picture)
    problem = page.locator("#form-problem")
    for second in range(90):  # for a while the browser goes by the room it counted before
        if problem.is_visible():
            break
        page.locator("[name=words]").fill(f"井盖 {second}")
        page.wait_for_timeout(1000)
    expect(problem).to_contain_text("本机存储已满")
    choose(page)
    submit(page)
    expect(page.locator("#form-problem")).to_contain_text("本机存储已满")
    expect(page.locator("#thumbs img")).to_have_count(1)
    assert not Incident.objects.exists()
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": product.url})
    submit(page)
    expect_delivered(page)
    assert Incident.objects.count() == 1


def test_little_room_is_said_before_it_is_none(phone: Phone, picture: Path) -> None:
    page = phone()
    page.route(REPORTS, lambda route: route.abort())
    report_now(page, picture)
    expect(page.locator("#done-title")).to_have_text("已保存在本机")
    page.evaluate(
        "navigator.storage.estimate = async () => ({ usage: 91e6, quota: 100e6 })"
    )  # Chromium has a way to make the room small, but not to make it say so
    page.get_by_role("button", name="再报一件").click()
    page.locator("#queue-state").click()
    page.get_by_role("button", name="立即发送").click()
    expect(page.locator("#storage-full")).to_contain_text("本机存储已用 91%")


def test_without_a_database_it_is_sent_at_once(phone: Phone, picture: Path) -> None:
    page = phone()
    page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { value: undefined, configurable: true })"
    )
    page.reload()
    expect(page.locator("#not-lasting")).to_be_visible()
    report_now(page, picture)
    expect_delivered(page)
    assert Attachment.objects.get(incident=Incident.objects.get()).stored_at is not None
