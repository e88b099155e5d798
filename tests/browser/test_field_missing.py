"""One power of the browser is missing: a report is made and sent all the same, and it is said."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from incidents.models import Attachment, Incident
from tests.phone import Phone, choose, expect_delivered, submit, take
from tests.product import Product

pytestmark = pytest.mark.browser

GONE = "Object.defineProperty({0}, '{1}', {{ value: undefined, configurable: true }});"
MISSING = {
    "service worker": GONE.format("Navigator.prototype", "serviceWorker"),
    "database": GONE.format("window", "indexedDB"),
    "database refused": "IDBFactory.prototype.open = () => { throw new DOMException('no') };",
    "database broken": """IDBFactory.prototype.open = () => {
        const request = new EventTarget();
        request.error = new DOMException('no', 'UnknownError');
        setTimeout(() => {
          request.dispatchEvent(new Event('error'));
          if (request.onerror) request.onerror(new Event('error'));
        });
        return request;
      };""",
    "locks": GONE.format("Navigator.prototype", "locks"),
    "storage manager": GONE.format("Navigator.prototype", "storage"),
    "local storage": """Object.defineProperty(window, 'localStorage', {
        get() { throw new DOMException('no', 'SecurityError') } });""",
    "subtle cryptography": GONE.format("Crypto.prototype", "subtle"),
    "caches": GONE.format("window", "caches"),
    "webp": """const toBlob = HTMLCanvasElement.prototype.toBlob;
      HTMLCanvasElement.prototype.toBlob = function only(call, type, quality) {
        toBlob.call(this, call, type === 'image/webp' ? 'image/png' : type, quality);
      };""",
    "image bitmaps": GONE.format("window", "createImageBitmap"),
    "capture": """new MutationObserver(() => document.querySelectorAll('[capture]')
        .forEach((input) => input.removeAttribute('capture')))
        .observe(document, { childList: true, subtree: true });""",
    "pinyin": """const Collator = Intl.Collator;
      Intl.Collator = function plain() { return new Collator('en') };""",
}
NOT_LASTING = {"database", "database refused", "database broken"}


def without(page: Page, power: str) -> list[str]:
    """Open the page again without a power; returns what its scripts complain about, as it comes."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(MISSING[power])
    page.reload()
    return complaints


@pytest.mark.parametrize("power", MISSING)
def test_a_report_is_made_and_sent_without(
    phone: Phone, picture: Path, product: Product, power: str
) -> None:
    page = phone()
    complaints = without(page, power)
    expect(page.locator("[data-screen=home] .place-title")).to_have_text("翠湖第一网格")
    take(page, picture)
    choose(page)
    if power in NOT_LASTING:
        page.go_back()
        expect(page.locator("#not-lasting")).to_be_visible()
        page.locator("#resume").click()
    else:
        expect(page.locator("#not-lasting")).to_be_hidden()
    submit(page)
    expect_delivered(page)

    photo = Attachment.objects.get(incident=Incident.objects.get())
    assert photo.stored_at is not None
    assert complaints == []


def test_without_geolocation_it_is_said_and_the_map_serves(phone: Phone, picture: Path) -> None:
    page = phone()
    page.add_init_script(GONE.format("Navigator.prototype", "geolocation"))
    page.reload()
    home = page.locator("[data-screen=home]")
    expect(home.locator(".place-title")).to_have_text("本机不能定位")
    expect(home.locator("[data-again]")).to_be_hidden()
    take(page, picture)
    choose(page)
    submit(page)
    page.locator(".leaflet-container").wait_for()
    page.get_by_role("button", name="向上").click()
    expect(page.locator("#map-detail")).to_have_text("图上选定的位置")
    page.get_by_role("button", name="就是这里").click()
    submit(page)
    expect_delivered(page)
    assert Incident.objects.get().position_method == "manual"


def test_a_browser_that_cannot_make_webp_sends_jpeg(phone: Phone, picture: Path) -> None:
    page = phone()
    without(page, "webp")
    types: list[str] = []
    page.on(
        "request", lambda r: types.append(r.headers["content-type"]) if r.method == "PUT" else None
    )
    take(page, picture)
    choose(page)
    submit(page)
    expect_delivered(page)
    assert types == ["image/jpeg"]


def test_without_pinyin_types_are_found_by_their_characters(phone: Phone, picture: Path) -> None:
    page = phone()
    without(page, "pinyin")
    take(page, picture)
    page.get_by_role("button", name="全部类型").click()
    page.get_by_label("搜索类型").fill("路灯")
    expect(page.locator("#type-list button")).to_have_text(["路灯不亮"])
    page.get_by_label("搜索类型").fill("ld")
    expect(page.locator("#types-found")).to_have_text("没有这一类，换个词试试。")
