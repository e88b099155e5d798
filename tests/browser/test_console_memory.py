"""What a thousand changes leave behind at a desk: nothing but the rows they are about."""

import os
import sys
from typing import Any

import pytest
from playwright.sync_api import expect

from incidents import feed
from incidents.models import Event
from tests.browser.desk import Desk, report, row
from tests.browser.memory import Memory
from tests.world import NOW, World

pytestmark = pytest.mark.browser

EVENTS = int(os.environ.get("GRID_EVENTS", "300"))
BATCH = 50
GROWTH_BYTES = 2_000_000  # code that was compiled meanwhile, and what the engine keeps ready


def test_a_desk_does_not_grow_with_what_it_is_told(desk: Desk, world: World) -> None:
    incident = report(world)
    page = desk()
    expect(row(page, incident)).to_be_visible()
    memory = Memory(page)
    tell(incident, BATCH)
    wait(page)
    start = memory.kept()

    for _ in range(EVENTS // BATCH):
        tell(incident, BATCH)
        wait(page)
    end = memory.kept()

    expect(page.locator("#panel .row")).to_have_count(1)
    assert end["Nodes"] <= start["Nodes"] * 1.1 + 50
    assert end["JSEventListeners"] <= start["JSEventListeners"] + 10
    assert end["JSHeapUsedSize"] <= start["JSHeapUsedSize"] + GROWTH_BYTES
    sys.stderr.write(f"\n{EVENTS} events: {start} then {end}\n")


def tell(incident: Any, number: int) -> None:
    """Write remarks on an incident into the log; each is a frame of the stream."""
    place = {"path_before": incident.area_path, "path_after": incident.area_path}
    state = {"state_before": incident.state, "state_after": incident.state}
    about = {"incident": incident, "kind": "remark", "version": incident.version, "at": NOW}
    Event.objects.bulk_create([Event(**about, **place, **state) for _ in range(number)])


def wait(page: Any) -> None:
    """Wait until the relay has numbered all and the desk, whose stream is open, was told."""
    while Event.objects.filter(sequence=None).exists():
        page.wait_for_timeout(50)
    assert feed.last_sequence()
    page.wait_for_timeout(600)  # two frames of the stream
