"""The clock of one incident: what is due in its present state, and which alarm rings next.

Works on an incident in memory; the caller saves it. The arithmetic is in `sla.py`.
"""

from datetime import datetime

from django.conf import settings

from incidents import states
from incidents.deadlines import sla
from incidents.deadlines.calendars import calendar_of
from incidents.models import Dispatch, Incident

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
        _until(incident, at, incident.due_at, _given(incident).limit, _unit(incident))
    else:
        limit = stage_limit(incident.state)
        due_at = sla.deadline(at, limit, calendar_of())
        _until(incident, at, due_at, limit, None)
    wind(incident, at)


def runs_on(before: str, after: str) -> bool:
    """Return whether the time of one state is that of the other: signing starts no new clock."""
    return before == after or {before, after} <= set(states.WITH_HOLDER)


def wind(incident: Incident, at: datetime) -> None:
    """Set the alarm that rings next."""
    planned = None
    if incident.is_open and not _is_open_problem(incident):
        rules = sla.AlarmRules(settings.STEP_UP_AFTER, settings.STUCK_AFTER)
        planned = sla.next_alarm(_watch(incident, at), rules, calendar_of(_unit(incident)), at)
    incident.alarm, incident.alarm_at = planned or ("", None)


def rang(incident: Incident, alarm: sla.Alarm, at: datetime) -> None:
    """Write down when an alarm rang; `wind` then knows the next."""
    incident.rung = {**incident.rung, alarm.value: at.isoformat()}


def stage_limit(state: str) -> sla.Limit:
    """Return how long an incident may stay in a state that has no limit of its own."""
    limit: sla.Limit = settings.STAGE_LIMITS[state]
    return limit


def _until(
    incident: Incident, at: datetime, due_at: datetime, limit: sla.Limit, unit: int | None
) -> None:
    incident.stage_due_at = due_at
    started_at = _started_at(incident) if incident.state in states.WITH_HOLDER else at
    incident.amber_at = sla.amber(
        started_at, due_at, settings.AMBER_SHARE, limit, calendar_of(unit)
    )


def _started_at(incident: Incident) -> datetime:
    # From the end of a pause: counted from the dispatch, the share would count the pause.
    started_at = _given(incident).started_at
    return max(started_at, incident.resumed_at or started_at)


def _is_open_problem(incident: Incident) -> bool:
    # 挂账 stops the holder's alarms; who has to verify or to dispatch is still told.
    return incident.registered_at is not None and incident.state in states.WITH_HOLDER


def _given(incident: Incident) -> Dispatch:
    assert incident.dispatch is not None, "the table lets only a dispatched case come here"
    return incident.dispatch


def _unit(incident: Incident) -> int | None:
    held = incident.dispatch if incident.state in states.WITH_HOLDER else None
    return held.unit_id if held else None


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
