"""Everything the detail drawer shows of one incident, as one person may see it."""

from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.access import Actor
from incidents.models import Attachment, Dispatch, Event, Extension, Incident, SourceChannel
from incidents.reasons import sentence
from incidents.rows import row_of
from incidents.situation import Situation, deeds_open
from incidents.states import DESK, REPORTER
from incidents.telling.links import timeline_url

BY_REPORTER = {"report", "photo", "rate", "reopen"}  # without a login; all else the product does


def detail_of(incident: Incident, actor: Actor) -> dict[str, Any]:
    """Return the row of an incident and what belongs to it, as this actor may see it."""
    prefetch_related_objects([incident], *beside())
    return in_full(Situation(incident, actor, timezone.now()))


def beside() -> tuple[Any, ...]:
    """Return what `in_full` shows from other tables, to be fetched for one incident or many."""
    events = Event.objects.select_related("by", "by__worker").order_by("pk")
    return ("merged", "attachments", Prefetch("events", queryset=events), "ratings")


def in_full(situation: Situation) -> dict[str, Any]:
    """Return the same of an incident that was loaded with `in_full()` and `beside()`."""
    incident = situation.incident
    merged = [_named(each) for each in incident.merged.all()]
    return {
        **row_of(incident),
        "accuracy_m": incident.accuracy_m,
        "datum": incident.datum,
        "position_method": incident.position_method,
        "recorded_at": incident.recorded_at.isoformat(),
        "flags": incident.flags,
        "route": {**incident.route, "reason": sentence(incident.route)},
        "reporter": incident.reporter.name if incident.reporter else None,
        "lead": incident.lead.name if incident.lead else None,
        "escalated_to": incident.escalated_to.name if incident.escalated_to else None,
        "returns": incident.returns,
        "hand_overs": incident.hand_overs,
        "reworks": incident.reworks,
        "verify": incident.category.verify,
        "photo_rule": incident.category.photo,
        "merged_into": _named(incident.merged_into),
        "merged": merged,
        "duplicates": len(merged),
        "dispatches": [_dispatch(each) for each in situation.dispatches],
        "photos_list": [_photo(photo) for photo in incident.attachments.all()],
        "timeline": [_step(event, incident) for event in incident.events.all()],
        "ratings": [
            {"stars": each.stars, "words": each.words, "at": each.at.isoformat()}
            for each in incident.ratings.all()
        ],
        "deeds": deeds_open(situation),
        "timeline_url": _timeline_url(situation),
    }


def _timeline_url(situation: Situation) -> str | None:
    """Return the reporter's link, for who may hand it on: the desk, and the reporter."""
    if situation.sides.isdisjoint({DESK, REPORTER}):
        return None
    return timeline_url(situation.incident.pk)


def _named(incident: Incident | None) -> dict[str, Any] | None:
    return {"id": str(incident.pk), "number": incident.number} if incident else None


def _dispatch(given: Dispatch) -> dict[str, Any]:
    proposed = given.proposed_unit or given.proposed_area
    return {
        **given.target,
        "part": given.part,
        "why": given.why,
        "at": given.at.isoformat(),
        "due_at": given.due_at.isoformat(),
        "signed_at": given.signed_at.isoformat() if given.signed_at else None,
        "ended_at": given.ended_at.isoformat() if given.ended_at else None,
        "outcome": given.outcome,
        "answer": given.answer,
        "return_reason": given.return_reason,
        "proposed": proposed.name if proposed else None,
        "return_upheld": given.return_upheld,
        "whistle": given.whistle is not None,
        "stars_for_unit": given.stars_for_unit,
        "stars_for_caller": given.stars_for_caller,
        "extensions": [_extension(each) for each in given.extensions.all()],
    }


def _extension(extension: Extension) -> dict[str, Any]:
    return {
        "amount": extension.amount,
        "kind": extension.kind,
        "reason": extension.reason,
        "granted": extension.granted,
    }


def _photo(photo: Attachment) -> dict[str, Any]:
    url = reverse("photo", args=[photo.id])
    return {
        "id": str(photo.id),
        "role": photo.role,
        "stored": photo.stored_at is not None,
        "url": url,
        "thumb_url": f"{url}?size=thumb",
    }


def _step(event: Event, incident: Incident) -> dict[str, Any]:
    worker = getattr(event.by, "worker", None)
    nobody = _("system")
    if incident.source == SourceChannel.RESIDENT and event.kind in BY_REPORTER:
        nobody = incident.get_source_display()
    return {
        "kind": event.kind,
        "state": event.state_after,
        "at": event.at.isoformat(),
        "by": worker.name if worker else (event.by.get_username() if event.by else nobody),
        "note": event.note,
        "body": event.body,
    }
