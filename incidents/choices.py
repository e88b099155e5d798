"""What the forms of the deeds offer to one person for one incident. Reads only.

Only what an open deed asks for is looked up, and every list has a bound: forms find the rest by
name.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from gis_grid.access import Actor
from gis_grid.people.models import FIELD_ROLES, Assignment, HandlingUnit
from gis_grid.territory.models import Area, Level
from gis_grid.territory.paths import ancestors_of, path_of
from gis_grid.territory.queries import AreaQuerySet
from incidents.dispatching.recipients import Recipient, Terms, terms_for
from incidents.dispatching.rules import best_match
from incidents.grounds import Finding, NoCase, ReturnGround, SuspendGround
from incidents.models import Attachment, Category, Incident, LimitKind
from incidents.situation import Situation, deeds_open

MAX_AREAS = 100
MAX_FOUND = 20
MAX_PEOPLE = 200
MAX_DUPLICATES = 12
DUPLICATES_WITHIN_M = 500

GIVING = frozenset({"dispatch", "decide", "whistle", "return"})
REASONS = {"check": Finding, "refuse": NoCase, "return": ReturnGround, "suspend": SuspendGround}


def choices_of(incident: Incident, actor: Actor, at: datetime) -> dict[str, Any]:
    """Return what the deeds open to this actor let them choose from; empty lists for the others.

    Names are in the reader's language. `may` and `why` come from the same rules that a deed
    applies, so what is offered is what is taken.
    """
    situation = Situation(incident, actor, at)
    deeds = set(deeds_open(situation))
    return {
        **asked_by_all(),
        **asked_of_one(situation),
        **_recipients(incident, wanted=bool(deeds & GIVING)),
        "rule": _rule(incident, at) if "dispatch" in deeds else None,
        "hand_over": named(_around(incident, actor)) if "hand_over" in deeds else [],
        "categories": _categories() if "correct" in deeds else [],
        "duplicates": _duplicates(incident, actor) if "merge" in deeds else [],
        "people": _people(incident, actor) if "name_lead" in deeds else [],
    }


def asked_by_all() -> dict[str, Any]:
    """Return what is the same for every incident."""
    return {
        "reasons": {deed: _labels(grounds.choices) for deed, grounds in REASONS.items()},
        "limits": _labels(LimitKind.choices),
    }


def asked_of_one(situation: Situation) -> dict[str, Any]:
    """Return what only its category and its past decide; asks no table for what is loaded."""
    limit = situation.incident.category.limit
    return {
        "limit": {"amount": limit.amount, "kind": limit.kind.value},
        "extensions_left": max(0, settings.MAX_EXTENSIONS - situation.granted),
    }


def areas_named(incident: Incident, actor: Actor, words: str) -> list[dict[str, Any]]:
    """Return up to MAX_FOUND areas whose code starts with, or whose name holds, these words.

    Of the incident's own tree, because a hand-over leaves the giver's territory; of what the
    actor may see when it has none.
    """
    found = _of_tree(incident, actor).named_like(words).exclude(pk=incident.area_id or 0)
    return named(found.order_by("-level", Lower("name"), "pk").select_related("parent")[:MAX_FOUND])


def _labels(choices: Iterable[tuple[str, Any]]) -> list[dict[str, str]]:
    return [{"code": code, "label": str(label)} for code, label in choices]


def _recipients(incident: Incident, *, wanted: bool) -> dict[str, list[dict[str, Any]]]:
    """Units, the incident's own area and those above it: each may receive it, or why not."""
    if not wanted:
        return {"units": [], "areas": []}
    units = list(HandlingUnit.objects.active().order_by("level", "code"))
    areas = _today().filter(pk__in=ancestors_of(incident.area_path)).order_by("-level")
    terms = terms_for(incident.category, incident.area_path, units)
    return {
        "units": [_offer(Recipient(unit=unit), unit.code, terms) for unit in units],
        "areas": [_offer(Recipient(area=area), area.code, terms) for area in areas],
    }


def _offer(recipient: Recipient, code: str, terms: Terms) -> dict[str, Any]:
    refusal = terms.refusal_of(recipient)
    return {
        "code": code,
        "name": recipient.name,
        "level": Level(recipient.level).slug,
        "may": refusal is None,
        "why": str(refusal.message) if refusal else "",
    }


def _rule(incident: Incident, at: datetime) -> dict[str, Any] | None:
    match = best_match(incident, at)
    if match is None:
        return None
    return {"name": match.rule.name, "reason": match.reason, "to": match.recipient.as_json}


def _categories() -> list[dict[str, str]]:
    minors = Category.objects.minors()
    return [{"code": c.code, "name": c.label, "major": c.major.label} for c in minors if c.major]


def _duplicates(incident: Incident, actor: Actor) -> list[dict[str, Any]]:
    """Open incidents of the same category, nearest first."""
    alike = Incident.objects.visible_to(actor).open().filter(category=incident.category_id)
    near = alike.exclude(pk=incident.pk).near(incident.point, DUPLICATES_WITHIN_M)
    found = list(near[:MAX_DUPLICATES])
    thumbs = _thumbs(found)
    return [
        {
            "id": str(each.pk),
            "number": each.number,
            "state": each.state,
            "words": each.words,
            "reported_at": each.reported_at.isoformat(),
            "metres": round(each.distance.m),  # type: ignore[attr-defined]
            "thumb_url": thumbs.get(each.pk),
        }
        for each in found
    ]


def _thumbs(incidents: list[Incident]) -> dict[Any, str]:
    """Return the small picture of each incident's first stored photo."""
    photos = Attachment.objects.stored().filter(incident__in=incidents).order_by("-stored_at")
    return {
        owner: f"{reverse('photo', args=[photo])}?size=thumb"
        for photo, owner in photos.values_list("pk", "incident")
    }


def _people(incident: Incident, actor: Actor) -> list[dict[str, str]]:
    """Field workers of the incident's street, or of the territory when it lies in none."""
    held = Assignment.objects.at(timezone.localdate()).within(actor.territory)
    held = held.filter(role__in=FIELD_ROLES, area__in=_street(incident, actor))
    seats = held.select_related("worker", "area").order_by("worker__code", "-area__level")
    people = {
        seat.worker_id: {
            "code": seat.worker.code,
            "name": seat.worker.name,
            "area": seat.area.name,
        }
        for seat in seats[:MAX_PEOPLE]
    }
    return list(people.values())


def _around(incident: Incident, actor: Actor) -> AreaQuerySet:
    """Areas of the same street that may answer for an incident, its own community's first."""
    found = _street(incident, actor).filter(level__gte=Level.COMMUNITY)
    found = found.exclude(pk=incident.area_id or 0).select_related("parent")
    return found.order_by("-level", "path")[:MAX_AREAS]


def _street(incident: Incident, actor: Actor) -> AreaQuerySet:
    """Today's areas of the incident's street, or of the tree above where it lies in none."""
    above = ancestors_of(incident.area_path)
    street = Area.objects.filter(pk__in=above, level__lte=Level.STREET).order_by("-level").first()
    return _today().under(street) if street else _seen(actor)


def _of_tree(incident: Incident, actor: Actor) -> AreaQuerySet:
    above = ancestors_of(incident.area_path)
    return _today().filter(path__startswith=path_of("", above[0])) if above else _seen(actor)


def _seen(actor: Actor) -> AreaQuerySet:
    return _today().within(actor.territory)


def _today() -> AreaQuerySet:
    return Area.objects.at(timezone.localdate())


def named(areas: Iterable[Area]) -> list[dict[str, Any]]:
    """Return areas, loaded with their parent, as the forms offer them."""
    return [
        {
            "code": area.code,
            "name": area.name,
            "level": Level(area.level).slug,
            "above": area.parent.name if area.parent else "",
        }
        for area in areas
    ]
