"""The reporter's timeline on a small phone: no login, no script, stars by thumb."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from incidents.actions import Spot, To
from incidents.grounds import SuspendGround
from incidents.models import Incident, Rating
from incidents.reports import Photo
from incidents.telling import links
from tests.browser.desk import report
from tests.product import Product, wait_until_quiet
from tests.world import World, add_units, do, inside

pytestmark = pytest.mark.browser

WAY: list[tuple[str, str, dict[str, Any]]] = [
    ("accept", "chen", {}),
    ("dispatch", "chen", {"to": To(unit="lamps")}),
    ("sign", "guo", {}),
    ("answer", "guo", {}),
    ("pass", "zhao", {"spot": Spot(*inside())}),
]


@pytest.fixture
def incident(product: Product, world: World) -> Incident:
    """A case that was closed just now."""
    add_units(world)
    made = report(world)
    for deed, by, details in WAY:
        photos = (Photo(uuid4(), "5e" * 32, "verify"),) if deed == "pass" else ()
        made = do(world, deed, made, by=by, at=timezone.now(), photos=photos, **details)
    return made


@pytest.fixture
def page(product: Product, chromium: Browser) -> Iterator[Page]:
    """A phone of 360 by 640 whose browser runs no script."""
    context = chromium.new_context(
        viewport={"width": 360, "height": 640},
        is_mobile=True,
        has_touch=True,
        java_script_enabled=False,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        base_url=product.url,
    )
    yield context.new_page()
    context.close()
    wait_until_quiet()


def look(page: Page, incident: Incident, query: str = "") -> None:
    answer = page.goto(links.timeline_url(incident.pk) + query)
    assert answer
    assert answer.status == 200


def is_too_wide(page: Page) -> bool:
    box = page.locator("main").bounding_box()
    return box is None or box["x"] < 0 or box["x"] + box["width"] > 360


def test_a_reporter_gives_stars(page: Page, incident: Incident) -> None:
    look(page, incident)
    expect(page.get_by_role("heading", level=1)).to_have_text("路灯不亮")
    expect(page.locator(".badge")).to_contain_text("已结案")

    page.get_by_text("不满意", exact=True).tap()
    page.get_by_label("想说的话").fill("修了又坏")
    page.get_by_role("button", name="提交评价").tap()

    expect(page.get_by_role("status")).to_have_text("谢谢，已收到你的评价。")
    expect(page.get_by_role("img")).to_have_attribute("aria-label", "2 星，满分 5 星")
    assert Rating.objects.get().stars == 2
    assert Rating.objects.get().words == "修了又坏"
    page.reload()
    assert Rating.objects.count() == 1
    expect(page.get_by_role("button", name="提交评价")).to_have_count(0)


def test_what_is_not_settled_is_opened_again(page: Page, incident: Incident) -> None:
    look(page, incident)
    page.locator("summary").tap()
    page.get_by_label("哪里没有解决？").fill("昨晚又不亮了")
    page.get_by_role("button", name="要求重新办理").tap()

    expect(page.get_by_role("status")).to_contain_text("已重新打开")
    expect(page.locator(".badge")).to_contain_text("已受理")
    expect(page.locator(".steps li").first).to_contain_text("已重新打开，将再次办理")
    incident.refresh_from_db()
    assert incident.reopenings == 1


def test_it_fits_a_small_phone_and_a_thumb(page: Page, incident: Incident) -> None:
    look(page, incident)

    assert not is_too_wide(page)
    page.locator("summary").tap()
    for target in page.locator(".star-choice, .button, summary").all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 48
        assert box["x"] + box["width"] <= 360


def test_it_asks_nothing_of_anybody_else(page: Page, product: Product, incident: Incident) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    look(page, incident)

    assert asked
    assert [url for url in asked if not url.startswith(product.url)] == []
    assert [url for url in asked if url.endswith(".js")] == []
    assert page.context.cookies() == []


def test_it_speaks_english(page: Page, incident: Incident) -> None:
    look(page, incident)
    page.get_by_role("link", name="English").tap()

    expect(page.get_by_role("heading", level=1)).to_have_text("Street lamp out")
    page.get_by_text("Very satisfied", exact=True).tap()
    page.get_by_role("button", name="Send the rating").tap()
    expect(page.get_by_role("status")).to_have_text("Thank you. Your rating has arrived.")


def test_a_pause_says_why(page: Page, world: World, product: Product) -> None:
    add_units(world)
    incident = report(world)
    for deed, by, details in WAY[:3]:
        incident = do(world, deed, incident, by=by, at=timezone.now(), **details)
    do(
        world,
        "suspend",
        incident,
        by="chen",
        at=timezone.now(),
        reason=SuspendGround.MATERIALS,
    )
    look(page, incident)

    expect(page.locator(".timeline-now")).to_have_text("暂停办理：等待材料。暂停期间不计时。")


def test_a_bad_link_is_explained(page: Page, product: Product) -> None:
    answer = page.goto("/t/nothing.here")

    assert answer
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("链接无效或已过期。")
    assert not is_too_wide(page)
