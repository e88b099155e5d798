"""Every answer the server, or somebody on the way, can give to what the phone sends.

Whatever it is: the item stays on the phone, its state is told rightly, and once the link is well
it arrives, once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Error, Page

from incidents.actions import To
from incidents.models import Event, Incident
from tests.net import (
    CAPTIVE,
    CUT_AFTER,
    CUT_BEFORE,
    CUT_IN_THE_ANSWER,
    CUT_IN_THE_REQUEST,
    SILENT_AFTER,
    SILENT_BEFORE,
    Fate,
    Judge,
    Net,
    altered,
    down_for_writing,
    first,
    only,
    page,
    refused,
    told,
    well,
)
from tests.phone import Phone, reported
from tests.world import World, do

pytestmark = [pytest.mark.browser, pytest.mark.proof]

HANDS = Path(__file__).with_name("hands.js")
# While the link is silent twenty seconds are one; a busy machine keeps the time it needs.
PATIENCE = """
const wait = window.setTimeout.bind(window);
window.hurry = 1;
window.setTimeout = (call, ms, ...rest) => wait(call, ms >= 15000 ? ms / hurry : ms, ...rest);
"""
LATER, LOGIN, STUCK = "待发送 1", "重新登录", "需处理 1"
NOBODY = UUID(int=0)


@dataclass(frozen=True)
class Case:
    """One answer, and what the header must say after it."""

    name: str
    fate: Fate
    state: str


def cases() -> Iterator[Case]:
    """Yield the matrix' rows."""
    for status in (200, 201):
        yield Case(f"{status} without a receipt", told(status, {}), LATER)
    yield Case("401", refused(401, "not_logged_in"), LOGIN)
    yield Case("403", refused(403, "role_required"), STUCK)
    yield Case("409", refused(409, "id_reused"), STUCK)
    yield Case("413", refused(413, "photo_too_large"), STUCK)
    yield Case("415", refused(415, "wrong_type"), STUCK)
    yield Case("422", refused(422, "category_unknown"), STUCK)
    for status in (429, 500, 503, 507):
        yield Case(str(status), refused(status, "unavailable", retryable=True), LATER)
    yield Case("502", page(502, "<h1>Bad Gateway</h1>"), LATER)
    yield Case("cut before it arrives", CUT_BEFORE, LATER)
    yield Case("cut in the request", CUT_IN_THE_REQUEST, LATER)
    yield Case("cut before the answer", CUT_AFTER, LATER)
    yield Case("cut in the answer", CUT_IN_THE_ANSWER, LATER)
    yield Case("silence, not arrived", SILENT_BEFORE, LATER)
    yield Case("silence, arrived", SILENT_AFTER, LATER)
    yield Case("captive portal", CAPTIVE, LATER)
    yield Case("wrong id", altered(id=str(NOBODY)), LATER)
    yield Case("wrong sha256", altered(sha256="0" * 64), LATER)


def li(phone: Phone, net: Net) -> Page:
    """Open Li's phone on our link, with hands."""
    opened = phone(base_url=net.url)
    opened.add_init_script(path=HANDS)
    opened.add_init_script(PATIENCE)
    start_anew(opened)
    return opened


def start_anew(page: Page) -> None:
    """Load the page and let it ask all it asks at the beginning: no such answer ends a case."""
    page.reload()
    page.wait_for_load_state("networkidle")


@dataclass
class Bench:
    """Puts one case after the other to the phone; tells all faults at the end, not the first."""

    page: Page
    net: Net
    method: str
    path: str
    make: Callable[[str], None]

    def run(self) -> Iterator[str]:
        """Yield what went wrong, nothing at best."""
        for case in cases():
            try:
                self._one(case)
            except (AssertionError, Error) as fault:
                yield f"{case.name}: {str(fault).splitlines()[0]}"
                self._clear()

    def _one(self, case: Case) -> None:
        self.net.judge = down_for_writing
        self.make(case.name)
        self._state(LATER)
        self.net.log.clear()
        self.net.judge = self._judge(case)
        self.page.evaluate("(silent) => { window.hurry = silent ? 20 : 1; }", case.fate.silent)
        self.page.evaluate("hands.networkIsBack()")
        self._until_met(case.fate)
        self._state(case.state)
        self.page.evaluate("window.hurry = 1")
        kept = self.page.evaluate("hands.onDisk()")
        assert len(kept["items"]) == 1, "the item is gone"
        assert len(kept["photos"]) == len(kept["items"][0]["photos"]), "a photo is gone"
        self.net.judge = well
        if case.state == STUCK:
            self.page.evaluate("hands.retry()")
        self.page.evaluate("hands.waitForDelivery(60000)")
        self._state("已全部送达|已送达")

    def _judge(self, case: Case) -> Judge:
        if case.state == LOGIN:  # who tries again is still told to log in
            return only(self.method, self.path, case.fate)
        # the next try, which may be at once, must not mend it before we look
        return first(self.method, self.path, case.fate, after=down_for_writing)

    def _state(self, words: str) -> None:
        self.page.evaluate("(words) => hands.queueSays(words)", words)

    def _until_met(self, fate: Fate) -> None:
        for _ in range(1500):
            if self.net.met(fate):
                return
            self.page.wait_for_timeout(20)
        raise AssertionError("nothing was sent")

    def _clear(self) -> None:
        """The next case begins on an empty phone."""
        self.net.judge = well
        self.page.evaluate("hands.forget()")
        start_anew(self.page)


def faults(page: Page, net: Net, method: str, path: str, make: Callable[[str], None]) -> str:
    """Put every case to the phone; return what went wrong, a line each."""
    return "\n".join(Bench(page, net, method, path, make).run())


NAMES = [case.name for case in cases()]


def test_a_report_survives_every_answer(phone: Phone, net: Net) -> None:
    page = li(phone, net)
    assert faults(page, net, "POST", r"/api/field/reports$", partial(report, page, 0)) == ""
    assert arrived_once() == NAMES


def test_a_photo_survives_every_answer(phone: Phone, net: Net) -> None:
    page = li(phone, net)
    assert faults(page, net, "PUT", r"/photos/", partial(report, page, 1)) == ""
    assert arrived_once() == NAMES
    assert [i.attachments.stored().count() for i in Incident.objects.all()] == [1] * len(NAMES)


def test_a_deed_survives_every_answer(phone: Phone, net: Net, world: World) -> None:
    now = timezone.now()
    incident = do(world, "accept", reported(world), by="chen", at=now)
    incident = do(world, "dispatch", incident, by="chen", at=now, to=To(area="A1"))
    do(world, "sign", incident, by="li", at=now)
    page = li(phone, net)
    assert faults(page, net, "POST", r"/deeds/remark$", partial(remark, page)) == ""
    notes = Event.objects.filter(incident=incident, kind="remark").order_by("pk")
    assert list(notes.values_list("note", flat=True)) == NAMES


def report(page: Page, photos: int, words: str) -> None:
    page.evaluate("([words, photos]) => hands.report(words, photos)", [words, photos])


def remark(page: Page, words: str) -> None:
    page.evaluate("(words) => hands.remark(words)", words)


def arrived_once() -> list[str]:
    return list(Incident.objects.order_by("serial").values_list("words", flat=True))
