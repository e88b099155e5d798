"""Blocks: the land between streets, what quarter it lies in and what it is used for.

Local metres. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gis_grid.demo import plan
from gis_grid.demo.curves import lines_of, smooth
from gis_grid.demo.ground import Ints, Shapes
from gis_grid.demo.names import NamePool
from gis_grid.demo.river import PROMENADE_M, Water, brook_strips
from gis_grid.demo.split import Pattern, cut_up
from gis_grid.demo.streets import WIDTH_M, Street, hanging_together

SNAP_M = 0.05
"""Lines are noded on this lattice, so that a street that ends on another ends *on* it."""

TRACKS_M = 13.0
"""Nothing is built this near the tracks."""

PATTERNS = {
    "old": Pattern(6_400, 130, ("residential", "lane"), slant=0.2, bend=0.13),
    "fringe": Pattern(17_000, 220, ("residential",), slant=0.06, bend=0.02),
    "slab": Pattern(28_000, 290, ("residential",), slant=0.05, bend=0.02),
    "loose": Pattern(30_000, 300, ("residential", "lane"), slant=0.14, bend=0.07),
    "tower": Pattern(40_000, 320, ("residential",)),
    "villa": Pattern(45_000, 330, ("residential",), slant=0.05, bend=0.05),
    "office": Pattern(19_000, 210, ("residential",)),
    "factory": Pattern(56_000, 360, ("residential",)),
    "edge": Pattern(64_000, 430, ("residential", "lane"), slant=0.16, bend=0.09),
}
"""How each quarter is cut into blocks; quarters not named here stay whole."""


@dataclass(frozen=True, slots=True)
class Block:
    """Land between street middle lines (`face`) and what of it can be used (`plot`)."""

    face: Polygon
    plot: MultiPolygon
    quarter: str
    superblock: int
    use: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """The town's frame. `net` holds every line that bounds a block, noded; superblocks are the
    faces of the hand-drawn lines alone."""

    border: Polygon
    streets: tuple[Street, ...]
    net: BaseGeometry
    superblocks: tuple[Polygon, ...]
    blocks: tuple[Block, ...]


def node(lines: Sequence[BaseGeometry]) -> BaseGeometry:
    """Return lines cut wherever they meet. Build on the result: its vertices have moved."""
    return shapely.union_all(np.asarray(lines, dtype=object), grid_size=SNAP_M)


def faces_of(net: BaseGeometry, within: Polygon) -> list[Polygon]:
    """Return the faces of a noded net inside an area; neighbours share every vertex."""
    faces = shapely.get_parts(shapely.polygonize([net]))
    return list(faces[shapely.contains(within, shapely.point_on_surface(faces))])


def locate(points: Shapes, polygons: Sequence[Polygon]) -> Ints:
    """Return (n,) the number of the polygon each point lies in, -1 for none."""
    found = np.full(len(points), -1)
    point, polygon = shapely.STRtree(polygons).query(points, predicate="within")
    found[point] = polygon
    return found


def lay_out(
    border: Polygon, water: Water, frame: Sequence[Street], rng: np.random.Generator
) -> Layout:
    """Cut the framed district into blocks and streets."""
    base = [border.exterior, water.channel, water.islet.exterior, *(b[1] for b in water.brooks)]
    base += _bank_seams(water, frame)
    walked = [s.line for s in frame if s.klass != "path"]
    ring = Polygon(frame[0].line)
    net = node([*base, *walked])
    supers = faces_of(net, border)
    quarters = [_quarter(face, ring, water) for face in supers]
    cuts = _side_streets(supers, quarters, rng)
    net = node([net, *(c.line for c in cuts)])
    streets = hanging_together([*frame, *_stop_at_water(cuts, water)])
    faces = faces_of(net, border)
    plots = _plots(faces, streets, water)
    home = locate(shapely.point_on_surface(faces), supers)
    blocks = [Block(f, p, quarters[i], int(i)) for f, p, i in zip(faces, plots, home, strict=True)]
    return Layout(border, tuple(streets), net, tuple(supers), tuple(blocks))


def _side_streets(
    supers: Sequence[Polygon], quarters: Sequence[str], rng: np.random.Generator
) -> list[Street]:
    """Return the streets that cut superblocks into blocks; lanes out of town have no name."""
    names = NamePool(rng)
    cuts = []
    for face, quarter in zip(supers, quarters, strict=True):
        if quarter not in PATTERNS:
            continue
        # Superblocks differ in grain: one has large compounds, its neighbour small ones.
        pattern = PATTERNS[quarter]
        pattern = replace(pattern, area_m2=pattern.area_m2 * rng.uniform(0.8, 1.35))
        old = quarter == "old"
        for cut in cut_up(face, pattern, rng)[0]:
            named = old or cut.klass != "lane"
            name = names.street(cut.klass, old=old) if named else ""
            cuts.append(Street(name, cut.klass, cut.line))
    return cuts


def _stop_at_water(cuts: Sequence[Street], water: Water) -> list[Street]:
    """Return the small streets ending at the paths beside water; only drawn streets cross."""
    wet = shapely.union_all([water.river.buffer(PROMENADE_M), *brook_strips(water)])
    shapely.prepare(wet)
    return [
        Street(s.name, s.klass, part)
        for s in cuts
        for part in (lines_of(s.line.difference(wet)) if wet.intersects(s.line) else [s.line])
    ]


def _bank_seams(water: Water, frame: Sequence[Street]) -> list[LineString]:
    """Cut the riverside strips where streets meet the embankment, square to mid-stream."""
    seams = []
    bridges = shapely.union_all([Point(at) for _, at in plan.BRIDGES])
    for street in frame:
        if street.klass != "secondary" or street.line.is_closed:
            continue
        for end in (Point(street.line.coords[0]), Point(street.line.coords[-1])):
            on_bank = any(b.distance(end) < 1 for b in water.banks)
            if on_bank and bridges.distance(end) > 260:
                seams.append(shapely.shortest_line(end, water.channel))
    return seams


def _quarter(face: Polygon, ring: Polygon, water: Water) -> str:
    """Name the quarter of a face or of a block cut from it."""
    at = face.representative_point()
    if face.within(water.islet.buffer(1)):
        return "islet"
    named = [q for q, points in plan.QUARTERS if any(face.contains(Point(p)) for p in points)]
    if named:
        return named[0]
    if ring.contains(at):
        wet = face.intersection(water.river).area / face.area
        return "bank" if wet > 0.2 else "slab"
    return "edge"


def _plots(faces: Sequence[Polygon], streets: Sequence[Street], water: Water) -> list[MultiPolygon]:
    """Return what is left of each face between building lines and away from water."""
    half = np.array([WIDTH_M[s.klass] / 2 for s in streets])
    roads = shapely.buffer(np.array([s.line for s in streets]), half + 2, quad_segs=4)
    banks = [b[2].buffer(15) for b in water.brooks]
    tracks = LineString(smooth(plan.RAILWAY, step_m=40)).buffer(TRACKS_M)
    taken = np.array([*roads, water.river.buffer(6), water.lake, *banks, tracks], dtype=object)
    tree = shapely.STRtree(taken)
    left = [
        # Clipped first: the ring road's whole band need not be united at every block.
        face.difference(shapely.union_all(shapely.clip_by_rect(taken[near], *face.bounds)))
        for face in faces
        for near in (tree.query(face, predicate="intersects"),)
    ]
    rounded = shapely.buffer(shapely.buffer(left, -5, join_style="mitre"), 5, quad_segs=3)
    return [_without_slivers(plot) for plot in rounded]


def _without_slivers(plot: BaseGeometry) -> MultiPolygon:
    parts = shapely.get_parts(plot)
    return MultiPolygon(list(parts[shapely.area(parts) > 300]))
