"""The bell on phone and desk, and the page of notices, against the running product."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from incidents import actions
from incidents.actions import To
from incidents.models import Incident, Notice
from tests.phone import Phone
from tests.product import Product, wait_until_quiet
from tests.world import World, add_units, do, inside, make_report

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
OUTSIDE = inside(0.5, 5)
TOLD_MS = 10_000  # number, tell, and the bell's next question


@pytest.fixture
def open_(product: Product, world: World, chromium: Browser) -> Iterator[Open]:
    """Return a function: opens an address as one of the cast, logged in."""
    contexts = []

    def go(name: str, address: str, width: int = 1440, height: int = 900) -> Page:
        client = Client()
        client.force_login(world.users[name])
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=product.url,
        )
        contexts.append(context)
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": product.url}]
        )
        page = context.new_page()
        page.goto(address)
        return page

    yield go
    for context in contexts:
        context.close()
    wait_until_quiet()


def report(world: World, by: str = "zhao", place: tuple[float, float] | None = None) -> Incident:
    """Report something just now: the clock has nothing to say about it yet."""
    at = timezone.now()
    received = make_report(place, recorded_at=at, fixed_at=at)
    return actions.report(received, by=world.actor(by), at=at).incident


def wait_for_notices(count: int) -> None:
    """Wait until the worker has told so many."""
    deadline = timezone.now() + timedelta(seconds=15)
    while Notice.objects.count() < count:
        assert timezone.now() < deadline, "the worker told nobody"


def bell(page: Page, unread: int) -> None:
    """Expect the bell to say so many."""
    name = f"通知，{unread} 条未读" if unread else "通知"
    expect(page.locator("#bell > button")).to_have_attribute("aria-label", name, timeout=TOLD_MS)


class TestDesk:
    """The bell of the command centre."""

    def test_it_rings_with_the_live_feed(self, open_: Open, world: World) -> None:
        page = open_("chen", "/command/")
        expect(page.locator("body")).to_have_attribute("data-live", "live", timeout=15_000)
        bell(page, 0)

        incident = report(world, by="li", place=OUTSIDE)

        bell(page, 1)
        page.locator("#bell > button").click()
        told = page.locator(".bell-panel li")
        expect(told).to_have_count(1)
        expect(told).to_contain_text(f"{incident.number} 路灯不亮 新上报，不在任何网格内，请分派")

    def test_a_notice_leads_to_its_incident_and_is_read(self, open_: Open, world: World) -> None:
        incident = report(world, by="li", place=OUTSIDE)
        wait_for_notices(1)
        page = open_("chen", "/command/")
        expect(page.locator("body")).to_have_attribute("data-live", "live", timeout=15_000)
        bell(page, 1)

        page.locator("#bell > button").click()
        page.locator(".bell-panel li a").click()

        expect(page.locator("#drawer")).to_contain_text(incident.number)
        expect(page.locator(".bell-panel")).to_be_hidden()
        bell(page, 0)
        assert Notice.objects.get().read_at is not None

    def test_it_is_worked_by_keyboard(self, open_: Open, world: World) -> None:
        report(world, by="li", place=OUTSIDE)
        wait_for_notices(1)
        page = open_("chen", "/command/")
        bell(page, 1)
        button = page.locator("#bell > button")

        button.focus()
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-expanded", "true")
        expect(page.locator(".bell-panel li")).to_have_count(1)
        page.keyboard.press("Tab")
        expect(page.locator(".bell-panel li a")).to_be_focused()
        page.keyboard.press("Escape")

        expect(page.locator(".bell-panel")).to_be_hidden()
        expect(button).to_be_focused()

    def test_all_are_read_at_once(self, open_: Open, world: World) -> None:
        for _ in range(3):
            report(world, by="li", place=OUTSIDE)
        wait_for_notices(3)
        page = open_("chen", "/command/")
        bell(page, 3)

        page.locator("#bell > button").click()
        page.get_by_role("button", name="全部标为已读").click()

        bell(page, 0)
        expect(page.locator(".bell-panel [data-unread]")).to_have_count(0)


class TestPhone:
    """The bell of the phone page."""

    def test_it_leads_to_the_incident(self, phone: Phone, world: World) -> None:
        incident = report(world)
        wait_for_notices(1)
        page = phone()
        bell(page, 1)

        page.locator("#bell > button").tap()
        page.locator(".bell-panel li a").tap()

        expect(page.locator("#detail")).to_contain_text(incident.number)
        expect(page.locator("#detail")).to_be_visible()
        page.go_back()
        expect(page.locator("#bell > button")).to_be_visible()
        bell(page, 0)

    def test_without_a_network_it_says_nothing_wrong(self, phone: Phone, world: World) -> None:
        report(world)
        wait_for_notices(1)
        page = phone()
        bell(page, 1)

        page.context.set_offline(True)
        page.locator("#bell > button").tap()
        expect(page.locator(".bell-panel")).to_have_text("暂时连不上服务器。")
        page.keyboard.press("Escape")
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

        expect(page.locator(".bell-count")).to_be_hidden(timeout=TOLD_MS)
        page.context.set_offline(False)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        bell(page, 1)

    def test_a_notice_on_the_page_opens_the_phone_there(self, open_: Open, world: World) -> None:
        add_units(world)
        incident = do(world, "accept", report(world, by="li"), by="chen", at=timezone.now())
        do(world, "dispatch", incident, by="chen", to=To(unit="lamps"), at=timezone.now())
        wait_for_notices(3)  # two for Li, who reported it, and one for the unit

        page = open_("guo", "/notices/", 360, 640)
        page.get_by_role("button", name="派给你们（路灯管理所）").click()

        page.wait_for_url("**/field/*")
        expect(page.locator("#detail")).to_contain_text(incident.number)


class TestPage:
    """/notices/ for everybody."""

    def test_reading_all_and_what_is_left(self, open_: Open, world: World) -> None:
        for _ in range(2):
            report(world)
        wait_for_notices(2)
        page = open_("li", "/notices/", 360, 640)
        expect(page.locator("[data-unread]")).to_have_count(2)

        page.get_by_role("link", name="未读").click()
        expect(page.get_by_role("link", name="未读")).to_have_attribute("aria-current", "page")
        page.get_by_role("button", name="全部标为已读").click()

        expect(page.locator(".notices-list li")).to_have_count(2)
        expect(page.locator("[data-unread]")).to_have_count(0)
        page.get_by_role("link", name="未读").click()
        expect(page.get_by_text("已全部读完。")).to_be_visible()

    def test_it_is_worked_by_keyboard(self, open_: Open, world: World) -> None:
        incident = report(world)
        wait_for_notices(1)
        page = open_("li", "/notices/")

        page.locator(".told").focus()
        page.keyboard.press("Enter")

        page.wait_for_url("**/field/*")
        expect(page.locator("#detail")).to_contain_text(incident.number)
        assert Incident.objects.get().state == "reported"

    def test_it_prints_the_list_alone(self, open_: Open, world: World) -> None:
        report(world)
        wait_for_notices(1)
        page = open_("li", "/notices/")

        page.emulate_media(media="print")

        expect(page.locator(".notices-list")).to_be_visible()
        for rest in (".plain-bar", ".plain-foot", ".notices-head"):
            expect(page.locator(rest)).to_be_hidden()
