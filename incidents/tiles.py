"""Incidents as vector tiles: points, or clusters whose counts add up to the truth.

What the desk shows before anybody filters, and any choice of states and area, is counted by the
pyramid (`bins.py`); every other filter is grouped from the incidents of the tile themselves.
"""

import math
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.gis.geos import Polygon
from django.db import connection
from django.db.models import Func, IntegerField

from gis_grid import prepared
from gis_grid.territory.paths import Territory, ancestors_of
from incidents import bins
from incidents.sought import CLOSED_SHOWN, Sought, find
from incidents.states import OPEN_STATES

MAX_ZOOM = 20
MOST_POINTS = 2000
MARGIN = 160 / 4096  # of a tile: a marker beyond the edge reaches in, 20 of 512 pixels

_TILE = "SELECT incident_tile(%s, %s, %s, %s::bigint[], %s::text[], %s, %s, %s)"
_FOUND = """
WITH found AS MATERIALIZED (
    SELECT f.id, f.x, f.y, f.x / %(size)s = %(x)s AND f.y / %(size)s = %(y)s AS inside
      FROM ({query}) AS f(id, x, y)
), counted AS (
    SELECT count(*) FILTER (WHERE inside) AS total FROM found
)
SELECT CASE WHEN total <= %(most)s THEN incident_points(
           %(z)s, %(x)s, %(y)s, (SELECT array_agg(id) FROM found), %(english)s)
       ELSE (SELECT incident_clusters(%(z)s, %(x)s, %(y)s, array_agg(b.bin), array_agg(b.count),
                                      array_agg(b.sum_x), array_agg(b.sum_y))
               FROM (SELECT (((y / (%(size)s / 16)) & 15) * 16 + ((x / (%(size)s / 16)) & 15))::int,
                            count(*), sum(x)::numeric, sum(y)::numeric
                       FROM found WHERE inside GROUP BY 1) AS b(bin, count, sum_x, sum_y))
       END
  FROM counted
"""


class Tile(NamedTuple):
    """A tile of the world: zoom, column from the west, row from the north."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Whether there is such a tile."""
        return self.z <= MAX_ZOOM and self.x < 2**self.z and self.y < 2**self.z


class Wanted(NamedTuple):
    """How to draw: as of which moment, in which language, and how many points at most."""

    at: datetime
    english: bool
    most: int


def scopes_of(sought: Sought, territory: Territory) -> list[int]:
    """Return the areas whose counts add up to what is meant; 0 for the unrouted."""
    if sought.path is None:
        return bins.scopes_of(territory)
    return [ancestors_of(sought.path)[-1]] if territory.holds(sought.path) else []


def is_timed(sought: Sought) -> bool:
    """Whether the same filter may mean something else a minute later, though nothing happened."""
    if sought.counted or sought.due or sought.queue not in (None, "open"):
        return True
    lives = sought.states is None and not (sought.since or sought.until)
    return lives and sought.queue is None


def draw(
    tile: Tile,
    sought: Sought,
    territory: Territory,
    at: datetime,
    *,
    english: bool = False,
    most: int | None = None,
) -> bytes:
    """Return the MVT of a tile: layer `points`, or `clusters` for more than `most` (2,000) of them.

    Points: id, state, category, unrouted, suspended, registered, due, amber. Clusters: count, bin.
    """
    wanted = Wanted(at, english, MOST_POINTS if most is None else most)
    if _is_plain(sought):
        return _drawn_by_pyramid(tile, sought, territory, wanted)
    return _drawn_from(tile, sought, territory, wanted)


def _is_plain(sought: Sought) -> bool:
    """Whether only states, what is open, or an area are asked for."""
    rest = replace(sought, states=None, path=None)
    return rest in (Sought(), Sought(queue="open"))


def _drawn_by_pyramid(tile: Tile, sought: Sought, territory: Territory, wanted: Wanted) -> bytes:
    states = OPEN_STATES if sought.states is None else sought.states
    if sought.queue == "open":
        states &= OPEN_STATES
    live = sought.states is None and sought.queue is None
    closed_since = wanted.at - CLOSED_SHOWN if live else None
    scopes = scopes_of(sought, territory)
    values = [*tile, scopes, sorted(states), closed_since, wanted.english, wanted.most]
    [(drawn,)] = prepared.ask(_TILE, values, binary=True)
    return _bytes(drawn)


def _drawn_from(tile: Tile, sought: Sought, territory: Territory, wanted: Wanted) -> bytes:
    near = find(sought, territory, wanted.at).filter(point__bboverlaps=_box(tile))
    places = near.order_by().values_list("pk", _World("x"), _World("y"))
    query, values = places.query.sql_with_params()
    # One statement cannot have both kinds of mark, so the filter's values get names as well.
    first, *rest = query.split("%s")
    named = {f"v{number}": value for number, value in enumerate(values)}
    marked = "".join(f"%({name})s{part}" for name, part in zip(named, rest, strict=True))
    meant = {
        **named,
        **tile._asdict(),
        "size": 1 << (30 - tile.z),
        "most": wanted.most,
        "english": wanted.english,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FOUND.format(query=first + marked), meant)
        return _bytes(cursor.fetchone()[0])


class _World(Func):
    """A place as whole numbers on the pyramid's world."""

    output_field = IntegerField()

    def __init__(self, axis: str) -> None:
        super().__init__("point", function=f"world_{axis}")


def _box(tile: Tile) -> Polygon:
    """Return the tile with its margin, in degrees."""
    across = 2**tile.z
    west, east = tile.x - MARGIN, tile.x + 1 + MARGIN
    north, south = tile.y - MARGIN, tile.y + 1 + MARGIN
    lons = [edge / across * 360 - 180 for edge in (west, east)]
    lats = [_lat(edge / across) for edge in (south, north)]
    box = Polygon.from_bbox((max(lons[0], -180), lats[0], min(lons[1], 180), lats[1]))
    box.srid = 4326
    return box


def _lat(share: float) -> float:
    """Return the latitude at a share of the way from north to south of the Mercator world."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * share))))


def _bytes(drawn: Any) -> bytes:
    return bytes(drawn) if drawn else b""
