"""Fetching incidents: the only doors web code may use. Outside one's sight is 404."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_grid.access import Actor
from gis_grid.errors import NotFound
from incidents.models import Attachment, Incident


def access_incident(actor: Actor, incident_id: UUID) -> Incident:
    """Return an incident the actor may see, with all a row needs; NotFound otherwise."""
    incident = Incident.objects.visible_to(actor).in_full().filter(pk=incident_id).first()
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


def lock_in_order(actor: Actor | None, incident_ids: Collection[UUID]) -> None:
    """Lock several incidents, if the actor may see them, always in the same order."""
    seen = Incident.objects.visible_to(actor) if actor else Incident.objects.all()
    wanted = seen.select_for_update(of=("self",)).filter(pk__in=incident_ids).order_by("pk")
    list(wanted.values_list("pk"))


def is_reported(report_id: UUID) -> bool:
    """Return whether a report with this id, which its sender minted, has come."""
    return Incident.objects.filter(pk=report_id).exists()


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


def access_announced(actor: Actor, incident_id: UUID, photo_id: UUID) -> Attachment:
    """Return a photo that the actor announced for an incident; NotFound for anybody else's."""
    own = Q(by=actor.user)
    if actor.worker:
        own |= Q(by__isnull=True, incident__reporter=actor.worker)  # from before `by` was kept
    photo = Attachment.objects.filter(own, pk=photo_id, incident=incident_id).first()
    if photo is None:
        raise NotFound("photo_not_announced", _("You have not announced this photo."))
    return photo


def _not_found() -> NotFound:
    return NotFound("incident_not_found", _("There is no such incident, or it is not yours."))
