"""What waits for one person: the phone's tasks, what is asked of them first. Reads only."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from gis_grid.access import Actor, units_of
from gis_grid.territory.queries import inside
from incidents import states
from incidents.models import Dispatch, Event, Incident
from incidents.queries import IncidentQuerySet
from incidents.rows import row_of

HANDLED_FOR = timedelta(hours=24)
ANSWER_GIVEN = frozenset({states.ANSWERED, states.VERIFYING})


def tasks_of(actor: Actor, at: datetime, limit: int) -> list[dict[str, Any]]:
    """Return rows with `asks` (sign, answer, assist, check, verify, or empty) and `handled`.

    First what is asked of the actor, then what else is open on their ground, last what they did
    within HANDLED_FOR and has gone on to somebody else; each by the nearest deadline.
    """
    handled = _handled_by(actor, at - HANDLED_FOR)
    shown = Incident.objects.asked_of(actor)
    if handled:
        # What was handed over is not theirs any more: only what they may still see.
        seen = Incident.objects.visible_to(actor).filter(pk__in=handled)
        shown = Incident.objects.filter(Q(pk__in=shown.values("pk")) | Q(pk__in=seen.values("pk")))
    rows = [_row(each, actor, handled) for each in _in_order(shown, actor)[:limit]]
    return sorted(rows, key=lambda row: row["handled"])


def _handled_by(actor: Actor, since: datetime) -> frozenset[UUID]:
    """Return what the actor did a step on; a report (version 1) is no step."""
    steps = Event.objects.filter(by=actor.user, at__gte=since, version__gt=1, deed_id__isnull=False)
    return frozenset(steps.values_list("incident", flat=True))


def _in_order(incidents: IncidentQuerySet, actor: Actor) -> IncidentQuerySet:
    due = Coalesce("stage_due_at", "due_at")
    ordered = incidents.annotate(asks=_asks(actor)).order_by(
        Case(When(asks="", then=1), default=0),
        Case(When(state__in=states.ENDED_STATES, then=1), default=0),
        due,
    )
    return ordered.as_rows()


def _asks(actor: Actor) -> Case:
    """Say what an incident asks of the actor; the rules of `situation.py`, for a whole list."""
    units = list(units_of(actor).values_list("pk", flat=True)) if actor.worker else []
    holds = Q(dispatch__unit__in=units) | inside(actor.ground, "dispatch__area__path")
    called = Dispatch.objects.running().assisting().filter(unit__in=units)
    their_ground = inside(actor.ground, "area_path")
    did = Dispatch.objects.filter(Q(signed_by=actor.user) | Q(answered_by=actor.user))
    looked_at_by_another = ~Exists(did.filter(incident=OuterRef("pk")))
    return Case(
        When(holds & Q(state=states.DISPATCHED), then=Value("sign")),
        When(holds & Q(state=states.IN_PROGRESS), then=Value("answer")),
        When(Exists(called.filter(incident=OuterRef("pk"))), then=Value("assist")),
        When(their_ground & Q(state=states.PRE_CHECK), then=Value("check")),
        When(their_ground & Q(state=states.VERIFYING) & looked_at_by_another, then=Value("verify")),
        default=Value(""),
        output_field=CharField(),
    )


def _row(incident: Incident, actor: Actor, handled: frozenset[UUID]) -> dict[str, Any]:
    asks = incident.asks  # type: ignore[attr-defined]
    gone_on = not incident.is_open or incident.state in ANSWER_GIVEN
    gone_on = gone_on or not actor.ground.holds(incident.area_path)
    done = not asks and gone_on and incident.pk in handled
    return {**row_of(incident), "asks": asks, "handled": done}
