"""From a gap on the planner's map to a case at the desk, and back to the gaps around it."""

from playwright.sync_api import Browser, expect

from gis_grid.facilities import coverage
from gis_grid.facilities import study as studies
from incidents.models import Category, Incident
from tests import circles
from tests.browser.desk import Desk, row
from tests.browser.test_circles import pixel, pytestmark, settled
from tests.login import cookies_of
from tests.product import Product
from tests.world import World

__all__ = ["pytestmark"]


def test_a_gap_becomes_a_case_that_tells_of_the_gaps_around(
    desk: Desk, product: Product, world: World, chromium: Browser, settings: object
) -> None:
    settings.MEDIA_ROOT = str(product.media)  # type: ignore[attr-defined]
    studies.forget()
    circles.build(world)
    coverage.compute(coverage.Question("town", ("canteen", "clinic")))
    major = world.categories["street_lamp"].major
    Category.objects.create(code="service_gap", name="公共服务不可达", major=major, limit_amount=24)

    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", base_url=product.url
    )
    context.add_cookies(cookies_of(world, "sun", product.url))
    planner = context.new_page()
    planner.goto("/planning/#?c=canteen")
    settled(planner)
    planner.mouse.click(*pixel(planner, circles.degrees((1250, 5))))
    part = planner.locator("#card .raise")
    part.locator("summary").click()
    expect(part.locator("textarea")).to_have_value("老年食堂：步行约 43 分钟，超过 15 分钟。")
    part.get_by_role("button", name="上报").click()
    expect(part.locator(".told")).to_contain_text("归 E1网格")
    context.close()

    incident = Incident.objects.get()
    assert (incident.source, incident.words[:4]) == ("planning", "老年食堂")
    page = desk()
    row(page, incident).click()
    gaps = page.locator("#drawer .gaps")
    gaps.locator("summary").click()
    expect(gaps.locator("li")).to_have_count(2)
    expect(gaps).to_contain_text("步行 15 分钟到不了")
    expect(gaps.get_by_role("link", name="打开服务圈")).to_be_visible()
