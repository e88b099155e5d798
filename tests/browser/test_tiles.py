"""The map's tiles from one zoom to the next, in a real browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import Route, expect

from tests.browser.desk import Desk, report, view_of
from tests.world import World, inside

pytestmark = pytest.mark.browser

TILES = ".leaflet-incidents-pane canvas"
PAINTED = f"{TILES}.leaflet-tile-loaded"
OF_ZOOMS = ("[data-before]", ":not([data-before])")
MARK = f"document.querySelectorAll('{PAINTED}').forEach((tile) => {{ tile.dataset.before = 1; }})"
ZOOM_MS = 600  # longer than Leaflet's animation
TILE_MS = 200  # to come and be painted


def test_the_zoom_before_stays_until_the_first_tile_of_the_next_and_then_goes(
    desk: Desk, world: World
) -> None:
    report(world, ago=timedelta(days=1))
    page = desk(view=f"{view_of(inside(), 17)}?since=2026-01-01")  # it looks back: tiles
    before, fresh = (page.locator(PAINTED + those) for those in OF_ZOOMS)
    waiting = page.locator(f"{TILES}:not(.leaflet-tile-loaded)")
    expect(fresh.first).to_be_attached()
    expect(waiting).to_have_count(0)
    page.evaluate(MARK)
    held: list[Route] = []
    page.route("**/tiles/incidents/**", lambda route: held.append(route))

    page.locator(".leaflet-control-zoom-in").click()
    page.wait_for_timeout(ZOOM_MS)
    assert len(held) > 1
    expect(before.first).to_be_attached()

    while not fresh.count():  # some were given up while the map moved
        held.pop().continue_()
        page.wait_for_timeout(TILE_MS)
    expect(before).to_have_count(0)
    expect(waiting.first).to_be_attached()
    for route in held:
        route.continue_()
    expect(waiting).to_have_count(0)
