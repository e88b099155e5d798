"""Dispatch rules as rows: written with their rank, live or not, whole or broken.

Rank: a minor category before a major one before none; then the deeper area; then a rule for some
days or hours before one for all. Of equals the older rule is asked first.
"""

import json
from datetime import datetime

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from gis_grid.people.models import Assignment, Role
from gis_grid.territory.models import Area
from incidents.models import DispatchRule, RuleTime

CATEGORY_RANK, AREA_RANK = 1000, 10
# What a trial depends on.
TRIED = ("category_id", "area_id", "time", "weekdays", "unit_id", "role")


def store(rule: DispatchRule) -> DispatchRule:
    """Save a rule with its rank and the name of its unit: the only way rules are written.

    A rule that now looks at something else, or names somebody else, has not been tried yet.
    """
    rule.rank = rank_of(rule)
    rule.unit_name = rule.unit.name if rule.unit else "" if rule.role else rule.unit_name
    before = DispatchRule.objects.filter(pk=rule.pk).first()
    if before is None or fingerprint(before) != fingerprint(rule):
        rule.tried_at = None
    rule.save()
    return rule


def store_again(rules: QuerySet[DispatchRule]) -> None:
    """Write rules anew whose category moved in the list, or whose unit has another name."""
    for rule in rules.select_related("category", "area", "unit"):
        store(rule)


def go_live(rule: DispatchRule, *, tried_at: datetime | None = None) -> None:
    """Let the rule decide from now on. `tried_at`: its trial has just been looked at."""
    rule.live, rule.tried_at = True, tried_at or rule.tried_at
    rule.save(update_fields=["live", "tried_at"])


def stop(rule: DispatchRule) -> None:
    """Let the rule decide no more."""
    rule.live = False
    rule.save(update_fields=["live"])


def fingerprint(rule: DispatchRule) -> str:
    """Return what tells whether a rule still is the one that was tried."""
    return json.dumps([getattr(rule, name) for name in TRIED])  # a choice and its value are one


def rank_of(rule: DispatchRule) -> int:
    """Return how specific a rule is; see the module."""
    category = rule.category
    by_category = 0 if category is None else 2 if category.major_id else 1
    by_area = rule.area.level if rule.area else 0
    by_time = int(rule.time != RuleTime.ANY) + int(bool(rule.weekdays))
    return by_category * CATEGORY_RANK + by_area * AREA_RANK + by_time


def examined(rules: QuerySet[DispatchRule], at: datetime) -> QuerySet[DispatchRule]:
    """Return rules in the order they are asked, with all that `fault_of` looks at."""
    held = Assignment.objects.at(timezone.localdate(at)).filter(role=OuterRef("role"))
    # The nearest holder may sit in the rule's area, below it or above it; no area is every one.
    ruled = Coalesce(OuterRef("area__path"), Value(""), output_field=CharField())
    related = held.annotate(ruled=ruled).filter(
        Q(area__path__startswith=F("ruled")) | Q(ruled__startswith=F("area__path"))
    )
    is_held = Case(
        When(role="", then=Value(True)), default=Exists(related), output_field=BooleanField()
    )
    found = rules.select_related("category__major", "area", "unit").annotate(held=is_held)
    return found.order_by("-rank", "pk")


def live_rules() -> QuerySet[DispatchRule]:
    """Return the live rules, the most specific first."""
    rules = DispatchRule.objects.filter(live=True).select_related("category", "area", "unit")
    return rules.order_by("-rank", "pk")


def fault_of(rule: DispatchRule, at: datetime) -> str:
    """Return what a rule names that is gone, empty when it is whole.

    Whether anybody holds its role only a rule knows that was `examined`.
    """
    area: Area | None = rule.area
    if area is not None and timezone.localdate(at) not in area.during:
        return _("The area “%(area)s” no longer exists.") % {"area": area.name}
    if rule.unit is not None:
        gone = _("The unit “%(unit)s” is no longer active.") % {"unit": rule.unit.name}
        return "" if rule.unit.active else gone
    if rule.unit_name:
        return _("The unit “%(unit)s” was deleted.") % {"unit": rule.unit_name}
    if not rule.role:
        return _("It names neither a unit nor a role.")
    if not getattr(rule, "held", True):
        return _("Nobody holds the role “%(role)s” in %(area)s.") % {
            "role": Role(rule.role).label,
            "area": area.name if area else _("any area"),
        }
    return ""


def reason(rule: DispatchRule) -> str:
    """Return what the rule looks at, as a sentence part people can read."""
    days = [str(WEEKDAYS[day - 1]) for day in sorted(rule.weekdays)]
    parts = [
        rule.category.label if rule.category else _("every category"),
        rule.area.name if rule.area else _("everywhere"),
        str(RuleTime(rule.time).label),
        *([_(", ").join(days)] if days else []),
    ]
    return " · ".join(parts)


def target_name(rule: DispatchRule) -> str:
    """Return whom the rule names: a unit, a role, or the unit that was."""
    if rule.unit is not None:
        return str(rule.unit.name)
    return str(Role(rule.role).label) if rule.role else rule.unit_name
