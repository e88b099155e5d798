"""How many queries each endpoint takes: the same for one incident as for many."""

import hashlib
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents import relay
from incidents.actions import To
from incidents.deadlines.calendars import calendar_of
from incidents.models import Incident
from tests.web.test_field_api import picture
from tests.world import (
    World,
    add_units,
    announced,
    body_of,
    do,
    inside,
    make_incident,
    make_report,
)

LON, LAT = inside()
NEAR_LON = inside(1.01)[0]

# who, address, queries; one of them is always the session with its user and seats
READS = [
    ("li", "/api/field/me", 6),  # areas, units, categories: all, used lately, by the hour
    ("li", f"/api/field/route?lon={LON}&lat={LAT}&accuracy_m=8", 3),  # areas near, borders
    # areas near, shapes for the shares, borders
    ("li", f"/api/field/route?lon={NEAR_LON}&lat={LAT}&accuracy_m=20", 4),
    ("li", "/api/field/reports", 2),
    ("li", "/api/field/tasks", 4),  # handled lately, units, rows
    ("chen", "/api/command/snapshot", 3),  # last number, rows
    ("chen", "/api/command/events?after=0", 4),  # last number, events, their incidents
    ("chen", "/api/command/areas", 3),  # ids, features
    ("chen", "/api/command/on-call", 2),  # who has it switched on
    ("chen", "/api/command/gaps", 3),  # the latest run, whether areas have changed
    ("chen", "/api/incidents?page_size=50", 2),
    ("chen", f"/api/incidents?near={LON},{LAT}&within_m=500", 2),
    ("chen", "/tiles/base/14/12000/6700.pbf", 3),  # version, tile
    ("chen", "/tiles/incidents/14/12970/6690.pbf", 3),  # how it stands, tile
    ("chen", "/tiles/areas/13/6485/3345.pbf?level=grid", 3),  # the layer's mark, tile
    ("chen", "/tiles/areas/grid/A1.json", 3),  # area, shape
    ("li", "/field/", 2),  # bounds
    ("chen", "/command/", 5),  # bounds, categories, the latest run, the territory's name
    # renewed session; last number; the area, those below and above; counts; hours; newest
    ("chen", "/api/command/figures", 7),
    ("chen", "/api/command/trends", 8),  # look; three facts of a month, two of a week; names
    ("chen", "/api/command/outlines", 5),
    ("chen", "/command/wall", 1),
    ("chen", "/command/figures/", 1),
    ("chen", "/command/export/", 2),  # count
    ("sun", "/planning/", 2),  # bounds
    ("sun", "/planning/staffing/", 2),
    ("li", "/", 1),
]


@pytest.mark.parametrize("incidents", [1, 12])
@pytest.mark.parametrize(("name", "address", "expected"), READS)
def test_reading_takes_a_fixed_number_of_queries(  # type: ignore[no-untyped-def]
    world: World, login, name: str, address: str, expected: int, incidents: int
) -> None:
    for _ in range(incidents):
        make_incident(world)
    relay.stamp_all()
    client = login(name)

    assert count(client, address) == expected


def test_a_deed_takes_a_fixed_number_of_queries(world: World, login) -> None:  # type: ignore[no-untyped-def]
    incident, li = make_incident(world), login("li")
    body = {"id": str(uuid4()), "seen_version": 1, "note": ""}
    calendar_of()  # a process asks for the working calendar now and then, not for each deed

    with CaptureQueriesContext(connection) as queries:
        li.post(f"/api/incidents/{incident.pk}/deeds/accept", body, "application/json")

    # session with its user; savepoint, lock, seen before?, write, log, release;
    # as it is now; its duplicates, photos, history, ratings
    assert len(queries) == 12


def test_a_long_case_is_shown_with_as_many_queries_as_a_short_one(world: World, login) -> None:  # type: ignore[no-untyped-def]
    add_units(world)
    short, long = (do(world, "accept", make_incident(world), by="chen") for _ in range(2))
    do(world, "dispatch", short, by="chen", to=To(unit="lamps"))
    for unit in ("garden", "lamps", "garden"):
        long = do(world, "dispatch", long, by="chen", to=To(unit=unit))
    long = do(world, "whistle", long, by="chen", lead="lamps", assisting=("garden", "office"))
    for _ in range(5):
        long = do(world, "remark", long)
    chen = login("chen")

    # session with its user, incident, its duplicates, photos, history, ratings; dispatches, their
    # extensions; whether I act for a unit
    assert count(chen, f"/api/incidents/{short.pk}") == 9
    assert count(chen, f"/api/incidents/{long.pk}") == 9


def test_a_photo_takes_a_fixed_number_of_queries(world: World, login, media) -> None:  # type: ignore[no-untyped-def]
    content, li = picture(), login("li")
    report = make_report(photos=announced(uuid4(), hashlib.sha256(content).hexdigest()))
    li.post("/api/field/reports", body_of(report), "application/json")
    address = f"/api/field/reports/{report.id}/photos/{report.photos[0].id}"

    with CaptureQueriesContext(connection) as queries:
        li.put(address, content, "image/jpeg")

    # session with its user; photo; savepoint, lock, write, log, release
    assert len(queries) == 7
    assert Incident.objects.get().attachments.stored().count() == 1


def count(client: Client, address: str) -> int:
    client.get(address)  # once to fill what a process keeps for good
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return len(queries)
