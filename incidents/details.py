"""Everything the detail drawer shows of one incident: two queries beside the incident's own."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_grid.access import Actor
from incidents.access import deeds_open_to
from incidents.models import Event, Incident
from incidents.reasons import sentence
from incidents.rows import row_of


def detail_of(incident: Incident, actor: Actor) -> dict[str, Any]:
    """Return the row of an incident and what belongs to it, as this actor may see it."""
    events = incident.events.select_related("by", "by__worker").order_by("pk")
    return {
        **row_of(incident),
        "accuracy_m": incident.accuracy_m,
        "datum": incident.datum,
        "position_method": incident.position_method,
        "recorded_at": incident.recorded_at.isoformat(),
        "flags": incident.flags,
        "route": {**incident.route, "reason": sentence(incident.route)},
        "reporter": incident.reporter.name if incident.reporter else None,
        "photos_list": [_photo(photo) for photo in incident.attachments.all()],
        "timeline": [_step(event) for event in events],
        "deeds": deeds_open_to(actor, incident),
    }


def _photo(photo: Any) -> dict[str, Any]:
    url = reverse("photo", args=[photo.id])
    return {
        "id": str(photo.id),
        "stored": photo.stored_at is not None,
        "url": url,
        "thumb_url": f"{url}?size=thumb",
    }


def _step(event: Event) -> dict[str, Any]:
    worker = getattr(event.by, "worker", None)
    return {
        "kind": event.kind,
        "state": event.state_after,
        "at": event.at.isoformat(),
        "by": worker.name if worker else (event.by.get_username() if event.by else _("system")),
        "note": event.note,
    }
