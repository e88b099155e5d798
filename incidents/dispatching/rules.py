"""Which dispatch rule fits a case, and why. Reads only; the most specific live rule wins.

A rule that names something gone is broken: it never fits, and every list says so and why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.people.models import Assignment
from gis_grid.territory.models import Area
from incidents.dispatching.conditions import Check, Question, fits, looks
from incidents.dispatching.recipients import Entitlement, Recipient
from incidents.dispatching.rulebook import examined, fault_of, live_rules, reason, target_name
from incidents.models import DispatchRule, Incident


@dataclass(frozen=True)
class Verdict:
    """What became of one rule for one case. `chosen`: it is the one that decides."""

    rule: DispatchRule
    checks: tuple[Check, ...]
    recipient: Recipient | None
    fault: str
    chosen: bool = False

    @property
    def fits(self) -> bool:
        """Whether the case could go where the rule says."""
        return not self.fault and all(check.holds for check in self.checks)

    @property
    def as_json(self) -> dict[str, Any]:
        """The form a screen shows."""
        return {
            "id": self.rule.pk,
            "name": self.rule.name,
            "looks_at": reason(self.rule),
            "target": target_name(self.rule),
            "automatic": self.rule.automatic,
            "fits": self.fits,
            "chosen": self.chosen,
            "broken": self.fault,
            "to": self.recipient.as_json if self.recipient else None,
            "why": [
                {"about": check.about, "holds": check.holds, "words": check.words}
                for check in self.checks
            ],
        }


@dataclass(frozen=True)
class Match:
    """The rule that fits best and whom it names."""

    rule: DispatchRule
    recipient: Recipient

    @property
    def reason(self) -> str:
        """Why, for people."""
        return reason(self.rule)


def best_match(incident: Incident, at: datetime) -> Match | None:
    """Return the best live rule for a case, None when none fits. A broken rule never fits."""
    question = Question.of(incident, at)
    category = [incident.category_id, incident.category.major_id]
    about = live_rules().filter(
        Q(category__isnull=True) | Q(category__in=category),
        Q(area__isnull=True) | Q(area__in=question.areas),
    )
    fitting = [rule for rule in about if fits(rule, question)]
    return Book.read(fitting, [question], at).match(question) if fitting else None


def explain(incident: Incident, at: datetime) -> list[Verdict]:
    """Return every live rule in the order it is asked, with why it fits the case or does not."""
    question = Question.of(incident, at)
    rules = list(examined(live_rules(), at))
    verdicts = Book.read(rules, [question], at).verdicts(question)
    chosen = next((verdict for verdict in verdicts if verdict.fits), None)
    return [replace(each, chosen=each is chosen) for each in verdicts]


@dataclass(frozen=True)
class Book:
    """Rules in the order they are asked, with what judging by them takes: no query any more.

    `holders`: role, then area, for the areas of the cases it was read for.
    """

    rules: Sequence[DispatchRule]
    entitlement: Entitlement
    holders: dict[str, dict[int, Area]]
    at: datetime
    _faults: dict[int, str] = field(default_factory=dict)

    @classmethod
    def read(
        cls, rules: Sequence[DispatchRule], questions: Iterable[Question], at: datetime
    ) -> "Book":
        """Read what judging these cases by these rules takes, people as of `at`; four queries."""
        questions = list(questions)
        units = {rule.unit for rule in rules if rule.unit}
        categories = {question.category for question in questions}
        places = {area for question in questions for area in question.areas}
        roles = {rule.role for rule in rules if rule.role}
        entitlement = Entitlement.read(categories, units)
        return cls(rules, entitlement, _holders(roles, places, at), at)

    def match(self, question: Question) -> Match | None:
        """Return the first rule that fits the case and may be carried out."""
        for rule in self.rules:
            if not fits(rule, question):
                continue
            recipient = self.recipient(rule, question)
            if recipient and not self.hindrance(rule, recipient, question):
                return Match(rule, recipient)
        return None

    def verdicts(self, question: Question) -> list[Verdict]:
        """Return what each rule says to a case, in order."""
        return [self.verdict(rule, question) for rule in self.rules]

    def verdict(self, rule: DispatchRule, question: Question) -> Verdict:
        """Return what one rule says to a case, with all the reasons."""
        recipient = None if self.fault(rule) else self.recipient(rule, question)
        hindrance = self.hindrance(rule, recipient, question)
        may = _("“%(name)s” may receive it.") % {"name": recipient.name if recipient else ""}
        receives = Check("receiver", not hindrance, hindrance or may)
        return Verdict(rule, (*looks(rule, question), receives), recipient, self.fault(rule))

    def fault(self, rule: DispatchRule) -> str:
        """Return what the rule names that is gone, empty when it is whole."""
        if rule.pk not in self._faults:
            self._faults[rule.pk] = fault_of(rule, self.at)
        return self._faults[rule.pk]

    def recipient(self, rule: DispatchRule, question: Question) -> Recipient | None:
        """Return the unit, or the nearest area whose people hold the role; None: nobody does."""
        if rule.unit is not None:
            return Recipient(unit=rule.unit)
        held = self.holders.get(rule.role, {})
        nearest = next((held[area] for area in reversed(question.areas) if area in held), None)
        return Recipient(area=nearest) if nearest else None

    def hindrance(self, rule: DispatchRule, recipient: Recipient | None, question: Question) -> str:
        """Return why a rule cannot be carried out for a case it is about, empty when it can."""
        if self.fault(rule):
            return self.fault(rule)
        if recipient is None:
            return _("Nobody holds the role “%(role)s” here.") % {"role": target_name(rule)}
        refusal = self.entitlement.refusal_of(recipient, question.category, question.path)
        return str(refusal.message) if refusal else ""


def _holders(roles: set[str], places: set[int], at: datetime) -> dict[str, dict[int, Area]]:
    if not roles or not places:
        return {}
    seats = Assignment.objects.at(timezone.localdate(at)).filter(role__in=roles, area__in=places)
    found: dict[str, dict[int, Area]] = {role: {} for role in roles}
    pairs = seats.order_by().values_list("role", "area").distinct()
    areas = Area.objects.in_bulk({area for _role, area in pairs})
    for role, area in pairs:
        found[role][area] = areas[area]
    return found
