"""Sites: a block filled with buildings, paths, greens and, if walled, a wall with gates.

Local metres. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gis_grid.demo.blocks import Block
from gis_grid.demo.ground import Floats
from gis_grid.demo.rows import Frame, Rows, spans_at
from gis_grid.demo.streets import Street

GATE_M = 7.0
"""Width of the opening in a wall."""
WALL_M = 1.2
"""From the building line to the wall."""

ENTRY_RANK = {"residential": 4.0, "secondary": 3.0, "lane": 2.0, "arterial": 1.0}
"""Streets a gate would rather open to."""


class Building(NamedTuple):
    """One building."""

    shape: Polygon
    kind: str
    floors: int
    households: int = 0
    name: str = ""


class Gate(NamedTuple):
    """An opening in a wall."""

    point: Point
    name: str
    opening_hours: str


class Path(NamedTuple):
    """A way inside a site; `gate` is the number, in the site, of the gate it leads through."""

    line: LineString
    klass: str = "path"
    gate: int | None = None


class Green(NamedTuple):
    """Planted, sealed or sports ground."""

    shape: Polygon
    klass: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """What stands in block number `block`.

    `dividers` run from edge to edge of the block where a compound may be parted."""

    block: int
    use: str
    name: str
    ground: BaseGeometry
    buildings: tuple[Building, ...] = ()
    paths: tuple[Path, ...] = ()
    greens: tuple[Green, ...] = ()
    wall: BaseGeometry | None = None
    gates: tuple[Gate, ...] = ()
    dividers: tuple[LineString, ...] = ()

    @property
    def households(self) -> int:
        """Households in all its buildings."""
        return sum(b.households for b in self.buildings)


class Frontage:
    """Answers which street, if any, runs along a point of a block's edge."""

    def __init__(self, streets: Sequence[Street]) -> None:
        self._klass = [s.klass for s in streets]
        self._tree = shapely.STRtree([s.line for s in streets])

    def klass_at(self, point: Point) -> str | None:
        """Return the class of the street within a metre of a point."""
        near = self._tree.query(point, predicate="dwithin", distance=1.0)
        return self._klass[int(near[0])] if len(near) else None


class Way(NamedTuple):
    """A possible way out: from inside, through the wall, to the street's middle line."""

    inside: Floats
    wall: Floats
    street: Floats
    rank: float
    side: str


def ways_out(block: Block, wall: Polygon, rows: Rows, frontage: Frontage) -> list[Way]:
    """Return the straight ways out of a plot, best first: along its main path, along its lanes."""
    if not len(rows.lanes):
        return []
    y = rows.lanes[:, 2]
    middle = rows.lanes[len(rows.lanes) // 2]
    starts = [
        (rows.spine_x, y.max(), 0, 1), (rows.spine_x, y.min(), 0, -1),
        (middle[0], middle[2], -1, 0), (middle[1], middle[2], 1, 0),
    ]  # fmt: skip
    rings = [rows.frame.inward(np.asarray(shape.exterior.coords)) for shape in (wall, block.face)]
    ways = []
    for x, y0, dx, dy in starts:
        start = np.array([x, y0])
        ends = _through(rings[0], rings[1], start, np.array([dx, dy]))
        if ends is None:
            continue
        inside, at_wall, at_street = rows.frame.outward(np.array([start, *ends]))
        klass = frontage.klass_at(Point(at_street))
        if klass in ENTRY_RANK and np.hypot(*(at_street - at_wall)) < 60:
            # The main path makes the better gate.
            rank = ENTRY_RANK[klass] + 0.5 * abs(dy)
            ways.append(Way(inside, at_wall, at_street, rank, _side(at_wall - inside)))
    return sorted(ways, key=lambda w: -w.rank)


def _through(
    wall: Floats, face: Floats, start: Floats, way: Floats
) -> tuple[Floats, Floats] | None:
    """Return where a straight way crosses the wall and reaches the street; None if it cannot."""
    axis = 0 if way[0] else 1
    sign, across = way[axis], float(start[1 - axis])
    hits = []
    for ring in (wall, face):
        spans = spans_at(ring if axis == 0 else ring[:, ::-1], across)
        ahead = np.sort(sign * spans.ravel()[sign * spans.ravel() > sign * start[axis]])
        if not len(ahead):
            return None
        hits.append(ahead)
    # The wall once, then the street, without meeting the wall again.
    if len(hits[0]) > 1 and hits[0][1] < hits[1][0]:
        return None
    if hits[0][0] >= hits[1][0]:
        return None
    ends = []
    for hit in (hits[0][0], hits[1][0]):
        end = start.copy()
        end[axis] = sign * hit
        ends.append(end)
    return ends[0], ends[1]


def _side(outward: Floats) -> str:
    """Name the side of the compass a gate looks to."""
    if abs(outward[0]) > abs(outward[1]):
        return "东" if outward[0] > 0 else "西"
    return "北" if outward[1] > 0 else "南"


def inner_paths(rows: Rows, klass: str = "path") -> list[Path]:
    """Return the lanes and the main path that links them."""
    if not len(rows.lanes):
        return []
    paths = [
        _path(rows.frame, [(x0, y), (rows.spine_x, y), (x1, y)], klass) for x0, x1, y in rows.lanes
    ]
    if len(rows.lanes) > 1:
        paths.append(
            _path(rows.frame, [(rows.spine_x, y) for y in sorted(rows.lanes[:, 2])], klass)
        )
    return paths


def _path(frame: Frame, points: list[tuple[float, float]], klass: str) -> Path:
    return Path(LineString(frame.outward(np.array(points))), klass)


def enclosed(plot: Polygon) -> Polygon:
    """Return the ground inside the wall of a plot."""
    inner = shapely.get_parts(plot.buffer(-WALL_M, join_style="mitre"))
    return max(inner, key=shapely.area)


def wall_with_gates(ground: Polygon, gates: Sequence[Gate]) -> BaseGeometry:
    """Return the wall's line with an opening at each gate."""
    openings = shapely.union_all([g.point.buffer(GATE_M / 2) for g in gates])
    return ground.exterior.difference(openings)
