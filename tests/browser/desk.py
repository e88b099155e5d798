"""What browser tests of the command centre do at it, and behind its back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from playwright.sync_api import Locator, Page

from incidents import actions
from incidents.models import Incident
from incidents.reports import Photo
from tests.world import World, make_report, order_of

Desk = Callable[..., Page]


def report(
    world: World,
    place: tuple[float, float] | None = None,
    ago: timedelta = timedelta(),
    **facts: Any,
) -> Incident:
    """Report something as Li, now or a while ago."""
    at = timezone.now() - ago
    received = make_report(place, recorded_at=at, fixed_at=at, **facts)
    return actions.report(received, by=world.actor("li"), at=at).incident


def do(
    world: World,
    deed: str,
    incident_id: UUID,
    by: str = "chen",
    *,
    at: datetime | None = None,
    note: str = "",
    photos: tuple[Photo, ...] = (),
    **details: Any,
) -> None:
    """Do the next deed on an incident, as somebody at another desk."""
    incident = Incident.objects.get(pk=incident_id)
    order = order_of(world, by, incident, at=at or timezone.now(), note=note, photos=photos)
    actions.DEEDS[deed](incident_id, order, **details)


def row(page: Page, incident: Incident) -> Locator:
    """Return the list's row of an incident."""
    return page.locator(f'.row[data-id="{incident.pk}"]')


def figure(page: Page, name: str) -> Locator:
    """Return the number in the strip of figures."""
    return page.locator(f'[data-figure="{name}"] .figure')


def view_of(place: tuple[float, float], zoom: int = 18) -> str:
    """Return the hash that puts a place into the middle of the map."""
    lon, lat = place
    return f"#{zoom}/{lat}/{lon}"


def handled(world: World, incident: Incident) -> None:
    """Take a report through all its steps to the end."""
    do(world, "accept", incident.pk)
    do(world, "start", incident.pk, by="li")
    do(world, "answer", incident.pk, by="li", note="已修好")
    lon, lat = incident.point.coords
    photo = Photo(uuid4(), "0" * 64, "verify")
    do(world, "pass", incident.pk, by="zhao", photos=(photo,), spot=actions.Spot(lon, lat, 5))
