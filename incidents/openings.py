"""For which of many incidents a deed is open to somebody, and why not for the others. Reads only.

The same table and guards as for one (`situation.allowed`), asked for all in a fixed number of
queries; what is said here a deed done a moment later may still refuse.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from gis_grid.access import Actor, units_of
from gis_grid.errors import GridError
from incidents.dispatching.conditions import Question
from incidents.dispatching.rulebook import live_rules
from incidents.dispatching.rules import Book
from incidents.models import Dispatch, Incident
from incidents.situation import Situation, allowed


def openings(
    actor: Actor, deed: str, ids: Collection[UUID], at: datetime
) -> dict[str, dict[str, str]]:
    """Return by id: `why` it is not open, empty when it is, and `to`, whom a dispatch goes to.

    `to` is by rule and empty for other deeds. What is out of the actor's sight is not in it.
    """
    cases = _cases(actor, ids, at)
    found = {str(case.incident.pk): {"why": _why_not(deed, case), "to": ""} for case in cases}
    if deed == "dispatch":
        _name_receivers([case for case in cases if not found[str(case.incident.pk)]["why"]], found)
    return found


def _cases(actor: Actor, ids: Collection[UUID], at: datetime) -> list[Situation]:
    given = Prefetch("dispatches", queryset=Dispatch.objects.in_full())
    seen = Incident.objects.visible_to(actor).filter(pk__in=ids)
    units = frozenset(units_of(actor).values_list("pk", flat=True))
    cases = []
    for incident in seen.select_related("category").prefetch_related(given, "merged", "ratings"):
        case = Situation(incident, actor, at)
        case.units, case.dispatches = units, list(incident.dispatches.all())
        cases.append(case)
    return cases


def _why_not(deed: str, case: Situation) -> str:
    try:
        allowed(deed, case)
    except GridError as refusal:
        return str(refusal.message)
    return ""


def _name_receivers(cases: Sequence[Situation], found: dict[str, dict[str, Any]]) -> None:
    """Say of each case whom the rules name, or that they name nobody, or who has it already."""
    if not cases:
        return
    at = cases[0].at
    questions = [Question.of(case.incident, at) for case in cases]
    book = Book.read(list(live_rules()), questions, at)
    for case, question in zip(cases, questions, strict=True):
        entry, match = found[str(case.incident.pk)], book.match(question)
        holder = case.current if case.current and case.current.ended_at is None else None
        if match is None:
            entry["why"] = _("No dispatch rule fits. Please choose whom it goes to.")
        elif holder and holder.target == match.recipient.as_json:
            entry["why"] = _("“%(name)s” has it already.") % {"name": holder.holder}
        else:
            entry["to"] = match.recipient.name
