"""The browser is killed, at any moment, as a whole: nothing that was made is lost.

Each point is a step of a report with two photos, or of an answer with one, and some while after
it. What is owed after the next start: every photo that was handed over, every field a second old,
offered within two seconds. Then people go on, and it must arrive once, with all of it.
`GRID_KILLS=30` makes it a measurement.
"""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from uuid import UUID

import pytest
from django.db.models import QuerySet
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from incidents.actions import To
from incidents.models import Attachment, Event, Incident
from tests.killed import Handset
from tests.login import cookies_of
from tests.net import WELL, Asked, Fate, Net
from tests.phone import Phone, add_photo, choose, expect_delivered, reported
from tests.product import Product, wait_until_quiet
from tests.world import World, do, inside

pytestmark = [pytest.mark.browser, pytest.mark.proof]

SEED = 20260305
KILLS = int(os.environ.get("GRID_KILLS", "8"))
MEASURED = KILLS >= 30  # on a machine with nothing else to do, so times may be judged
FIELD_S = 1.0  # a field older than this is kept
PHOTO_S = 0.25 if MEASURED else 1.0  # to write a picture of some megabytes down
OFFERED_MS = 2000
LONGEST_WAIT_S = 1.4
PATIENCE_S = 45.0
COLOURS = ((200, 40, 40), (40, 60, 200))
CATEGORY = "井盖缺失破损"
SLOW = Fate(delay_s=0.15)  # so that some are killed while they send
WATCH = """
const look = setInterval(() => {
  const offer = document.querySelector('#unfinished:not([hidden]), #deed-drafts li');
  if (!offer || !offer.offsetParent) return;
  window.offeredAt = performance.now();
  clearInterval(look);
}, 10);
"""


@dataclass(frozen=True)
class Point:
    """When the browser is killed: so long after a step."""

    kind: str
    step: str
    wait_s: float


@dataclass
class Made:
    """What a person has made until now: values by field, photos, and since when."""

    name: str
    incident: UUID | None = None
    fields: dict[str, list[tuple[float, str]]] = field(default_factory=dict)
    photos: list[float] = field(default_factory=list)
    sent: bool = False

    def put(self, what: str, value: str) -> None:
        self.fields.setdefault(what, []).append((time.monotonic(), value))

    def owed_photos(self, at: float) -> int:
        return sum(at - taken > PHOTO_S for taken in self.photos)

    def allowed(self, what: str, at: float) -> set[str]:
        """The values a field may have: what was there a second before, or anything later."""
        told = [(0.0, ""), *self.fields.get(what, [])]
        old = [value for since, value in told if at - since > FIELD_S]
        return {old[-1], *(value for since, value in told if at - since <= FIELD_S)}

    def latest(self, what: str) -> str:
        return self.fields[what][-1][1]

    def owed(self, at: float) -> bool:
        return bool(self.owed_photos(at)) or any("" not in self.allowed(w, at) for w in self.fields)


Steps = Iterator[str]
Found = Callable[[], QuerySet[Incident]]
REPORT_STEPS = ("photo", "category", "words", "photo again", "more words", "sent", "sent")
DEED_STEPS = ("form", "words", "photo", "more words", "sent")


def report_steps(page: Page, made: Made, pictures: list[Path]) -> Steps:
    """Make a report; stops after each step."""
    with page.expect_file_chooser() as camera:
        page.locator(".shutter").click()
    yield "camera"
    camera.value.set_files(pictures[0])
    made.photos.append(time.monotonic())
    yield "photo"
    choose(page, CATEGORY)
    made.put("category", CATEGORY)
    yield "category"
    words = page.locator("[name=words]")
    words.fill(f"{made.name}：井盖")
    made.put("words", f"{made.name}：井盖")
    yield "words"
    with page.expect_file_chooser() as camera:
        page.locator("#add-photo").click()
    yield "camera again"
    camera.value.set_files(pictures[1])
    made.photos.append(time.monotonic())
    yield "photo again"
    words.fill(f"{made.name}：井盖没了")
    made.put("words", f"{made.name}：井盖没了")
    yield "more words"
    page.locator("#submit").click()
    made.sent = True
    yield "sent"


def deed_steps(page: Page, made: Made, pictures: list[Path]) -> Steps:
    """Answer a task with a photo; stops after each step."""
    page.goto(f"/field/#incident/{made.incident}")
    page.locator("#detail").get_by_role("button", name="反馈", exact=True).click()
    words = page.locator("#deed-fields").get_by_label("怎么办的")
    words.wait_for()
    yield "form"
    words.fill(f"{made.name}：换了")
    made.put("words", f"{made.name}：换了")
    yield "words"
    with page.expect_file_chooser() as camera:
        page.locator("#deed-fields .add-photo").first.click()
    yield "camera"
    camera.value.set_files(pictures[0])
    made.photos.append(time.monotonic())
    yield "photo"
    words.fill(f"{made.name}：换了井盖")
    made.put("words", f"{made.name}：换了井盖")
    yield "more words"
    page.locator("#deed-send").click()
    made.sent = True
    yield "sent"


def points() -> list[Point]:
    """Return the moments of one run, from a seed; every sixth is while the camera is open."""
    chance = random.Random(SEED)

    def at(kind: str, steps: tuple[str, ...]) -> Point:
        return Point(kind, chance.choice(steps), chance.uniform(0, LONGEST_WAIT_S))

    found = []
    for nth in range(KILLS):
        kind = "report" if nth % 3 else "deed"
        if nth % 6 == 2:
            kind = "report" if nth % 4 else "deed"
            found.append(at(kind, ("camera again",) if kind == "report" else ("camera",)))
        else:
            found.append(at(kind, REPORT_STEPS if kind == "report" else DEED_STEPS))
    return found


def slow_to_send(asked: Asked) -> Fate:
    """Judge: what the phone sends takes its time."""
    return SLOW if asked.method != "GET" and asked.path.startswith("/api/") else WELL


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Two photos of some size that cannot be taken for each other."""
    found = []
    for n, colour in enumerate(COLOURS):
        path = tmp_path / f"photo{n}.jpg"
        Image.effect_noise((1600, 1200), 60).convert("RGB").point(lambda v: v // 4).save(path)
        noise = Image.open(path)
        Image.blend(noise, Image.new("RGB", noise.size, colour), 0.8).save(path, quality=92)
        found.append(path)
    return found


@pytest.fixture
def handset(net: Net, world: World, chromium: Browser, tmp_path: Path) -> Iterator[Handset]:
    """Li's phone."""
    lon, lat = inside()
    phone = Handset(
        chromium,
        tmp_path / "profile",
        WATCH,
        viewport={"width": 360, "height": 640},
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        permissions=["geolocation"],
        geolocation={"longitude": lon, "latitude": lat, "accuracy": 8},
        base_url=net.url,
    )
    phone.cookies = cookies_of(world, "li", net.url)
    yield phone
    phone.close()
    wait_until_quiet()


@dataclass
class Trial:
    """Goes through the points with one phone, and keeps the book of what was lost."""

    handset: Handset
    world: World
    pictures: list[Path]
    page: Page | None = None
    offered: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def one(self, point: Point, nth: int) -> None:
        """Make it as far as the point, kill, start again, look, go on to the end."""
        made = Made(f"第{nth}件")
        if point.kind == "deed":
            made.incident = task(self.world, made.name)
        steps = report_steps if point.kind == "report" else deed_steps
        page = self.page or self.open()
        for step in steps(page, made, self.pictures):
            if step == point.step:
                break
        time.sleep(point.wait_s)
        killed = time.monotonic()
        self.handset.kill()
        self.page = self.open()
        check = self.report if point.kind == "report" else self.deed
        check(made, killed, f"{nth} {point}")

    def open(self) -> Page:
        page = self.handset.start()
        page.goto("/field/")
        expect(page.locator("#worker")).to_contain_text("Li")
        return page

    def report(self, made: Made, killed: float, where: str) -> None:
        page = self.page
        assert page
        unfinished = page.locator("#unfinished")
        if made.sent and not self.back(unfinished, lambda: reports(made.latest("words")), 2):
            return
        if made.owed(killed):
            self.offer(unfinished)
        if unfinished.is_visible():
            page.locator("#resume").click()
        else:
            page.locator(".shutter input").set_input_files(self.pictures[0])
        thumbs = page.locator("#thumbs li:not([aria-busy]) img")
        self.count(thumbs, made.owed_photos(killed), where)
        words = page.locator("[name=words]")
        self.value(words.input_value(), made.allowed("words", killed), where)
        chosen = page.locator("#chips [aria-pressed=true]")
        self.value("".join(chosen.all_inner_texts()), made.allowed("category", killed), where)
        for picture in self.pictures[thumbs.count() :]:
            before = thumbs.count()
            page.locator("#add-photo input").set_input_files(picture)
            expect(thumbs).to_have_count(before + 1)
        if not chosen.count():
            choose(page, CATEGORY)
        words.fill(f"{made.name}：好了")
        page.locator("#submit").click()
        page.locator("[data-home]").click()
        arrives(lambda: reports(f"{made.name}：好了"), 2)

    def deed(self, made: Made, killed: float, where: str) -> None:
        page = self.page
        assert page
        unfinished = page.locator("#deed-drafts li")
        if made.sent and not self.back(unfinished, lambda: answers(made.latest("words")), 1):
            return
        if made.owed(killed):
            self.offer(unfinished)
        words = page.locator("#deed-fields").get_by_label("怎么办的")
        if unfinished.is_visible():
            unfinished.get_by_role("button", name="继续").click()
        else:
            next(deed_steps(page, made, self.pictures))
        words.wait_for()
        thumbs = page.locator("#deed-form .deed-photos li:not([aria-busy]) img")
        self.count(thumbs, made.owed_photos(killed), where)
        self.value(words.input_value(), made.allowed("words", killed), where)
        if not thumbs.count():
            add_photo(page, self.pictures[0])
        words.fill(f"{made.name}：好了")
        page.locator("#deed-send").click()
        arrives(lambda: answers(f"{made.name}：好了"), 1)
        expect(page.locator("#deed-form")).to_be_hidden()
        page.locator("[data-screen=detail] [data-back]").click()

    def back(self, unfinished: Locator, found: Found, photos: int) -> bool:
        """Whether what was sent is a form again; else it has arrived when this returns."""
        until = time.monotonic() + PATIENCE_S
        while not unfinished.is_visible():
            if complete(found(), photos):
                return False
            assert time.monotonic() < until, "sent, and neither a form again nor at the server"
            time.sleep(0.05)
        return True

    def offer(self, offer: Locator) -> None:
        assert self.page
        expect(offer.first).to_be_visible()
        self.offered.append(self.page.evaluate("window.offeredAt"))

    def count(self, thumbs: Locator, owed: int, where: str) -> None:
        until = time.monotonic() + 15
        while thumbs.count() < owed and time.monotonic() < until:
            time.sleep(0.05)
        if thumbs.count() < owed:
            self.lost.append(f"{where}: {owed - thumbs.count()} photos")

    def value(self, found: str, allowed: set[str], where: str) -> None:
        if found not in allowed:
            self.lost.append(f"{where}: {found!r} is none of {allowed}")


def task(world: World, name: str) -> UUID:
    """Give Li something to answer."""
    now = timezone.now()
    incident = reported(world, words=name)
    for deed, by, details in (
        ("accept", "chen", {}),
        ("dispatch", "chen", {"to": To(area="A1")}),
        ("sign", "li", {}),
    ):
        incident = do(world, deed, incident, by=by, at=now, **details)
    return incident.pk


def reports(words: str) -> QuerySet[Incident]:
    return Incident.objects.filter(words=words)


def answers(note: str) -> QuerySet[Incident]:
    given = Event.objects.filter(kind="answer", note=note)
    return Incident.objects.filter(pk__in=given.values("incident"))


def complete(found: QuerySet[Incident], photos: int) -> bool:
    """Whether it is there, once, with all its photos."""
    ids = list(found.values_list("pk", flat=True))
    stored = Attachment.objects.stored().filter(incident__in=ids)
    return len(ids) == 1 and stored.count() == photos


def arrives(found: Found, photos: int) -> None:
    """Wait until it is there."""
    until = time.monotonic() + PATIENCE_S
    while not complete(found(), photos):
        assert time.monotonic() < until, f"it is there {len(found())} times, or without its photos"
        time.sleep(0.05)


def test_no_kill_loses_anything(
    handset: Handset, net: Net, world: World, pictures: list[Path], product: Product
) -> None:
    net.judge = slow_to_send
    trial = Trial(handset, world, pictures)
    for nth, point in enumerate(points(), 1):
        trial.one(point, nth)
    assert trial.lost == []
    assert not MEASURED or max(trial.offered) < OFFERED_MS
    reports = Incident.objects.filter(reporter__name="Li")
    assert reports.count() == sum(point.kind == "report" for point in points())
    assert len({incident.words.split("：")[0] for incident in reports}) == reports.count()
    for incident in reports:
        assert colours(incident, product) == set(COLOURS)
    sys.stdout.write(
        f"\n{len(points())} kills: 0 photos lost, 0 fields older than {FIELD_S:.0f} s lost; "
        f"offered to go on after {median(trial.offered):.0f} ms (median), "
        f"{max(trial.offered):.0f} ms at most\n"
    )


def colours(incident: Incident, product: Product) -> set[tuple[int, int, int]]:
    """Return which of the two pictures have arrived."""
    found = set()
    for photo in incident.attachments.stored():
        seen = Image.open(product.media / photo.file).resize((1, 1)).getpixel((0, 0))
        found.add(min(COLOURS, key=lambda c: sum(abs(a - b) for a, b in zip(c, seen, strict=True))))
    return found


def test_made_and_killed_without_a_server_it_arrives_once(
    handset: Handset, product: Product, pictures: list[Path]
) -> None:
    page = handset.start()
    page.goto("/field/")
    page.evaluate("navigator.serviceWorker.ready.then(() => caches.keys())")
    expect(page.locator("#worker")).to_contain_text("Li")

    product.stop("web")
    page.goto("/field/")
    begin(page, pictures)
    page.locator("[name=words]").fill("没有网的一件")
    page.locator("#submit").click()
    expect(page.locator("#done-title")).to_have_text("已保存在本机")
    page.locator("[data-home]").click()
    begin(page, pictures)
    time.sleep(PHOTO_S)
    handset.kill()

    page = handset.start()
    page.goto("/field/")
    expect(page.locator("#queue-state")).to_contain_text("待发送 1")
    page.locator("#resume").click()
    expect(page.locator("#thumbs li:not([aria-busy]) img")).to_have_count(2)
    page.locator("[name=words]").fill("没有网的第二件")
    page.locator("#submit").click()
    page.locator("[data-home]").click()
    product.ensure()
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#queue-state")).to_contain_text("送达", timeout=15_000)
    sent = Incident.objects.order_by("serial")
    assert [incident.words for incident in sent] == ["没有网的一件", "没有网的第二件"]
    assert [colours(incident, product) for incident in sent] == [set(COLOURS)] * 2


def test_a_draft_that_cannot_be_read_keeps_nothing_from_being_made_and_sent(
    phone: Phone, pictures: list[Path]
) -> None:
    page = phone()
    page.evaluate(
        """() => new Promise((resolve) => {
          indexedDB.open('gis-grid-field').onsuccess = ({ target: { result: db } }) => {
            const writing = db.transaction('drafts', 'readwrite');
            const broken = { key: 'li|report', owner: 'li', kind: 'report', filled: true };
            writing.objectStore('drafts').put(broken);
            writing.oncomplete = resolve;
          };
        })"""
    )
    page.reload()
    begin(page, pictures)
    page.locator("#submit").click()
    expect_delivered(page)


def begin(page: Page, pictures: list[Path]) -> None:
    """Take both photos and choose the type."""
    page.locator(".shutter input").set_input_files(pictures[0])
    page.locator("#add-photo input").set_input_files(pictures[1])
    expect(page.locator("#thumbs li:not([aria-busy]) img")).to_have_count(2)
    choose(page, CATEGORY)
