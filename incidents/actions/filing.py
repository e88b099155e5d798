"""受理, 立案: is it a case? Accept, pre-check, refuse, merge; and settle what needs nobody else."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Conflict, Invalid
from gis_grid.territory.models import Area
from gis_grid.territory.paths import ancestors_of
from incidents import states
from incidents.access import lock_in_order, lock_incident
from incidents.actions.doing import Case, Order, do
from incidents.grounds import Finding, NoCase
from incidents.models import Incident, Part, PhotoRole, PhotoRule
from incidents.models.cases import Outcome
from incidents.situation import answers_for


def accept(incident_id: UUID, order: Order) -> Incident:
    """File a reported incident as a case."""

    def change(case: Case) -> None:
        case.incident.accepted_at = case.incident.accepted_at or case.at

    return do("accept", incident_id, order, change)


def ask_check(incident_id: UUID, order: Order) -> Incident:
    """Ask a worker nearby to look before it is filed."""
    return do("ask_check", incident_id, order)


def check(incident_id: UUID, order: Order, *, finding: Finding) -> Incident:
    """Say what a pre-check found; the desk then files it or not."""

    def change(case: Case) -> None:
        case.body["finding"] = finding.value

    return do("check", incident_id, order, change)


def refuse(incident_id: UUID, order: Order, *, reason: NoCase) -> Incident:
    """Not a case, and why."""

    def change(case: Case) -> None:
        case.body["reason"] = reason.value

    return do("refuse", incident_id, order, change)


def merge(incident_id: UUID, order: Order, *, into: UUID) -> Incident:
    """Make an incident the duplicate of another one that is open. Both show it; `restore` undoes.

    NotFound when the other one is out of sight, Conflict `merged_itself` for itself or for one
    that is a duplicate, or ended, itself.
    """

    def change(case: Case) -> None:
        other = lock_incident(order.by, into)
        if other.pk == case.incident.pk or not other.is_open:
            raise Conflict("merge_impossible", _("Only an open incident can take a duplicate."))
        case.incident.merged_into = other
        case.body["into"] = {"id": str(other.pk), "number": other.number}
        end_running(case, Outcome.REDIRECTED)

    with transaction.atomic():
        # Two desks that merge two incidents into each other would else wait for each other.
        lock_in_order(order.by, {incident_id, into})
        return do("merge", incident_id, order, change)


def restore(incident_id: UUID, order: Order) -> Incident:
    """Undo `refuse` or `merge`: the incident goes on where it was, without a holder."""

    def change(case: Case) -> None:
        # A photo may arrive after the end: its event leaves no state.
        entered = case.incident.events.filter(state_after=states.VOID)
        ended = entered.exclude(state_before=states.VOID).order_by("pk").last()
        left = ended.state_before if ended else states.REPORTED
        case.target = states.REPORTED if left in states.UNFILED else states.ACCEPTED
        case.incident.merged_into = None

    return do("restore", incident_id, order, change)


def settle(incident_id: UUID, order: Order) -> Incident:
    """Close what a field worker settled alone. Invalid `after_photo_missing` without proof."""

    def change(case: Case) -> None:
        need_after_photo(case)
        incident = case.incident
        incident.settled = True
        incident.accepted_at = incident.accepted_at or case.at
        incident.answered_at = incident.closed_at = case.at
        incident.closed_level = own_level(case)

    return do("settle", incident_id, order, change)


def need_after_photo(case: Case) -> None:
    """Refuse an answer without a photo where the category asks for one."""
    required = case.incident.category.photo == PhotoRule.REQUIRED
    if required and not case.photos_as(PhotoRole.AFTER):
        raise Invalid(
            "after_photo_missing",
            _("Please add a photo of the place as it is now."),
            {"photos": _("missing")},
        )


def own_level(case: Case) -> int | None:
    """Return the level of the deepest area the doer answers for on the incident's path."""
    actor = case.order.by
    if actor is None or not answers_for(actor, case.incident.area_path):
        return None
    own = actor.own_areas.intersection(ancestors_of(case.incident.area_path))
    level: int | None = (
        Area.objects.filter(pk__in=own).order_by("-level").values_list("level", flat=True).first()
    )
    return level


def end_running(case: Case, outcome: Outcome, *, parts: tuple[str, ...] = tuple(Part)) -> None:
    """End the dispatches that still wait, because the case went another way."""
    for each in case.situation.dispatches:
        if each.ended_at is None and each.part in parts:
            each.ended_at, each.outcome = case.at, outcome
            each.save(update_fields=["ended_at", "outcome"])
