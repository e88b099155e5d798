"""派遣: who handles it. By hand, by rule, by whistle, by a leader's decision, or by oneself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Conflict, Invalid
from gis_grid.people.models import HandlingUnit, Worker
from gis_grid.territory.models import Area
from gis_grid.territory.paths import ancestors_of
from incidents.actions.doing import Case, Order, do
from incidents.actions.filing import end_running
from incidents.deadlines import clock, sla
from incidents.deadlines.calendars import calendar_of
from incidents.dispatching import recipients
from incidents.dispatching.recipients import Recipient
from incidents.dispatching.rules import Match, best_match
from incidents.models import Dispatch, DispatchRule, Incident, Outcome, Part


@dataclass(frozen=True)
class To:
    """Whom somebody chose: a unit's code or an area's code; neither means by rule."""

    unit: str | None = None
    area: str | None = None

    def recipient(self) -> Recipient:
        """Return who that is, or Invalid."""
        if (self.unit and self.area) or not (self.unit or self.area):
            raise Invalid(
                "to_missing", _("Please choose one unit or one area."), {"to": _("missing")}
            )
        if self.unit:
            return Recipient(unit=recipients.unit_named(self.unit))
        return Recipient(area=recipients.area_named(self.area or ""))


BY_RULE = To()


def dispatch(
    incident_id: UUID, order: Order, *, to: To = BY_RULE, limit: sla.Limit | None = None
) -> Incident:
    """Give a case to a unit or to the people of an area; the clock starts now, not at signing.

    Invalid as `recipients.check`; Conflict `no_rule` when no live rule fits and nobody was named.
    Conflict `theirs_already` for who has it: that would only give them fresh time. `limit` None:
    the category's.
    """

    def change(case: Case) -> None:
        if to == BY_RULE:
            match = _matching(case)
            why = {"rule": match.rule.name, "reason": match.reason}
            _give_other(case, match.recipient, why=why, rule=match.rule, limit=limit)
        else:
            _give_other(case, to.recipient(), why={"by_hand": True}, limit=limit)

    return do("dispatch", incident_id, order, change)


def decide(incident_id: UUID, order: Order, *, to: To) -> Incident:
    """End an objection: a leader says whose it is, and it cannot be returned again."""

    def change(case: Case) -> None:
        given = give(case, to.recipient(), why={"decided": True})
        given.final = True
        given.save(update_fields=["final"])

    return do("decide", incident_id, order, change)


def whistle(
    incident_id: UUID,
    order: Order,
    *,
    lead: str,
    assisting: tuple[str, ...],
    limit: sla.Limit | None = None,
) -> Incident:
    """Call a lead unit and assisting units to one case, each with its own clock and answer.

    A lead that has the case already keeps the clock that runs.
    """

    def change(case: Case) -> None:
        if not assisting or lead in assisting or len(set(assisting)) < len(assisting):
            raise Invalid(
                "units_twice",
                _("Please name one lead and at least one other unit, each once."),
                {"units": _("missing or twice")},
            )
        called = uuid4()
        leader = Recipient(unit=recipients.unit_named(lead))
        given = give(case, leader, why={"whistle": True}, limit=limit)
        given.whistle = called
        given.save(update_fields=["whistle"])
        for code in assisting:
            _call(case, recipients.unit_named(code), called, given)
        case.body["assisting"] = list(assisting)

    return do("whistle", incident_id, order, change)


def start(incident_id: UUID, order: Order) -> Incident:
    """Handle an accepted case oneself: given to one's own area and signed in one step."""

    def change(case: Case) -> None:
        given = give(case, Recipient(area=_own_area(case)), why={"own": True})
        given.signed_at, given.signed_by = case.at, case.user
        given.save(update_fields=["signed_at", "signed_by"])

    return do("start", incident_id, order, change)


def press(incident_id: UUID, order: Order) -> Incident:
    """Urge the holder; they are told."""
    return do("press", incident_id, order)


def name_lead(incident_id: UUID, order: Order, *, worker: str) -> Incident:
    """Name the person who sees a stuck case through. `worker` is a staff number."""

    def change(case: Case) -> None:
        found = Worker.objects.filter(code=worker).first()
        if found is None:
            raise Invalid("worker_unknown", _("There is no such person."), {"worker": _("unknown")})
        case.incident.lead = found
        case.body["lead"] = found.name

    return do("name_lead", incident_id, order, change)


def escalate(incident_id: UUID, order: Order) -> Incident:
    """Tell the next level up, from where it was last told. Conflict `top_level` at the top."""

    def change(case: Case) -> None:
        if not tell_above(case):
            raise Conflict("top_level", _("There is no level above to tell."))

    return do("escalate", incident_id, order, change)


def tell_above(case: Case) -> bool:
    """Tell the area above the one that was told last; False at the top.

    By whomever it was told, the clock gives that level its full time before the next.
    """
    incident = case.incident
    told = incident.escalated_to or incident.area
    above = told.parent if told else None
    if above is None:
        return False
    incident.escalated_to = above
    clock.rang(incident, sla.Alarm.STEP_UP, case.at)
    case.body["to"] = {"area": above.code, "name": above.name}
    return True


def give(
    case: Case,
    recipient: Recipient,
    *,
    why: dict[str, Any],
    rule: DispatchRule | None = None,
    limit: sla.Limit | None = None,
) -> Dispatch:
    """Make somebody the holder of a case and start their clock."""
    incident, holder = case.incident, _running_lead(case)
    recipients.check(recipient, incident)
    limit = limit or incident.category.limit
    started_at = _started_at(case, recipient)
    calendar = calendar_of(recipient.unit.pk if recipient.unit else None)
    due_at = sla.deadline(started_at, limit, calendar)
    if holder and _is(holder, recipient):
        # Whoever calls others to help gets no fresh time by it, and loses none.
        started_at, limit, due_at = holder.started_at, holder.limit, holder.due_at
    end_running(case, Outcome.REDIRECTED)
    given = Dispatch.objects.create(
        incident=incident,
        unit=recipient.unit,
        area=recipient.area,
        rule=rule,
        why=why,
        at=case.at,
        by=case.user,
        started_at=started_at,
        limit_amount=limit.amount,
        limit_kind=limit.kind.value,
        due_at=due_at,
    )
    incident.dispatch = given
    incident.dispatched_at = incident.dispatched_at or case.at
    incident.due_at = given.due_at
    incident.suspended_at = incident.registered_at = None
    case.clock_moved = True
    case.body |= {"to": recipient.as_json, "why": why, "due_at": given.due_at.isoformat()}
    return given


def _give_other(case: Case, recipient: Recipient, **details: Any) -> Dispatch:
    holder = _running_lead(case)
    if holder and _is(holder, recipient):
        raise Conflict("theirs_already", _("“%(name)s” has it already.") % {"name": holder.holder})
    return give(case, recipient, **details)


def _running_lead(case: Case) -> Dispatch | None:
    current = case.situation.current
    return current if current and current.ended_at is None else None


def _started_at(case: Case, recipient: Recipient) -> datetime:
    """Return when the clock starts: now, or for a returner who was overruled, where it began.

    Decides the open questions of the returns on the way: whoever gets a case after all was not
    right to return it.
    """
    overruled = []
    for each in _returned(case):
        own = _is(each, recipient)
        if own:
            overruled.append(each.started_at)
        if own or each.return_upheld is None:
            each.return_upheld = not own
            each.save(update_fields=["return_upheld"])
    if overruled:
        case.body["charged"] = True
    return min(overruled, default=case.at)


def _returned(case: Case) -> list[Dispatch]:
    """Return the dispatches that were given back since the case was last reopened."""
    reopened = case.incident.events.filter(kind="reopen").order_by("pk")
    since = reopened.last() if case.incident.reopenings else None
    return [
        each
        for each in case.situation.dispatches
        if each.outcome == Outcome.RETURNED and (since is None or each.at >= since.at)
    ]


def _is(given: Dispatch, recipient: Recipient) -> bool:
    unit = recipient.unit.pk if recipient.unit else None
    area = recipient.area.pk if recipient.area else None
    return (given.unit_id, given.area_id) == (unit, area)


def _call(case: Case, unit: HandlingUnit, called: UUID, lead: Dispatch) -> Dispatch:
    return Dispatch.objects.create(
        incident=case.incident,
        part=Part.ASSIST,
        unit=unit,
        why={"whistle": True},
        whistle=called,
        at=case.at,
        by=case.user,
        started_at=case.at,
        limit_amount=lead.limit_amount,
        limit_kind=lead.limit_kind,
        due_at=sla.deadline(case.at, lead.limit, calendar_of(unit.pk)),
    )


def _matching(case: Case) -> Match:
    match = best_match(case.incident, case.at)
    if match is None:
        raise Conflict("no_rule", _("No dispatch rule fits. Please choose whom it goes to."))
    return match


def _own_area(case: Case) -> Area:
    actor = case.order.by
    assert actor is not None, "the table asks for field staff"
    own = actor.own_areas.intersection(ancestors_of(case.incident.area_path))
    return Area.objects.filter(pk__in=own).order_by("-level")[0]
