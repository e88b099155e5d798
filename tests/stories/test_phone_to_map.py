"""From a phone to the map: the whole way, in two real browsers, on the running product."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from incidents.models import Attachment, Event, Incident
from tests.phone import Phone, choose, expect_delivered, submit, take
from tests.product import Product
from tests.world import PASSWORD, World

pytestmark = pytest.mark.browser

SEEN_MS = 2000
CAUGHT_UP_MS = 5000
EVENTS = re.compile(r"/api/command/events")


@pytest.fixture
def wall(product: Product, world: World, chromium: Browser) -> Page:
    """The command centre, open and live; reloading it fails the test."""
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", base_url=product.url
    )
    page = context.new_page()
    page.goto("/login/?next=/command/")
    page.get_by_label("用户名").fill("chen")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.locator("body")).to_have_attribute("data-live", "live", timeout=15_000)
    page.evaluate("window.neverReloaded = true")
    yield page
    assert page.evaluate("window.neverReloaded")
    context.close()


def report(page: Page, picture: Path, category: str = "井盖缺失破损") -> None:
    """The worker's part: three taps and a shutter."""
    take(page, picture)
    choose(page, category)
    submit(page)
    expect_delivered(page)


def row(wall: Page, incident: Incident):  # type: ignore[no-untyped-def]
    return wall.locator(f'.row[data-id="{incident.pk}"]')


def test_a_report_from_the_phone_appears_on_the_map_routed_to_its_grid(
    phone: Phone, wall: Page, picture: Path
) -> None:
    report(phone(), picture)
    incident = Incident.objects.get()

    expect(row(wall, incident)).to_be_visible(timeout=SEEN_MS)
    expect(row(wall, incident)).to_contain_text("翠湖第一网格")
    row(wall, incident).click()
    expect(wall.locator("#drawer")).to_contain_text("翠湖第一网格")
    expect(wall.locator("#drawer img").first).to_be_visible()
    assert Attachment.objects.stored().count() == 1


def test_the_map_catches_up_after_a_cut_with_nothing_missing_or_twice(
    phone: Phone, wall: Page, picture: Path, product: Product
) -> None:
    worker = phone()
    report(worker, picture)
    first = Incident.objects.get()
    expect(row(wall, first)).to_be_visible(timeout=SEEN_MS)

    # Cut the console off for good: the stream ends, and asking instead fails.
    wall.route(EVENTS, lambda route: route.abort())
    product.stop("live")
    worker.get_by_role("button", name="再报一件").click()
    report(worker, picture, "路灯不亮")
    second = Incident.objects.exclude(pk=first.pk).get()
    expect(row(wall, second)).to_have_count(0)
    wall.unroute(EVENTS)

    expect(row(wall, second)).to_be_visible(timeout=CAUGHT_UP_MS)
    expect(wall.locator(".row")).to_have_count(2)


def test_a_lost_network_on_the_phone_loses_nothing(phone: Phone, wall: Page, picture: Path) -> None:
    worker = phone()
    take(worker, picture)
    choose(worker)
    worker.context.set_offline(True)
    submit(worker)
    expect(worker.locator("#queue-state")).to_contain_text("待发送 1")
    assert not Incident.objects.exists()

    worker.context.set_offline(False)

    expect_delivered(worker)
    incident = Incident.objects.get()
    expect(row(wall, incident)).to_be_visible(timeout=SEEN_MS)
    assert Event.objects.filter(kind="report").count() == 1


def test_the_worker_accepts_and_the_centre_sees_it(phone: Phone, wall: Page, picture: Path) -> None:
    worker = phone()
    report(worker, picture)
    incident = Incident.objects.get()
    expect(row(wall, incident)).to_be_visible(timeout=SEEN_MS)

    worker.goto("/field/")
    worker.get_by_role("button", name="我的任务").click()
    worker.locator("#tasks .row").click()
    worker.locator("#detail").get_by_role("button", name="受理").click()

    expect(row(wall, incident)).to_contain_text("受理", timeout=CAUGHT_UP_MS)
    incident.refresh_from_db()
    assert incident.state == "accepted"
