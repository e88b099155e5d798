"""核查, 结案, 评价, 回访: somebody else looks, the case ends, the reporter has the last word."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Forbidden, Invalid
from gis_grid.territory.paths import ancestors_of
from incidents import states
from incidents.actions.doing import Case, Order, do
from incidents.actions.filing import end_running
from incidents.actions.spots import Spot, measure
from incidents.deadlines import clock
from incidents.models import CallBack, Incident, Outcome, PhotoRole, Rating, VerifyRule


def ask_verify(incident_id: UUID, order: Order) -> Incident:
    """Send an answered case to be looked at by a second person."""
    return do("ask_verify", incident_id, order)


def pass_case(incident_id: UUID, order: Order, *, spot: Spot | None = None) -> Incident:
    """Verified, so closed. On the spot it takes a photo and the place where it was taken.

    The distance from the incident is stored and shown, and marked when it is large; it never
    refuses. Invalid `spot_missing`, `verify_photo_missing`.
    """

    def change(case: Case) -> None:
        if case.incident.category.verify == VerifyRule.ON_SITE:
            _need_proof(case, spot)
        measure(case, spot)
        _close(case)

    return do("pass", incident_id, order, change)


def fail(incident_id: UUID, order: Order, *, spot: Spot | None = None) -> Incident:
    """Not settled: back to the same holder, without fresh time.

    Only people of an area that has lost the incident do not get it back: it is dispatched anew.
    """

    def change(case: Case) -> None:
        measure(case, spot)
        case.incident.answered_at = None
        case.incident.reworks += 1
        given = case.current
        if given.area_id and given.area_id not in ancestors_of(case.incident.area_path):
            # Its border was redrawn meanwhile: whoever answered does not see it any more.
            case.target = states.ACCEPTED
            return
        given.ended_at, given.outcome = None, ""
        given.save(update_fields=["ended_at", "outcome"])
        case.incident.dispatch = given

    return do("fail", incident_id, order, change)


def close(incident_id: UUID, order: Order) -> Incident:
    """Close on the evidence sent in, for categories that need nobody on the spot."""
    return do("close", incident_id, order, _close)


def reopen(incident_id: UUID, order: Order) -> Incident:
    """Open a closed case again; it is dispatched anew."""

    def change(case: Case) -> None:
        incident = case.incident
        incident.reopenings += 1
        incident.closed_at = incident.answered_at = incident.dispatch = None
        incident.escalated_to, incident.returns = None, 0
        incident.closed_level, incident.settled = None, False
        clock.begin(incident, case.at)

    return do("reopen", incident_id, order, change)


def rate(incident_id: UUID, order: Order, *, stars: int) -> Incident:
    """Store 1 to 5 stars by the reporter; the note is what they say."""

    def change(case: Case) -> None:
        if not 1 <= stars <= 5:
            raise Invalid("stars_out_of_range", _("Please give 1 to 5 stars."), {"stars": _("1–5")})
        Rating.objects.create(
            incident=case.incident,
            closing=case.incident.reopenings,
            stars=stars,
            words=case.order.note.strip(),
            at=case.at,
        )
        case.body["stars"] = stars

    return do("rate", incident_id, order, change)


def call_back(
    incident_id: UUID,
    order: Order,
    *,
    reached: bool,
    resolved: bool | None = None,
    satisfied: bool | None = None,
) -> Incident:
    """Store what the reporter said on the telephone."""

    def change(case: Case) -> None:
        if not reached and (resolved is not None or satisfied is not None):
            raise Invalid(
                "nobody_answered",
                _("Who was not reached cannot have answered."),
                {"reached": _("no")},
            )
        CallBack.objects.create(
            incident=case.incident,
            at=case.at,
            by=case.user,
            reached=reached,
            resolved=resolved,
            satisfied=satisfied,
            note=case.order.note.strip(),
        )
        case.body |= {"reached": reached, "resolved": resolved, "satisfied": satisfied}

    return do("call_back", incident_id, order, change)


def rate_help(incident_id: UUID, order: Order, *, unit: str, stars: int) -> Incident:
    """Rate a whistle: the desk rates the unit, the unit's members rate the desk.

    Invalid `unit_not_called`; Forbidden `not_your_unit` for members of another unit.
    """

    def change(case: Case) -> None:
        if not 1 <= stars <= 5:
            raise Invalid("stars_out_of_range", _("Please give 1 to 5 stars."), {"stars": _("1–5")})
        actor = case.order.by
        called = [each for each in case.situation.dispatches if each.whistle and each.unit]
        given = next((each for each in called if each.unit and each.unit.code == unit), None)
        if given is None:
            raise Invalid("unit_not_called", _("That unit was not called."), {"unit": _("unknown")})
        by_unit = actor is not None and given in case.situation.calls(actor)
        if not by_unit and states.DESK not in case.situation.sides:
            raise Forbidden("not_your_unit", _("You do not act for that unit."))
        side = "stars_for_caller" if by_unit else "stars_for_unit"
        setattr(given, side, stars)
        given.save(update_fields=[side])
        case.body |= {"unit": unit, "stars": stars, "for": "caller" if by_unit else "unit"}

    return do("rate_help", incident_id, order, change)


def _close(case: Case) -> None:
    given = case.current
    case.incident.closed_at = case.at
    case.incident.closed_level = given.unit.level if given.unit else _area_level(case)
    end_running(case, Outcome.CLOSED)


def _area_level(case: Case) -> int | None:
    area = case.current.area
    return area.level if area else None


def _need_proof(case: Case, spot: Spot | None) -> None:
    if spot is None:
        raise Invalid(
            "spot_missing",
            _("Verification happens on the spot: please let the phone say where you are."),
            {"spot": _("missing")},
        )
    if not case.photos_as(PhotoRole.VERIFY):
        raise Invalid(
            "verify_photo_missing",
            _("Please add a photo of the place as it is now."),
            {"photos": _("missing")},
        )
