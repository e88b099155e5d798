"""The phone and its user, for tests in a real browser: open the page, take, choose, submit."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from incidents import actions
from incidents.models import Incident
from tests.login import cookies_of
from tests.product import Product, wait_until_quiet
from tests.world import World, inside, make_report

Phone = Callable[..., Page]


@pytest.fixture
def phone(product: Product, world: World, chromium: Browser) -> Iterator[Phone]:
    """Return a function: opens the page as one of the cast on a small phone at a place."""
    contexts: list[BrowserContext] = []

    def open_(
        name: str = "li",
        at: tuple[float, float] | None = None,
        accuracy: float = 8,
        context: BrowserContext | None = None,
        **options: Any,
    ) -> Page:
        lon, lat = at or inside()
        phone_options: dict[str, Any] = {
            "viewport": {"width": 360, "height": 640},
            "is_mobile": True,
            "has_touch": True,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "permissions": ["geolocation"],
            "geolocation": {"longitude": lon, "latitude": lat, "accuracy": accuracy},
            "base_url": product.url,
        }
        if context is None:
            context = chromium.new_context(**{**phone_options, **options})
            contexts.append(context)
        context.add_cookies(cookies_of(world, name, product.url))
        page = context.new_page()
        page.goto("/field/")
        page.locator("#queue-state:not(:empty)").wait_for()  # the page has read its own disk
        return page

    yield open_
    for context in contexts:
        context.close()
    wait_until_quiet()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A photo as a phone takes it: lying on its side, with a tag saying so and where it was."""
    upright = Image.new("RGB", (300, 400), "white")
    upright.paste((200, 30, 30), (0, 0, 300, 100))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 0.0, 0.0), 3: "E", 4: (105.0, 0.0, 0.0)})
    path = tmp_path / "photo.jpg"
    upright.rotate(90, expand=True).save(path, exif=exif, quality=90)
    return path


def reported(world: World, by: str = "zhao", **changes: Any) -> Incident:
    """Report just now, as somebody who is not the one with the phone.

    What was reported on the town's usual day of the past would be overdue, and the clock at work.
    """
    now = timezone.now()
    report = make_report(recorded_at=now, fixed_at=now, **changes)
    return actions.report(report, by=world.actor(by), at=now).incident


def take(page: Page, picture: Path) -> None:
    """Press 拍照 and take this picture; returns once the form shows it."""
    page.locator(".shutter input").set_input_files(picture)
    page.locator("#thumbs img").wait_for()


def choose(page: Page, category: str = "井盖缺失破损") -> None:
    """Press the chip of a category."""
    page.locator("#chips").get_by_role("button", name=category).click()


def submit(page: Page) -> None:
    """Press 提交, or 仍要上报 where something of the kind is open nearby already."""
    page.locator("#submit").click()


def settled_on_the_spot(page: Page, after: Path) -> None:
    """Switch to 已当场处置 and take the photo of how it is now."""
    page.locator("[name=settled]").click()
    page.locator("#after input").set_input_files(after)
    page.locator("#after-thumbs img").wait_for()


def open_task(page: Page) -> Locator:
    """Open the first of my tasks; returns its detail."""
    page.get_by_role("button", name="我的任务").click()
    page.locator("#tasks .row").first.click()
    return page.locator("#detail")


def add_photo(page: Page, picture: Path, nth: int = 0) -> None:
    """Take a picture in the form of a deed."""
    form = page.locator("#deed-form")
    form.locator("input[type=file]").nth(nth).set_input_files(picture)
    form.locator(".deed-photos").nth(nth).locator("li:not([aria-busy]) img").last.wait_for()


def expect_delivered(page: Page) -> None:
    """Wait for the receipt on screen."""
    title = page.locator("#done-title")
    expect(title).to_be_visible()  # the words stay there, hidden, from the report before
    expect(title).to_have_text("已送达")
