"""Cases as rows, by the hundred, for tests that count them: what a year of deeds would leave."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Point
from django.db import connection

from incidents import states
from incidents.models import Incident, RouteMethod, SourceChannel
from tests.world import World, inside

ZONE = ZoneInfo("Asia/Shanghai")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LIMIT = timedelta(days=3)
ANEW = {"id", "serial"}  # of a copy
MOMENTS = {"recorded_at", "reported_at", "accepted_at", "due_at"}


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


def copied(original: Incident, count: int, every: timedelta, shifted: Iterable[str]) -> None:
    """Write so many copies of a stored case, each some time after the one before in some fields.

    By the database: a thousand objects take seconds.
    """
    names = [field.column for field in Incident._meta.concrete_fields if field.name not in ANEW]
    values = [f"{name} + n * %(every)s" if name in shifted else name for name in names]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO incidents_incident (id, {', '.join(names)})"
            f" SELECT gen_random_uuid(), {', '.join(values)}"
            " FROM incidents_incident, generate_series(1, %(count)s) AS n WHERE id = %(id)s",
            {"every": every, "count": count, "id": original.pk},
        )


def store_tianmen(world: World) -> None:
    """Write December 2016: 1,054 reports, 996 filed, 972 due, 911 closed of which 737 in time.

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
        (first,) = store([case(world, reported, **facts)])
        copied(first, count - 1, timedelta(minutes=5), MOMENTS - set(facts))
