"""Shapes for the map from afar: simplified together, so that shared borders stay shared.

A level's areas are one coverage: an edge between two neighbours is simplified once, for both.
Simplifying each polygon alone would tear them apart. What is drawn from here is never to decide by.
The worker follows the layer; until it has, tiles show the exact shapes.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby, pairwise
from typing import Any, NamedTuple

import numpy as np
import shapely
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from gis_grid.territory.models import Level, SimplifiedOf

# Up to which zoom of a tile (512 pixels wide) a shape is good, and what one pixel is there, in
# metres of EPSG:3857. Closer by, the exact shapes are drawn.
PIXEL_M = {zoom: 40_075_016.7 / 512 / 2**zoom for zoom in (8, 10, 12, 14)}
LAYER_LOCK = 0x73696D70  # "simp"

# From which zoom of a tile a level is drawn when nobody asks for one.
FROM_ZOOM = {
    Level.MICRO_GRID: 17,
    Level.GRID: 13,
    Level.COMMUNITY: 11,
    Level.STREET: 9,
    Level.DISTRICT: 0,
}

_MARKS = """
SELECT concat_ws('-', (SELECT max(id) FROM territory_boundary),
                      (SELECT max(pgh_id) FROM territory_areaevent)),
       (SELECT mark FROM territory_simplifiedof)
"""
_SHAPES = """
SELECT b.id, a.level, a.kind, lower(b.during), upper(b.during),
       ST_AsBinary(ST_Transform(b.shape, 3857))
  FROM territory_boundary b JOIN territory_area a ON a.id = b.area_id
 WHERE upper(b.during) IS NULL OR upper(b.during) > %s
 ORDER BY a.level, a.kind, b.id
"""
_WRITE = """
COPY territory_simplified (boundary_id, up_to, during, shape) FROM STDIN
"""
_TILE = "SELECT area_tile(%s, %s, %s, %s::bigint[], %s::smallint, %s::smallint, %s, %s::smallint)"


class Shape(NamedTuple):
    """A boundary to simplify: EPSG:3857; `since` and `until` are days, None for always."""

    boundary: int
    level: int
    kind: str
    since: date | None
    until: date | None
    shape: Any


def marks() -> tuple[str, bool]:
    """Return what changes whenever an area or boundary does, and whether the shapes are of it."""
    with connection.cursor() as cursor:
        cursor.execute(_MARKS)
        layer, simplified = cursor.fetchone()
    return layer, layer == simplified


def follow(today: date) -> int | None:
    """Simplify the layer anew if it has changed; returns how many shapes, None for no change."""
    if marks()[1]:
        return None
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # nobody waits for a page
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LAYER_LOCK])
        mark, current = marks()
        if current:
            return None
        cursor.execute(_SHAPES, [today])
        rows = [
            Shape._make((*row[:5], shapely.from_wkb(bytes(row[5])))) for row in cursor.fetchall()
        ]
        cursor.execute("DELETE FROM territory_simplified")
        count = _copy(cursor, _simplified(rows, today))
        SimplifiedOf.objects.all().delete()
        SimplifiedOf.objects.create(mark=mark)
    return count


def tile(
    place: tuple[int, int, int],
    scopes: Sequence[int],
    levels: tuple[int, int],
    day: date,
    *,
    simplified: bool,
) -> bytes:
    """Return the MVT of a tile: layer `areas` of one level, `above` of another (0: of none).

    `place` is z, x, y of a tile that exists; `scopes` the topmost areas that may be seen.
    """
    z, x, y = place
    up_to = next((zoom for zoom in PIXEL_M if zoom >= z), None) if simplified else None
    with connection.cursor() as cursor:
        cursor.execute(_TILE, [z, x, y, list(scopes), *levels, day, up_to])
        return bytes(cursor.fetchone()[0])


def level_at(z: int) -> Level:
    """Return the level that a tile of this zoom shows when nobody asks for another."""
    return next(level for level, zoom in FROM_ZOOM.items() if z >= zoom)


def _simplified(rows: Sequence[Shape], today: date) -> Iterator[tuple[int, int, DateRange, Any]]:
    """Yield boundary, zoom, days and shape. Areas of one level and kind are one coverage."""
    for _key, group in groupby(rows, key=lambda row: (row.level, row.kind)):
        layer = list(group)
        for first, end in _spans(layer, today):
            valid = [row for row in layer if _holds(row, first)]
            shapes = np.array([row.shape for row in valid], dtype=object)
            for up_to, pixel_m in PIXEL_M.items():
                for row, shape in zip(valid, _coverage(shapes, pixel_m), strict=True):
                    yield row.boundary, up_to, DateRange(first, end), shape


def _coverage(shapes: Any, pixel_m: float) -> Any:
    """Return the shapes with fewer corners; one that would vanish or break stays as it is.

    A corner goes when the triangle it makes is smaller than a square of half a pixel.
    """
    if not len(shapes):
        return shapes
    simpler = shapely.coverage_simplify(shapes, pixel_m / 2)
    sound = shapely.is_valid(simpler) & ~shapely.is_empty(simpler)
    return np.where(sound, simpler, shapes)


def _spans(rows: Sequence[Shape], today: date) -> list[tuple[date, date | None]]:
    """Return the spans of days from today on in which none of these boundaries begins or ends."""
    cuts = {row.since for row in rows} | {row.until for row in rows}
    days: list[date | None] = [today, *sorted(day for day in cuts if day and day > today), None]
    return [(first, end) for first, end in pairwise(days) if first is not None]


def _holds(row: Shape, day: date) -> bool:
    return (row.since is None or row.since <= day) and (row.until is None or row.until > day)


def _copy(cursor: Any, rows: Iterator[tuple[int, int, DateRange, Any]]) -> int:
    count = 0
    with cursor.copy(_WRITE) as copy:
        for boundary, up_to, days, shape in rows:
            if shape.geom_type == "Polygon":
                shape = shapely.MultiPolygon([shape])
            text = f"[{days.lower},{days.upper or ''})"
            copy.write_row((boundary, up_to, text, f"SRID=3857;{shape.wkt}"))
            count += 1
    return count
