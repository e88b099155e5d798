"""The staffing page in a real browser: the folium map draws itself without any network."""

import pytest
from playwright.sync_api import Browser, expect

from tests.product import Product
from tests.world import PASSWORD, World

pytestmark = pytest.mark.browser


def test_the_map_is_drawn_inside_its_sandbox_without_a_request(
    product: Product, world: World, chromium: Browser
) -> None:
    context = chromium.new_context(locale="zh-CN", base_url=product.url)
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/login/?next=/planning/staffing/")
    page.get_by_label("用户名").fill("sun")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()

    drawn = page.frame_locator("iframe").locator("path.leaflet-interactive")
    expect(drawn).to_have_count(3)
    expect(page.frame_locator("iframe").locator(".leaflet-control-scale")).to_be_visible()
    assert said == []
    assert all(url.startswith((product.url, "data:", "blob:")) for url in asked)
    context.close()
