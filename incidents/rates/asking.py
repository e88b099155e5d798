"""What is asked for: whose cases, which days, cut by what. Codes become rows here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import NotFound, Unreadable
from gis_grid.people.models import HandlingUnit
from gis_grid.territory.models import Area, Level
from gis_grid.territory.paths import Territory
from incidents.models import Category, Incident
from incidents.rates.periods import Period, Step


class By(StrEnum):
    """What the rows are. There is no row for a worker, and no way to ask for one."""

    AREA = "area"
    MAJOR = "major"
    CATEGORY = "category"
    UNIT = "unit"
    SOURCE = "source"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"

    @property
    def step(self) -> Step | None:
        """The step of time, None for what is no time."""
        return Step(self.value) if self.value in list(Step) else None


@dataclass(frozen=True)
class Question:
    """Figures of a period up to `at`, for a territory or a part of it. `by` None: no rows.

    `level` is the areas' level when `by` is AREA, None when there is nothing below. `areas` are
    the rows a reader expects even when nothing happened there: those that existed then.
    """

    territory: Territory
    period: Period
    at: datetime
    by: By | None = None
    level: Level | None = None
    area: Area | None = None
    category: Category | None = None
    unit: HandlingUnit | None = None

    @property
    def start(self) -> datetime:
        """The moment the period begins."""
        return self.period.moments(timezone.get_default_timezone())[0]

    @property
    def until(self) -> datetime:
        """The moment it ends, or now while it still runs: nobody is late for tomorrow."""
        return min(self.period.moments(timezone.get_default_timezone())[1], self.at)


def ask(
    territory: Territory,
    period: Period,
    *,
    at: datetime,
    by: By | None = None,
    level: Level | None = None,
    area: str | None = None,
    category: str | None = None,
    unit: str | None = None,
) -> Question:
    """Return the question with its codes looked up.

    NotFound for an area outside the territory or of other days; Unreadable for a category or
    unit that nobody knows: a filter that is misspelt must not answer with nothing. `level` None:
    the next below the area, or below the territory's top.
    """
    found = _area(territory, period, area, level) if area else None
    return Question(
        territory,
        period,
        at,
        by,
        level=(level or _next_level(territory, period, found)) if by is By.AREA else None,
        area=found,
        category=_known(Category, "category", category) if category else None,
        unit=_known(HandlingUnit, "unit", unit) if unit else None,
    )


def whole_record(at: datetime) -> Period:
    """Return the days from the first report to today."""
    today = timezone.localdate(at)
    first = Incident.objects.aggregate(first=Min("reported_at"))["first"]
    return Period(min(timezone.localdate(first), today) if first else today, today)


def existing(period: Period) -> Q:
    """Condition: the area existed on one of these days."""
    return Q(during__overlap=DateRange(period.first, period.last + timedelta(days=1)))


def levels_below(territory: Territory, period: Period, area: Area | None) -> list[Level]:
    """Return the levels that have areas below an area, or in a territory, the highest first."""
    areas = Area.objects.within(territory).filter(existing(period))
    if area is not None:
        areas = areas.under(area).filter(level__gt=area.level)
    levels = areas.order_by("level").values_list("level", flat=True).distinct()
    return [Level(level) for level in levels]


def categories_to_choose() -> list[Category]:
    """Return the major categories, each followed by its minor ones."""
    known = Category.objects.select_related("major").order_by("position", "code")
    minors: dict[int | None, list[Category]] = {}
    for category in known:
        minors.setdefault(category.major_id, []).append(category)
    return [c for major in minors.get(None, []) for c in (major, *minors.get(major.pk, []))]


def units_to_choose() -> list[HandlingUnit]:
    """Return the handling units, former ones too: the past has their cases."""
    return list(HandlingUnit.objects.order_by("code"))


def _next_level(territory: Territory, period: Period, area: Area | None) -> Level | None:
    levels = levels_below(territory, period, area)
    if area is None and len(levels) > 1:
        return levels[1]  # the top is the whole, which is told anyway
    return levels[0] if levels else None


def _area(territory: Territory, period: Period, code: str, level: Level | None) -> Area:
    """Return the deepest area with this code above the level that is asked for.

    A street and its only community may have one code; who asks for communities means the street.
    """
    areas = Area.objects.within(territory).filter(existing(period), code=code)
    if level is not None:
        areas = areas.filter(level__lt=level)
    area = areas.order_by("-level", "-pk").first()
    if area is None:
        raise NotFound("area_not_found", _("There is no such area in your territory."))
    return area


def _known(model: Any, name: str, code: str) -> Any:
    found = model.objects.filter(code=code).first()
    if found is None:
        raise Unreadable(f"{name}_unknown", _("Nothing has this code."), {name: _("unknown")})
    return found
