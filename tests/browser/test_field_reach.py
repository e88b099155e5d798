"""Everybody can use the phone page: by thumb, in the sun, by keyboard, by ear, on small screens."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from incidents.actions import To
from incidents.models import Incident
from tests.browser.test_phone_deeds import answered, given, press, then
from tests.phone import Phone, choose, expect_delivered, reported, submit, take
from tests.world import World, add_units, inside

pytestmark = pytest.mark.browser

AUDIT, CUT = ((Path(__file__).parent / name).read_text("utf-8") for name in ("reach.js", "cut.js"))
LEAST = {"target": 48, "main": 56, "text": 17, "contrast": 7}
FOCUS = """() => {
  const e = document.activeElement;
  const face = e.closest('label.shutter, label.add') || e;
  const style = getComputedStyle(face);
  return {
    id: e.id, name: e.textContent.trim(),
    seen: e === document.body
      || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2),
  };
}"""
TOLD = {
    "queue-state": "polite",
    "signed-out": "alert",
    "no-start": "alert",
    "form-problem": "alert",
    "deed-problem": "alert",
    "deed-distance": "status",
    "similar": "polite",
    "types-found": "status",
    "map-title": "status",
    "done-title": "status",
}
NEAR_BORDER = inside(0.98, 0.5)


class Audit:
    """Looks at screens in every light, and remembers what keeps people out."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []
        self.screens: dict[str, tuple[int, int, float]] = {}

    def look(self, screen: str) -> None:
        """Audit the screen in view: light, dark and in sunlight."""
        for theme in ("light", "dark", "sunlight"):
            scheme: Literal["dark", "light"] = "dark" if theme == "dark" else "light"
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            self.page.evaluate(
                "(on) => { document.documentElement.dataset.sunlight = on }",
                "on" if theme == "sunlight" else "off",
            )
            told: dict[str, Any] = self.page.evaluate(AUDIT, LEAST)
            self.found += [f"{screen}, {theme}: {sentence}" for sentence in told["found"]]
            before = self.screens.get(screen, (0, 0, 99.0))
            figures = (told["controls"], told["texts"], min(before[2], told["contrast"]))
            self.screens[screen] = figures

    def tell(self) -> None:
        """Print the figures, fail with what was found."""
        for screen, (controls, texts, contrast) in self.screens.items():
            sys.stdout.write(
                f"{screen}: {controls} controls, {texts} texts, contrast {contrast:.2f}\n"
            )
        assert not self.found, "\n".join(self.found)


def deed_forms(page: Page, look: Callable[[str], None]) -> int:
    """Open each deed of the incident in view that asks something; returns how many."""
    detail = page.locator("#detail")
    at_once = {"受理", "签收", "自己处置", "签到", "恢复"}
    names = [name for name in detail.locator(".dock .button").all_inner_texts() if name != "更多"]
    forms = [name for name in names if name not in at_once]
    for name in forms:
        detail.locator(".dock").get_by_role("button", name=name, exact=True).click()
        look_at_form(page, look, name)
    more = detail.get_by_role("button", name="更多")
    if not more.count():
        return len(forms)
    more.click()
    look("deeds")
    rows = page.locator("#deeds-list .row")
    titles = rows.locator("strong").all_inner_texts()
    page.go_back()
    for title in titles:
        more.click()
        rows.filter(has=page.get_by_text(title, exact=True)).first.click()
        look_at_form(page, look, title)
    return len(forms) + len(titles)


def look_at_form(page: Page, look: Callable[[str], None], name: str) -> None:
    expect(page.locator("#deed-send")).to_be_enabled()
    look(f"deed {name}")
    page.go_back()
    expect(page.locator("#detail")).to_be_visible()


def open_number(page: Page, incident: Incident) -> None:
    page.evaluate("(id) => { location.hash = `incident/${id}` }", str(incident.pk))
    expect(page.locator("#detail .dock")).to_be_visible()


def test_a_report_can_be_hit_read_and_heard(phone: Phone, picture: Path, world: World) -> None:
    reported(world, by="li", category="manhole", place=NEAR_BORDER)
    page = phone(at=NEAR_BORDER, accuracy=30)
    audit = Audit(page)
    expect(page.locator("[data-screen=home] .place-title")).to_have_text("翠湖第一网格")
    expect(page.locator("#queue-state")).not_to_be_empty()
    audit.look("home")
    take(page, picture)
    expect(page.locator("#question")).to_be_visible()
    choose(page)
    expect(page.locator("#similar")).to_be_visible()
    page.locator("[name=settled]").click()
    audit.look("form")
    page.get_by_role("button", name="全部类型").click()
    audit.look("types")
    page.get_by_label("搜索类型").fill("没有这种")
    audit.look("types, nothing found")
    page.go_back()
    page.locator("[data-screen=form] [data-change]").click()
    expect(page.locator("#map-title")).to_have_text("翠湖第一网格")
    expect(page.locator(".place-name").first).to_be_visible()
    audit.look("map")
    page.go_back()
    page.locator("[name=settled]").click()
    submit(page)
    expect_delivered(page)
    audit.look("done")
    page.locator("#done-mine").click()
    expect(page.locator("#mine .row").first).to_be_visible()
    audit.look("mine")
    audit.tell()


def test_what_waits_and_what_needs_a_hand_can_be_read(phone: Phone, picture: Path) -> None:
    page = phone()
    audit = Audit(page)
    refusal = {
        "code": "category_unknown",
        "message": "请选择类型。",
        "fields": {},
        "retryable": False,
    }
    page.route(
        "**/api/field/reports",
        lambda r: (
            r.fulfill(status=422, json=refusal) if r.request.method == "POST" else r.continue_()
        ),
    )
    take(page, picture)
    choose(page)
    submit(page)
    expect(page.locator("#done-title")).to_contain_text("需处理")
    audit.look("done, stuck")
    page.locator("#done-mine").click()
    expect(page.locator("#queue > li").first).to_be_visible()
    audit.look("queue")
    page.context.set_offline(True)
    page.get_by_role("button", name="我的任务").click()
    audit.look("tasks, offline")
    audit.tell()


def test_tasks_and_every_form_can_be_hit_read_and_heard(phone: Phone, world: World) -> None:
    add_units(world)
    tasks = [
        reported(world),
        then(world, reported(world), ("accept", "li", {}), ("start", "li", {})),
        then(world, given(world, To(area="A1")), ("sign", "li", {})),
        answered(world),
    ]
    li = phone()
    audit = Audit(li)
    li.get_by_role("button", name="我的任务").click()
    expect(li.locator("#tasks .row").first).to_be_visible()
    audit.look("tasks")
    forms = 0
    for incident in tasks:
        open_number(li, incident)
        audit.look(f"detail, {incident.state}")
        forms += deed_forms(li, audit.look)
        li.go_back()
    zhao = audit.page = phone("zhao", at=inside(0.9))
    open_number(zhao, tasks[-1])
    press(zhao.locator("#detail"), "核查通过")
    expect(zhao.locator("#deed-distance")).to_be_visible()
    audit.look("deed 核查通过")
    audit.tell()
    assert forms >= 10
    sys.stdout.write(f"{forms} forms of deeds\n")


def tab_to(page: Page, selector: str, most: int = 40) -> None:
    """Press Tab until the element has the focus; each stop on the way has to be seen."""
    target = page.locator(selector).first
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        assert stop["seen"], f"no ring: {stop}"
        if target.evaluate("(e) => e === document.activeElement"):
            return
    pytest.fail(f"{most} times Tab and not at {selector}")


def test_a_whole_report_by_keyboard_alone(phone: Phone, picture: Path) -> None:
    page = phone(at=NEAR_BORDER, accuracy=30, is_mobile=False, has_touch=False)
    expect(page.locator("[data-screen=home] .place-title")).to_have_text("翠湖第一网格")
    tab_to(page, "#fresh input[type=file]")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(picture)
    page.locator("#thumbs img").wait_for()
    page.locator("#question").wait_for()

    tab_to(page, "#all-types")
    page.keyboard.press("Enter")
    tab_to(page, "#type-search")
    page.keyboard.type("jg")
    expect(page.locator("#types-found")).to_have_text("找到 1 类")
    page.keyboard.press("Enter")
    expect(page.locator("#chips [aria-pressed=true]")).to_have_text("井盖缺失破损")
    tab_to(page, "#question [data-key=A2]")
    page.keyboard.press("Enter")
    held = page.locator("#question [data-key=A2]")
    expect(held).to_have_attribute("aria-pressed", "true")
    expect(held).to_be_focused()
    tab_to(page, "[data-screen=form] [data-change]", most=60)
    page.keyboard.press("Enter")
    tab_to(page, "#map-right")
    page.keyboard.press("Enter")
    tab_to(page, "#map-done")
    page.keyboard.press("Enter")
    expect(page.locator("[data-screen=form]")).to_be_visible()
    tab_to(page, "[name=words]")
    page.keyboard.type("缺了一半")
    tab_to(page, "#submit")
    page.keyboard.press("Enter")
    expect_delivered(page)
    assert Incident.objects.get().words == "缺了一半"


def test_a_task_by_keyboard_alone(phone: Phone, world: World) -> None:
    incident = reported(world)
    page = phone(is_mobile=False, has_touch=False)
    tab_to(page, "[data-tab=tasks]")
    page.keyboard.press("Enter")
    expect(page.locator("#tasks .row").first).to_be_visible()
    tab_to(page, "#tasks .row")
    page.keyboard.press("Enter")
    detail = page.locator("#detail")
    for deed, told in (("受理", "受理：已送达。"), ("自己处置", "自己处置：已送达。")):
        expect(detail.get_by_role("button", name=deed)).to_be_visible()
        tab_to(page, f"#detail .dock button:text-is('{deed}')")
        page.keyboard.press("Enter")
        expect(detail.get_by_role("status")).to_have_text(told)
    tab_to(page, "#detail .dock button:text-is('反馈')")
    page.keyboard.press("Enter")
    expect(page.locator("#deed-send")).to_be_enabled()
    tab_to(page, "#deed-fields textarea")
    page.keyboard.type("已换新灯泡")
    tab_to(page, "#deed-send")
    page.keyboard.press("Enter")
    expect(detail.get_by_role("status")).to_have_text("反馈：已送达。")
    incident.refresh_from_db()
    assert incident.state == "answered"


def test_what_changes_by_itself_is_told_to_who_listens(phone: Phone) -> None:
    page = phone()
    live = page.evaluate(
        """(ids) => Object.fromEntries(ids.map((id) => {
             const at = document.getElementById(id);
             const region = at.closest('[aria-live], [role=status], [role=alert]');
             const { ariaLive, role } = region || {};
             return [id, region && (ariaLive || role)];
           }))""",
        list(TOLD),
    )
    assert live == TOLD


@pytest.mark.parametrize(("width", "height", "zoom"), [(320, 568, 1), (320, 568, 2), (640, 360, 1)])
def test_small_screens_large_type_and_lying_phones(
    phone: Phone, picture: Path, world: World, width: int, height: int, zoom: int
) -> None:
    incident = reported(world)
    page = phone(at=NEAR_BORDER, accuracy=30, viewport={"width": width, "height": height})
    style = f":root {{ font-size: {16 * zoom}px !important }}"
    page.add_init_script(
        f"document.addEventListener('DOMContentLoaded', () => {{"
        f"const s = new CSSStyleSheet(); s.replaceSync('{style}');"
        f"document.adoptedStyleSheets = [s]; }})"
    )
    page.reload()
    cut: list[str] = []

    def look(screen: str) -> None:
        cut.extend(f"{screen}: {sentence}" for sentence in page.evaluate(CUT))

    expect(page.locator("[data-screen=home] .place-title")).to_have_text("翠湖第一网格")
    look("home")
    take(page, picture)
    expect(page.locator("#question")).to_be_visible()
    choose(page)
    look("form")
    page.get_by_role("button", name="全部类型").click()
    look("types")
    page.go_back()
    page.locator("[data-screen=form] [data-change]").click()
    expect(page.locator("#map-title")).to_have_text("翠湖第一网格")
    look("map")
    page.go_back()
    submit(page)
    expect_delivered(page)
    look("done")
    open_number(page, incident)
    look("detail")
    assert not cut, "\n".join(cut)


def test_nothing_moves_for_who_asked_for_rest(phone: Phone, picture: Path) -> None:
    page = phone(reduced_motion="reduce")
    take(page, picture)
    page.locator("[data-screen=form] [data-change]").click()
    page.locator(".leaflet-container").wait_for()
    moving = page.evaluate(
        """() => Array.from(document.querySelectorAll('*')).filter((e) => {
             const { transitionDuration, animationName } = getComputedStyle(e);
             const takes = transitionDuration.split(',').some((time) => parseFloat(time) > 0);
             return takes || animationName !== 'none';
           }).map((e) => e.className || e.tagName)"""
    )
    assert moving == []


def test_a_report_takes_four_taps_within_reach_of_a_thumb(phone: Phone, picture: Path) -> None:
    page = phone()
    page.evaluate(
        """() => {
          window.taps = [];
          document.addEventListener('click', (event) => {
            if (event.isTrusted) window.taps.push(event.clientY / window.innerHeight);
          }, true);
        }"""
    )
    with page.expect_file_chooser() as chooser:
        page.locator(".shutter").tap()
    chooser.value.set_files(picture)  # the shutter of the camera itself: the second tap
    page.locator("#thumbs img").wait_for()
    page.locator("#chips").get_by_role("button", name="井盖缺失破损").tap()
    page.locator("#submit").tap()
    expect_delivered(page)
    taps = page.evaluate("window.taps")
    sys.stdout.write(f"taps {len(taps)} + 1 in the camera, heights {[round(y, 2) for y in taps]}\n")
    assert len(taps) + 1 <= 4
    assert min(taps) > 0.25  # nothing at the top, where no thumb reaches
