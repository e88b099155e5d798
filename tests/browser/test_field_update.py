"""The installed page: how much it weighs, and how a newer version takes its place."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from incidents.models import Incident
from tests.phone import Phone, choose, expect_delivered, submit, take
from tests.product import Product
from tests.releases import change, collect, serve
from tests.world import World

pytestmark = pytest.mark.browser

BEFORE_THE_MAP = 60 * 1024
WITH_THE_MAP = 150 * 1024
SECOND_VISIT = 50 * 1024
SCRIPT = "text/javascript"
REGISTRATION = "navigator.serviceWorker.getRegistration()"
LOOK_FOR_NEWER = f"{REGISTRATION}.then((one) => one.update()).then(() => null, () => null)"
NOTHING_COMES = f"{REGISTRATION}.then((one) => !one.installing)"


@pytest.fixture(scope="session")
def collected(tmp_path_factory: pytest.TempPathFactory, _programs: Product) -> Path:
    return collect(_programs, tmp_path_factory.mktemp("static"))


@pytest.fixture
def released(product: Product, collected: Path) -> Iterator[Path]:
    """The product with hashed files."""
    serve(product, collected)
    yield collected
    product.stop("web")


class Wire:
    """What a page loads over the network, by Chromium's own count: compressed bodies, in bytes."""

    def __init__(self, page: Page, *, cached: bool = True) -> None:
        """Count from now on; nothing comes out of the browser's own cache unless `cached`."""
        self.kinds: dict[str, str] = {}
        self.heads: dict[str, float] = {}
        self.sizes: dict[str, float] = {}
        session: CDPSession = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": not cached})
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)

    def _received(self, news: dict[str, Any]) -> None:
        answer, key = news["response"], news["requestId"]
        if not (answer.get("fromDiskCache") or answer.get("fromServiceWorker")):
            self.kinds[key] = answer["mimeType"]
            self.heads[key] = answer["encodedDataLength"]

    def _finished(self, news: dict[str, Any]) -> None:
        self.sizes[news["requestId"]] = news["encodedDataLength"]

    def bytes(self, kind: str = "") -> int:
        """Return what was loaded of a kind, or of all."""
        wanted = (key for key, mime in self.kinds.items() if not kind or mime == kind)
        return int(sum(max(0, self.sizes.get(key, 0) - self.heads[key]) for key in wanted))


def installed(page: Page) -> None:
    """Wait until this version is on the phone."""
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")


def test_the_report_page_is_light(
    phone: Phone, world: World, released: Path, picture: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = phone(service_workers="block")
    wire = Wire(page, cached=False)
    page.reload(wait_until="networkidle")
    take(page, picture)
    choose(page)
    submit(page)
    expect_delivered(page)
    first = wire.bytes(SCRIPT)
    page.locator("[data-home]").click()
    page.locator("[data-place] [data-change]").first.click()
    page.locator(".leaflet-container").wait_for()
    page.wait_for_load_state("networkidle")
    with_map = wire.bytes(SCRIPT)

    later = phone()
    installed(later)
    again = Wire(later)
    later.reload(wait_until="networkidle")
    second = again.bytes()

    with capsys.disabled():
        sys.stdout.write(f"\nscripts: {first} B, with map {with_map} B; second visit {second} B\n")
    assert 0 < first <= BEFORE_THE_MAP
    assert first < with_map <= WITH_THE_MAP
    assert second <= SECOND_VISIT


def test_a_newer_version_waits_until_people_want_it(
    phone: Phone, world: World, product: Product, released: Path
) -> None:
    page = phone()
    installed(page)
    try:
        old = page.evaluate("caches.keys()")
        keep = (released / "staticfiles.json").read_bytes()
        change(released)
        serve(product, released)
        page.reload()
        note = page.locator("#newer")
        expect(note).to_be_visible(timeout=30_000)

        assert set(old) < set(page.evaluate("caches.keys()"))

        page.locator("#no-photo").click()  # in the middle of a report: not now
        page.evaluate("document.querySelector('#newer button').click()")
        expect(note).to_contain_text("完成后再更新", timeout=10_000)
        page.go_back()

        with page.expect_navigation():
            note.get_by_role("button").click()
        expect(page.locator("#worker")).to_contain_text("Li")
        files = [name for name in page.evaluate("caches.keys()") if name.startswith("field-files-")]
        assert len(files) == 1
        assert files[0] not in old
        expect(page.locator("link[href*='field/field.0123456789ab.css']")).to_have_count(1)
    finally:
        (released / "staticfiles.json").write_bytes(keep)


def test_half_an_update_breaks_no_start_without_network_and_loses_nothing(
    phone: Phone, world: World, product: Product, released: Path, picture: Path
) -> None:
    """The newer version cannot be had whole: the older one starts, what waits goes out later."""
    page = phone()
    installed(page)
    keep = (released / "staticfiles.json").read_bytes()
    product.stop("web")
    take(page, picture)
    choose(page)
    submit(page)
    expect(page.locator("#done-title")).to_contain_text("已保存")

    change(released)
    lost = next((released / "vendor" / "leaflet").glob("leaflet.*.js"))
    lost.rename(lost.with_suffix(".away"))
    try:
        serve(product, released)
        product.stop("worker")
        page.evaluate(LOOK_FOR_NEWER)
        page.wait_for_function(NOTHING_COMES)
        product.stop("web")

        page.reload()
        expect(page.locator("#worker")).to_contain_text("Li")
    finally:
        lost.with_suffix(".away").rename(lost)
        (released / "staticfiles.json").write_bytes(keep)
    serve(product, released)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#queue-state")).to_have_attribute("data-kind", "good", timeout=30_000)
    assert Incident.objects.get().attachments.stored().count() == 1
