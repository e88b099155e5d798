"""Forms not sent yet: on the phone before the camera opens, back after the page has gone."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from incidents.actions import To
from incidents.models import Attachment, Event, Incident
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
from tests.world import World, do, inside

pytestmark = pytest.mark.browser

RESTORED = "已恢复未提交的内容"
NO_DECODING = "window.createImageBitmap = () => new Promise(() => {})"
KEPT = """async () => {
  const db = await new Promise((resolve) => {
    const request = indexedDB.open('gis-grid-field');
    request.onsuccess = () => resolve(request.result);
  });
  const all = (name) => new Promise((resolve) => {
    const request = db.transaction(name).objectStore(name).getAll();
    request.onsuccess = () => resolve(request.result);
  });
  const [drafts, items, photos] = [await all('drafts'), await all('reports'), await all('photos')];
  db.close();
  const about = ({ id, owner, bytes, raw }) => (
    { id, owner, size: bytes.byteLength, raw: Boolean(raw) });
  return { drafts, items, photos: photos.map(about) };
}"""


def kept(page: Page) -> dict[str, Any]:
    """What this phone holds: drafts, items, photos without their bytes."""
    found: dict[str, Any] = page.evaluate(KEPT)
    return found


def until_kept(page: Page, what: str) -> None:
    """Wait until this, about `found`, is true of what the phone holds."""
    page.wait_for_function(f"({KEPT})().then((found) => {what})")


def killed(page: Page) -> Page:
    """The system takes the page away without a word; people open it again."""
    context: BrowserContext = page.context
    page.close(run_before_unload=False)
    again = context.new_page()
    again.goto("/field/")
    return again


def given(world: World, *, signed: bool = True) -> Incident:
    """Return a task for Li's grid, signed by Li or not yet."""
    incident = reported(world)
    steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("accept", "chen", {}),
        ("dispatch", "chen", {"to": To(area="A1")}),
        ("sign", "li", {}),
    )
    for deed, by, details in steps if signed else steps[:-1]:
        incident = do(world, deed, incident, by=by, at=incident.reported_at, **details)
    return incident


def test_what_was_begun_comes_back_with_its_photo_and_its_place(
    phone: Phone, picture: Path
) -> None:
    page = phone()
    take(page, picture)
    choose(page)
    page.get_by_label("补充说明").fill("缺了一半")
    page.wait_for_timeout(500)  # the promise: a field is on disk by then
    page.context.set_geolocation({"longitude": inside(0.9)[0], "latitude": inside()[1]})
    page = killed(page)

    expect(page.locator("#unfinished-words")).to_have_text(RESTORED)
    expect(page.locator("#unfinished-about")).to_have_text("井盖缺失破损 · 1 张照片 · 缺了一半")
    page.get_by_role("button", name="继续填写").click()
    expect(page.locator("#thumbs img")).to_have_count(1)
    expect(page.locator("#chips [aria-pressed=true]")).to_have_text("井盖缺失破损")
    expect(page.locator("#chips button")).to_have_count(2)  # the town has two
    submit(page)
    expect_delivered(page)

    incident = Incident.objects.get()
    assert (incident.words, incident.category.code) == ("缺了一半", "manhole")
    assert incident.raw_lon == pytest.approx(inside()[0], abs=1e-6)  # where it was begun
    assert Attachment.objects.get(incident=incident).stored_at is not None
    assert kept(page) == {"drafts": [], "items": [], "photos": []}


def test_the_form_is_on_disk_when_the_camera_opens(phone: Phone, picture: Path) -> None:
    page = phone()
    take(page, picture)
    page.get_by_label("补充说明").fill("刚写下")
    with page.expect_file_chooser():
        page.locator("#add-photo input").click()
    page = killed(page)
    expect(page.locator("#unfinished-about")).to_have_text("1 张照片 · 刚写下")


def test_a_picture_is_on_disk_before_it_is_shrunk(phone: Phone, picture: Path) -> None:
    page = phone()
    page.add_init_script(NO_DECODING)
    page.reload()
    page.locator(".shutter input").set_input_files(picture)
    expect(page.locator("#thumbs [aria-busy]")).to_have_count(1)
    until_kept(page, "found.photos.length === 1")
    [raw] = kept(page)["photos"]
    assert (raw["raw"], raw["size"], raw["owner"]) == (True, picture.stat().st_size, "li")

    page = killed(page)
    page.get_by_role("button", name="继续填写").click()
    expect(page.locator("#thumbs img")).to_have_count(1)
    choose(page)
    submit(page)
    expect_delivered(page)
    assert Attachment.objects.get(incident=Incident.objects.get()).stored_at is not None


def test_what_was_discarded_can_be_taken_back(phone: Phone, picture: Path) -> None:
    page = phone()
    take(page, picture)
    page = killed(page)
    page.locator("#discard").click()
    expect(page.locator("#fresh")).to_be_visible()
    page.locator("#discarded button").click()
    page.get_by_role("button", name="继续填写").click()
    expect(page.locator("#thumbs img")).to_have_count(1)


def test_what_was_discarded_is_gone_once_another_one_is_begun(phone: Phone, picture: Path) -> None:
    page = phone()
    take(page, picture)
    page.go_back()
    page.locator("#discard").click()
    take(page, picture)
    expect(page.locator("#thumbs img")).to_have_count(1)
    until_kept(page, "found.photos.length === 1")
    page = killed(page)
    page.get_by_role("button", name="继续填写").click()
    expect(page.locator("#thumbs img")).to_have_count(1)


def test_the_next_one_on_this_phone_sees_no_draft(phone: Phone, picture: Path) -> None:
    page = phone("li")
    take(page, picture)
    page.get_by_label("补充说明").fill("李的")
    page.wait_for_timeout(300)
    context = page.context
    page.close()
    context.clear_cookies()
    other = phone("wang", context=context)
    expect(other.locator(".shutter")).to_be_visible()
    expect(other.locator("#unfinished")).to_be_hidden()
    other.close()
    context.clear_cookies()
    again = phone("li", context=context)
    expect(again.locator("#unfinished-about")).to_have_text("1 张照片 · 李的")


def test_an_answer_that_was_begun_comes_back_with_its_photo(
    phone: Phone, world: World, picture: Path
) -> None:
    incident = given(world)
    page = phone()
    open_task(page).get_by_role("button", name="反馈").click()
    page.get_by_label("怎么办的").fill("已换新灯泡")
    add_photo(page, picture)
    page.wait_for_timeout(300)
    page = killed(page)

    row = page.locator("#deed-drafts .row")
    expect(row).to_contain_text("路灯不亮 · 反馈")
    row.get_by_role("button", name="继续").click()
    expect(page.locator("#deed-restored")).to_be_visible()
    expect(page.get_by_label("怎么办的")).to_have_value("已换新灯泡")
    expect(page.locator(".deed-photos img")).to_have_count(1)
    page.locator("#deed-send").click()
    expect(page.locator("#detail").get_by_role("status").first).to_have_text("反馈：已送达。")

    assert Event.objects.get(incident=incident, kind="answer").note == "已换新灯泡"
    assert incident.attachments.stored().filter(role="after").count() == 1
    page.wait_for_function(
        f"({KEPT})().then(({{ drafts, items }}) => !drafts.length && !items.length)"
    )


def test_an_answer_that_was_begun_can_be_discarded_and_taken_back(
    phone: Phone, world: World
) -> None:
    given(world)
    page = phone()
    detail = open_task(page)
    detail.get_by_role("button", name="反馈").click()
    page.get_by_label("怎么办的").fill("已换")
    page.go_back()
    detail.get_by_role("button", name="反馈").click()
    page.locator("#deed-discard").click()
    expect(page.get_by_label("怎么办的")).to_have_value("")
    page.locator("#deed-undo button").click()
    expect(page.get_by_label("怎么办的")).to_have_value("已换")


def test_choices_come_back_too(phone: Phone, world: World) -> None:
    given(world, signed=False)
    page = phone()
    open_task(page).get_by_role("button", name="退回").click()
    page.get_by_label("不属于法定职责").check()
    page.locator("#deed-fields").get_by_label("说明").fill("是别人的灯")
    page.wait_for_timeout(300)
    page = killed(page)
    page.locator("#deed-drafts").get_by_role("button", name="继续").click()
    expect(page.get_by_label("不属于法定职责")).to_be_checked()
    expect(page.locator("#deed-fields").get_by_label("说明")).to_have_value("是别人的灯")


def test_an_empty_form_is_no_draft(phone: Phone, world: World) -> None:
    given(world)
    page = phone()
    detail = open_task(page)
    detail.get_by_role("button", name="反馈").click()
    page.get_by_label("怎么办的").fill("一")
    page.get_by_label("怎么办的").fill("")
    page.go_back()
    expect(detail.locator(".facts")).to_be_visible()
    page.go_back()
    expect(page.locator("#deed-drafts .row")).to_have_count(0)
    page.get_by_role("button", name="上报", exact=True).click()
    page.get_by_role("button", name="不拍照上报").click()
    page = killed(page)
    expect(page.locator("#fresh")).to_be_visible()
    assert not re.search(RESTORED, page.locator("#unfinished").inner_text())
