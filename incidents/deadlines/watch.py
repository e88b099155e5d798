"""The clock's own deeds: what is due rings, once each, however many workers look.

An alarm is claimed by its incident's row: who cannot lock it, or finds nothing due any more, goes
on. What it means, its event and the next alarm are written in the same transaction, so a worker
that is killed has rung or has not. People's open forms stay good: the clock only tells.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import InterfaceError, OperationalError, transaction

from incidents.actions.dispatching import tell_above
from incidents.actions.doing import Case, Change, Order, do
from incidents.deadlines import clock
from incidents.deadlines.sla import Alarm
from incidents.models import Incident

logger = logging.getLogger(__name__)

BATCH = 200
# An alarm that cannot ring must not stand before the others for ever.
PUT_OFF = timedelta(minutes=10)


def ring_due(at: datetime, limit: int = BATCH) -> int:
    """Ring what is due at a moment, the longest due first. Returns how many alarms rang.

    One alarm an incident and at most `limit`: call again for the rest.
    """
    due = Incident.objects.filter(alarm_at__lte=at).order_by("alarm_at")
    return sum(_rang(pk, at) for pk in due.values_list("pk", flat=True)[:limit])


def ring(incident_id: UUID, at: datetime) -> bool:
    """Ring the alarm of one incident, if it is still due and nobody else has it."""
    with transaction.atomic():
        # 1. Claim: pass over what another worker, or a deed, has locked.
        rows = Incident.objects.select_for_update(skip_locked=True)
        incident = rows.filter(pk=incident_id, alarm_at__lte=at).first()
        if incident is None:
            return False
        # 2. Look again: a reminder is pointless after the deadline, and a calendar can change.
        clock.wind(incident, at)
        if incident.alarm_at is None or incident.alarm_at > at:
            incident.save(update_fields=["alarm", "alarm_at"])
            return False
        # 3. Ring: one event, named after what rang and when it should have.
        alarm = Alarm(incident.alarm)
        deed_id = uuid5(incident_id, f"{alarm} {incident.alarm_at.isoformat()}")
        _do(alarm, incident_id, Order(by=None, at=at, deed_id=deed_id))
    return True


def _rang(incident_id: UUID, at: datetime) -> bool:
    try:
        return ring(incident_id, at)
    except (OperationalError, InterfaceError):
        raise  # the database is away, not the incident at fault
    except Exception:
        logger.exception("the alarm of incident %s does not ring, put off", incident_id)
        late = Incident.objects.filter(pk=incident_id, alarm_at__lte=at)
        late.update(alarm_at=at + PUT_OFF)
        return False


def _do(alarm: Alarm, incident_id: UUID, order: Order) -> None:
    deed, tell = _MEANS[alarm]

    def change(case: Case) -> None:
        case.only_told = True
        clock.rang(case.incident, alarm, case.at)
        tell(case)

    do(deed, incident_id, order, change)


def _tell_deadline(case: Case) -> None:
    due_at = case.incident.stage_due_at
    case.body["due_at"] = due_at.isoformat() if due_at else None


def _tell_above(case: Case) -> None:
    tell_above(case)


def _tell_stuck(case: Case) -> None:
    """Say how long nobody did anything, and tell the level above, where there is one."""
    incident = case.incident
    idle = case.at - (incident.progressed_at or incident.reported_at)
    case.body |= {
        "idle_days": idle.days,
        "hand_overs": incident.hand_overs,
        "returns": incident.returns,
    }
    tell_above(case)


_MEANS: dict[Alarm, tuple[str, Change]] = {
    Alarm.AMBER: ("remind", _tell_deadline),
    Alarm.DUE: ("overdue", _tell_deadline),
    Alarm.STEP_UP: ("escalate", _tell_above),
    Alarm.STUCK: ("stuck", _tell_stuck),
}
