"""The street frame of the master plan as lines with a class and a width. Local metres. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points, substring

from gis_grid.demo import plan
from gis_grid.demo.curves import beside, smooth
from gis_grid.demo.river import Water

WIDTH_M = {
    "arterial": 38.0,
    "secondary": 24.0,
    "residential": 13.0,
    "lane": 5.0,
    "path": 3.0,
    "steps": 2.5,
    "bridge": 24.0,
}
"""From building line to building line, by street class."""

RAIL_LANE_M = 22.0
"""From the tracks to the lane beside them."""
TOUCH_M = 0.1
"""Streets this near each other meet."""
REACH_M = 140.0
"""How far an open end of a drawn street looks for the street it was meant to meet."""


@dataclass(frozen=True, slots=True)
class Street:
    """A street's middle line."""

    name: str
    klass: str
    line: LineString


def street_frame(water: Water) -> list[Street]:
    """Return the hand-drawn streets and the two embankments, joined to each other."""
    ring = LineString(smooth(plan.RING, closed=True)).simplify(0.6)
    banks = [
        Street(name, "secondary", _between_ring_bridges(bank, ring))
        for name, bank in zip(plan.EMBANKMENTS, water.banks, strict=True)
    ]
    drawn = [
        Street(s.name, s.klass, LineString(smooth(s.points, closed=s.closed)).simplify(0.6))
        for s in plan.STROKES
    ]
    tracks = smooth(plan.RAILWAY, step_m=40)
    beside_tracks = beside(tracks, np.full(len(tracks), -RAIL_LANE_M))
    drawn.append(Street(plan.RAIL_LANE, "lane", beside_tracks))
    frame = [Street("", "arterial", ring), *banks, *drawn]
    for i, street in enumerate(frame):
        if i >= 3:
            # In drawing order: the footbridge comes after the street it carries on.
            frame[i] = _join(street, [s.line for j, s in enumerate(frame) if j != i])
    return frame


def hanging_together(streets: Sequence[Street]) -> list[Street]:
    """Return the streets one can reach from the first: a cut between two waters leads nowhere."""
    lines = [s.line for s in streets]
    pairs = shapely.STRtree(lines).query(lines, predicate="dwithin", distance=TOUCH_M)
    near: list[list[int]] = [[] for _ in lines]
    for a, b in pairs.T.tolist():
        near[a].append(b)
    reached, frontier = {0}, [0]
    while frontier:
        new = [n for n in near[frontier.pop()] if n not in reached]
        reached.update(new)
        frontier += new
    return [s for i, s in enumerate(streets) if i in reached]


def ring_name(point: Point) -> str:
    """Return the name the ring road bears at a point."""
    x, y = point.x / 2200, point.y / 1750
    return max(plan.RING_NAMES, key=lambda n: n[1][0] * x + n[1][1] * y)[0]


def _between_ring_bridges(bank: LineString, ring: LineString) -> LineString:
    """Cut the embankment to its part inside the ring road."""
    cuts = sorted(bank.project(p) for p in shapely.get_parts(bank.intersection(ring)))
    return substring(bank, cuts[0], cuts[-1])


def _join(street: Street, others: Sequence[LineString]) -> Street:
    """Carry open ends on to, or back to, the street they were drawn towards."""
    line = street.line
    if line.is_closed:
        return street
    around = shapely.union_all(others)
    for _ in range(2):
        line = _land(line, around).reverse()
    return Street(street.name, street.klass, line)


def _land(line: LineString, around: BaseGeometry) -> LineString:
    """Return the line with its far end exactly on the street it meets, if one is near."""
    crossings = shapely.get_parts(line.intersection(around))
    last = max((line.project(shapely.centroid(c)) for c in crossings), default=0.0)
    if line.length - REACH_M / 2 < last < line.length:
        return substring(line, 0, last)
    target, end = nearest_points(around, Point(line.coords[-1]))
    if target.distance(end) > REACH_M:
        return line
    return LineString([*line.coords, (target.x, target.y)])
