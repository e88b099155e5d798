"""Past runs in a real browser: a job from the button to the result, a map that needs no network."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from gis_grid.facilities.models import Run, StreetChange
from tests import circles
from tests.facilities.test_overlay import line
from tests.product import Product
from tests.world import PASSWORD, World

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(product: Product, world: World, chromium: Browser, settings) -> Iterator[Page]:  # type: ignore[no-untyped-def]
    """The planner's browser on the page of runs; leaving the test, nothing has gone wrong in it."""
    settings.MEDIA_ROOT = str(product.media)
    circles.build(world)
    StreetChange.objects.create(code="p", kind="path", shape=line((500, 300), (800, 300)))
    context = chromium.new_context(locale="en", base_url=product.url)
    page = context.new_page()
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/login/?next=/planning/runs/")
    page.locator("[name=username]").fill("sun")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/planning/runs/")
    yield page
    assert said == []
    context.close()


def compute(desk: Page) -> None:
    """Ask for a run as the form proposes it, and go where its card leads."""
    desk.get_by_text("Compute a run", exact=True).click()
    desk.get_by_role("button", name="Compute", exact=True).click()
    done = desk.locator(".runs-job[data-state=done]")
    expect(done).to_have_count(1, timeout=40_000)
    done.get_by_role("link").click()
    desk.wait_for_url(re.compile("print$"))


def test_a_run_is_computed_while_one_looks(desk: Page) -> None:
    compute(desk)

    expect(desk.locator("figure > svg circle").first).to_be_visible()
    assert Run.objects.count() == 1


def test_streets_are_built_anew_and_the_notice_goes(desk: Page) -> None:
    desk.locator("[data-rebuild]").click()

    expect(desk.locator(".runs-job[data-state=done]")).to_have_count(1, timeout=40_000)
    desk.reload()
    expect(desk.locator("[data-rebuild]")).to_have_count(0)


def test_a_refusal_is_told(desk: Page) -> None:
    desk.get_by_text("Compute a run", exact=True).click()
    for box in desk.locator("[name=category]").all():
        box.uncheck()
    desk.get_by_role("button", name="Compute", exact=True).click()

    expect(desk.get_by_role("alert")).to_be_visible()
    expect(desk.locator(".runs-job")).to_have_count(0)


def test_the_saved_map_draws_itself_without_a_network(
    desk: Page, chromium: Browser, tmp_path: Path
) -> None:
    compute(desk)
    with desk.expect_download() as download:
        desk.evaluate(
            "address => { const a = document.createElement('a'); a.href = address;"
            " document.body.append(a); a.click(); }",
            re.sub("print$", "map.html?download", desk.url),
        )
    kept = tmp_path / "map.html"
    download.value.save_as(kept)
    context = chromium.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(kept.as_uri())

    expect(page.locator("canvas.leaflet-zoom-animated")).to_be_visible()
    expect(page.locator(".leaflet-marker-pane .place")).to_have_count(1)
    shown = page.locator("#panel [data-chosen]").inner_text()
    page.locator("#category").select_option(index=1)
    expect(page.locator("#panel [data-chosen]")).not_to_have_text(shown)
    assert asked == [kept.as_uri()]
    context.close()
