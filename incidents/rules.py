"""Which dispatch rule fits a case, and why. Reads only; the most specific rule wins.

Rank, stored with the rule: a minor category before a major one before none; then the deeper
area; then a rule for some days or hours before one for all. Of equals the older rule wins.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.people.models import Assignment
from gis_grid.territory.models import Area
from gis_grid.territory.paths import ancestors_of
from incidents import recipients
from incidents.calendars import calendar_of
from incidents.models import Category, DispatchRule, Incident, RuleTime
from incidents.recipients import Recipient

CATEGORY_RANK, AREA_RANK = 1000, 10


@dataclass(frozen=True)
class Match:
    """The rule that fits best, whom it names, and why, for people."""

    rule: DispatchRule
    recipient: Recipient
    reason: str


def best_match(incident: Incident, at: datetime) -> Match | None:
    """Return the best live rule for a case, None when none fits. A broken rule never fits."""
    return match_among(live_rules(), incident, at)


def live_rules() -> list[DispatchRule]:
    """Return the live rules, the most specific first."""
    rules = DispatchRule.objects.filter(live=True).select_related("category", "area", "unit")
    return list(rules.order_by("-rank", "pk"))


def match_among(rules: Iterable[DispatchRule], incident: Incident, at: datetime) -> Match | None:
    """Return the first of these rules that fits the case and may be carried out."""
    for rule in rules:
        if not fits(rule, incident, at):
            continue
        recipient = _recipient(rule, incident, at)
        if recipient and not recipients.refusal_of(
            recipient, incident.category, incident.area_path
        ):
            return Match(rule, recipient, reason(rule))
    return None


def fits(rule: DispatchRule, incident: Incident, at: datetime) -> bool:
    """Return whether category, area and time of a rule hold for a case."""
    category = incident.category
    if rule.category_id not in (None, category.pk, category.major_id):
        return False
    if rule.area_id is not None and rule.area_id not in ancestors_of(incident.area_path):
        return False
    if rule.weekdays and timezone.localtime(at).isoweekday() not in rule.weekdays:
        return False
    return rule.time == RuleTime.ANY or calendar_of().is_working(at) == (
        rule.time == RuleTime.WORKING
    )


def rank_of(rule: DispatchRule) -> int:
    """Return how specific a rule is; see the module."""
    category = rule.category
    by_category = 0 if category is None else 2 if category.major_id else 1
    by_area = rule.area.level if rule.area else 0
    by_time = int(rule.time != RuleTime.ANY) + int(bool(rule.weekdays))
    return by_category * CATEGORY_RANK + by_area * AREA_RANK + by_time


def reason(rule: DispatchRule) -> str:
    """Return what the rule looks at, as a sentence part people can read."""
    category: Category | None = rule.category
    parts = [
        category.label if category else _("every category"),
        rule.area.name if rule.area else _("everywhere"),
        str(RuleTime(rule.time).label),
    ]
    return " · ".join(parts)


def broken(rule: DispatchRule) -> bool:
    """Return whether a rule names something that is gone."""
    if rule.unit is not None:
        return not rule.unit.active
    return not rule.role


def _recipient(rule: DispatchRule, incident: Incident, at: datetime) -> Recipient | None:
    if broken(rule):
        return None
    if rule.unit:
        return Recipient(unit=rule.unit)
    held = Assignment.objects.at(timezone.localdate(at)).filter(
        role=rule.role, area__in=ancestors_of(incident.area_path)
    )
    nearest = held.select_related("area").order_by("-area__level").first()
    area: Area | None = nearest.area if nearest else None
    return Recipient(area=area) if area else None
