"""Cases as rows, by the hundred, for tests that count them: what a year of deeds would leave."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Point

from incidents import states
from incidents.models import Incident, RouteMethod, SourceChannel
from tests.world import World, inside

ZONE = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LIMIT = timedelta(days=3)


def on(day: int, hour: float = 10, month: int = 3, year: int = 2026) -> datetime:
    """Return a moment in the town's time."""
    return datetime(year, month, day, tzinfo=ZONE) + hour * HOUR


def case(world: World, reported_at: datetime, **changes: Any) -> Incident:
    """Return an unsaved case of Li's in A1, accepted at once, due in three days, still open.

    `area`: a short name of the town, None for unrouted; `place`: by raster coordinates.
    """
    area = world.areas.get(changes.pop("area", "A1"))
    lon, lat = inside(*changes.pop("place", (0.5, 0.5)))
    facts: dict[str, Any] = {
        "id": uuid4(),
        "source": SourceChannel.WORKER,
        "category": world.categories["street_lamp"],
        "state": states.ACCEPTED,
        "raw_lon": lon,
        "raw_lat": lat,
        "datum": "wgs84",
        "position_method": "gps",
        "point": Point(lon, lat, srid=4326),
        "area": area,
        "area_path": area.path if area else "",
        "route_method": RouteMethod.COVERS,
        "route": {},
        "recorded_at": reported_at,
        "reported_at": reported_at,
        "accepted_at": reported_at,
        "due_at": reported_at + LIMIT,
        "rung": {},
        "content_sha256": "",
    }
    if changes.get("closed_at"):
        facts["state"] = states.CLOSED
    return Incident(**{**facts, **changes})


def store(cases: Iterable[Incident]) -> list[Incident]:
    """Write them."""
    return Incident.objects.bulk_create(cases)


def tianmen(world: World) -> Iterator[Incident]:
    """Yield December 2016: 1,054 reports, 996 filed, 972 due, 911 closed of which 737 in time.

    Of those filed 24 fall due in January; nothing from November is due in December.
    """
    reported = on(2, month=12, year=2016)
    fates = (
        (737, {"closed_at": reported + 2 * DAY}),
        (174, {"closed_at": reported + 20 * DAY}),
        (50, {}),
        (11, {"closed_at": on(5, month=1, year=2017)}),
        (24, {"due_at": on(3, month=1, year=2017)}),
        (58, {"state": states.VOID, "accepted_at": None}),
    )
    for count, facts in fates:
        for number in range(count):
            yield case(world, reported + number * timedelta(minutes=5), **facts)
