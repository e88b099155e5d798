"""Fetching incidents: the only doors web code may use. Outside one's sight is 404."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gis_grid.access import Actor
from gis_grid.errors import NotFound
from gis_grid.people.models import DESK_ROLES, FIELD_ROLES
from gis_grid.territory.paths import ancestors_of
from incidents import states
from incidents.models import Attachment, Incident


def access_incident(actor: Actor, incident_id: UUID) -> Incident:
    """Return an incident the actor may see, with all a row needs; NotFound otherwise."""
    incident = (
        Incident.objects.visible_to(actor)
        .as_rows()
        .select_related("category", "area", "reporter")
        .filter(pk=incident_id)
        .first()
    )
    if incident is None:
        raise _not_found()
    return incident


def lock_incident(actor: Actor, incident_id: UUID) -> Incident:
    """Return an incident the actor may see, locked until the transaction ends, or NotFound."""
    incident = Incident.objects.visible_to(actor).select_for_update().filter(pk=incident_id).first()
    if incident is None:
        raise _not_found()
    return incident


def access_photo(actor: Actor, photo_id: UUID) -> Attachment:
    """Return a stored photo of an incident the actor may see; NotFound otherwise."""
    photo = (
        Attachment.objects.stored()
        .filter(incident__in=Incident.objects.visible_to(actor), pk=photo_id)
        .first()
    )
    if photo is None:
        raise NotFound("photo_not_found", _("There is no such photo."))
    return photo


def sides_of(actor: Actor, incident: Incident) -> frozenset[str]:
    """Return for which sides of the life cycle's table the actor may act here."""
    sides = set()
    answers_for = actor.own_areas.intersection(ancestors_of(incident.area_path))
    if answers_for and actor.is_any_of(FIELD_ROLES):
        sides.add(states.FIELD)
    if actor.is_any_of(DESK_ROLES) and actor.territory.holds(incident.area_path):
        sides.add(states.DESK)
    return frozenset(sides)


def deeds_open_to(actor: Actor, incident: Incident) -> list[str]:
    """Return the deeds this actor may do on this incident now."""
    return states.deeds_from(incident.state, sides_of(actor, incident))


def _not_found() -> NotFound:
    return NotFound("incident_not_found", _("There is no such incident, or it is not yours."))
