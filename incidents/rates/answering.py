"""From counts to rows with names: an incident counts for its area and all above it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from gis_grid.people.models import HandlingUnit
from gis_grid.territory.models import Area
from gis_grid.territory.paths import ancestors_of
from incidents.models import Category, SourceChannel
from incidents.rates.asking import By, Question, existing
from incidents.rates.counting import tallies
from incidents.rates.figures import Tally, as_json


@dataclass(frozen=True)
class Row:
    """One group. `code` None: what belongs to none of them; `above` names what it is part of."""

    code: str | None
    name: str
    above: str
    tally: Tally


@dataclass(frozen=True)
class Answer:
    """The figures of the whole, and of each group."""

    asked: Question
    total: Tally
    rows: list[Row]

    def as_json(self) -> dict[str, Any]:
        """Return one document: the whole's figures at the top, the rows' under `rows`."""
        asked = self.asked
        return {
            "from": asked.period.first.isoformat(),
            "to": asked.period.last.isoformat(),
            "until": timezone.localtime(asked.until).isoformat(),
            "by": asked.by.value if asked.by else None,
            "level": asked.level.slug if asked.level else None,
            "area": asked.area.code if asked.area else None,
            "category": asked.category.code if asked.category else None,
            "unit": asked.unit.code if asked.unit else None,
            **as_json(self.total),
            "rows": [_row_json(row) for row in self.rows],
        }


def answer(asked: Question, wanted: Collection[str] = ()) -> Answer:
    """Count, roll up and name. `wanted`: see `tallies`."""
    # Refused before anything is counted: a period that is cut too small.
    steps = asked.period.steps(asked.by.step) if asked.by and asked.by.step else []
    counted = tallies(asked, wanted)
    if asked.by is None:
        return Answer(asked, _sum(counted.values()), [])
    if steps:
        # By the end of a month is not by the end of the year: the whole is counted by itself.
        whole = tallies(replace(asked, by=None), wanted)
        return Answer(asked, _sum(whole.values()), list(_by_time(counted, steps, asked.by)))
    return Answer(asked, _sum(counted.values()), list(_ROWS[asked.by](asked, counted)))


def _by_area(asked: Question, counted: dict[Any, Tally]) -> Iterator[Row]:
    """Yield every area of the level, quiet ones too, then what lies in none of them."""
    if asked.level is None:
        return
    by_id: dict[int, Tally] = defaultdict(Counter)
    for path, tally in counted.items():
        for area_id in ancestors_of(path):
            by_id[area_id].update(tally)
    areas = Area.objects.within(asked.territory).filter(level=asked.level)
    if asked.area:
        areas = areas.under(asked.area)
    # An area that has ended since keeps the cases it had.
    areas = areas.filter(existing(asked.period) | Q(pk__in=by_id)).select_related("parent")
    listed = set()
    for area in areas.order_by("code", "pk"):
        listed.add(area.pk)
        yield Row(area.code, area.name, area.parent.name if area.parent else "", by_id[area.pk])
    rest = [t for path, t in counted.items() if listed.isdisjoint(ancestors_of(path))]
    yield from _rest(rest, _("In no area of this level"))


def _by_category(asked: Question, counted: dict[Any, Tally]) -> Iterator[Row]:
    known = Category.objects.filter(pk__in=counted).select_related("major")
    for category in known.order_by("major__position", "position", "code"):
        above = category.major.label if category.major else ""
        yield Row(category.code, category.label, above, counted[category.pk])


def _by_major(asked: Question, counted: dict[Any, Tally]) -> Iterator[Row]:
    minors = Category.objects.filter(pk__in=counted).select_related("major")
    by_major: dict[Category, Tally] = defaultdict(Counter)
    for minor in minors:
        by_major[minor.major or minor].update(counted[minor.pk])
    for major in sorted(by_major, key=lambda major: (major.position, major.code)):
        yield Row(major.code, major.label, "", by_major[major])


def _by_unit(asked: Question, counted: dict[Any, Tally]) -> Iterator[Row]:
    for unit in HandlingUnit.objects.filter(pk__in=[key for key in counted if key]):
        yield Row(unit.code, unit.name, unit.get_kind_display(), counted[unit.pk])
    yield from _rest([counted[None]] if None in counted else [], _("With no unit"))


def _by_source(asked: Question, counted: dict[Any, Tally]) -> Iterator[Row]:
    for source in SourceChannel:
        if source.value in counted:
            yield Row(source.value, str(source.label), "", counted[source.value])


_ROWS = {
    By.AREA: _by_area,
    By.CATEGORY: _by_category,
    By.MAJOR: _by_major,
    By.UNIT: _by_unit,
    By.SOURCE: _by_source,
}


def _by_time(counted: dict[Any, Tally], steps: list[date], by: By) -> Iterator[Row]:
    form = "YEAR_MONTH_FORMAT" if by is By.MONTH else "SHORT_DATE_FORMAT"
    for day in steps:
        name = formats.date_format(day, form)
        if by is By.WEEK:
            name = _("Week from %(day)s") % {"day": name}
        yield Row(day.isoformat(), name, "", counted.get(day, Counter()))


def _rest(tallies_left: Iterable[Tally], name: str) -> Iterator[Row]:
    left = _sum(tallies_left)
    if +left:
        yield Row(None, name, "", left)


def _sum(several: Iterable[Tally]) -> Tally:
    total: Tally = Counter()
    for tally in several:
        total.update(tally)
    return total


def _row_json(row: Row) -> dict[str, Any]:
    return {"code": row.code, "name": row.name, "above": row.above, **as_json(row.tally)}
