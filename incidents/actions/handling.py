"""处置: what the holder does, and what is done about their time."""

from datetime import datetime
from uuid import UUID

from incidents.actions.dispatching import To
from incidents.actions.doing import Case, Order, do
from incidents.actions.filing import end_running, need_after_photo
from incidents.actions.spots import Spot, measure
from incidents.deadlines import sla
from incidents.deadlines.calendars import calendar_of
from incidents.grounds import ReturnGround, SuspendGround
from incidents.models import Dispatch, Extension, Incident, Outcome, Part


def sign(incident_id: UUID, order: Order) -> Incident:
    """Take a dispatched case in hand. The clock has been running since the dispatch."""

    def change(case: Case) -> None:
        given = case.current
        given.signed_at, given.signed_by = case.at, case.user
        given.save(update_fields=["signed_at", "signed_by"])

    return do("sign", incident_id, order, change)


def arrive(incident_id: UUID, order: Order, *, spot: Spot) -> Incident:
    """Say that one is there (到场), and how far from the place. No other deed waits for it."""

    def change(case: Case) -> None:
        measure(case, spot)
        case.body["accuracy_m"] = spot.accuracy_m
        case.only_told = True  # who answers from the same look at the case is not too late

    return do("arrive", incident_id, order, change)


def return_case(incident_id: UUID, order: Order, *, reason: ReturnGround, proposed: To) -> Incident:
    """Give a case back with a legal reason and a proposed owner.

    Whether that was right is decided by the next dispatch; after two returns a leader decides.
    """

    def change(case: Case) -> None:
        given, owner = case.current, proposed.recipient()
        given.ended_at, given.outcome = case.at, Outcome.RETURNED
        end_running(case, Outcome.REDIRECTED)  # who was called to help, helps the next lead
        given.return_reason = reason.value
        given.proposed_unit, given.proposed_area = owner.unit, owner.area
        given.save(
            update_fields=[
                "ended_at",
                "outcome",
                "return_reason",
                "proposed_unit",
                "proposed_area",
            ]
        )
        case.incident.returns += 1
        case.incident.suspended_at = None
        case.body |= {"reason": reason.value, "proposed": owner.as_json, "by": given.target}

    return do("return", incident_id, order, change)


def answer(incident_id: UUID, order: Order) -> Incident:
    """Say how it was handled, with evidence. Invalid `after_photo_missing`."""

    def change(case: Case) -> None:
        need_after_photo(case)
        _answered(case, case.current)
        case.incident.answered_at = case.at

    return do("answer", incident_id, order, change)


def ask_extension(incident_id: UUID, order: Order, *, more: sla.Limit) -> Incident:
    """Ask for more time; the note is the reason."""

    def change(case: Case) -> None:
        Extension.objects.create(
            dispatch=case.current,
            amount=more.amount,
            kind=more.kind.value,
            reason=case.order.note.strip(),
            asked_at=case.at,
            asked_by=case.user,
        )
        case.body["more"] = {"amount": more.amount, "kind": more.kind.value}

    return do("ask_extension", incident_id, order, change)


def grant_extension(incident_id: UUID, order: Order) -> Incident:
    """Grant the time that was asked for; it begins when the old deadline ends."""

    def change(case: Case) -> None:
        more = _decide(case, granted=True).limit
        given = case.current
        _due(case, sla.extended(given.due_at, more, calendar_of(given.unit_id)))

    return do("grant_extension", incident_id, order, change)


def refuse_extension(incident_id: UUID, order: Order) -> Incident:
    """Refuse it, and why."""

    def change(case: Case) -> None:
        _decide(case, granted=False)

    return do("refuse_extension", incident_id, order, change)


def suspend(incident_id: UUID, order: Order, *, reason: SuspendGround) -> Incident:
    """Stop the clock; the reporter is told why."""

    def change(case: Case) -> None:
        case.incident.suspended_at = case.at
        case.body["reason"] = reason.value

    return do("suspend", incident_id, order, change)


def resume(incident_id: UUID, order: Order) -> Incident:
    """Let the clock go on with the time that was left."""

    def change(case: Case) -> None:
        given, since = case.current, case.incident.suspended_at
        assert since is not None, "a guard says so"
        calendar = calendar_of(given.unit_id)
        incident = case.incident
        incident.suspended_at, incident.resumed_at = None, case.at
        _due(case, sla.resumed(given.due_at, since, case.at, given.limit, calendar))
        if incident.amber_at:
            incident.amber_at = sla.resumed(
                incident.amber_at, since, case.at, given.limit, calendar
            )
        # Both marks have moved by the pause; counted anew, amber would count the pause.
        incident.stage_due_at, case.clock_moved = incident.due_at, False

    return do("resume", incident_id, order, change)


def report_in(incident_id: UUID, order: Order) -> Incident:
    """A unit that was whistled for says it is there (报到)."""

    def change(case: Case) -> None:
        for each in _calls(case):
            each.signed_at, each.signed_by = case.at, case.user
            each.save(update_fields=["signed_at", "signed_by"])
            case.body["unit"] = each.target

    return do("report_in", incident_id, order, change)


def assist(incident_id: UUID, order: Order) -> Incident:
    """A unit that was whistled for gives its answer."""

    def change(case: Case) -> None:
        for each in _calls(case):
            each.signed_at = each.signed_at or case.at
            each.signed_by = each.signed_by or case.user
            _answered(case, each)
            case.body["unit"] = each.target

    return do("assist", incident_id, order, change)


def register(incident_id: UUID, order: Order) -> Incident:
    """Put a case that an extension could not settle on the list of open problems (挂账)."""

    def change(case: Case) -> None:
        case.incident.registered_at = case.at

    return do("register", incident_id, order, change)


def remark(incident_id: UUID, order: Order) -> Incident:
    """Add words to the timeline."""
    return do("remark", incident_id, order)


def _answered(case: Case, given: Dispatch) -> None:
    given.ended_at, given.outcome = case.at, Outcome.ANSWERED
    given.answer, given.answered_by = case.order.note.strip(), case.user
    given.save(
        update_fields=["ended_at", "outcome", "answer", "answered_by", "signed_at", "signed_by"]
    )


def _decide(case: Case, *, granted: bool) -> Extension:
    question = case.situation.question
    assert question is not None, "a guard says so"
    question.granted, question.decided_at, question.decided_by = granted, case.at, case.user
    question.save(update_fields=["granted", "decided_at", "decided_by"])
    return question


def _due(case: Case, due_at: datetime) -> None:
    given = case.current
    given.due_at = case.incident.due_at = due_at
    given.save(update_fields=["due_at"])
    case.incident.dispatch = given
    case.clock_moved = True
    case.body["due_at"] = due_at.isoformat()


def _calls(case: Case) -> list[Dispatch]:
    actor = case.order.by
    calls = case.situation.calls(actor) if actor else []
    return [each for each in calls if each.part == Part.ASSIST and each.ended_at is None]
