"""What a dispatch rule would have done with the last cases, before it goes live. Reads only."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from gis_grid.territory.paths import Territory
from incidents.dispatching.conditions import Question, fits
from incidents.dispatching.recipients import Recipient
from incidents.dispatching.rulebook import examined, live_rules
from incidents.dispatching.rules import Book
from incidents.models import Category, Dispatch, DispatchRule, Incident, State

LAST = 1000
EXAMPLES = 20


@dataclass(frozen=True)
class Given:
    """Whom a case was given to first, by which rule; empty words: by hand, or not at all."""

    to: str = ""
    unit: int | None = None
    area: int | None = None
    rule: str = ""

    def is_the_same_as(self, recipient: Recipient) -> bool:
        """Return whether the recipient is who had it."""
        if recipient.unit:
            return recipient.unit.pk == self.unit
        return recipient.area is not None and recipient.area.pk == self.area


NOBODY = Given()


@dataclass(frozen=True)
class Move:
    """From whom, by which rule, to whom the rule would take a case."""

    before: str
    rule: str
    after: str


@dataclass(frozen=True)
class Example:
    """One case the rule would take, or could not give."""

    incident: Incident
    category: Category
    before: Given
    after: str
    refused: str = ""


@dataclass
class Trial:
    """What became of the cases that were looked at.

    `fitting` = `taken` + `refused` + `left_to`: those the rule is about went where it says, or
    could not, for a reason, or a more specific live rule has them. `agreeing`: of those taken,
    how many went to the same receiver anyway. `instead_of`: the live rules it would relieve.
    """

    looked_at: int = 0
    fitting: int = 0
    taken: int = 0
    agreeing: int = 0
    moves: Counter[Move] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    left_to: Counter[str] = field(default_factory=Counter)
    instead_of: Counter[str] = field(default_factory=Counter)
    by_category: Counter[str] = field(default_factory=Counter)
    by_area: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)


def try_rule(rule: DispatchRule, territory: Territory, at: datetime) -> Trial:
    """Try a rule on the last cases of a territory, by the people, units and lists of `at`.

    Each case is judged at the moment it was dispatched or, if it never was, accepted or reported.
    Settled and void ones are left out: nobody had to dispatch them. Ten queries, however many.
    """
    draft = examined(DispatchRule.objects.filter(pk=rule.pk), at).get()
    others = [each for each in live_rules() if each.pk != draft.pk]
    cases = _cases(territory)
    categories = Category.objects.select_related("major").in_bulk({c.category_id for c in cases})
    questions = {case.pk: _question(case, categories) for case in cases}
    about = [case for case in cases if fits(draft, questions[case.pk])]
    book = Book.read([draft, *others], [questions[case.pk] for case in about], at)
    judge = _Judge(draft, replace(book, rules=others))
    given = _given(about)
    trial = Trial(looked_at=len(cases), fitting=len(about))
    for case in about:
        judge.judge(case, questions[case.pk], given.get(case.pk, NOBODY), trial)
    return trial


@dataclass(frozen=True)
class _Judge:
    draft: DispatchRule
    others: Book  # all live rules but the draft

    def judge(self, case: Incident, question: Question, given: Given, trial: Trial) -> None:
        """Write down what becomes of one case the draft is about."""
        recipient = self.others.recipient(self.draft, question)
        hindrance = self.others.hindrance(self.draft, recipient, question)
        if hindrance or recipient is None:
            trial.refused[hindrance] += 1
            self._show(trial, Example(case, question.category, given, "", hindrance))
            return
        first = self.others.match(question)
        if first is not None and _place(first.rule) < _place(self.draft):
            trial.left_to[first.rule.name] += 1
            return
        trial.instead_of[first.rule.name if first else ""] += 1
        self._take(case, question, given, recipient, trial)

    def _take(
        self,
        case: Incident,
        question: Question,
        given: Given,
        recipient: Recipient,
        trial: Trial,
    ) -> None:
        trial.taken += 1
        trial.agreeing += given.is_the_same_as(recipient)
        trial.moves[Move(given.to, given.rule, recipient.name)] += 1
        trial.by_category[question.category.label] += 1
        trial.by_area[case.area.name if case.area else _("outside all grids")] += 1
        self._show(trial, Example(case, question.category, given, recipient.name))

    def _show(self, trial: Trial, example: Example) -> None:
        if len(trial.examples) < EXAMPLES:
            trial.examples.append(example)


def _cases(territory: Territory) -> list[Incident]:
    """Return the newest cases somebody had to dispatch, or will have to."""
    cases = Incident.objects.within(territory).filter(settled=False).exclude(state=State.VOID)
    shown = ("serial", "reported_at", "accepted_at", "dispatched_at", "category", "area_path")
    found = cases.select_related("area").only(*shown, "area__name", "area__code")
    return list(found.order_by("-reported_at")[:LAST])


def _question(case: Incident, categories: Mapping[int, Category]) -> Question:
    moment = case.dispatched_at or case.accepted_at or case.reported_at
    return Question(categories[case.category_id], case.area_path, moment)


def _place(rule: DispatchRule) -> tuple[int, int]:
    """Return what rules are asked in the order of."""
    return -rule.rank, rule.pk


def _given(cases: Sequence[Incident]) -> dict[UUID, Given]:
    """Return whom each case was given to first."""
    first = Dispatch.objects.lead().filter(incident__in=[case.pk for case in cases])
    lines = first.order_by("incident", "pk").distinct("incident")
    return {
        incident: Given(unit_name or area_name, unit, area, rule or "")
        for incident, unit_name, area_name, unit, area, rule in lines.values_list(
            "incident", "unit__name", "area__name", "unit", "area", "rule__name"
        )
    }
