"""The clock of one incident: what is due in its present state, and which alarm rings next.

Works on an incident in memory; the caller saves it. The arithmetic is in `sla.py`.
"""

from datetime import datetime
from functools import cache

from django.conf import settings

from incidents import sla, states
from incidents.calendars import calendar_of
from incidents.models import Incident

# What the clock keeps on an incident.
FIELDS = ("due_at", "stage_due_at", "amber_at", "alarm", "alarm_at", "rung")


def begin(incident: Incident, at: datetime) -> None:
    """Set the provisional deadline of a case nobody has been given yet."""
    incident.due_at = sla.deadline(at, incident.category.limit, calendar_of())


def enter(incident: Incident, at: datetime) -> None:
    """Store when the state that was just entered should be left."""
    if not incident.is_open:
        incident.stage_due_at = incident.amber_at = None
    elif incident.state in states.WITH_HOLDER:
        _until(incident, at, incident.due_at, _given(incident), _unit(incident))
    else:
        limit = stage_limit(incident.state)
        due_at = sla.deadline(at, limit, calendar_of())
        _until(incident, at, due_at, limit, None)
    wind(incident, at)


def wind(incident: Incident, at: datetime) -> None:
    """Set the alarm that rings next."""
    planned = None
    if incident.is_open and incident.registered_at is None:
        planned = sla.next_alarm(_watch(incident, at), _rules(), calendar_of(_unit(incident)), at)
    incident.alarm, incident.alarm_at = planned or ("", None)


def stage_limit(state: str) -> sla.Limit:
    """Return how long an incident may stay in a state that has no limit of its own."""
    return _limit(settings.STAGE_LIMITS[state])


def _until(
    incident: Incident, at: datetime, due_at: datetime, limit: sla.Limit, unit: int | None
) -> None:
    incident.stage_due_at = due_at
    calendar = calendar_of(unit)
    started = incident.dispatch.started_at if incident.state in states.WITH_HOLDER else at
    incident.amber_at = sla.amber(started, due_at, settings.AMBER_SHARE, limit, calendar)


def _given(incident: Incident) -> sla.Limit:
    return incident.dispatch.limit


def _unit(incident: Incident) -> int | None:
    held = incident.dispatch_id and incident.state in states.WITH_HOLDER
    return incident.dispatch.unit_id if held else None


def _watch(incident: Incident, at: datetime) -> sla.Watch:
    return sla.Watch(
        amber_at=incident.amber_at,
        due_at=incident.stage_due_at,
        progressed_at=incident.progressed_at or at,
        rung={
            sla.Alarm(kind): datetime.fromisoformat(rang) for kind, rang in incident.rung.items()
        },
        steps_left=steps_left(incident),
        suspended=incident.suspended_at is not None,
        resumed_at=incident.resumed_at,
    )


def steps_left(incident: Incident) -> int:
    """Return how many areas stand above the one that was last told."""
    told = incident.escalated_to.path if incident.escalated_to else incident.area_path
    return max(0, told.count("/") - 1)


@cache
def _rules() -> sla.AlarmRules:
    return sla.AlarmRules(_limit(settings.STEP_UP_AFTER), _limit(settings.STUCK_AFTER))


@cache
def _limit(words: str) -> sla.Limit:
    """Read a setting such as `4 working_hours`."""
    amount, kind = words.split()
    return sla.Limit(float(amount), sla.LimitKind(kind))
