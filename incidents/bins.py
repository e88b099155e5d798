"""The cluster pyramid: kept by the relay in the transaction that numbers the events, so that it is
exact whenever somebody looks, after a crash too.

What an incident counts for is written down beside it (`Binned`). A change is then a difference:
less what was counted, plus what the incident is now, in every zoom and for every area above it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from gis_grid import prepared
from gis_grid.territory.models import Area
from gis_grid.territory.paths import Territory, ancestors_of

TOP_ZOOM, DEEPEST_ZOOM = 6, 13
UNROUTED = 0  # the scope of what no area owns
PYRAMID_LOCK = 0x70797261  # "pyra"

_COUNT = """
WITH told AS (
    SELECT * FROM unnest(%(incidents)s::uuid[], %(sequences)s::bigint[]) AS t(incident_id, sequence)
), standing AS (
    SELECT t.incident_id, t.sequence, world_x(i.point) AS x, world_y(i.point) AS y,
           i.area_path AS path, i.state
      FROM told t JOIN incidents_incident i ON i.id = t.incident_id
), change AS (
    SELECT x, y, path, state, sequence, 1 AS n FROM standing
    UNION ALL
    SELECT b.x, b.y, b.path, b.state, t.sequence, -1
      FROM told t JOIN incidents_binned b ON b.incident_id = t.incident_id
), written_down AS (
    INSERT INTO incidents_binned (incident_id, x, y, path, state)
    SELECT incident_id, x, y, path, state FROM standing
        ON CONFLICT (incident_id) DO UPDATE
       SET x = excluded.x, y = excluded.y, path = excluded.path, state = excluded.state
)
INSERT INTO incidents_bin AS b (z, x, y, scope, bin, state, count, sum_x, sum_y, changed)
SELECT level.z, c.x >> (30 - level.z), c.y >> (30 - level.z), chain.scope,
       ((c.y >> (26 - level.z)) & 15) * 16 + ((c.x >> (26 - level.z)) & 15), c.state,
       sum(c.n), sum(c.n * c.x::bigint), sum(c.n * c.y::bigint), max(c.sequence)
  FROM change c, generate_series(%(top)s, %(deepest)s) AS level(z),
       unnest(area_chain(c.path)) AS chain(scope)
 GROUP BY 1, 2, 3, 4, 5, 6
    ON CONFLICT (z, x, y, scope, bin, state) DO UPDATE
   SET count = b.count + excluded.count, sum_x = b.sum_x + excluded.sum_x,
       sum_y = b.sum_y + excluded.sum_y, changed = greatest(b.changed, excluded.changed)
"""

_ROOTS = f"SELECT id FROM {Area._meta.db_table} WHERE parent_id IS NULL ORDER BY id"

# Below the deepest zoom a tile is as new as the one that holds it.
_STANDING = """
SELECT coalesce(max(b.changed), 0), coalesce(sum(b.count), 0)
  FROM incidents_bin b
 WHERE b.z = %(z)s AND b.scope = ANY(%(scopes)s)
   AND b.x BETWEEN %(x)s AND %(x)s + %(side)s AND b.y BETWEEN %(y)s AND %(y)s + %(side)s
"""


@dataclass(frozen=True)
class Standing:
    """How a tile stands in somebody's territory: the newest event in it, and how many incidents."""

    changed: int
    count: int


def count(told: Mapping[UUID, int]) -> None:
    """Count incidents as they are now; `told`: the newest event of each. In the transaction that
    numbers those events, after `hold`."""
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "incidents": list(told),
                "sequences": list(told.values()),
                "top": TOP_ZOOM,
                "deepest": DEEPEST_ZOOM,
            },
        )


def hold() -> None:
    """Keep others from writing the pyramid until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PYRAMID_LOCK])


def take_time() -> None:
    """Let statements of this transaction run as long as they need: nobody waits for a page."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")


@transaction.atomic
def rebuild() -> int:
    """Count everything anew; returns how many incidents. The relay waits meanwhile."""
    take_time()
    hold()
    with connection.cursor() as cursor:
        cursor.execute("SELECT rebuild_incident_bins()")
        cursor.execute("SELECT count(*) FROM incidents_binned")
        return int(cursor.fetchone()[0])


def scopes_of(territory: Territory) -> list[int]:
    """Return whose counts add up to a territory: its topmost areas, and 0 for the unrouted."""
    if territory.everywhere:
        roots = [pk for (pk,) in prepared.ask(_ROOTS)]  # each tile asks
    else:
        roots = [ancestors_of(path)[-1] for path in sorted(territory.paths)]
    return [*roots, UNROUTED] if territory.unrouted else roots


def standing(z: int, x: int, y: int, scopes: list[int]) -> Standing:
    """Return how a tile stands; one question to the pyramid, whatever the tile holds."""
    if z > DEEPEST_ZOOM:
        z, x, y, more = DEEPEST_ZOOM, x >> (z - DEEPEST_ZOOM), y >> (z - DEEPEST_ZOOM), 0
    else:
        more = max(TOP_ZOOM - z, 0)
        z, x, y = z + more, x << more, y << more
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDING, {"z": z, "x": x, "y": y, "side": (1 << more) - 1, "scopes": scopes}
        )
        changed, total = cursor.fetchone()
    return Standing(int(changed), int(total))
