"""Fixtures of the browser tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.desk import Desk
from tests.login import cookies_of
from tests.net import Net
from tests.product import Product, wait_until_quiet
from tests.world import World


@pytest.fixture
def desk(product: Product, world: World, chromium: Browser) -> Iterator[Desk]:
    """Return a function: opens the command centre as one of the cast, ready to use."""
    contexts: list[BrowserContext] = []

    def open_(name: str = "chen", view: str = "", **options: Any) -> Page:
        context = chromium.new_context(
            **{
                "viewport": {"width": 1440, "height": 900},
                "locale": "zh-CN",
                "timezone_id": "Asia/Shanghai",
                "base_url": product.url,
                **options,
            }
        )
        contexts.append(context)
        context.add_cookies(cookies_of(world, name, product.url))
        page = context.new_page()
        page.goto(f"/command/{view}")
        expect(page.locator("body")).to_have_attribute("data-live", "live", timeout=15_000)
        expect(page.locator("#layers-button")).to_be_enabled()
        return page

    yield open_
    for context in contexts:
        context.close()
    wait_until_quiet()


@pytest.fixture
def net(product: Product) -> Iterator[Net]:
    """A link of ours to the product: it may cut, stay silent and lie."""
    with Net(product.url) as link:
        yield link
