"""What a dispatch rule looks at in a case: category, area, weekday, time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from gis_grid.territory.paths import ancestors_of
from incidents.deadlines.calendars import calendar_of
from incidents.models import Category, DispatchRule, Incident, RuleTime


@dataclass(frozen=True)
class Question:
    """What rules look at in a case: its category, its place in the tree, and the moment."""

    category: Category
    path: str
    at: datetime

    @classmethod
    def of(cls, incident: Incident, at: datetime) -> "Question":
        """Return the question one incident puts."""
        return cls(incident.category, incident.area_path, at)

    @cached_property
    def areas(self) -> list[int]:
        """The areas that hold it, from the root down."""
        return ancestors_of(self.path)

    @cached_property
    def weekday(self) -> int:
        """1 Monday to 7 Sunday, by the installation's clock."""
        return timezone.localtime(self.at).isoweekday()

    @cached_property
    def working(self) -> bool:
        """Whether the installation works at that moment."""
        return calendar_of().is_working(self.at)


@dataclass(frozen=True)
class Check:
    """One thing a rule asks of a case, whether it holds, and that in words."""

    about: str
    holds: bool
    words: str


def fits(rule: DispatchRule, question: Question) -> bool:
    """Return whether category, area and time of a rule hold for a case."""
    return (
        _category_holds(rule, question)
        and _area_holds(rule, question)
        and _day_holds(rule, question)
        and _time_holds(rule, question)
    )


def looks(rule: DispatchRule, question: Question) -> Iterator[Check]:
    """Yield the checks of what a rule names; what it leaves open always holds and is not told."""
    if rule.category is not None:
        words = {"rule": rule.category.label, "case": question.category.label}
        holds = _category_holds(rule, question)
        yes, no = _("Category “%(rule)s”."), _("Only “%(rule)s”; this is “%(case)s”.")
        yield Check("category", holds, (yes if holds else no) % words)
    if rule.area is not None:
        holds = _area_holds(rule, question)
        yes, no = _("It lies in “%(area)s”."), _("It does not lie in “%(area)s”.")
        yield Check("area", holds, (yes if holds else no) % {"area": rule.area.name})
    if rule.weekdays:
        holds = _day_holds(rule, question)
        yes, no = _("It is %(day)s."), _("It is %(day)s, and the rule is for other days.")
        yield Check(
            "weekday", holds, (yes if holds else no) % {"day": WEEKDAYS[question.weekday - 1]}
        )
    if rule.time != RuleTime.ANY:
        now = _("It is working time.") if question.working else _("It is outside working time.")
        yield Check("time", _time_holds(rule, question), now)


def _category_holds(rule: DispatchRule, question: Question) -> bool:
    category = question.category
    return rule.category_id in (None, category.pk, category.major_id)


def _area_holds(rule: DispatchRule, question: Question) -> bool:
    return rule.area_id is None or rule.area_id in question.areas


def _day_holds(rule: DispatchRule, question: Question) -> bool:
    return not rule.weekdays or question.weekday in rule.weekdays


def _time_holds(rule: DispatchRule, question: Question) -> bool:
    return rule.time == RuleTime.ANY or question.working == (rule.time == RuleTime.WORKING)
