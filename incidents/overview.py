"""How a territory stands, at a glance: what the wall and the page of figures show. Reads only.

Counts are counts of `find`, rates are those of `rates`: there is no second formula here. No words,
no names, no numbers of single incidents: a wall is read by whoever passes.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import shapely
from django.db.models import Count, Q
from django.db.models.functions import TruncHour
from django.utils import timezone

from gis_grid.access import Actor, access_area
from gis_grid.territory.layers import bounds_of
from gis_grid.territory.models import Area, Boundary, Level
from incidents import feed, rates
from incidents.models import Incident
from incidents.queries import IncidentQuerySet
from incidents.rates import By, Period, Tally
from incidents.rates.counting import tallies
from incidents.rates.figures import as_json
from incidents.rates.periods import Step, this_month
from incidents.sought import QUEUES, Sought, find

COUNTED: Final = ("open", "today", "near", "over", "unrouted", "closed")
# The rates that are shown, with the count of the cases that keep each from being whole.
REST: Final = {"in_time_closing_rate": "missed_deadline", "satisfaction_rate": "dissatisfied"}
RATES: Final = tuple(REST)
DAILY: Final = frozenset({"reported", "closings"})
MONTHLY: Final = frozenset(
    count
    for name in RATES
    for count in (rates.QUOTIENTS[name].numerator, rates.QUOTIENTS[name].denominator)
) | {"reported"}
DAYS: Final = 7
HOURS: Final = 24
NEWEST: Final = 8
OUTLINE_STEPS: Final = 800  # a shape is as exact as a screen of so many points can show


@dataclass(frozen=True)
class View:
    """What is looked at: an area, or all of somebody's territory, and the areas just below.

    `whole`: all of it, with what lies in no area yet, though `area` may name it.
    """

    actor: Actor
    area: Area | None
    below: list[Area]
    whole: bool = False

    @property
    def within(self) -> Area | None:
        """The area that limits it, None for all of the territory."""
        return None if self.whole else self.area

    @property
    def sought(self) -> Sought:
        """The filter that means it."""
        return Sought(path=self.within.path if self.within else None)


def look(actor: Actor, code: str = "") -> View:
    """Return the view of an area, or of the whole; NotFound for an area of others.

    A territory that is one area is looked at as that area, so that what lies below it is shown.
    """
    today = timezone.localdate()
    areas = Area.objects.within(actor.territory).at(today)
    if code:
        area: Area | None = access_area(actor, code)
    else:
        roots = list(areas.roots_of(actor.territory)[:2])
        area = roots[0] if len(roots) == 1 and not actor.territory.everywhere else None
    below = areas.filter(parent=area) if area else areas.roots_of(actor.territory)
    return View(actor, area, list(below.order_by("code")), whole=not code)


def overview(view: View, at: datetime) -> dict[str, Any]:
    """Return how a view stands now: its own counts, each area's below, the last hours."""
    actor, area = view.actor, view.area
    counted = _counted(find(view.sought, actor.territory, at), at)
    return {
        "sequence": feed.last_sequence(),
        "scope": feed.scope_of(actor.territory),
        "at": at.isoformat(),
        "area": {"code": area.code, "name": area.name} if area else None,
        "above": [{"code": each.code, "name": each.name} for each in _above(view)],
        "counts": {name: counted.total()[name] for name in COUNTED},
        "areas": [
            {
                "code": each.code,
                "name": each.name,
                "level": Level(each.level).slug,
                **{name: counted.of(each)[name] for name in COUNTED},
            }
            for each in view.below
        ],
        "hours": _hours(view, at),
        "newest": _newest(view, at),
    }


def trends(view: View, at: datetime) -> dict[str, Any]:
    """Return what changes slowly and takes long to count: rates of this month, the last days."""
    period = this_month(timezone.localdate(at))
    month = rates.answer(_question(view, period, at, By.MAJOR), MONTHLY)
    return {
        "period": {"from": period.first.isoformat(), "to": period.last.isoformat()},
        "rates": _rates(month),
        "categories": _categories(month),
        "days": _days(view, at),
    }


def outlines(view: View) -> dict[str, Any]:
    """Return the areas below as rings of [lon, lat] (EPSG:4326), borders simplified together."""
    today = timezone.localdate()
    bounds = bounds_of(view.actor.territory, today)
    rows = Boundary.objects.at(today).filter(area__in=view.below or [view.area])
    found = list(rows.values_list("area__code", "area__name", "shape"))
    shapes = shapely.from_wkb([bytes(shape.wkb) for *_names, shape in found])
    if len(found):
        west, south, east, north = bounds = shapely.total_bounds(shapes).tolist()
        step = max(east - west, north - south) / OUTLINE_STEPS
        shapes = shapely.coverage_simplify(shapes, step)
    return {
        "bounds": bounds,
        "areas": [
            {"code": code, "name": name, "rings": _rings(shape), "label": _inner_point(shape)}
            for (code, name, _shape), shape in zip(found, shapes, strict=True)
        ],
    }


@dataclass(frozen=True)
class _Counted:
    """Counts by the path of the owner; an incident counts for every area above its own."""

    by_path: dict[str, Counter[str]]

    def total(self) -> Counter[str]:
        return _sum(self.by_path.values())

    def of(self, area: Area) -> Counter[str]:
        return _sum(n for path, n in self.by_path.items() if path.startswith(area.path))


def _counted(found: IncidentQuerySet, at: datetime) -> _Counted:
    counts = {name: Count("pk", filter=QUEUES[name](at)) for name in COUNTED}
    rows = found.order_by().values_list("area_path").annotate(**counts)
    return _Counted({path: Counter(dict(zip(COUNTED, n, strict=True))) for path, *n in rows})


def _sum(counters: Iterable[Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for counter in counters:
        total.update(counter)
    return total


def _above(view: View) -> list[Area]:
    if view.area is None:
        return []
    return list(Area.objects.within(view.actor.territory).above(view.area))


def _rates(month: rates.Answer) -> dict[str, Any]:
    """Return each rate with its counts, and by `behind` what the filter calls their cases."""
    total = as_json(month.total)
    return {
        name: {
            "value": total[name],
            **total["basis"][name],
            "rest": total[rest],
            "behind": {
                "numerator": rates.QUOTIENTS[name].numerator,
                "denominator": rates.QUOTIENTS[name].denominator,
                "rest": rest,
            },
        }
        for name, rest in REST.items()
    }


def _categories(month: rates.Answer) -> list[dict[str, Any]]:
    """Return the major categories by how much was reported in them, the largest first."""
    shares = [
        {"code": row.code, "name": row.name, "reported": row.tally["reported"]}
        for row in month.rows
    ]
    return sorted(shares, key=lambda share: -share["reported"])


def _days(view: View, at: datetime) -> list[dict[str, Any]]:
    today = timezone.localdate(at)
    week = Period(today - timedelta(days=DAYS - 1), today)
    # The rows alone: what the whole week had, nobody asks here.
    counted = tallies(_question(view, week, at, By.DAY), DAILY)
    none: Tally = Counter()
    return [
        {
            "day": day.isoformat(),
            "reported": counted.get(day, none)["reported"],
            "closed": counted.get(day, none)["closings"],
        }
        for day in week.steps(Step.DAY)
    ]


def _question(view: View, period: Period, at: datetime, by: By) -> rates.Question:
    return rates.Question(view.actor.territory, period, at, by, area=view.within)


def _hours(view: View, at: datetime) -> list[dict[str, Any]]:
    """Return how many were reported in each of the last hours, empty ones too."""
    last = at.replace(minute=0, second=0, microsecond=0)
    first = last - timedelta(hours=HOURS - 1)
    # Reported then, whatever became of them: what `rates` calls reported.
    mine = Incident.objects.within(view.actor.territory).filter(_under(view))
    rows = (
        mine.filter(reported_at__gte=first, reported_at__lte=at)
        .annotate(hour=TruncHour("reported_at"))
        .values("hour")
        .annotate(reported=Count("pk"))
        .order_by()
    )
    known = {row["hour"]: row["reported"] for row in rows}
    hours = [first + timedelta(hours=n) for n in range(HOURS)]
    return [
        {
            "at": hour.isoformat(),
            "hour": f"{timezone.localtime(hour):%Y-%m-%dT%H}",  # as the filter names it
            "reported": known.get(hour, 0),
        }
        for hour in hours
    ]


def _newest(view: View, at: datetime) -> list[dict[str, Any]]:
    """Return what came in last: category, area, place; no words, no number, nobody."""
    found = find(view.sought, view.actor.territory, at).select_related("category", "area")
    return [
        {
            "category": each.category.label,
            "area": each.area.name if each.area else "",
            "state": each.state,
            "at": each.reported_at.isoformat(),
            # 100 m: which street, not which door.
            "lon": round(each.point.x, 3),
            "lat": round(each.point.y, 3),
        }
        for each in found.order_by("-reported_at")[:NEWEST]
    ]


def _under(view: View) -> Q:
    return Q(area_path__startswith=view.within.path) if view.within else Q()


def _inner_point(shape: Any) -> list[float]:
    largest = max(shapely.get_parts(shape), key=shapely.area)
    return shapely.get_coordinates(shapely.point_on_surface(largest))[0].round(6).tolist()  # type: ignore[no-any-return]


def _rings(shape: Any) -> list[list[list[float]]]:
    parts = shapely.get_parts(shape)
    rings = shapely.get_rings(parts)
    return [shapely.get_coordinates(ring).round(6).tolist() for ring in rings]
