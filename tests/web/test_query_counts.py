"""How many queries each endpoint takes: the same for one incident as for many."""

import hashlib
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents import relay
from incidents.models import Incident
from tests.web.test_field_api import picture
from tests.world import World, announced, body_of, inside, make_incident, make_report

LON, LAT = inside()
NEAR_LON = inside(1.01)[0]

# who, address, queries; two of them are always the session and the user with their seats
READS = [
    ("li", "/api/field/me", 5),  # areas, categories used lately, categories
    ("li", f"/api/field/route?lon={LON}&lat={LAT}&accuracy_m=8", 4),  # areas near, borders
    # areas near, shapes for the shares, borders
    ("li", f"/api/field/route?lon={NEAR_LON}&lat={LAT}&accuracy_m=20", 5),
    ("li", "/api/field/reports", 3),
    ("li", "/api/field/tasks", 3),
    ("chen", "/api/command/snapshot", 4),  # last number, rows
    ("chen", "/api/command/events?after=0", 4),  # events, their incidents
    ("chen", "/api/command/areas", 4),  # ids, features
    ("chen", "/api/incidents?page_size=50", 3),
    ("chen", f"/api/incidents?near={LON},{LAT}&within_m=500", 3),
    ("chen", "/tiles/base/14/12000/6700.pbf", 4),  # version, tile
    ("li", "/field/", 3),  # bounds
    ("chen", "/command/", 4),  # bounds, the territory's name
    ("sun", "/planning/", 3),
    ("li", "/", 2),
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

    with CaptureQueriesContext(connection) as queries:
        li.post(f"/api/incidents/{incident.pk}/deeds/accept", body, "application/json")

    # session, user; savepoint, lock, seen before?, write, log, release;
    # as it is now; its photos, its history
    assert len(queries) == 11


def test_a_photo_takes_a_fixed_number_of_queries(world: World, login, media) -> None:  # type: ignore[no-untyped-def]
    content, li = picture(), login("li")
    report = make_report(photos=announced(uuid4(), hashlib.sha256(content).hexdigest()))
    li.post("/api/field/reports", body_of(report), "application/json")
    address = f"/api/field/reports/{report.id}/photos/{report.photos[0].id}"

    with CaptureQueriesContext(connection) as queries:
        li.put(address, content, "image/jpeg")

    # session, user; incident, photo; savepoint, lock, write, log, release
    assert len(queries) == 9
    assert Incident.objects.get().attachments.stored().count() == 1


def count(client: Client, address: str) -> int:
    client.get(address)  # once to fill what a process keeps for good
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return len(queries)
