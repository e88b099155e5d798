"""What the product asks of workers, measured: forms, photos, refusals, repeats. Reads only.

Nobody is named and nobody can be found: weeks of several workers go in, a median comes out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.fields import DateField
from django.db.models.functions import Trunc
from django.utils import timezone

from gis_grid.people.models import FIELD_ROLES, Assignment
from gis_grid.territory.paths import Territory
from incidents import states
from incidents.grounds import NoCase
from incidents.models import Attachment, Category, Event, Incident, PhotoRole, PhotoRule
from incidents.queries import held_by
from incidents.rates.periods import Period, Step

# Photo, category, send. A test in a real browser counts them, so the number cannot be wished for.
TAPS_PER_REPORT = 3
WEEKS = 12
# Among fewer, a median would be somebody.
MIN_WORKERS = 5
# The upper ends of the groups of "so many forms in a week"; the last is open.
GROUPS = (5, 10, 20, 40)
FORMS = ("report", *states.DEEDS)  # what people fill in; a photo that arrives is part of one


@dataclass
class Week:
    """One week from Monday. `median_forms` None: too few workers to say it without naming one."""

    first: date
    reports: int = 0
    photos: int = 0
    with_words: int = 0
    refused: int = 0
    repeated: int = 0
    forms: int = 0
    workers: int = 0
    median_forms: float | None = None

    @property
    def photos_each(self) -> float | None:
        """Photos sent with a report, on average."""
        return self.photos / self.reports if self.reports else None


@dataclass(frozen=True)
class Group:
    """How many weeks of workers had so many forms; `most` None: or more."""

    least: int
    most: int | None
    weeks: int


@dataclass(frozen=True)
class Burden:
    """The measured weeks, the oldest first, and what they come to."""

    weeks: list[Week]
    whole: Week
    groups: list[Group]
    refusals: list[tuple[NoCase, int]]
    photo_rules: list[tuple[PhotoRule, int]]

    @property
    def most(self) -> int:
        """The largest group, to draw the others by."""
        return max((group.weeks for group in self.groups), default=0)


def burden(territory: Territory, at: datetime, weeks: int = WEEKS) -> Burden:
    """Return what was asked of the workers of a territory in the weeks up to a moment."""
    today = timezone.localdate(at)
    first = Step.WEEK.first_day(today) - timedelta(weeks=weeks - 1)
    span = _Span(territory, Period(first, today))
    found = {day: Week(day) for day in span.period.steps(Step.WEEK)}
    for week, counts in span.reports():
        for name, count in counts.items():
            setattr(found[week], name, count)
    loads = span.loads()
    for week, forms in loads.items():
        _load(found[week], forms)
    everything = [n for forms in loads.values() for n in forms]
    whole = _whole(found.values(), first)
    _load(whole, everything)
    whole.workers = span.workers()
    if whole.workers < MIN_WORKERS:
        whole.median_forms, everything = None, []
    return Burden(
        weeks=list(found.values()),
        whole=whole,
        groups=_groups(everything),
        refusals=span.refusals(),
        photo_rules=_photo_rules(),
    )


@dataclass(frozen=True)
class _Span:
    """The statements, all of the same territory and days."""

    territory: Territory
    period: Period

    def reports(self) -> Iterator[tuple[date, dict[str, int]]]:
        """Yield each week's reports by workers, and what became of them."""
        void = Q(state=states.VOID)
        rows = self._by_week(
            self._reported(),
            "reported_at",
            reports=Count("pk"),
            with_words=Count("pk", filter=~Q(words="")),
            refused=Count("pk", filter=void & Q(merged_into__isnull=True)),
            repeated=Count("pk", filter=void & Q(merged_into__isnull=False)),
        )
        photos = Attachment.objects.filter(
            incident__in=self._reported(), role=PhotoRole.REPORT, deed_id__isnull=True
        )
        for row in (*rows, *self._by_week(photos, "incident__reported_at", photos=Count("pk"))):
            yield row.pop("week"), row

    def loads(self) -> dict[date, list[int]]:
        """Return by week how many forms each worker filled in; who they are stays behind."""
        rows = self._forms().values("week", "by").annotate(forms=Count("pk"))
        found: dict[date, list[int]] = defaultdict(list)
        for week, forms in rows.values_list("week", "forms"):
            found[week].append(forms)
        return found

    def workers(self) -> int:
        """Return how many workers filled in anything at all."""
        workers: int = self._forms().aggregate(workers=Count("by", distinct=True))["workers"]
        return workers

    def refusals(self) -> list[tuple[NoCase, int]]:
        """Return why workers' reports were not filed, the most frequent reason first."""
        events = Event.objects.filter(kind="refuse", incident__in=self._reported())
        later = Event.objects.filter(
            kind="refuse", incident=OuterRef("incident"), pk__gt=OuterRef("pk")
        )
        events = events.filter(~Exists(later), incident__state=states.VOID)
        reasons = events.order_by().values("body__reason").annotate(count=Count("pk"))
        found = Counter({row["body__reason"]: row["count"] for row in reasons})
        return [(NoCase(code), n) for code, n in found.most_common() if code in NoCase.values]

    def _reported(self) -> QuerySet[Incident]:
        start, end = self._moments()
        reports = Incident.objects.within(self.territory).filter(reporter__isnull=False)
        return reports.filter(reported_at__gte=start, reported_at__lt=end)

    def _forms(self) -> QuerySet[Any]:
        start, end = self._moments()
        duty = Assignment.objects.filter(
            worker__user=OuterRef("by"), role__in=FIELD_ROLES, during__contains=OuterRef("day")
        )
        return (
            Event.objects.filter(held_by(self.territory, "incident__area_path"))
            .filter(kind__in=FORMS, by__isnull=False, at__gte=start, at__lt=end)
            .annotate(week=_day("at", "week"), day=_day("at", "day"))
            .filter(Exists(duty))
            .order_by()
        )

    def _by_week(self, rows: QuerySet[Any], moment: str, **counts: Count) -> Iterable[Any]:
        weekly: QuerySet[Any, Any] = rows.annotate(week=_day(moment, "week")).order_by()
        counted: Iterable[Any] = weekly.values("week").annotate(**counts)
        return counted

    def _moments(self) -> tuple[datetime, datetime]:
        return self.period.moments(timezone.get_default_timezone())


def _day(moment: str, step: str) -> Trunc:
    zone = timezone.get_default_timezone()
    return Trunc(moment, step, output_field=DateField(), tzinfo=zone)


def _load(week: Week, forms: list[int]) -> None:
    week.forms, week.workers = sum(forms), len(forms)
    if week.workers >= MIN_WORKERS:
        week.median_forms = float(median(forms))


def _whole(weeks: Iterable[Week], first: date) -> Week:
    names = ("reports", "photos", "with_words", "refused", "repeated")
    several = list(weeks)
    return Week(first, **{name: sum(getattr(week, name) for week in several) for name in names})


def _groups(forms: list[int]) -> list[Group]:
    starts = (1, *(most + 1 for most in GROUPS))
    return [
        Group(least, most, sum(1 for n in forms if least <= n <= (most or n)))
        for least, most in zip(starts, (*GROUPS, None), strict=True)
    ]


def _photo_rules() -> list[tuple[PhotoRule, int]]:
    asked = Counter(category.photo for category in Category.objects.minors())
    return [(rule, asked[rule.value]) for rule in PhotoRule]
