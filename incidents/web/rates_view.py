"""What the page of rates shows, with the address of everything one can go to from there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from gis_grid.territory.models import Area, Level
from incidents.rates import Answer, By, Period, Question, Row, levels_below
from incidents.rates.asking import categories_to_choose, units_to_choose
from incidents.rates.figures import MIN_CASES, Words
from incidents.rates.periods import last_month, this_month, this_quarter, this_week
from incidents.rates.tables import BY_WORDS, THEMES, Cell, Theme, cells, formula

PRESETS = (
    (_("This week"), this_week),
    (_("This month"), this_month),
    (_("Last month"), last_month),
    (_("This quarter"), this_quarter),
)


@dataclass(frozen=True)
class Link:
    """Somewhere to go; `current` is where one is."""

    label: Words
    url: str
    current: bool = False


@dataclass(frozen=True)
class Shown:
    """A figure of the whole, with its meaning."""

    cell: Cell
    formula: str


@dataclass(frozen=True)
class Panel:
    """One theme's figures of the whole; its heading leads to its table."""

    link: Link
    shown: list[Shown]


@dataclass(frozen=True)
class Column:
    """A column's head: pressing it sorts. `order`: none, ascending, descending."""

    label: Words
    help: Words
    url: str
    order: str


@dataclass(frozen=True)
class Line:
    """A row of the table; `url` leads one level down where there is one."""

    row: Row
    url: str
    cells: list[Cell]


@dataclass
class View:
    """All that the template names. Asks the database only for levels, the way up and choices."""

    answer: Answer
    show: str
    sort: str
    min_cases: int = MIN_CASES

    @property
    def asked(self) -> Question:
        """What was asked."""
        return self.answer.asked

    @property
    def theme(self) -> Theme:
        """Which figures the table has."""
        return THEMES[self.show]

    @property
    def empty(self) -> bool:
        """Whether nothing at all happened."""
        return not +self.answer.total

    @property
    def running_until(self) -> datetime | None:
        """Up to when a period that still runs is counted, None for one that is over."""
        end = self.asked.period.moments(timezone.get_default_timezone())[1]
        return self.asked.until if self.asked.until < end else None

    @property
    def presets(self) -> list[Link]:
        """The usual periods."""
        today = timezone.localdate(self.asked.at)
        periods = [(label, period(today)) for label, period in PRESETS]
        return [
            Link(label, self._of(period), period == self.asked.period) for label, period in periods
        ]

    @property
    def cuts(self) -> list[Link]:
        """By what the rows can be."""
        return [
            Link(BY_WORDS[by], self._to(by=by.value, level=None, sort=None), by is self.asked.by)
            for by in By
        ]

    @cached_property
    def below(self) -> list[Level]:
        """The levels that have areas here."""
        return levels_below(self.asked.territory, self.asked.period, self.asked.area)

    @property
    def levels(self) -> list[Link]:
        """The levels the rows can be of."""
        if self.asked.by is not By.AREA:
            return []
        return [
            Link(level.label, self._to(level=level.slug), level == self.asked.level)
            for level in self.below
        ]

    @property
    def crumbs(self) -> list[Link]:
        """The way down to the area that is looked at, from the whole."""
        area = self.asked.area
        if area is None:
            return []
        way = [*Area.objects.within(self.asked.territory).above(area), area]
        ahead = [each.level for each in way[1:]] + [None]
        whole = Link(_("The whole"), self._to(area=None, level=None))
        return [
            whole,
            *(
                Link(
                    each.name,
                    self._to(area=each.code, level=Level(level).slug if level else None),
                    each == area,
                )
                for each, level in zip(way, ahead, strict=True)
            ),
        ]

    @property
    def panels(self) -> list[Panel]:
        """The whole, theme by theme."""
        return [
            Panel(
                Link(theme.label, f"{self._to(show=slug, sort=None)}#table", slug == self.show),
                [Shown(each, formula(each.figure)) for each in cells(theme, self.answer.total)],
            )
            for slug, theme in THEMES.items()
        ]

    @property
    def columns(self) -> list[Column]:
        """The heads of the table's figures."""
        return [self._column(each.name, each.label, each.help) for each in self.theme.figures]

    @property
    def name_column(self) -> Column:
        """The head of the rows' names."""
        return self._column("name", BY_WORDS[self.asked.by or By.AREA], "")

    @property
    def lines(self) -> list[Line]:
        """The rows in the order asked for; what belongs to no group stands last."""
        lines = [
            Line(row, self._down(row), cells(self.theme, row.tally)) for row in self.answer.rows
        ]
        by, backwards = self.sort.lstrip("-"), self.sort.startswith("-")
        if by == "name":
            lines.sort(key=lambda line: line.row.name, reverse=backwards)
        elif by in self.theme.names:
            place = self.theme.names.index(by)
            lines.sort(key=lambda line: line.cells[place].order, reverse=backwards)
        return sorted(lines, key=lambda line: line.row.code is None)

    @property
    def show_above(self) -> bool:
        """Whether rows need to say what they are part of: only when it is not the same for all."""
        return len({row.above for row in self.answer.rows if row.code is not None}) > 1

    @property
    def whole(self) -> list[Cell]:
        """The table's last row."""
        return cells(self.theme, self.answer.total)

    @property
    def csv_url(self) -> str:
        """Where the table is as CSV."""
        return self._to("rates-csv")

    @property
    def xlsx_url(self) -> str:
        """Where it is as a workbook."""
        return self._to("rates-xlsx")

    @property
    def kept(self) -> Iterator[tuple[str, str]]:
        """What the form of days and filters leaves as it is."""
        own = ("from", "to", "category", "unit")
        return ((k, v) for k, v in self._query().items() if k not in own)

    @cached_property
    def categories(self) -> list[Any]:
        """What can be chosen as category: major ones with their minor ones."""
        return categories_to_choose()

    @cached_property
    def units(self) -> list[Any]:
        """What can be chosen as handling unit."""
        return units_to_choose()

    def _query(self) -> dict[str, str]:
        asked = self.asked
        every = {
            "from": asked.period.first.isoformat(),
            "to": asked.period.last.isoformat(),
            "by": asked.by.value if asked.by else None,
            "level": asked.level.slug if asked.level else None,
            "area": asked.area.code if asked.area else None,
            "category": asked.category.code if asked.category else None,
            "unit": asked.unit.code if asked.unit else None,
            "show": self.show,
            "sort": self.sort,
        }
        return {name: value for name, value in every.items() if value}

    def _to(self, page: str = "rates", **changes: Any) -> str:
        query = {**self._query(), **changes}
        told = {name: value for name, value in query.items() if value is not None}
        return f"{reverse(page)}?{urlencode(told)}"

    def _of(self, period: Period) -> str:
        days = {"from": period.first.isoformat(), "to": period.last.isoformat()}
        return f"{reverse('rates')}?{urlencode({**self._query(), **days})}"

    def _down(self, row: Row) -> str:
        if row.code is None:
            return ""
        if self.asked.by is By.MAJOR:
            return self._to(by=By.CATEGORY.value, category=row.code, sort=None)
        deeper = [level for level in self.below if self.asked.level and level > self.asked.level]
        if self.asked.by is not By.AREA or not deeper:
            return ""
        return self._to(area=row.code, level=deeper[0].slug, sort=None)

    def _column(self, name: str, label: Words, told: Words) -> Column:
        by, backwards = self.sort.lstrip("-"), self.sort.startswith("-")
        if by != name:
            order, wanted = "none", name if name == "name" else f"-{name}"
        else:
            order, wanted = ("descending", name) if backwards else ("ascending", f"-{name}")
        return Column(label, told, f"{self._to(sort=wanted)}#table", order)
