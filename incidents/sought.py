"""One filter everywhere: what the desk's list, the tiles, the exports and bulk deeds mean by it.

The page's address, an export and a tile carry the same names, so they mean the same incidents.
`static/command/filter.js` says the same of rows in a browser; one test runs both.
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal

from django.contrib.gis.geos import Polygon
from django.db.models import Q
from django.db.models.lookups import IContains
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field

from gis_grid.errors import NotFound, Unreadable
from gis_grid.territory.models import Area
from gis_grid.territory.paths import Territory
from incidents import rates, states
from incidents.models import RETURNS_TO_OBJECTION, Category, Incident, RouteMethod, SourceChannel
from incidents.queries import Doubled, IncidentQuerySet, doubled

CLOSED_SHOWN = timedelta(hours=24)  # how long what is closed stays on the live map
NEAR_BY = timedelta(minutes=30)  # near its deadline, where no share of the time is set
MAX_CORNERS = 100
MAX_SERIAL_DIGITS = 12

Codes = Annotated[str, Field(max_length=2000)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d(T\d\d)?$")]
Queue = Literal[
    "open",
    "today",
    "near",
    "over",
    "unrouted",
    "ambiguous",
    "stand_in",
    "objection",
    "closed",
]


class SoughtIn(BaseModel):
    """The filter as an address carries it. `state`, `category`, `source`: codes with commas.

    `since`, `until`: reported on these local days (or hours, `2026-03-05T14`), both included.
    `counted`: those a count of `rates.CASES` has on these days, without days this month so far.
    `within`: a polygon drawn by hand, "lon,lat;lon,lat;…" in WGS84 degrees.
    """

    model_config = ConfigDict(extra="forbid")

    state: Codes | None = None
    category: Codes | None = None
    source: Codes | None = None
    area: Annotated[str, Field(max_length=40)] | None = None
    due: Literal["near", "over"] | None = None
    since: Day | None = None
    until: Day | None = None
    counted: Annotated[str, Field(max_length=40)] | None = None
    q: Annotated[str, Field(max_length=100)] | None = None
    queue: Queue | None = None
    within: Annotated[str, Field(max_length=6000)] | None = None


@dataclass(frozen=True)
class Sought:
    """The filter with its codes looked up; `Sought()` asks for nothing in particular.

    `categories` and `named` are ids of minor categories: those meant, and those whose name holds
    the text. `areas` are ids of areas whose name holds it. `until` itself is no longer meant.
    `within` is in EPSG:4326.
    """

    states: frozenset[str] | None = None
    categories: frozenset[int] | None = None
    sources: frozenset[str] | None = None
    path: str | None = None
    due: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    counted: str | None = None
    text: str = ""
    named: frozenset[int] = frozenset()
    areas: frozenset[int] = frozenset()
    queue: str | None = None
    within: Polygon | None = None


def sought_of(query: SoughtIn, territory: Territory) -> Sought:
    """Return the filter with its codes looked up.

    NotFound for an area outside the territory; Unreadable for any other word that nobody knows:
    a filter that is misspelt must not widen.
    """
    text = _text(query.q or "")
    return Sought(
        states=_known("state", query.state, states.STATES),
        categories=_categories(query.category),
        sources=_known("source", query.source, SourceChannel.values),
        path=_path(query.area, territory) if query.area else None,
        due=query.due,
        since=_span("since", query.since)[0],
        until=_span("until", query.until)[1],
        counted=_counted(query.counted),
        text=text,
        named=_named(text),
        areas=_areas(text, territory),
        queue=query.queue,
        within=_shape(query.within) if query.within else None,
    )


def find(sought: Sought, territory: Territory, at: datetime) -> IncidentQuerySet:
    """Return the incidents of a territory that are meant at a moment, in no set order.

    Without states: what is counted; with a day, all but void ones; else what the live map shows.
    """
    found = Incident.objects.within(territory)
    if sought.states is not None:
        found = found.filter(state__in=sought.states)
    elif sought.counted is None and (sought.since or sought.until):
        found = found.exclude(state=states.VOID)
    elif sought.counted is None:
        found = found.on_the_map(at - CLOSED_SHOWN)
    for condition in (*_days(sought, territory, at), *_conditions(sought, at)):
        found = found.filter(condition)
    return found


def categories_to_filter() -> list[dict[str, Any]]:
    """Return the major categories with their minors, also those that are no longer reported."""
    known = list(Category.objects.all())
    return [
        {
            "code": major.code,
            "name": major.label,
            "minors": [
                {"code": minor.code, "name": minor.label}
                for minor in known
                if minor.major_id == major.pk
            ],
        }
        for major in known
        if major.major_id is None
    ]


def _days(sought: Sought, territory: Territory, at: datetime) -> Iterable[Q]:
    if sought.counted is not None:
        yield _cases(sought.counted, sought, territory, at)
        return
    if sought.since is not None:
        yield Q(reported_at__gte=sought.since)
    if sought.until is not None:
        yield Q(reported_at__lt=sought.until)


def _cases(count: str, sought: Sought, territory: Territory, at: datetime) -> Q:
    """Condition: a count of these hours has it; without a beginning, of the last one's month."""
    last = sought.until - timedelta.resolution if sought.until else timezone.localtime(at)
    first = sought.since or _starts(last.date().replace(day=1))
    if first > last:
        return Q(pk__in=[])
    hours = rates.Hours(first.date(), last.date(), first.hour, last.hour)
    return rates.cases(rates.Question(territory, hours, at), count)


def _conditions(sought: Sought, at: datetime) -> Iterable[Q]:
    if sought.categories is not None:
        yield Q(category__in=sought.categories)
    if sought.sources is not None:
        yield Q(source__in=sought.sources)
    if sought.path is not None:
        yield Q(area_path__startswith=sought.path)
    if sought.text:
        yield _holds(sought)
    if sought.due is not None:
        yield QUEUES[sought.due](at)
    if sought.queue is not None:
        yield QUEUES[sought.queue](at)
    if sought.within is not None:
        yield Q(point__coveredby=sought.within)


# --- queues: each a condition at a moment ------------------------------------------------------

_OPEN = Q(state__in=states.OPEN_STATES)


def _clock_runs() -> Q:
    return _OPEN & Q(suspended_at__isnull=True, registered_at__isnull=True)


def _over(at: datetime) -> Q:
    return _clock_runs() & (Q(stage_due_at__lt=at) | Q(stage_due_at__isnull=True, due_at__lt=at))


def _near(at: datetime) -> Q:
    ahead = Q(stage_due_at__gte=at) | Q(stage_due_at__isnull=True, due_at__gte=at)
    soon = Q(stage_due_at__lte=at + NEAR_BY) | Q(
        stage_due_at__isnull=True, due_at__lte=at + NEAR_BY
    )
    return _clock_runs() & ahead & (Q(amber_at__lte=at) | (Q(amber_at__isnull=True) & soon))


def _today(at: datetime) -> datetime:
    return _starts(timezone.localdate(at))


QUEUES: dict[str, Callable[[datetime], Q]] = {
    "open": lambda at: _OPEN,
    "today": lambda at: Q(reported_at__gte=_today(at)),
    "near": _near,
    "over": _over,
    "unrouted": lambda at: _OPEN & Q(area_path=""),
    "ambiguous": lambda at: _OPEN & Q(route_method=RouteMethod.AMBIGUOUS),
    "stand_in": lambda at: _OPEN & Q(flags__contains=["stand_in"]),
    "objection": lambda at: Q(
        state=states.ACCEPTED, returns__gte=RETURNS_TO_OBJECTION, dispatch__outcome="returned"
    ),
    "closed": lambda at: Q(state=states.CLOSED, closed_at__gte=_today(at)),
}


# --- text --------------------------------------------------------------------------------------

_PREFIX = re.compile(r"(\d{4})-(\d{0,12})")


def _holds(sought: Sought) -> Q:
    """Condition: words, category or area hold the text, or the number starts with it."""
    condition = Q(IContains(Doubled("words"), doubled(sought.text)))
    if sought.named:
        condition |= Q(category__in=sought.named)
    if sought.areas:
        condition |= Q(area__in=sought.areas)
    return condition | _numbered(sought.text)


def _numbered(text: str) -> Q:
    """Condition: the number starts with `2026-0001`, or is the running number `123`."""
    if text.isascii() and text.isdigit() and len(text) <= MAX_SERIAL_DIGITS:
        return Q(serial=int(text))
    match = _PREFIX.fullmatch(text)
    if not match or not 1 <= int(match[1]) < 9999:
        return Q(pk__in=[])
    year, digits = int(match[1]), match[2]
    # The year of a number is that of the report in UTC; see `Incident.number`.
    start, end = (datetime(each, 1, 1, tzinfo=_UTC) for each in (year, year + 1))
    serials = Q(pk__in=[])
    for width in range(max(6, len(digits)), MAX_SERIAL_DIGITS + 1):
        if width > 6 and digits.startswith("0"):
            break
        low = int(digits or 0) * 10 ** (width - len(digits))
        serials |= Q(serial__range=(low, low + 10 ** (width - len(digits)) - 1))
    return Q(reported_at__gte=start, reported_at__lt=end) & serials


_UTC = timezone.get_fixed_timezone(0)


# --- looking up what the address says ----------------------------------------------------------


def _unreadable(name: str, why: object) -> Unreadable:
    return Unreadable("filter_unreadable", _("The filter cannot be read."), {name: str(why)})


def _codes(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _known(name: str, text: str | None, known: Iterable[str]) -> frozenset[str] | None:
    if text is None:
        return None
    codes = frozenset(_codes(text))
    if not codes or not codes <= set(known):
        raise _unreadable(name, _("not known here"))
    return codes


def _categories(text: str | None) -> frozenset[int] | None:
    """Return the ids of the minor categories meant; a major one means all of its own."""
    if text is None:
        return None
    codes = set(_codes(text))
    rows = list(
        Category.objects.filter(Q(code__in=codes) | Q(major__code__in=codes)).values_list(
            "pk", "code", "major__code"
        )
    )
    if not codes or not codes <= {code for _pk, code, _major in rows}:
        raise _unreadable("category", _("not known here"))
    return frozenset(pk for pk, _code, _major in rows)


def _path(code: str, territory: Territory) -> str:
    """Return the path of the deepest area of today with this code."""
    areas = Area.objects.within(territory).at(timezone.localdate()).filter(code=code)
    path = areas.order_by("-level").values_list("path", flat=True).first()
    if path is None:
        raise NotFound("area_not_found", _("There is no such area in your territory."))
    return path


def _counted(name: str | None) -> str | None:
    if name is not None and name not in rates.CASES:
        raise _unreadable("counted", _("not known here"))
    return name


def _span(name: str, text: str | None) -> tuple[datetime, datetime] | tuple[None, None]:
    """Return the moments with which a day like 2026-03-05, or an hour of it, begins and ends."""
    if not text:
        return None, None
    try:
        day, _mark, hour = text.partition("T")
        first = datetime.combine(date.fromisoformat(day), time(int(hour or 0)))
        last = first + (timedelta(hours=1) if hour else timedelta(days=1))
    except (ValueError, OverflowError) as error:
        raise _unreadable(name, _("no day of the calendar")) from error
    return timezone.make_aware(first), timezone.make_aware(last)


def _starts(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _text(text: str) -> str:
    if "\x00" in text:
        raise _unreadable("q", _("The text has a sign that is no letter."))
    return text.strip()


def _named(text: str) -> frozenset[int]:
    """Return the ids of the minor categories whose name, as the reader sees it, holds the text."""
    if not text:
        return frozenset()
    wanted = text.lower()
    minors = Category.objects.filter(major__isnull=False).only("name", "name_en")
    return frozenset(each.pk for each in minors if wanted in each.label.lower())


def _areas(text: str, territory: Territory) -> frozenset[int]:
    if not text:
        return frozenset()
    areas = Area.objects.within(territory).filter(name__icontains=text)
    return frozenset(areas.values_list("pk", flat=True))


def _shape(text: str) -> Polygon:
    """Return the polygon of "lon,lat;lon,lat;…"; Unreadable when it is none, or crosses itself."""
    try:
        corners = [_corner(part) for part in text.split(";") if part]
    except ValueError as error:
        raise _unreadable("within", _("no corners in degrees")) from error
    if not 3 <= len(corners) <= MAX_CORNERS:
        raise _unreadable("within", _("needs 3 to 100 corners"))
    shape = Polygon([*corners, corners[0]], srid=4326)
    if not shape.valid:
        raise _unreadable("within", _("The shape crosses or touches itself."))
    return shape


def _corner(part: str) -> tuple[float, float]:
    lon, lat = (float(number) for number in part.split(","))
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise ValueError(part)
    return lon, lat
