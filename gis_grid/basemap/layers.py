"""The base map as vector tiles, made inside PostGIS: one statement a tile."""

from typing import Any

from django.db import connection
from django.db.models import Max

from gis_grid.basemap.models import MapFeature

MAX_ZOOM = 20
EXTENT = 4096
BUFFER = 64

# What appears from which zoom: a town's alleys and gates are noise from far away.
_FROM_ZOOM = {
    "water": 0,
    "land": 12,
    "green": 10,
    "rail": 10,
    "label": 11,
    "bridge": 12,
    "building": 14,
    "path": 15,
    "wall": 15,
    "gate": 16,
}
_STREETS_FROM_ZOOM = {"arterial": 10, "secondary": 12, "residential": 13, "lane": 14}

# Two envelopes: the exact one clips (with ST_AsMVTGeom's own buffer), the wider one asks the
# index, so that a stroke or label that reaches over the tile's edge is not cut.
_TILE = """
WITH bounds AS (
    SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS exact,
           ST_Transform(ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096), 4326) AS wide
), features AS (
    SELECT f.kind, f.klass, f.name,
           (f.attributes ->> 'floors')::int AS floors,
           ST_AsMVTGeom(ST_Transform(f.shape, 3857), bounds.exact, 4096, 64) AS geom
      FROM basemap_mapfeature f, bounds
     WHERE f.shape && bounds.wide
       AND (f.kind = ANY(%(kinds)s) OR (f.kind = 'street' AND f.klass = ANY(%(streets)s)))
)
SELECT string_agg(layer.tile, ''::bytea) FROM (
    SELECT ST_AsMVT(named, named.kind, 4096, 'geom') AS tile
      FROM (SELECT geom, kind, klass AS class, name, floors FROM features
             WHERE geom IS NOT NULL) AS named
     GROUP BY named.kind
) AS layer
"""


def tile(z: int, x: int, y: int) -> bytes:
    """Return the MVT of a base-map tile (layers by kind; empty bytes for none).

    The numbers must be a tile that exists: 0 <= x, y < 2**z, z <= MAX_ZOOM.
    """
    kinds = [kind for kind, zoom in _FROM_ZOOM.items() if z >= zoom]
    streets = [klass for klass, zoom in _STREETS_FROM_ZOOM.items() if z >= zoom]
    parameters: dict[str, Any] = {"z": z, "x": x, "y": y, "kinds": kinds, "streets": streets}
    with connection.cursor() as cursor:
        cursor.execute(_TILE, parameters)
        row = cursor.fetchone()
    return bytes(row[0]) if row and row[0] else b""


def version() -> str:
    """Return a mark that changes when the base map is loaded anew."""
    return str(MapFeature.objects.aggregate(last=Max("pk"))["last"] or 0)


def bounds() -> list[float] | None:
    """Return west, south, east, north of everything drawn, None for an empty map."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)"
            " FROM (SELECT ST_Extent(shape) AS e FROM basemap_mapfeature) AS whole"
        )
        row = cursor.fetchone()
    return None if row is None or row[0] is None else [float(side) for side in row]
