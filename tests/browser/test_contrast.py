"""What a machine can check of WCAG 2.2 AA, on every page of the happening, light and dark.

Markers on a canvas have no elements: what they mean stands in the list and the legend as well.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.gis.geos import Point
from django.utils import timezone
from playwright.sync_api import Browser, Page, ViewportSize, expect

from gis_grid.facilities import coverage
from incidents import on_duty
from incidents.boards import board_url
from incidents.models import Incident
from incidents.telling.links import timeline_url
from tests import circles
from tests.browser.desk import handled, report
from tests.login import cookies_of
from tests.product import Product, wait_until_quiet
from tests.world import World, inside

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
ASKED: dict[str, Any] = {"runOnly": TAGS, "resultTypes": ["violations"]}
axe = Axe()


def both(page: Page, where: str, context: str | None = None) -> list[str]:
    """Return the faults of a page, or of a part of it, light and dark."""
    return [fault for theme in ("light", "dark") for fault in faults(page, theme, where, context)]


def faults(page: Page, theme: str, where: str, context: str | None = None) -> list[str]:
    """Return what breaks the rules, one line for each element."""
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    answer: dict[str, Any] = axe.run(page, context=context, options=ASKED).response
    return [
        f"{where}, {theme}: {rule['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for rule in answer["violations"]
        for node in rule["nodes"]
    ]


def of_the_desk(page: Page, incident: Incident) -> Iterator[str]:
    """Yield the faults of the desk, part by part as one opens them."""
    page.goto("/command/")
    expect(page.locator("body")).to_have_attribute("data-live", "live")
    expect(page.locator("#layers-button")).to_be_enabled()
    yield from both(page, "list")
    page.locator("#search").fill("没有这样的事")
    expect(page.locator("#empty")).to_be_visible()
    yield from both(page, "empty list", "#panel")
    page.locator("#search").fill("")
    page.locator("#filter").click()
    yield from both(page, "filter", "#panel")
    page.locator("#filter").click()
    page.locator("#layers-button").click()
    page.locator("#layers").get_by_label("服务空白").check()
    expect(page.locator("#legend .gap-key")).to_be_visible()
    page.locator("#layers").get_by_label("热点").check()
    page.locator("#layers").get_by_label("空岗").check()
    yield from both(page, "layers", "#ground")
    page.keyboard.press("Escape")
    page.locator(f'.row[data-id="{incident.pk}"]').click()
    expect(page.locator("#drawer .timeline li").first).to_be_visible()
    yield from both(page, "drawer", "#drawer")
    page.keyboard.press("n")
    expect(page.locator("#deed")).to_be_visible()
    yield from both(page, "deed", "#deed")
    page.keyboard.press("Escape")
    page.locator(".pin").press("Enter")
    expect(page.locator("#drawer .on-duty")).to_be_visible()
    yield from both(page, "area", "#drawer")
    page.keyboard.press("Escape")
    page.locator("#bulk").click()
    expect(page.locator("#bulk-dialog .bulk-rows li").first).to_be_visible()
    yield from both(page, "bulk", "#bulk-dialog")
    page.keyboard.press("Escape")
    page.locator("#roster-button").click()
    expect(page.locator("#roster .emergency")).to_be_visible()
    yield from both(page, "roster", "#roster")
    page.keyboard.press("Escape")
    page.locator("#replay-button").click()
    expect(page.locator("#replay [role=status]")).to_contain_text("件")
    yield from both(page, "replay", "#replay")


def of_other_pages(page: Page) -> Iterator[str]:
    """Yield the faults of the pages beside the desk."""
    page.goto("/command/wall?seconds=0")
    expect(page.locator("#areas li").first).to_be_visible()
    yield from faults(page, "dark", "wall")
    for address, ready in (
        ("/command/figures/", "main [data-figure]"),
        ("/command/export/", "#ask"),
        ("/planning/#?c=canteen", "body[data-ready=yes]"),
    ):
        page.goto(address)
        expect(page.locator(ready).first).to_be_visible()
        yield from both(page, address)


def of_phones(page: Page, world: World, incident: Incident) -> Iterator[str]:
    """Yield the faults of what a worker and a resident hold in their hand."""
    page.goto("/field/")
    expect(page.locator("#queue-state")).not_to_be_empty()
    yield from both(page, "field")
    for address in (board_url(world.areas["A1"]), timeline_url(incident.pk)):
        page.goto(address)
        yield from both(page, address[:3])


def test_no_page_breaks_a_rule_that_can_be_checked(
    product: Product, world: World, chromium: Browser, settings: object
) -> None:
    settings.MEDIA_ROOT = str(product.media)  # type: ignore[attr-defined]
    circles.build(world)
    coverage.compute(coverage.Question("town", ("canteen", "clinic")))
    on_duty.switch_on(world.actor("li"), timezone.now())
    on_duty.place(world.actor("li"), Point(*inside(), srid=4326), 8.0, timezone.now())
    incident = report(world, words="东门第二盏灯不亮")
    report(world, inside(1.5), ago=timedelta(hours=40))
    handled(world, report(world, inside(0.2, 0.2)))
    # The rules come by `evaluate`, which a policy without 'unsafe-eval' would refuse.
    desk, phone = (
        chromium.new_context(
            bypass_csp=True,
            base_url=product.url,
            locale="zh-CN",
            reduced_motion="reduce",  # colours that are on their way are nobody's
            viewport=viewport,
        )
        for viewport in (ViewportSize(width=1440, height=900), ViewportSize(width=360, height=640))
    )
    try:
        desk.add_cookies(cookies_of(world, "chen", product.url))
        phone.add_cookies(cookies_of(world, "li", product.url))
        page = desk.new_page()
        page.set_content("<html lang='zh'><title>x</title><main><img src='x.png'></main></html>")
        assert "image-alt" in "".join(faults(page, "light", "a picture without words"))
        found = [*of_the_desk(page, incident), *of_other_pages(page)]
        found += of_phones(phone.new_page(), world, incident)
    finally:
        desk.close()
        phone.close()
        wait_until_quiet()
    assert found == [], "\n".join(found)
