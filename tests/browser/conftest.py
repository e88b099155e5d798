"""Fixtures of the browser tests."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.desk import Desk, session_of
from tests.product import Product
from tests.world import World

QUIET_S = 5.0
_AT_WORK = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
   AND state IN ('active', 'idle in transaction')
"""


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
        context.add_cookies([{**session_of(world, name), "url": product.url}])
        page = context.new_page()
        page.goto(f"/command/{view}")
        expect(page.locator("body")).to_have_attribute("data-live", "live", timeout=15_000)
        expect(page.locator("#layers-button")).to_be_enabled()
        return page

    yield open_
    for context in contexts:
        context.close()
    _wait_until_quiet()


def _wait_until_quiet() -> None:
    """Let the server finish what the page had asked for: emptying tables waits for no reader."""
    until = time.monotonic() + QUIET_S
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(_AT_WORK)
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.05)
