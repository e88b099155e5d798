"""Fetching incidents: the only doors web code may use. Outside one's sight is 404."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from gis_grid.access import Actor
from gis_grid.errors import NotFound
from incidents.models import Attachment, Incident


def access_incident(actor: Actor, incident_id: UUID) -> Incident:
    """Return an incident the actor may see, with all a row needs; NotFound otherwise."""
    incident = (
        Incident.objects.visible_to(actor)
        .as_rows()
        .select_related("reporter", "lead", "escalated_to", "merged_into")
        .filter(pk=incident_id)
        .first()
    )
    if incident is None:
        raise _not_found()
    return incident


def lock_incident(actor: Actor | None, incident_id: UUID) -> Incident:
    """Return an incident the actor may see, locked until the transaction ends, or NotFound.

    None is the product itself (the clock, a redrawn boundary): it sees all.
    """
    seen = Incident.objects.visible_to(actor) if actor else Incident.objects.all()
    incident = seen.select_for_update(of=("self",)).filter(pk=incident_id).first()
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


def _not_found() -> NotFound:
    return NotFound("incident_not_found", _("There is no such incident, or it is not yours."))
