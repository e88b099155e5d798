"""Is it the same one? Open incidents near a place, of one category, lately reported. Reads only."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db.models import OuterRef, Subquery
from django.urls import reverse

from gis_grid.access import Actor
from incidents.models import Attachment, Category, Incident
from incidents.situation import answers_for

MOST = 20  # nearer ones than these are not looked for: nobody compares twenty


def similar_to(
    category: Category, lon: float, lat: float, *, by: Actor, at: datetime
) -> dict[str, Any]:
    """Return {"items": […], "elsewhere": n}, nearest first; WGS84 degrees in, metres out.

    An item tells what is in the asker's sight, with `remark`: whether they may add words to it.
    What is not is only counted.
    """
    near = _near(category, Point(lon, lat, srid=4326), at)
    seen = sorted(_in_sight(by, list(near)), key=lambda each: near[each.pk])
    return {
        "items": [_item(each, near[each.pk], by) for each in seen],
        "elsewhere": len(near) - len(seen),
    }


def _near(category: Category, point: Point, at: datetime) -> dict[UUID, float]:
    """Return ids with their distance in metres, the nearest MOST."""
    since = at - timedelta(hours=category.duplicate_hours)
    recent = Incident.objects.open().filter(category=category, reported_at__gte=since)
    found = recent.near(point, category.duplicate_m).only("pk")[:MOST]
    return {each.pk: each.distance.m for each in found}  # type: ignore[attr-defined]


def _in_sight(actor: Actor, ids: list[UUID]) -> list[Incident]:
    first = Attachment.objects.stored().filter(incident=OuterRef("pk")).values("pk")[:1]
    seen = Incident.objects.visible_to(actor).filter(pk__in=ids)
    return list(seen.select_related("category").annotate(first_photo=Subquery(first)))


def _item(incident: Incident, away_m: float, actor: Actor) -> dict[str, Any]:
    photo = incident.first_photo  # type: ignore[attr-defined]
    return {
        "id": str(incident.pk),
        "number": incident.number,
        "state": incident.state,
        "category_name": incident.category.label,
        "words": incident.words,
        "away_m": round(away_m, 1),
        "reported_at": incident.reported_at.isoformat(),
        "version": incident.version,
        "thumb_url": f"{reverse('photo', args=[photo])}?size=thumb" if photo else None,
        "remark": answers_for(actor, incident.area_path),
    }
