"""Incident tiles and the pyramid behind them: what is counted is what is there."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from bench import mvt
from gis_grid.access import Actor
from gis_grid.territory.paths import EVERYWHERE, Territory
from incidents import bins, relay, tiles
from incidents.models import Incident
from incidents.sought import Sought, SoughtIn, find, sought_of
from incidents.tiles import Tile
from tests.incidents.test_equation import operate
from tests.world import LAT, LON, NOW, World, add_units, do, inside, make_incident

Login = Callable[[str], Client]
WHO = ["chen", "zhao", "root"]
COUNTED = "z, x, y, scope, bin, state, count, sum_x, sum_y"


def tile_at(z: int, lon: float = LON, lat: float = LAT) -> Tile:
    """Return the tile of a zoom that holds a place."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT world_x(p), world_y(p) FROM ST_SetSRID(ST_Point(%s, %s), 4326) AS p", [lon, lat]
        )
        x, y = cursor.fetchone()
    return Tile(z, x >> (30 - z), y >> (30 - z))


def around(z: int) -> Iterator[Tile]:
    """Yield the tiles of a zoom that can hold anything of the town."""
    west, east = tile_at(z, LON - 0.01, LAT + 0.03), tile_at(z, LON + 0.03, LAT - 0.01)
    for x in range(west.x, east.x + 1):
        for y in range(west.y, east.y + 1):
            yield Tile(z, x, y)


def counted(layers: dict[str, list[mvt.Feature]]) -> int:
    """Return how many incidents a tile shows as its own, points in its margin left out."""
    points = [f for f in layers.get("points", []) if all(0 <= side < 4096 for side in f.at)]
    return len(points) + sum(f.properties["count"] for f in layers.get("clusters", []))


def drawn(z: int, sought: Sought, territory: Territory, at: datetime = NOW) -> int:
    """Return how many incidents all tiles of a zoom show together."""
    return sum(counted(mvt.read(tiles.draw(t, sought, territory, at))) for t in around(z))


def pyramid() -> list[Any]:
    """Return what the pyramid counts, without emptied bins."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COUNTED} FROM incidents_bin WHERE count <> 0 ORDER BY {COUNTED}")
        return cursor.fetchall()


@pytest.fixture
def busy(world: World) -> World:
    """The town after 90 random reports, deeds and moves, stamped now and then."""
    dice = random.Random(7)
    add_units(world)
    for _ in range(90):
        operate(world, dice)
        if dice.random() < 0.3:
            relay.stamp_all()
    closed = do(world, "accept", make_incident(world), by="chen")
    closed = do(world, "start", closed)
    closed.state, closed.closed_at = "closed", NOW - timedelta(hours=30)
    closed.save()
    relay.stamp_all()
    return world


def test_after_any_deeds_the_pyramid_is_what_a_fresh_count_gives(busy: World) -> None:
    kept = pyramid()
    assert Counter(row[5] for row in kept).keys() > {"reported", "void"}

    bins.rebuild()

    assert pyramid() == kept


def test_an_incident_counts_for_its_area_and_all_above(world: World) -> None:
    make_incident(world)
    relay.stamp_all()

    scopes = Counter(row[3] for row in pyramid())

    zooms = bins.DEEPEST_ZOOM - bins.TOP_ZOOM + 1
    assert scopes == dict.fromkeys((world.areas[code].pk for code in ("D", "S", "A", "A1")), zooms)


FILTERS = [
    "",
    "state=closed",
    "state=void,reported",
    "area=A",
    "area=B1&state=accepted,dispatched",
    "category=manhole",
    "since=2026-03-01&until=2026-03-05",
    "since=2026-03-01T08&until=2026-03-05T09",
    "counted=reported&since=2026-03-05",
    "queue=unrouted",
    "queue=open",
    "q=路灯",
    "due=over",
    "within=105.0,31.0;105.006,31.0;105.006,31.003;105.0,31.003",
]


@pytest.mark.parametrize("most", [2000, 3])
def test_tiles_of_any_zoom_add_up_to_what_the_filter_finds(
    busy: World, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(tiles, "MOST_POINTS", most)
    seen = set()
    for name in WHO:
        territory = EVERYWHERE if name == "root" else busy.actor(name).territory
        for words in FILTERS:
            query = SoughtIn(**dict(pair.split("=") for pair in words.split("&") if pair))
            if query.area and not territory.holds(busy.areas[query.area].path):
                continue
            sought = sought_of(query, territory)
            truth = find(sought, territory, NOW).count()
            seen.add(truth)
            for z in (3, 11, 15):
                assert drawn(z, sought, territory) == truth, (name, words, z)
    assert len(seen) > 6


def test_more_than_the_most_become_clusters_at_the_middle_of_what_they_hold(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "MOST_POINTS", 2)
    for column in (0.1, 0.1, 0.1):
        make_incident(world, place=inside(column))
    relay.stamp_all()

    layers = mvt.read(tiles.draw(tile_at(13), Sought(), EVERYWHERE, NOW))

    (cluster,) = layers["clusters"]
    monkeypatch.setattr(tiles, "MOST_POINTS", 3)
    point = mvt.read(tiles.draw(tile_at(13), Sought(), EVERYWHERE, NOW))["points"][0]
    assert cluster.properties["count"] == 3
    assert cluster.at == point.at


def test_a_point_carries_what_its_marker_needs(world: World) -> None:
    incident = make_incident(world)
    relay.stamp_all()

    (point,) = mvt.read(tiles.draw(tile_at(14), Sought(), EVERYWHERE, NOW))["points"]

    assert point.properties == {
        "id": str(incident.pk),
        "state": "reported",
        "category": "路灯不亮",
        "due": int((incident.stage_due_at or incident.due_at).timestamp()),
    } | ({"amber": int(incident.amber_at.timestamp())} if incident.amber_at else {})


@pytest.mark.parametrize(
    "sought", [Sought(), Sought(since=NOW - timedelta(days=1))], ids=["plain", "filtered"]
)
def test_a_point_says_what_holds_its_clock_and_an_ended_one_has_none(
    world: World, sought: Sought
) -> None:
    held, listed, ended = (make_incident(world).pk for _ in range(3))
    for pk, change in {
        held: {"suspended_at": NOW},
        listed: {"registered_at": NOW, "area": None, "area_path": ""},
        ended: {"state": "closed", "closed_at": NOW, "suspended_at": NOW},
    }.items():
        Incident.objects.filter(pk=pk).update(**change)
    relay.stamp_all()

    points = mvt.read(tiles.draw(tile_at(14), sought, EVERYWHERE, NOW))["points"]

    plain = {"id", "state", "category", "amber"}
    said = {point.properties["id"]: set(point.properties) - plain for point in points}
    assert said == {
        str(held): {"suspended", "due"},
        str(listed): {"registered", "unrouted", "due"},
        str(ended): set(),
    }


def test_a_margin_fuller_than_the_tile_leaves_none_out(world: World) -> None:
    z = 16
    tile = tile_at(z)
    edge = tile.x / 2**z * 360 - 180  # the tile's western side
    beyond = make_incident(world, place=(edge - 0.000001, LAT))
    Incident.objects.bulk_create(copies(beyond, 520))
    within = make_incident(world, place=(edge + 0.000001, LAT))
    relay.stamp_all()

    points = mvt.read(tiles.draw(tile, Sought(), EVERYWHERE, NOW, most=5))["points"]

    assert len(points) == 522
    assert str(within.pk) in {point.properties["id"] for point in points}


def test_a_marker_at_the_edge_is_in_both_tiles(world: World) -> None:
    z = 16
    tile = tile_at(z)
    edge = tile.x / 2**z * 360 - 180  # the tile's western side
    make_incident(world, place=(edge + 0.000001, LAT + 0.001))
    relay.stamp_all()

    here, there = (
        mvt.read(tiles.draw(Tile(z, x, tile_at(z, LON, LAT + 0.001).y), Sought(), EVERYWHERE, NOW))
        for x in (tile.x, tile.x - 1)
    )

    assert [f.properties["id"] for f in here["points"]] == [
        f.properties["id"] for f in there["points"]
    ]
    assert (counted(here), counted(there)) == (1, 0)


def copies(incident: Incident, count: int) -> Iterator[Incident]:
    """Yield incidents at the same place, not saved."""
    for number in range(count):
        copy = Incident.objects.get(pk=incident.pk)
        copy.pk, copy.serial = uuid4(), incident.serial + 1_000_000 + number
        yield copy


# -- over HTTP -------------------------------------------------------------------------------------


def address(z: int = 13, **query: str) -> str:
    tile = tile_at(z)
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return f"/tiles/incidents/{tile.z}/{tile.x}/{tile.y}.pbf?{words}"


def at_a_desk(world: World, code: str) -> Actor:
    """Return an operator of one area: `wang` gets the seat."""
    from gis_grid.people.models import Assignment, Role, Worker

    worker = Worker.objects.get(code="wang")
    Assignment.objects.create(worker=worker, area=world.areas[code], role=Role.OPERATOR)
    return world.actor("wang")


def test_another_territory_gets_nothing(world: World, login: Login) -> None:
    make_incident(world)
    relay.stamp_all()
    at_a_desk(world, "B1")

    assert mvt.read(login("wang").get(address()).content) == {}
    assert counted(mvt.read(login("chen").get(address()).content)) == 1


def test_an_unchanged_tile_is_not_sent_again(world: World, login: Login) -> None:
    incident = make_incident(world)
    relay.stamp_all()
    chen = login("chen")
    first = chen.get(address(state="reported"))
    again = chen.get(address(state="reported"), headers={"If-None-Match": first["ETag"]})
    elsewhere = make_incident(world, place=(106.0, 32.0))
    relay.stamp_all()
    still = chen.get(address(state="reported"), headers={"If-None-Match": first["ETag"]})
    do(world, "accept", incident, by="chen")
    relay.stamp_all()
    changed = chen.get(address(state="reported"), headers={"If-None-Match": first["ETag"]})

    assert elsewhere.area is None
    assert [a.status_code for a in (first, again, still, changed)] == [200, 304, 304, 200]
    assert again.content == b""
    assert "private" in first["Cache-Control"]


def test_deeper_than_the_pyramid_a_change_is_seen_too(world: World, login: Login) -> None:
    incident = make_incident(world)
    relay.stamp_all()
    chen = login("chen")
    tag = chen.get(address(18, state="reported"))["ETag"]
    do(world, "accept", incident, by="chen")
    relay.stamp_all()

    answer = chen.get(address(18, state="reported"), headers={"If-None-Match": tag})

    assert answer.status_code == 200


def test_a_tile_is_packed_for_who_can_unpack(world: World, login: Login) -> None:
    for _ in range(30):
        make_incident(world)
    relay.stamp_all()

    answer = login("chen").get(address(), headers={"Accept-Encoding": "gzip"})

    assert answer["Content-Encoding"] == "gzip"
    assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"


@pytest.mark.parametrize(
    ("place", "status"),
    [("21/0/0", 404), ("3/8/0", 404), ("3/0/8", 404), ("0/0/0", 200), ("20/0/0", 200)],
)
def test_only_tiles_that_exist(login: Login, place: str, status: int) -> None:
    assert login("chen").get(f"/tiles/incidents/{place}.pbf").status_code == status
    assert login("chen").get(f"/tiles/areas/{place}.pbf").status_code == status


@pytest.mark.parametrize(
    "query", ["state=lost", "colour=red", "since=2026-02-30", "counted=sheep", "within=1,2"]
)
def test_a_filter_nobody_knows_does_not_widen(login: Login, query: str) -> None:
    answer = login("chen").get(f"/tiles/incidents/3/6/3.pbf?{query}")

    assert (answer.status_code, answer.json()["code"]) == (400, "filter_unreadable")


@pytest.mark.parametrize("name", ["li", "sun"])
def test_tiles_are_for_desks(login: Login, name: str) -> None:
    assert login(name).get(address()).status_code == 403
    assert Client().get(address()).status_code == 401
