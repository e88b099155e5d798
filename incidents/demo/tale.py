"""One incident of the demo while it is lived through: where it stands, whose turn it is, when."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from gis_grid.access import Actor
from gis_grid.demo.records import IncidentRecord
from incidents.deadlines import sla
from incidents.deadlines.calendars import calendar_of
from incidents.demo.cast import Cast
from incidents.models import Category, Incident, PhotoRole, PhotoRule

OPENS, CLOSES = 8, 22  # the command centre, by the clock on the wall
AUTOMATIC = "automatic"  # a step that an automatic rule takes, not a deed of somebody's


@dataclass(frozen=True)
class Step:
    """A deed that is due: by whom (None: the product), when, with which words and photo.

    `details` is asked when the step is taken; None skips it.
    """

    deed: str
    by: Actor | None
    at: datetime
    note: str = ""
    shows: str = ""
    details: Callable[[], dict[str, Any] | None] = dict


@dataclass
class Tale:
    """An incident and its story so far. `at` is the time of the last or next step."""

    record: IncidentRecord
    category: Category
    cast: Cast
    dice: Random
    now: datetime
    automatic: bool  # an automatic rule is for its category
    incident: Incident
    at: datetime
    holder: Actor | None = None
    handlers: set[int] = field(default_factory=set)
    skipped: bool = False  # the last step was not possible
    steps: int = 0

    @property
    def path(self) -> str:
        """The path of the area that owns it."""
        return self.incident.area_path

    @property
    def young(self) -> bool:
        """Whether it came so lately that somebody may still be thinking about it."""
        return self.now - self.record.reported_at < timedelta(days=6)

    def chance(self, share: float) -> bool:
        """Return True in so many cases (0..1)."""
        return self.dice.random() < share

    def spread(self, median: float, sigma: float = 0.5) -> float:
        """Return a positive number around a median, now and then a far larger one."""
        return median * math.exp(self.dice.gauss(0, sigma))

    # --- time passes ---

    def rest(self, hours: float) -> None:
        """Let some hours pass, day or night."""
        self.at += timedelta(hours=self.spread(hours))

    def work(self, hours: float) -> None:
        """Let some working hours pass."""
        self.at = calendar_of().after(self.at, timedelta(hours=self.spread(hours)))

    def duty(self, hours: float) -> None:
        """Let some hours of the command centre pass, which is open every day but not at night."""
        self.rest(hours)
        local = timezone.localtime(self.at)
        if not OPENS <= local.hour < CLOSES:
            days = int(local.hour >= CLOSES)
            morning = local.replace(hour=OPENS, minute=0, second=0) + timedelta(days=days)
            self.at = morning + timedelta(minutes=self.dice.randint(1, 50))

    def hurry(self, hours: float) -> None:
        """Let some working hours pass, or a tenth of the limit when that counts the night."""
        if self.category.limit.kind is sla.LimitKind.HOURS:
            self.rest(min(self.category.limit.amount / 10, 2.0))
        else:
            self.work(hours)

    def reach(self, share: float) -> None:
        """Go on to a share of the way from the dispatch to the deadline, into working time."""
        given = self.incident.dispatch
        assert given is not None, "only what was given has a deadline of its holder's"
        target = given.started_at + share * (self.incident.due_at - given.started_at)
        self.at = max(self.at + timedelta(minutes=8), target)
        if self.category.limit.kind is not sla.LimitKind.HOURS:
            self.work(0.1)

    # --- who does what ---

    def step(
        self, deed: str, by: Actor | None, note: str = "", shows: str = "", **details: Any
    ) -> Step:
        """Return a deed that is due now."""
        return Step(deed, by, self.at, note, shows, lambda: details)

    def desk(self) -> Actor:
        """Return an operator."""
        return self.cast.desk(self.path, self.dice)

    def field(self) -> Actor:
        """Return somebody of the area."""
        return self.cast.field(self.path, self.dice)

    @property
    def after(self) -> str:
        """The photo that an answer needs, empty when it needs none."""
        needed = self.category.photo == PhotoRule.REQUIRED
        return PhotoRole.AFTER.value if needed else ""
