"""The page of figures in a real browser: each figure leads to exactly what it counts."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from incidents.grounds import NoCase
from incidents.models import CallBack, Incident
from tests.browser.desk import Desk, do, handled, report
from tests.product import Product
from tests.world import World, inside

pytestmark = pytest.mark.browser

LINKS = """() => Array.from(document.querySelectorAll('.figures a[href*="/command/#"]'), link => ({
    href: link.getAttribute('href'),
    count: Number((link.dataset.count || link.textContent).replace(/[^0-9]/g, '')),
    of: link.closest('[data-figure]')?.dataset.figure || link.closest('[id]').id,
}))"""
RATES = {"in_time_closing_rate", "satisfaction_rate"}
COUNTED = {"open", "today", "near", "over", "unrouted", "closed"}
SHOTS = os.environ.get("GRID_SHOTS")


@pytest.fixture
def town(world: World) -> World:
    """Incidents of every kind that a figure counts, in two grids and in none."""
    ended = report(world)
    handled(world, ended)
    report(world, inside(1.5), category="manhole")
    report(world, inside(1.5))
    report(world, (106.9, 30.0))  # in no grid
    void = report(world)
    do(world, "refuse", void.pk, note="-", reason=NoCase.TEST)
    open_case = report(world, inside(0.4))
    do(world, "accept", open_case.pk)
    late, soon, old = (report(world, inside(0.3), ago=timedelta(days=n)) for n in (3, 1, 2))
    now = timezone.now()
    Incident.objects.filter(pk=late.pk).update(stage_due_at=now - timedelta(hours=1))
    Incident.objects.filter(pk=soon.pk).update(
        stage_due_at=now + timedelta(hours=3), amber_at=now - timedelta(hours=1)
    )
    Incident.objects.filter(pk=old.pk).update(
        state="closed", closed_at=now - timedelta(days=1, hours=2)
    )
    # A moment ago: of this month, on its first day too.
    Incident.objects.filter(pk__in=[open_case.pk, old.pk]).update(due_at=now)
    said = {"reached": True, "resolved": False, "satisfied": False}
    CallBack.objects.create(incident=ended, by=world.users["chen"], at=now, **said)
    return world


def shoot(page: Page, name: str) -> None:
    """Keep a picture for people to look at, where GRID_SHOTS names a folder."""
    if SHOTS:
        page.wait_for_timeout(300)
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("area", ["", "A"])
def test_each_figure_leads_to_what_it_counts(desk: Desk, town: World, area: str) -> None:
    page = desk()
    page.goto(f"/command/figures/?area={area}")
    expect(page.locator("#days a").first).to_be_visible()
    shoot(page, f"40-figures-{area}")
    links = page.evaluate(LINKS)
    figures = {link["of"] for link in links}
    assert figures == COUNTED | RATES | {"shares", "hours", "days"}
    some = [link for link in links if link["count"] or link["of"] in COUNTED]
    assert {link["of"] for link in some if link["count"]} >= figures - {"unrouted"}
    page.goto("/command/")
    expect(page.locator("body")).to_have_attribute("data-ready", "yes", timeout=15_000)
    expect(page.locator("#layers-button")).to_be_enabled()
    # The others take the same way for an area: one of each is enough there.
    firsts = {link["of"]: link for link in links if link["count"] and link["of"] not in COUNTED}
    counted = [link for link in links if link["of"] in COUNTED]
    for link in [*counted, *firsts.values()] if area else some:
        page.goto(link["href"])  # the same document: only the filter changes
        wanted = f"{link['count']} 件"
        expect(page.locator("#list-count"), link["href"]).to_have_text(wanted)
        expect(page.locator("#panel .row"), link["href"]).to_have_count(link["count"])


def test_the_page_says_when_it_has_nothing_and_when_nothing_comes(
    desk: Desk, world: World, product: Product
) -> None:
    page = desk()
    page.route("**/api/command/trends*", lambda route: route.abort())
    page.goto("/command/figures/")
    expect(page.locator("#told")).to_be_visible()
    shoot(page, "41-figures-lost")
    page.unroute("**/api/command/trends*")
    page.goto("/command/figures/")
    expect(page.locator("#shares .figures-none")).to_be_visible()
    expect(page.locator("#told")).to_be_hidden()
    shoot(page, "42-figures-empty")
