"""Automatic rules dispatch accepted cases without a click. Run by the worker, done as the product.

A case that no automatic rule takes is asked about again after `ASK_AGAIN`, not at every turn:
hours begin, rules go live, people change, so the answer to the same case may.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q, QuerySet

from gis_grid.errors import GridError
from incidents.actions.dispatching import give
from incidents.actions.doing import Case, Order, do
from incidents.dispatching.conditions import Question
from incidents.dispatching.rulebook import live_rules
from incidents.dispatching.rules import Book, best_match
from incidents.models import DispatchRule, Incident, State

ASK_AGAIN = timedelta(minutes=1)

logger = logging.getLogger(__name__)


class _NoLonger(Exception):
    """Between the look and the lock, the case or the rules have changed."""


def dispatch_due(at: datetime, limit: int = 100) -> int:
    """Dispatch up to `limit` waiting cases whose best rule is automatic; returns how many.

    Each in its own transaction, under the incident's lock: of two workers one does it, and what
    a kill interrupts is still waiting afterwards. A case some deed holds is left to the next turn.
    """
    if not DispatchRule.objects.filter(live=True, automatic=True).exists():
        return 0
    waiting = list(_waiting(at).select_related("category")[:limit])
    taken = _taken(waiting, at)
    done = {case.pk for case in taken if dispatch_one(case, at)}
    _asked_in_vain({case.pk for case in waiting} - done, at)
    return len(done)


def _waiting(at: datetime) -> QuerySet[Incident]:
    """Accepted, never dispatched, not asked about lately; the new ones first.

    A partial index finds them, so what was asked in vain costs nothing until it is due again.
    """
    never = Incident.objects.filter(state=State.ACCEPTED, dispatched_at__isnull=True)
    due = never.filter(Q(rules_asked_at__isnull=True) | Q(rules_asked_at__lte=at - ASK_AGAIN))
    return due.order_by(F("rules_asked_at").asc(nulls_first=True), "accepted_at")


def _taken(cases: Collection[Incident], at: datetime) -> list[Incident]:
    """Return those an automatic rule takes, judged together."""
    questions = {case.pk: Question.of(case, at) for case in cases}
    book = Book.read(list(live_rules()), questions.values(), at) if cases else None
    matches = {case.pk: book.match(questions[case.pk]) for case in cases} if book else {}
    return [case for case in cases if (found := matches[case.pk]) and found.rule.automatic]


def dispatch_one(case: Incident, at: datetime) -> bool:
    """Dispatch a case by its automatic rule; False when somebody was first or it was refused."""
    order = Order(
        by=None,
        at=at,
        deed_id=uuid5(case.pk, f"dispatch {case.version}"),
        seen_version=case.version,
    )
    try:
        with transaction.atomic():
            if not _claimed(case):
                return False
            do("dispatch", case.pk, order, _by_automatic_rule)
    except _NoLonger:
        return False
    except GridError as refusal:
        logger.warning("no automatic dispatch of %s: %s", case.number, refusal.code)
        return False
    except (OperationalError, InterfaceError):
        raise  # the database is away, not the case at fault
    except Exception:
        # One case that cannot be dispatched must not stand before the others for ever.
        logger.exception("the automatic dispatch of %s failed", case.number)
        return False
    return True


def _claimed(case: Incident) -> bool:
    """Lock the case as it was seen; False when it has changed or somebody has it locked."""
    as_seen = Incident.objects.filter(
        pk=case.pk, version=case.version, state=State.ACCEPTED, dispatched_at__isnull=True
    )
    return as_seen.select_for_update(of=("self",), skip_locked=True).first() is not None


def _by_automatic_rule(case: Case) -> None:
    match = best_match(case.incident, case.at)
    if match is None or not match.rule.automatic:
        raise _NoLonger
    why = {"rule": match.rule.name, "reason": match.reason, "automatic": True}
    give(case, match.recipient, why=why, rule=match.rule)


def _asked_in_vain(cases: Collection[UUID], at: datetime) -> None:
    """Remember when they were asked about. Not a deed: nothing a person sees has changed."""
    with transaction.atomic():
        free = Incident.objects.select_for_update(of=("self",), skip_locked=True)
        found = [each.pk for each in free.filter(pk__in=cases).only("pk")]
        Incident.objects.filter(pk__in=found).update(rules_asked_at=at)
