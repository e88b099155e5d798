"""Parks, riverside, forest: green ground and the paths through it. Local metres. Pure."""

import numpy as np
import shapely
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from gis_grid.demo.blocks import Block
from gis_grid.demo.curves import lines_of, smooth
from gis_grid.demo.river import Water
from gis_grid.demo.sites import Frontage, Green, Path, Site

ROUND_USES = ("pocket", "green")
"""Uses with a round path; banks and islets have the walks along the water."""
ROUND_M = 13.0
"""The round path keeps this far inside a park's edge."""


def park(
    index: int, block: Block, water: Water, frontage: Frontage, rng: np.random.Generator
) -> Site:
    """Fill a block with lawn, trees, a round path, ways across and ways to the streets."""
    klass = "park" if block.name else "garden"
    paths = []
    for part in shapely.get_parts(block.plot) if block.use in ROUND_USES else ():
        paths += _paths(part, block, water, frontage, rng)
    greens = [Green(block.plot, klass, block.name), *_groves(block.plot, rng)]
    return Site(index, block.use, block.name, block.plot, paths=tuple(paths), greens=tuple(greens))


def _paths(
    part: BaseGeometry, block: Block, water: Water, frontage: Frontage, rng: np.random.Generator
) -> list[Path]:
    """Return the paths of one piece of park."""
    inner = max(
        shapely.get_parts(part.buffer(-ROUND_M).buffer(-6).buffer(6).simplify(1.0)),
        key=shapely.area,
        default=None,
    )
    if inner is None or inner.is_empty or inner.area < 900:
        return []
    ring = inner.exterior
    paths = [Path(LineString(ring.coords))]
    if inner.area > 9_000:
        start = rng.random()
        ends = [ring.interpolate((start + k / 4) % 1, normalized=True) for k in range(4)]
        paths += [Path(_bow(ends[0], ends[2], rng)), Path(_bow(ends[1], ends[3], rng))]
    paths += ways_to_streets(ring, block, frontage, count=4)
    shore = water.surface.buffer(6)
    return [Path(line) for p in paths for line in lines_of(p.line.difference(shore))]


def _bow(a: Point, b: Point, rng: np.random.Generator) -> LineString:
    """Return a gently bent way from a to b."""
    p, q = np.array([a.x, a.y]), np.array([b.x, b.y])
    side = np.array([-(q - p)[1], (q - p)[0]]) * rng.uniform(-0.16, 0.16)
    return LineString(smooth([tuple(p), tuple((p + q) / 2 + side), tuple(q)], step_m=12))


def ways_to_streets(
    ring: LineString, block: Block, frontage: Frontage, *, count: int
) -> list[Path]:
    """Return short straight ways from a round path to the streets about the block."""
    ways: list[Path] = []
    edge = block.face.exterior
    # Opposite ends first, so that a park opens to all its sides.
    for turn in (0, 4, 2, 6, 1, 5, 3, 7):
        start = ring.interpolate((turn + 0.3) / 8, normalized=True)
        way = shapely.shortest_line(start, edge)
        end = Point(way.coords[-1])
        if len(ways) < count and way.length < 70 and frontage.klass_at(end):
            ways.append(Path(way))
    return ways


def _groves(plot: BaseGeometry, rng: np.random.Generator) -> list[Green]:
    """Return clumps of trees."""
    x0, y0, x1, y1 = plot.bounds
    count = int(min(40, plot.area / 1500))
    spots = shapely.points(np.c_[rng.uniform(x0, x1, count), rng.uniform(y0, y1, count)])
    clumps = shapely.buffer(spots, rng.uniform(7, 20, count), quad_segs=3)
    groves = shapely.union_all(clumps).intersection(plot.buffer(-3))
    return [Green(g, "wood") for g in shapely.get_parts(groves) if g.area > 60]
