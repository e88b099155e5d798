"""Curves a draughtsman would draw: smooth lines through points, ribbons, rough borders. Pure.

Everything in metres.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from gis_grid.demo.ground import Floats

XY = tuple[float, float]


def smooth(points: Sequence[XY], *, closed: bool = False, step_m: float = 18.0) -> Floats:
    """Return (n, 2) vertices of a centripetal Catmull-Rom curve through `points`.

    A closed curve repeats its first vertex at the end.
    """
    p = np.asarray(points, dtype=np.float64)
    if closed:
        p = np.vstack([p[-1:], p, p[:2]])
    else:
        # Mirror the ends, so that the curve starts and stops at the given points.
        p = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
    pieces = [_span(p[i : i + 4], step_m) for i in range(len(p) - 3)]
    return np.vstack([*pieces, p[-2:-1]])


def _span(p: Floats, step_m: float) -> Floats:
    """Return the curve from p[1] up to, not including, p[2]."""
    t = np.r_[0.0, np.cumsum(np.sqrt(np.hypot(*np.diff(p, axis=0).T)))]
    count = max(2, round(float(np.hypot(*(p[2] - p[1]))) / step_m))
    s = np.linspace(t[1], t[2], count, endpoint=False)[:, None]

    def mix(a: Floats, b: Floats, ta: float, tb: float) -> Floats:
        return np.asarray(((tb - s) * a + (s - ta) * b) / (tb - ta))

    a1, a2, a3 = (mix(p[i], p[i + 1], t[i], t[i + 1]) for i in range(3))
    b1, b2 = mix(a1, a2, t[0], t[2]), mix(a2, a3, t[1], t[3])
    return mix(b1, b2, t[1], t[2])


def normals(line: Floats) -> Floats:
    """Return (n, 2) unit vectors to the left of the line at its vertices."""
    d = np.gradient(line, axis=0)
    d /= np.hypot(d[:, 0], d[:, 1])[:, None]
    return np.asarray(np.c_[-d[:, 1], d[:, 0]])


def ribbon(line: Floats, half_width_m: Floats) -> Polygon:
    """Return the band around a line whose half width varies by vertex."""
    side = normals(line) * half_width_m[:, None]
    ring = np.vstack([line + side, (line - side)[::-1]])
    return shapely.make_valid(Polygon(ring))


def beside(line: Floats, offset_m: Floats) -> LineString:
    """Return the line moved to its left by `offset_m` at each vertex."""
    return LineString(line + normals(line) * offset_m[:, None]).simplify(1.0)


def wander(n: int, rng: np.random.Generator, knots: int) -> Floats:
    """Return (n,) values that drift smoothly between -1 and 1."""
    x = np.linspace(0, knots - 1, n)
    k = rng.uniform(-1, 1, knots)
    i = np.minimum(x.astype(int), knots - 2)
    f = (1 - np.cos((x - i) * np.pi)) / 2
    return np.asarray(k[i] * (1 - f) + k[i + 1] * f)


def rough(line: Floats, amplitude_m: float, rng: np.random.Generator) -> Floats:
    """Return a closed line whose vertices stray, as field borders do. Ends stay joined."""
    stray = rng.uniform(-1, 1, len(line) - 1) * amplitude_m
    moved = line[:-1] + normals(line)[:-1] * stray[:, None]
    return np.vstack([moved, moved[:1]])


def lines_of(shape: BaseGeometry) -> list[LineString]:
    """Return the lines in a shape, joined where they continue each other."""
    merged = shapely.line_merge(shape) if shape.geom_type != "LineString" else shape
    return [p for p in shapely.get_parts(merged) if p.geom_type == "LineString" and p.length > 1]
