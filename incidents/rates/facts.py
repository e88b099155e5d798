"""The facts that an incident has once: so a count of them can be looked at, incident by incident.

A fact has its own moment: a report when it came in, a deadline when it fell. Runs no statement.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from gis_grid.territory.models import Level
from incidents import states
from incidents.models import CallBack, SourceChannel
from incidents.rates.asking import Question
from incidents.rates.cutting import by_the_end, closed_in, during, incidents_of, scope

FILED = ~Q(state__in=[*states.UNFILED, states.VOID])
HANDLED_STATES = (states.ANSWERED, states.VERIFYING, states.CLOSED)
FROM_RESIDENTS = (SourceChannel.RESIDENT, SourceChannel.HOTLINE)
ALL = Q()


class Facts(NamedTuple):
    """Facts of one kind in a period, and which of them each count means.

    `moment`: when each was. `prefix`: how its row reaches the incident, "" when it is one.
    """

    rows: QuerySet[Any]
    moment: str
    counts: dict[str, Q]
    prefix: str = ""


def reports(asked: Question) -> Facts:
    """What was reported, and what became a case."""
    rows = during(asked, incidents_of(asked), "reported_at")
    return Facts(rows, "reported_at", {"reported": ALL, "filed": FILED})


def deadlines(asked: Question) -> Facts:
    """What should have been closed and handled, and was."""
    due = during(asked, incidents_of(asked).filter(FILED), "due_at")
    # A stopped clock has no deadline until it runs again.
    due = due.exclude(suspended_at__lt=F("due_at"))
    due = due.annotate(done_at=Coalesce("answered_at", "closed_at"))
    closed = Q(state=states.CLOSED) & by_the_end(asked, "closed_at")
    on_time = Q(closed_at__lte=F("due_at"))
    answered = Q(state__in=HANDLED_STATES) & by_the_end(asked, "done_at")
    # To whom another system's case was given nobody knows: no figure of handling can have it.
    given = Q(dispatched_at__isnull=False) | Q(settled=True)
    told = Q(source__in=FROM_RESIDENTS)
    in_time = Q(done_at__lte=F("due_at"))
    counts = {
        "should_close": ALL,
        "closed": closed,
        "closed_in_time": closed & on_time,
        "missed_deadline": ~(closed & on_time),
        "should_handle": given,
        "handled": given & answered,
        "handled_in_time": given & answered & in_time,
        "reworked": given & answered & Q(reworks__gt=0),
        "responses_due": told,
        "responded": told & answered & in_time,
    }
    return Facts(due, "due_at", counts)


def closings(asked: Question) -> Facts:
    """What was closed, by whom, whenever it was due."""
    counts = {
        "closings": ALL,
        "self_handled": Q(settled=True),
        "closings_with_level": Q(closed_level__isnull=False),
        # A deeper level has the larger number.
        "settled_at_community_or_below": Q(closed_level__gte=Level.COMMUNITY),
    }
    return Facts(closed_in(asked), "closed_at", counts)


def call_backs(asked: Question) -> Facts:
    """What reporters said on the telephone; the last call of the period counts."""
    calls = during(asked, CallBack.objects.filter(scope(asked, "incident__")), "at")
    later = CallBack.objects.filter(
        incident=OuterRef("incident"), pk__gt=OuterRef("pk"), at__lt=asked.until
    )
    counts = {
        "called_back": ALL,
        "reached": Q(reached=True),
        "resolution_answers": Q(resolved__isnull=False),
        "resolved": Q(resolved=True),
        "satisfaction_answers": Q(satisfied__isnull=False),
        # A count that is named as a column hides it from those after it.
        "dissatisfied": Q(satisfied=False),
        "satisfied": Q(satisfied=True),
    }
    return Facts(calls.filter(~Exists(later)), "at", counts, "incident__")


# What can be looked at incident by incident, and the facts that hold it.
CASES: Final[dict[str, Callable[[Question], Facts]]] = {
    "reported": reports,
    "closings": closings,
    "should_close": deadlines,
    "closed_in_time": deadlines,
    "missed_deadline": deadlines,
    "satisfaction_answers": call_backs,
    "satisfied": call_backs,
    "dissatisfied": call_backs,
}


def cases(asked: Question, count: str) -> Q:
    """Condition of an incident: it is one of those that a count of `CASES` has."""
    facts = CASES[count](asked)
    rows = facts.rows.filter(facts.counts[count])
    return Q(pk__in=rows.values(f"{facts.prefix}pk"))
