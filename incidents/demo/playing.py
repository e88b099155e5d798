"""Lets the demo's incidents happen in the order of time: reports, people's deeds, the clock."""

import hashlib
import heapq
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from gis_grid.access import Actor
from gis_grid.demo.records import IncidentRecord
from gis_grid.errors import GridError
from gis_grid.geo.datum import Datum
from incidents import actions, photos, relay
from incidents.actions import Order
from incidents.deadlines import watch
from incidents.demo.cast import Cast
from incidents.demo.parts import Steps
from incidents.demo.pictures import hang, picture
from incidents.demo.stories import STORIES, own, settled
from incidents.demo.tale import AUTOMATIC, Step, Tale
from incidents.dispatching import autodispatch
from incidents.models import Category, DispatchRule, Event, Incident, PhotoRole, PhotoRule, Told
from incidents.reports import Photo, Report
from incidents.routing import route
from incidents.telling.teller import MARK

STUCK_WITHIN, STUCK_SHARE = timedelta(days=10), 0.12
UPLOAD = timedelta(seconds=20)  # from a deed to the arrival of its photo
NEWS = timedelta(days=1)  # what happened before is no news to anybody

logger = logging.getLogger(__name__)


def play(records: Iterable[IncidentRecord], now: datetime) -> int:
    """Report each record and let its story happen until now. Returns how many were reported.

    In the caller's transaction. Everything has the time at which it happened; what would come
    after `now` has not happened.
    """
    stage = _Stage(now)
    for record in records:
        stage.expect(record.reported_at, record)
    stage.run()
    hang()
    relay.stamp_all()
    _forget_old_news(now)
    return len(stage.tales)


@dataclass(frozen=True)
class _Ring:
    """The alarm of a tale's incident, which may have been set anew since it was `set_for`."""

    tale: Tale
    set_for: datetime


@dataclass(frozen=True)
class _Turn:
    """The next step of a tale, and what comes after it."""

    tale: Tale
    step: Step
    story: Steps


class _Stage:
    """What is going to happen, by time, and all that have appeared."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._at = now  # of what is happening
        self.tales: list[Tale] = []
        self._cast = Cast()
        self._categories = {c.code: c for c in Category.objects.select_related("major")}
        automatic = DispatchRule.objects.filter(live=True, automatic=True)
        self._automatic = set(automatic.values_list("category", flat=True))
        self._due: list[tuple[datetime, int, IncidentRecord | _Turn | _Ring]] = []
        self._order = count()
        self._hung: set[str] = set()

    def expect(self, at: datetime, what: "IncidentRecord | _Turn | _Ring") -> None:
        """Put something into the future; what lies after now never comes."""
        if at < self.now:
            heapq.heappush(self._due, (at, next(self._order), what))

    def run(self) -> None:
        """Let everything happen in its order."""
        while self._due:
            self._at, _number, what = heapq.heappop(self._due)
            if isinstance(what, _Turn):
                self._take(what)
            elif isinstance(what, _Ring):
                self._ring(what)
            else:
                self._appear(what)

    def _appear(self, record: IncidentRecord) -> None:
        """Report it as somebody of the place would, and begin its story."""
        dice = Random(record.id.int)
        story = dice.choices(list(STORIES), list(STORIES.values()))[0]
        category = self._categories[record.category]
        owner = route(
            record.point.x, record.point.y, when=timezone.localdate(record.reported_at)
        ).owner
        reporter = self._cast.field(owner.path if owner else "", dice)
        report = _report(record, category, on_the_spot=story is settled)
        incident = actions.report(report, by=reporter, at=record.reported_at).incident
        tale = Tale(
            record,
            category,
            self._cast,
            dice,
            self.now,
            category.pk in self._automatic and story is not own,
            incident,
            record.reported_at,
        )
        self.tales.append(tale)
        self._bring(record.id, report.photos, reporter, category, record.reported_at)
        self._go_on(tale, story(tale))

    def _go_on(self, tale: Tale, story: Steps) -> None:
        self._wind(tale)
        young = self.now - tale.record.reported_at < STUCK_WITHIN
        if young and tale.incident.is_open and tale.chance(STUCK_SHARE / 2):
            return
        step = next(story, None)
        if step is not None:
            self.expect(step.at, _Turn(tale, step, story))

    def _take(self, turn: _Turn) -> None:
        """Take a step. A refused one ends the story: the incident stays where it was."""
        tale, step = turn.tale, turn.step
        try:
            self._do(tale, step)
        except GridError as refusal:
            logger.warning("%s of %s: %s", step.deed, tale.incident.number, refusal.code)
            return
        self._go_on(tale, turn.story)

    def _do(self, tale: Tale, step: Step) -> None:
        tale.steps += 1
        tale.skipped = False
        if step.deed == AUTOMATIC:
            autodispatch.dispatch_one(tale.incident, step.at)
            tale.incident = Incident.objects.get(pk=tale.record.id)
            return
        details = self._like(tale) if step.deed == "merge" else step.details()
        if details is None:
            tale.skipped = True
            return
        announced = _photos(tale, step)
        order = Order(
            by=_as_seated(step),
            at=step.at,
            deed_id=uuid5(tale.record.id, f"{tale.steps} {step.deed}"),
            seen_version=tale.incident.version,
            note=step.note,
            photos=announced,
        )
        tale.incident = actions.DEEDS[step.deed](tale.record.id, order, **details)
        if step.by is not None:
            self._bring(tale.record.id, announced, step.by, tale.category, step.at)

    def _like(self, tale: Tale) -> dict[str, Any] | None:
        """Return the nearest open incident of the same category that this may be merged into."""
        point = tale.incident.point
        alike = [
            other
            for other in self.tales
            if other is not tale and other.category == tale.category and other.incident.is_open
        ]
        if not alike:
            return None
        nearest = min(alike, key=lambda other: float(point.distance(other.incident.point)))
        return {"into": nearest.record.id}

    def _wind(self, tale: Tale) -> None:
        alarm_at = tale.incident.alarm_at
        if alarm_at:
            # An alarm for a moment that has passed rings at once.
            self.expect(max(alarm_at, self._at), _Ring(tale, alarm_at))

    def _ring(self, ring: _Ring) -> None:
        tale = ring.tale
        if tale.incident.alarm_at == ring.set_for and watch.ring(tale.record.id, self._at):
            tale.incident = Incident.objects.get(pk=tale.record.id)
            self._wind(tale)

    def _bring(
        self,
        incident: UUID,
        announced: tuple[Photo, ...],
        by: Actor,
        category: Category,
        at: datetime,
    ) -> None:
        """Send in the first photo of each kind as a phone does; `hang` shows it in all places."""
        for photo in announced:
            if photo.sha256 not in self._hung and at + UPLOAD < self.now:
                self._hung.add(photo.sha256)
                body = picture(_major(category), photo.role)
                photos.store(incident, photo.id, body, "image/png", by=by, at=at + UPLOAD)


def _as_seated(step: Step) -> Actor | None:
    """Return the doer by seat alone: no one looks for units and reports the seat does not need."""
    if step.by is None or not step.by.roles or step.deed == "rate":
        return step.by
    return replace(step.by, worker=None)


def _report(record: IncidentRecord, category: Category, *, on_the_spot: bool) -> Report:
    shown = [PhotoRole.REPORT] if category.photo == PhotoRule.REQUIRED else []
    if on_the_spot and shown:
        shown.append(PhotoRole.AFTER)
    return Report(
        id=record.id,
        category=record.category,
        lon=round(record.point.x, 7),
        lat=round(record.point.y, 7),
        datum=Datum.WGS84,
        accuracy_m=record.accuracy_m,
        method=record.method,
        fixed_at=None,
        recorded_at=record.reported_at,
        words=record.words,
        photos=tuple(_photo(record.id, category, role.value, 0) for role in shown),
        settled=on_the_spot,
    )


def _photos(tale: Tale, step: Step) -> tuple[Photo, ...]:
    if not step.shows:
        return ()
    return (_photo(tale.record.id, tale.category, step.shows, tale.steps),)


def _photo(incident: UUID, category: Category, role: str, step: int) -> Photo:
    body = picture(_major(category), role)
    return Photo(uuid5(incident, f"photo {step} {role}"), hashlib.sha256(body).hexdigest(), role)


def _major(category: Category) -> str:
    return category.major.code if category.major else category.code


def _forget_old_news(now: datetime) -> None:
    """Let people be told of the last day only: nobody wants a thousand notices to begin with."""
    old = Event.objects.filter(at__lt=now - NEWS, sequence__isnull=False)
    last = old.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    Told.objects.update_or_create(pk=MARK, defaults={"sequence": last})
