"""Map tiles over HTTP, beside the bare statement that makes one, and beside other tile servers.

A city is seeded into the scratch database. Tiles are the fullest of their zoom. Points are closed
incidents, at zooms where a tile holds at most 2,000 of them, so that both sides draw the same; the
overview is the tile that holds the whole city, by clusters and by bare points. Packed bytes are
compared with GeoJSON of the same features.
"""

import gzip
import http.client
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from hashlib import sha256
from statistics import median
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone

from bench import mvt, rounds, scratch, server
from bench.outcome import Check, Effort, Outcome
from bench.rounds import Ratio, Spread
from bench.tilers import OTHERS, Absent
from gis_grid.territory import simplified
from gis_grid.territory.models import Level
from gis_grid.territory.paths import EVERYWHERE
from incidents import bins, tiles
from incidents.sought import Sought
from incidents.states import OPEN_STATES
from incidents.tiles import MOST_POINTS, Tile

CLOSED = "closed"
FULL, SMALL = (900, MOST_POINTS), (1, 60)  # features of the tiles that are timed
SMALL_MORE_MS = 10.0
EXTENT, EDGE = 4096, 2  # of a tile, in its own units
AREAS_ZOOM = 13

RAW = """
SELECT ST_AsMVT(t, 'points', 4096, 'geom') FROM (
    SELECT ST_AsMVTGeom(ST_Transform(i.point, 3857), ST_TileEnvelope({z}, {x}, {y}), 4096, 160)
           AS geom, i.id::text AS id, i.state, c.name AS category, i.area_id IS NULL AS unrouted,
           i.suspended_at IS NOT NULL AS suspended, i.registered_at IS NOT NULL AS registered,
           extract(epoch FROM coalesce(i.stage_due_at, i.due_at))::bigint AS due,
           extract(epoch FROM i.amber_at)::bigint AS amber
      FROM incidents_incident i JOIN incidents_category c ON c.id = i.category_id
     WHERE i.point && ST_Transform(ST_TileEnvelope({z}, {x}, {y}, margin => 160.0 / 4096), 4326)
       {condition}
) AS t
"""
GEOJSON = """
SELECT json_build_object('type', 'FeatureCollection', 'features', json_agg(json_build_object(
    'type', 'Feature', 'geometry', ST_AsGeoJSON({shape}, 6)::json,
    'properties', {properties})))::text
"""


@dataclass(frozen=True)
class Findings:
    """A part of what was measured."""

    sides: Sequence[Spread]
    ratios: Sequence[Ratio]
    checks: Sequence[Check]


def run(effort: Effort) -> Outcome:
    """Seed, then measure each part in alternating rounds."""
    scratch.city(effort.grids, effort.points)
    with server.web() as port:
        parts = [
            _over_http(port, FULL, effort),
            _over_http(port, SMALL, effort),
            _beside_others(effort),
            _overview(effort),
            _bytes(),
        ]
    return Outcome(
        title=f"{effort.points} incidents in {effort.grids} grids",
        unit="ms",
        sides=[side for part in parts for side in part.sides],
        ratios=[ratio for part in parts for ratio in part.ratios],
        checks=[check for part in parts for check in part.checks],
    )


def _over_http(port: int, wanted: tuple[int, int], effort: Effort) -> Findings:
    tile, count = _fullest(wanted)
    kind = "full" if wanted is FULL else "small"
    statement = RAW.format(**tile._asdict(), condition=f"AND i.state = '{CLOSED}'")
    path = f"/tiles/incidents/{tile.z}/{tile.x}/{tile.y}.pbf?state={CLOSED}"
    with _Reader(port) as reader:
        measured = rounds.alternate(
            {
                f"raw, {kind} tile": partial(_ms, partial(_one, statement), effort),
                f"HTTP, {kind} tile": partial(_ms, partial(reader.get, path), effort),
            },
            effort.rounds,
        )
        ours = reader.get(path)
    raw, over_http = measured.values()
    checks = [
        Check(f"features, {kind} tile", _well_inside(_one(statement)), _well_inside(ours)),
        Check(f"inside the {kind} tile", count, _inside(ours)),
    ]
    if kind == "full":
        return Findings([raw, over_http], [rounds.ratio(raw, over_http, 1 / 1.3, 1 / 1.1)], checks)
    more = Spread("HTTP - raw", [a - b for a, b in zip(over_http.rounds, raw.rounds, strict=True)])
    room = Spread("10 ms / (HTTP - raw)", [SMALL_MORE_MS / max(ms, 0.01) for ms in more.rounds])
    return Findings([raw, over_http, more], [Ratio(room, 1.0)], checks)


def _beside_others(effort: Effort) -> Findings:
    """Our tile and those of other programs, each asked in this process."""
    tile, _count = _fullest(FULL)
    with ExitStack() as stack:
        makers: dict[str, Callable[[Tile], bytes]] = {"ours": _closed}
        for name, make in OTHERS.items():
            with suppress(Absent):  # then no side of that name is told
                makers[name] = stack.enter_context(make(CLOSED))
        sides = {name: partial(_ms, partial(make, tile), effort) for name, make in makers.items()}
        ours, *others = rounds.alternate(sides, effort.rounds).values()
        drawn = {name: _well_inside(make(tile)) for name, make in makers.items()}
    checks = [
        Check(f"inside the tile, {side.name}", drawn["ours"], drawn[side.name]) for side in others
    ]
    ratios = [rounds.ratio(side, ours, 1 / 0.8, 1 / 0.5) for side in others]
    return Findings([ours, *others], ratios, checks)


def _overview(effort: Effort) -> Findings:
    """The tile that holds everything: clusters, and every point."""
    tile = _holding_all()
    raw_statement = RAW.format(**tile._asdict(), condition="AND i.state <> 'void'")
    everything = Sought(states=frozenset(OPEN_STATES | {CLOSED}))
    draw = partial(tiles.draw, tile, everything, EVERYWHERE, timezone.now())
    measured = rounds.alternate(
        {
            "raw, overview": lambda: _once_ms(partial(_one, raw_statement)),
            "clusters, overview": partial(_ms, draw, effort),
        },
        effort.rounds,
    )
    raw, clusters = measured.values()
    shown = sum(f.properties["count"] for f in mvt.read(draw())["clusters"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM incidents_incident WHERE state <> 'void'")
        check = Check("clusters add up", cursor.fetchone()[0], shown)
    return Findings([raw, clusters], [rounds.ratio(raw, clusters, 100, 1000)], [check])


def _bytes() -> Findings:
    """Packed tiles beside packed GeoJSON of the same features."""
    tile, _count = _fullest(FULL)
    points = GEOJSON.format(
        shape="i.point",
        properties="json_build_object('id', i.id, 'state', i.state, 'category', c.name,"
        " 'unrouted', i.area_id IS NULL, 'suspended', i.suspended_at IS NOT NULL,"
        " 'registered', i.registered_at IS NOT NULL, 'due', extract(epoch FROM i.due_at)::bigint)",
    ) + (
        " FROM incidents_incident i JOIN incidents_category c ON c.id = i.category_id"
        f" WHERE i.state = '{CLOSED}' AND i.point && ST_Transform("
        f"ST_TileEnvelope({tile.z}, {tile.x}, {tile.y}, margin => 160.0 / 4096), 4326)"
    )
    up = tile.z - AREAS_ZOOM
    grids = Tile(AREAS_ZOOM, tile.x >> up, tile.y >> up)
    shapes = GEOJSON.format(
        shape="b.shape", properties="json_build_object('id', a.id, 'code', a.code)"
    ) + (
        " FROM territory_boundary b JOIN territory_area a ON a.id = b.area_id"
        f" WHERE a.level = {Level.GRID.value} AND b.shape &&"
        f" ST_Transform(ST_TileEnvelope({grids.z}, {grids.x}, {grids.y}), 4326)"
    )
    scopes = bins.scopes_of(EVERYWHERE)
    areas = simplified.tile(grids, scopes, (Level.GRID, 0), timezone.localdate(), simplified=True)
    sizes = {
        "points": (_closed(tile), _one(points)),
        "areas": (areas, _one(shapes)),
    }
    ratios = [
        Ratio(
            Spread(f"GeoJSON / MVT, {name}", [_packed(plain) / _packed(ours)]),
            1.25 if name == "points" else 2.5,
        )
        for name, (ours, plain) in sizes.items()
    ]
    return Findings([], ratios, [])


class _Reader:
    """A kept-alive connection of an administrator's browser, which unpacks nothing."""

    def __init__(self, port: int) -> None:
        user, _new = User.objects.get_or_create(
            username="bench-admin", defaults={"is_superuser": True}
        )
        client = Client()
        client.force_login(user)
        self._headers = {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> bytes:
        """Return a tile; RuntimeError when it does not come."""
        self._connection.request("GET", path, headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {body.decode(errors='replace')}")
        return body

    def __enter__(self) -> "_Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _closed(tile: Tile) -> bytes:
    return tiles.draw(tile, Sought(states=frozenset({CLOSED})), EVERYWHERE, timezone.now())


def _fullest(wanted: tuple[int, int]) -> tuple[Tile, int]:
    """Return the tile with the most closed incidents within bounds, of all zooms, and how many."""
    statement = """
        SELECT z, x >> (30 - z), y >> (30 - z), count(*) FROM incidents_binned,
               generate_series(8, 18) AS z
         WHERE state = %s GROUP BY 1, 2, 3 HAVING count(*) BETWEEN %s AND %s
         ORDER BY 4 DESC LIMIT 1
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [CLOSED, *wanted])
        z, x, y, count = cursor.fetchone()
    return Tile(z, x, y), count


def _holding_all() -> Tile:
    """Return the deepest tile that holds every incident."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(x), max(x), min(y), max(y) FROM incidents_binned")
        west, east, north, south = cursor.fetchone()
    shift = next(
        bits
        for bits in range(31)
        if west >> bits == east >> bits and north >> bits == south >> bits
    )
    return Tile(30 - shift, west >> shift, north >> shift)


def _one(statement: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        value: Any = cursor.fetchone()[0]
    return value.encode() if isinstance(value, str) else bytes(value)


def _ms(run: Callable[[], object], effort: Effort) -> float:
    """Return the median milliseconds of a run, repeated for a part of the effort's seconds."""
    taken: list[float] = []
    until = time.perf_counter() + effort.seconds / 5
    while time.perf_counter() < until or len(taken) < 3:
        taken.append(_once_ms(run))
    return median(taken)


def _once_ms(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return timedelta(seconds=time.perf_counter() - begun) / timedelta(milliseconds=1)


def _packed(content: bytes) -> int:
    return len(gzip.compress(content, 5, mtime=0))


def _ids(content: bytes, inset: int = -EXTENT) -> list[str]:
    """Return the ids of the points in a tile, whatever the layer is called."""
    return sorted(
        feature.properties["id"]
        for layer in mvt.read(content).values()
        for feature in layer
        if all(inset <= side < EXTENT - inset for side in feature.at)
    )


def _inside(content: bytes) -> int:
    """Return how many points lie in the tile itself."""
    return len(_ids(content, 0))


def _well_inside(content: bytes) -> str:
    """Return what is drawn away from the edge, where each program rounds and cuts in its own way:
    how many points, and a digest of their ids."""
    ids = _ids(content, EDGE)
    return f"{len(ids)} points, {sha256(' '.join(ids).encode()).hexdigest()[:16]}"
