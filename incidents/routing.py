"""From a point to the area that owns it, inside the transaction that saves the report.

Reads only. The rule itself is `gis_grid.territory.ownership`; this module asks the database for
the areas near the point that are valid on the day, and writes down why the answer came out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import shapely
from django.conf import settings

from gis_grid.geo.metric import LocalMetric
from gis_grid.prepared import ask
from gis_grid.territory.models import Kind, Level
from gis_grid.territory.ownership import (
    BOARD,
    OUTSIDE,
    Candidate,
    Ownership,
    Tolerances,
    decide,
    prefer,
    shares,
)

METRES_PER_DEGREE = 110_500  # of latitude: less than anywhere, so the box is never too small
GRID_LEVELS = (Level.GRID, Level.MICRO_GRID)
PARENT_LEVELS = (Level.CITY, Level.DISTRICT, Level.STREET, Level.COMMUNITY)
MAX_CANDIDATES = 8

# Borders are straight in degrees, as they are drawn; a geography edge would bend (1 cm on 1 km).
# So the nearest place on a border is sought on a plane, and only then measured on the ellipsoid.
NEAR = """
SELECT a.id, b.id, a.code, a.name, a.level, a.kind = %(exclusive)s, a.path,
       ST_Covers(b.shape, p.point),
       ST_Distance(p.point::geography, ST_Scale(ST_ClosestPoint(
           ST_Scale(ST_Boundary(b.shape), %(k)s, 1), p.scaled), 1 / %(k)s, 1)::geography)
  FROM (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS point,
               ST_SetSRID(ST_MakePoint(%(lon)s * %(k)s, %(lat)s), 4326) AS scaled) AS p
  JOIN territory_boundary b
    ON b.shape && ST_Expand(p.point, %(dx)s, %(dy)s) AND b.during @> %(when)s::date
  JOIN territory_area a
    ON a.id = b.area_id AND a.level = ANY(%(levels)s)
"""

# In the order of the ids that are asked for.
SHAPES = """
SELECT ST_AsBinary(b.shape)
  FROM unnest(%(boundaries)s::bigint[]) WITH ORDINALITY AS wanted(id, place)
  JOIN territory_boundary b USING (id)
 ORDER BY wanted.place
"""


@dataclass(frozen=True)
class Route:
    """Who got the incident and why. Distances in metres; `candidates` as stored and shown."""

    method: str
    owner: Candidate | None = None
    candidates: list[dict[str, Any]] = field(default_factory=list)
    answered: bool = False  # the reporter chose among the candidates
    boundary_ids: tuple[int, ...] = ()  # the owner's first, then the candidates'

    @property
    def as_json(self) -> dict[str, Any]:
        """The stored form; the owner's code and names stand there as they were that day."""
        owner = self.owner
        measured = owner if self.method != BOARD else None
        return {
            "method": self.method,
            "area": {"code": owner.code, "name": owner.name} if owner else None,
            "edge_m": round(measured.edge_m, 1) if measured else None,
            "distance_m": round(measured.distance_m, 1) if measured else None,
            "candidates": self.candidates,
            "answered": self.answered,
        }


def tolerances() -> Tolerances:
    """Return the installation's tolerances in metres."""
    return Tolerances(settings.EDGE_TOLERANCE_M, settings.NEAREST_TOLERANCE_M)


def route(
    lon: float,
    lat: float,
    *,
    when: date,
    accuracy_m: float | None = None,
    own: Iterable[int] = (),
    chosen: str | None = None,
) -> Route:
    """Return the owner of a WGS84 point on a day.

    Grids first; where no grid is within reach, the deepest parent area that covers the point
    catches it. `own` are the reporter's areas: among candidates they go first. `chosen` is the
    code the reporter picked; a code that was not on offer is no answer.
    """
    radius = None if accuracy_m is None else min(accuracy_m, settings.MAX_ACCURACY_M)
    found = owner_of(lon, lat, when=when, accuracy_m=radius, levels=GRID_LEVELS)
    if found.method == OUTSIDE:
        found = owner_of(lon, lat, when=when, accuracy_m=radius, levels=PARENT_LEVELS)
    own_areas = frozenset(own)
    picked = [c.area_id for c in found.candidates if chosen is not None and c.code == chosen]
    # Where places are sure, the border decides; where they are not, people know better.
    if found.rivals:
        found = prefer(found, picked or own_areas)
    return Route(
        method=found.method,
        owner=found.owner,
        candidates=_described(lon, lat, radius, found, own_areas),
        answered=bool(picked and found.rivals),
        boundary_ids=tuple(c.boundary_id for c in found.candidates[:MAX_CANDIDATES]),
    )


def by_board(area_id: int, level: int, lon: float, lat: float, *, when: date) -> Route:
    """Return the route of a report that names an area by its notice board, and no place.

    `lon`, `lat` are where such reports stand on the map, inside the area. Nothing there, such as
    an exclusive grid that lies over it, takes it away.
    """
    limits = tolerances()
    rows = ask(NEAR, near_parameters(lon, lat, when, limits.nearest_m, [level]))
    owner = next(each for each in (candidate(*row) for row in rows) if each.area_id == area_id)
    return Route(method=BOARD, owner=owner, boundary_ids=(owner.boundary_id,))


def owner_of(
    lon: float,
    lat: float,
    *,
    when: date,
    accuracy_m: float | None,
    levels: Sequence[int],
) -> Ownership:
    """Return who owns a WGS84 point on a day among areas of these levels. One indexed query."""
    limits = tolerances()
    reach_m = max(limits.nearest_m, accuracy_m or 0)
    rows = ask(NEAR, near_parameters(lon, lat, when, reach_m, levels))
    return decide([candidate(*row) for row in rows], accuracy_m, limits)


def near_parameters(
    lon: float, lat: float, when: date, reach_m: float, levels: Sequence[int]
) -> dict[str, Any]:
    """Return the parameters of NEAR: a WGS84 point, a day, how far to look, which levels."""
    aspect = max(LocalMetric(lon, lat).aspect, 0.01)  # the pole has no longitude to speak of
    return {
        "lon": lon,
        "lat": lat,
        "k": aspect,
        "dx": reach_m / METRES_PER_DEGREE / aspect,
        "dy": reach_m / METRES_PER_DEGREE,
        "when": when,
        "levels": [int(level) for level in levels],
        "exclusive": Kind.EXCLUSIVE.value,
    }


def candidate(
    area_id: int,
    boundary_id: int,
    code: str,
    name: str,
    level: int,
    exclusive: bool,
    path: str,
    inside: bool,
    edge_m: float,
) -> Candidate:
    """Return one row of NEAR as a candidate."""
    distance_m = 0.0 if inside else edge_m
    return Candidate(area_id, boundary_id, code, name, level, exclusive, path, distance_m, edge_m)


def _described(
    lon: float, lat: float, accuracy_m: float | None, found: Ownership, own: frozenset[int]
) -> list[dict[str, Any]]:
    """Return the candidates of an unsure answer with the circle's share in each."""
    if not found.rivals or not accuracy_m:
        return []
    offered = found.candidates[:MAX_CANDIDATES]
    rows = ask(SHAPES, {"boundaries": [c.boundary_id for c in offered]})
    shapes = shapely.from_wkb([shape for (shape,) in rows])
    return described(offered, shares(lon, lat, accuracy_m, shapes), own)


def described(
    offered: Sequence[Candidate], parts: Sequence[float], own: frozenset[int]
) -> list[dict[str, Any]]:
    """Return candidates as they are stored, each with its share of the accuracy circle."""
    return [
        {"code": c.code, "name": c.name, "share": part, "own": c.area_id in own}
        for c, part in zip(offered, parts, strict=True)
    ]
