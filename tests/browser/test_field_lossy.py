"""Many reports over a link that delays, drops and cuts: each arrives once, photos byte for byte.

`GRID_LOSSY_REPORTS=50` makes it a measurement: so many reports from each of two phones.
"""

import os
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import Page

from incidents.models import Attachment, Incident
from tests.net import (
    CAPTIVE,
    CUT_AFTER,
    CUT_BEFORE,
    CUT_IN_THE_ANSWER,
    CUT_IN_THE_REQUEST,
    Exchange,
    Fate,
    Net,
    Weather,
    down_for_writing,
    page,
    refused,
)
from tests.phone import Phone
from tests.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.proof]

HANDS = Path(__file__).with_name("hands.js")
REPORTS = int(os.environ.get("GRID_LOSSY_REPORTS", "4"))
PHOTOS = 3
SEED = 20260305
ODDS: dict[Fate, float] = {
    CUT_BEFORE: 0.10,
    CUT_IN_THE_REQUEST: 0.05,
    CUT_AFTER: 0.10,
    CUT_IN_THE_ANSWER: 0.05,
    CAPTIVE: 0.03,
    page(502, "<h1>Bad gateway</h1>"): 0.03,
    refused(503, "unavailable", retryable=True): 0.04,
}
MOST_DELAY_S = 0.15


def make(page: Page, name: str) -> dict[str, str]:
    """Make the reports as in a cellar; return the SHA-256 of each photo on the phone's disk."""
    page.add_init_script(path=HANDS)
    page.reload()
    for n in range(REPORTS):
        page.evaluate("([words, photos]) => hands.report(words, photos)", [f"{name} {n}", PHOTOS])
    kept = page.evaluate("hands.onDisk()")
    assert len(kept["items"]) == REPORTS
    photos: dict[str, str] = kept["photos"]
    return photos


def test_nothing_is_lost_doubled_or_changed_on_a_lossy_link(
    phone: Phone, net: Net, product: Product
) -> None:
    net.judge = down_for_writing
    phones = {name: phone(name, base_url=net.url) for name in ("li", "zhao")}
    kept = {name: make(page, name) for name, page in phones.items()}

    net.judge = Weather(SEED, ODDS, MOST_DELAY_S)
    net.log.clear()
    started = time.monotonic()
    patience_ms = 30_000 + REPORTS * 6_000
    for page_ in phones.values():
        page_.evaluate("(ms) => { hands.going = hands.waitForDelivery(ms); }", patience_ms)
    for page_ in phones.values():
        page_.evaluate("hands.going")
    seconds = time.monotonic() - started

    log = list(net.log)
    posts = [e for e in log if e.asked.method == "POST" and e.asked.path == "/api/field/reports"]
    puts = [e for e in log if e.asked.method == "PUT"]
    for name, photos in kept.items():
        mine = Incident.objects.filter(reporter__name=name.title()).order_by("serial")
        assert [incident.words for incident in mine] == [f"{name} {n}" for n in range(REPORTS)]
        arrived = Attachment.objects.filter(incident__in=mine)
        assert {str(a.id): a.sha256 for a in arrived} == photos
        assert all((product.media / a.file).is_file() for a in arrived if a.stored_at)
        assert arrived.stored().count() == PHOTOS * REPORTS
        taken = {e.asked.path.split("/")[-1]: e.asked.sha256 for e in puts if e.status == 201}
        assert photos.items() <= taken.items()
    wanted = len(phones) * REPORTS
    assert statuses(posts)[201] == wanted  # made once each
    assert statuses(puts)[201] == wanted * PHOTOS
    for page_ in phones.values():
        left = page_.evaluate("hands.onDisk()")
        assert (left["items"], left["photos"]) == ([], {})
        assert page_.evaluate("hands.queueLine()") == "已送达"
    broken = sum(e.fate.answer is not None or e.fate.keep < 1 for e in posts + puts)
    assert broken > wanted  # it was a bad link
    sys.stdout.write(
        f"\n{wanted} reports with {PHOTOS} photos each from {len(phones)} phones, "
        f"{seconds:.0f} s: {len(posts)} + {len(puts)} exchanges, {broken} of them broken; "
        f"reports {dict(statuses(posts))}, photos {dict(statuses(puts))}\n"
    )


def statuses(exchanges: list[Exchange]) -> Counter[int | None]:
    """Count what the server said; None: it never saw it."""
    return Counter(exchange.status for exchange in exchanges)
