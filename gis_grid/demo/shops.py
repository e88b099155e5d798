"""Rows of shops along busy streets, in front of the compounds' walls. Local metres. Pure."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from gis_grid.demo.blocks import Block
from gis_grid.demo.ground import Floats
from gis_grid.demo.rows import largest
from gis_grid.demo.sites import Building
from gis_grid.demo.streets import WIDTH_M, Street

DEPTH_M = 12.0
PAVEMENT_M = 3.0
"""Between the building line and the shop fronts."""


def shops_along(
    block: Block, plot: Polygon, streets: Sequence[Street], rng: np.random.Generator
) -> tuple[list[Building], Polygon]:
    """Return shops along some streets of a plot and what of the plot they leave."""
    shops: list[Building] = []
    rest = plot
    for street in streets:
        setback = WIDTH_M[street.klass] / 2 + PAVEMENT_M
        placed = [
            box
            for box in _boxes(block.face, street.line, setback, rng)
            if rest.contains(box) and not any(box.intersects(s.shape) for s in shops)
        ]
        left = largest(rest.difference(street.line.buffer(setback + DEPTH_M + 3)))
        if placed and left.area > 0.5 * plot.area:
            shops += [Building(box, "shop", int(rng.integers(1, 4))) for box in placed]
            rest = left.buffer(-4, join_style="mitre").buffer(4, quad_segs=3)
            rest = largest(rest)
    return shops, rest


def _boxes(
    face: Polygon, line: LineString, setback: float, rng: np.random.Generator
) -> list[Polygon]:
    """Return boxes along the part of a face's edge that lies on a street."""
    edge = face.exterior.intersection(line.buffer(0.3))
    boxes: list[Polygon] = []
    for part in shapely.get_parts(shapely.line_merge(edge)):
        if part.length < 50:
            continue
        at = np.cumsum(rng.uniform(19, 42, int(part.length / 19)))
        at = at[at < part.length - 24]
        if not len(at):
            continue
        ends = [at - 16, np.minimum(at + rng.uniform(0, 2, len(at)), part.length)]
        a, b = (shapely.get_coordinates(shapely.line_interpolate_point(part, e)) for e in ends)
        boxes += _beside(a, b, setback, face)
    return boxes


def _beside(a: Floats, b: Floats, setback: float, face: Polygon) -> list[Polygon]:
    """Return boxes between a and b, moved into the face by the setback."""
    along = (b - a) / np.hypot(*(b - a).T)[:, None]
    side = np.c_[-along[:, 1], along[:, 0]]
    probe = shapely.points((a + b) / 2 + side * setback)
    side[~shapely.contains(face, probe)] *= -1
    near, far = side * setback, side * (setback + DEPTH_M)
    rings = np.stack([a + near, b + near, b + far, a + far, a + near], axis=1)
    return list(shapely.polygons(rings))
