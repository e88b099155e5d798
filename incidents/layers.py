"""GeoJSON for maps of the happening, made inside PostGIS. Coordinates EPSG:4326, 6 decimals."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import connection

from gis_grid.people.models import FIELD_ROLES
from gis_grid.territory.models import Area, Level
from gis_grid.territory.paths import Territory

_BORDERS = """
SELECT json_build_object('type', 'Feature',
         'properties', json_build_object('code', a.code, 'name', a.name),
         'geometry', ST_AsGeoJSON(b.shape, 6)::json)
  FROM territory_boundary b JOIN territory_area a ON a.id = b.area_id
 WHERE b.id = ANY(%s)
"""

# The outer WHERE keeps the index on boundaries; the rest is looked up per area of the day.
_AREAS = """
SELECT a.code, a.name, a.level, a.kind, parent.code,
       ARRAY[ST_XMin(b.shape), ST_YMin(b.shape), ST_XMax(b.shape), ST_YMax(b.shape)],
       ARRAY[ST_X(spot.place), ST_Y(spot.place)],
       (SELECT coalesce(json_agg(json_build_object('name', w.name, 'phone', w.phone,
                                 'role', s.role) ORDER BY s.role, w.code), '[]')
          FROM people_assignment s JOIN people_worker w ON w.id = s.worker_id
         WHERE s.area_id = a.id AND s.during @> %(when)s::date AND s.role = ANY(%(roles)s)),
       (SELECT min(p.name) FROM people_partyorganisation p
          JOIN people_partyorganisation_areas pa ON pa.partyorganisation_id = p.id
         WHERE pa.area_id = a.id)
  FROM territory_area a
  JOIN territory_boundary b ON b.area_id = a.id AND b.during @> %(when)s::date
  LEFT JOIN territory_area parent ON parent.id = a.parent_id,
       LATERAL ST_PointOnSurface(b.shape) AS spot(place)
 WHERE a.id = ANY(%(areas)s)
 ORDER BY a.level, a.code
"""


def borders(boundary_ids: Sequence[int]) -> dict[str, Any]:
    """Return boundaries as a FeatureCollection. Borders are posted in every grid: no scope."""
    with connection.cursor() as cursor:
        cursor.execute(_BORDERS, [list(boundary_ids)])
        return {
            "type": "FeatureCollection",
            "features": [_loaded(row[0]) for row in cursor.fetchall()],
        }


def areas(territory: Territory, when: date) -> str:
    """Return the areas of a territory on a day as GeoJSON text, with who is on duty; two queries.

    Without shapes, which come as tiles. Properties: code, name, level (slug), kind, parent (code),
    workers, party (a name or null), bbox (west, south, east, north), label (a place inside for the
    name: lon, lat).
    """
    ids = list(Area.objects.within(territory).at(when).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_AREAS, {"areas": ids, "when": when, "roles": sorted(FIELD_ROLES)})
        features = [_area_feature(row) for row in cursor.fetchall()]
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'


def _area_feature(row: tuple[Any, ...]) -> str:
    code, name, level, kind, parent, bbox, label, workers, party = row
    properties = {
        "code": code,
        "name": name,
        "level": Level(level).slug,
        "kind": kind,
        "parent": parent,
        "workers": _loaded(workers),
        "party": party,
        "bbox": [round(side, 6) for side in bbox],
        "label": [round(side, 6) for side in label],
    }
    text = json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
    return f'{{"type":"Feature","properties":{text},"geometry":null}}'


def _loaded(value: Any) -> Any:
    """Return a json column's value; Django hands json (not jsonb) on as text."""
    return json.loads(value) if isinstance(value, str) else value
