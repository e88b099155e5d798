"""Outlines of buildings, from a box in a plot's frame. Pure.

A template is an outline in the unit square, (n, 2), counter-clockwise; x along the building,
y from its south side to its north side.
"""

import numpy as np
import shapely
from shapely.geometry import Polygon

from gis_grid.demo.ground import Floats
from gis_grid.demo.rows import Frame

BOX = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=np.float64)
TOWER = np.array(
    [(0, 0.14), (0.12, 0.14), (0.12, 0), (0.38, 0), (0.38, 0.16), (0.62, 0.16), (0.62, 0),
     (0.88, 0), (0.88, 0.14), (1, 0.14), (1, 0.82), (0.7, 0.82), (0.7, 1), (0.3, 1), (0.3, 0.82),
     (0, 0.82)]
)  # fmt: skip
VILLA = np.array(
    [(0, 0), (0.62, 0), (0.62, 0.22), (1, 0.22), (1, 1), (0.25, 1), (0.25, 0.85), (0, 0.85)]
)
ELL = np.array([(0, 0), (1, 0), (1, 0.45), (0.4, 0.45), (0.4, 1), (0, 1)])
COMB = np.array(
    [(0, 0), (1, 0), (1, 0.35), (0.92, 0.35), (0.92, 1), (0.66, 1), (0.66, 0.35), (0.34, 0.35),
     (0.34, 1), (0.08, 1), (0.08, 0.35), (0, 0.35)]
)  # fmt: skip
CROSS = np.array(
    [(0.3, 0), (0.7, 0), (0.7, 0.3), (1, 0.3), (1, 0.7), (0.7, 0.7), (0.7, 1), (0.3, 1),
     (0.3, 0.7), (0, 0.7), (0, 0.3), (0.3, 0.3)]
)  # fmt: skip

STAIR_M = 16.0
"""Length of a slab per stairwell."""


def slab(box: Floats) -> Floats:
    """Return a slab's outline in its frame: a stairwell juts out north for each entrance."""
    x0, y0, x1, y1 = box
    units = stairs(box)
    middle = x0 + (np.arange(units) + 0.5) * (x1 - x0) / units
    notch = np.array([(1.5, -1.1), (1.5, 0), (-1.5, 0), (-1.5, -1.1)])
    north = [np.array([m, y1]) + notch for m in middle[::-1]]
    return np.vstack([[(x0, y0), (x1, y0), (x1, y1 - 1.1)], *north, [(x0, y1 - 1.1)]])


def stairs(box: Floats) -> int:
    """Return how many stairwells a slab has."""
    return max(1, round(float(box[2] - box[0]) / STAIR_M))


def outline(template: Floats, box: Floats) -> Floats:
    """Return a template stretched over a box."""
    return np.asarray(box[:2] + template * (box[2:] - box[:2]))


def footprint(frame: Frame, ring: Floats) -> Polygon:
    """Return an outline in the plot's frame as a polygon in town metres."""
    return Polygon(frame.outward(ring))


def oval(width: float, height: float) -> Floats:
    """Return a running track around (0, 0): straights along y, half circles at the ends."""
    r, straight = width / 2, height / 2 - width / 2
    line = shapely.linestrings([(0, -straight), (0, straight)])
    return np.asarray(shapely.buffer(line, r, quad_segs=8).exterior.coords)
