"""The administration's maps in a real browser: our Leaflet, our base map, nothing from outside."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from gis_grid.facilities.models import Facility, FacilityCategory
from gis_grid.territory.models import Boundary
from tests.product import Product
from tests.world import PASSWORD, World

pytestmark = pytest.mark.browser

HAND_MS = 100  # the drawing tool takes no second corner within 50 ms of the first, or a little more
WITNESS = """
window.refused = [];
document.addEventListener('securitypolicyviolation', (e) => window.refused.push(e.blockedURI));
"""


@pytest.fixture
def office(product: Product, world: World, chromium: Browser) -> Iterator[Page]:
    """The administrator's browser; leaving the test, nothing was refused, missing or foreign."""
    context = chromium.new_context(
        base_url=product.url, locale="zh-CN", viewport={"width": 1280, "height": 1000}
    )
    context.add_init_script(WITNESS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.extend([said.text] if said.type == "error" else []))
    page.on("response", lambda got: complaints.extend([got.url] if got.status >= 400 else []))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/admin/")
    page.locator("#id_username").fill("root")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("[type=submit]").click()
    page.wait_for_url("**/admin/")
    yield page
    assert page.evaluate("window.refused") == []
    context.close()
    ours = (f"{product.url}/", "data:", "blob:")
    assert (complaints, [url for url in asked if not url.startswith(ours)]) == ([], [])


def draw_triangle(page: Page) -> None:
    """Draw with the toolbar: three corners around the middle of the map, then its button."""
    page.locator(".leaflet-draw-draw-polygon").click()
    box = page.locator(".shape-map").bounding_box()
    assert box
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for number, (right, down) in enumerate([(-120, -60), (120, -60), (0, 90)], 1):
        corners = page.locator(".leaflet-editing-icon")
        for _ in range(20):  # as a hand does that sees no corner
            page.wait_for_timeout(HAND_MS)
            page.mouse.click(middle[0] + right, middle[1] + down)
            if corners.count() == number:
                break
        expect(corners).to_have_count(number)
    page.get_by_role("link", name=re.compile("^(完成|Finish)$")).click()


def test_a_boundary_is_drawn_with_the_toolbar(office: Page, world: World) -> None:
    office.goto(f"/admin/territory/boundary/add/?area={world.areas['A1'].pk}")
    expect(office.locator(".leaflet-tile-loaded").first).to_be_attached()
    assert office.evaluate("L.version") == "1.9.4"
    office.locator("#id_valid_from").fill("2026-05-01")

    draw_triangle(office)
    expect(office.locator("#id_shape")).to_have_value(re.compile("MultiPolygon"))
    office.locator("[name=_save]").click()

    expect(office.locator(".messagelist .success")).to_be_visible()
    drawn = Boundary.objects.get(area=world.areas["A1"], during__startswith="2026-05-01")
    assert (len(drawn.shape), len(drawn.shape[0][0])) == (1, 4)
    assert drawn.shape.intersects(world.areas["D"].boundaries.get().shape)


def test_the_toolbar_speaks_chinese(office: Page, world: World) -> None:
    office.goto("/admin/territory/boundary/add/")

    assert office.locator(".leaflet-draw-draw-polygon").get_attribute("title") == "画多边形"


def test_an_old_boundary_is_shown_and_cannot_be_drawn_on(office: Page, world: World) -> None:
    boundary = world.areas["A1"].boundaries.get()

    office.goto(f"/admin/territory/boundary/{boundary.pk}/change/")

    expect(office.locator("path.leaflet-interactive")).to_be_visible()
    expect(office.locator(".leaflet-draw")).to_have_count(0)
    expect(office.locator("[name=_save]")).to_have_count(0)


def test_a_facility_is_placed_with_a_marker(office: Page) -> None:
    FacilityCategory.objects.create(code="clinic", name="卫生服务站")
    kind = FacilityCategory.objects.get()
    office.goto(f"/admin/facilities/facility/add/?category={kind.pk}&code=F1&name=F1")

    place = office.locator(".field-point")
    place.locator(".leaflet-draw-draw-marker").click()
    place.locator(".shape-map").click(position={"x": 300, "y": 200})
    office.locator("[name=_save]").click()

    expect(office.locator(".messagelist .success")).to_be_visible()
    assert 104 < Facility.objects.get().point.x < 106
    assert Facility.objects.get().entrances is None
