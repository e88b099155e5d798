"""Rows of buildings facing south: where they stand in a plot, and the paths between them.

Local metres. Pure. A plot is worked on in its own frame, turned so that rows run along x.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from gis_grid.demo.ground import Floats
from gis_grid.demo.split import long_and_short

YARD_M = 2.0
"""Paths keep this far from the plot's edge."""
LANE_M = 3.5
"""From a row's north side, where the doors are, to the lane behind it."""


@dataclass(frozen=True, slots=True)
class RowStyle:
    """How rows stand, metres: `margin` to the plot's edge, `pitch` from row to row,
    `gap` between neighbours, `spine` kept free for the main path (0: no main path)."""

    depth: float
    pitch: float
    short: float
    long: float
    gap: float
    margin: float
    spine: float = 9.0
    turn: float = 0.22


@dataclass(frozen=True, slots=True)
class Frame:
    """A plot's own axes: centre and heading in radians."""

    centre: Floats
    heading: float

    def inward(self, xy: Floats) -> Floats:
        """Return town coordinates (n, 2) in the plot's frame."""
        c, s = np.cos(self.heading), np.sin(self.heading)
        return np.asarray((xy - self.centre) @ np.array([[c, -s], [s, c]]))

    def outward(self, xy: Floats) -> Floats:
        """Return the plot's frame (n, 2) in town coordinates."""
        c, s = np.cos(self.heading), np.sin(self.heading)
        return np.asarray(xy @ np.array([[c, s], [-s, c]]) + self.centre)


@dataclass(frozen=True, slots=True)
class Rows:
    """Boxes (n, 4) as x0, y0, x1, y1 in the frame; the main path's x, and its lanes (m, 3) as
    x0, x1, y. `row` (n,) numbers the row of each box from the south."""

    frame: Frame
    boxes: Floats
    row: Floats
    spine_x: float
    lanes: Floats


def frame_of(plot: Polygon, turn: float) -> Frame:
    """Return the frame along the plot's sides, but turned from south no further than `turn`."""
    centre, along, _ = long_and_short(np.asarray(plot.exterior.coords))
    angle = float(np.arctan2(along[1], along[0]))
    heading = (angle + np.pi / 4) % (np.pi / 2) - np.pi / 4
    return Frame(centre, float(np.clip(heading, -turn, turn)))


def crossings(ring: Floats, heights: Floats) -> Floats:
    """Return (r, k) the x at which a closed ring crosses each of r heights, in order; land lies
    between the 1st and 2nd, the 3rd and 4th, ...; inf fills up."""
    above = ring[:, 1] > heights[:, None]
    crossed = above[:, :-1] != above[:, 1:]
    row, edge = np.nonzero(crossed)
    (x0, y0), (x1, y1) = ring[edge].T, ring[edge + 1].T
    x = np.full(crossed.shape, np.inf)
    x[row, edge] = x0 + (heights[row] - y0) / (y1 - y0) * (x1 - x0)
    x.sort(axis=1)
    return x[:, : max(2, int(crossed.sum(axis=1).max(initial=0)))]


def spans_at(ring: Floats, height: float) -> Floats:
    """Return (k, 2) the x spans of a closed ring's inside at one height."""
    spans = crossings(ring, np.array([height])).reshape(-1, 2)
    return spans[np.isfinite(spans[:, 0])]


def set_rows(plot: Polygon, style: RowStyle, rng: np.random.Generator) -> Rows | None:
    """Fill a plot with rows; None if not even one building fits."""
    frame = frame_of(plot, style.turn)
    inner = largest(plot.buffer(-style.margin))
    if inner.area < style.depth * style.short:
        return None
    ring = frame.inward(np.asarray(inner.exterior.coords))
    yard = frame.inward(np.asarray(largest(plot.buffer(-YARD_M)).exterior.coords))
    spine_x = float(rng.uniform(-0.07, 0.07) * np.ptp(ring[:, 0]))
    levels = _levels(ring, style)
    edges = [crossings(ring, levels + up) for up in (0.0, style.depth / 2, style.depth)]
    behind = crossings(yard, levels + style.depth + LANE_M)
    boxes, row, lanes = [], [], []
    for i, y in enumerate(levels.tolist()):
        placed = _row(_common([e[i] for e in edges]), y, style, spine_x, rng)
        boxes += placed
        row += [i] * len(placed)
        lanes += _lane(behind[i].tolist(), placed, y + style.depth + LANE_M, spine_x)
    if not boxes:
        return None
    joined = _joined(yard, np.array(lanes).reshape(-1, 3), spine_x)
    return Rows(frame, np.array(boxes), np.array(row), spine_x, joined)


def _levels(ring: Floats, style: RowStyle) -> Floats:
    """Return the south side of each row: the phase that gives the longest rows in all."""
    low, high = ring[:, 1].min(), ring[:, 1].max() - style.depth
    best, most = np.empty(0), -1.0
    for phase in (0.02, 0.2, 0.4, 0.6, 0.8):
        levels = np.arange(low + phase * style.pitch, high, style.pitch)
        both = [_inside(crossings(ring, levels + up)) for up in (0.0, style.depth)]
        length = np.minimum(*both)
        total = float(length[length >= style.short].sum())
        if total > most:
            best, most = levels, total
    return best


def _inside(x: Floats) -> Floats:
    """Return (r,) metres of land at each height, from its crossings."""
    finite = np.where(np.isfinite(x), x, 0.0)
    return np.asarray((finite[:, 1::2] - finite[:, ::2]).sum(axis=1))


def _common(edges: Sequence[Floats]) -> list[tuple[float, float]]:
    """Return the spans that are land at every one of some heights."""
    spans = [(-np.inf, np.inf)]
    for x in edges:
        land = list(zip(x[::2].tolist(), x[1::2].tolist(), strict=True))
        spans = [
            (max(a, c), min(b, d)) for a, b in spans for c, d in land if c < b and a < d < np.inf
        ]
    return spans


def _row(
    spans: Sequence[tuple[float, float]],
    y: float,
    style: RowStyle,
    spine_x: float,
    rng: np.random.Generator,
) -> list[tuple[float, float, float, float]]:
    """Return the boxes of one row, the main path left free."""
    boxes = []
    keep = style.spine / 2
    for a, b in spans:
        sides = [(a, b)]
        if keep and a < spine_x < b:
            sides = [(a, spine_x - keep), (spine_x + keep, b)]
        for left, right in sides:
            boxes += [(x0, y, x1, y + style.depth) for x0, x1 in _fill(left, right, style, rng)]
    return boxes


def _fill(
    left: float, right: float, style: RowStyle, rng: np.random.Generator
) -> list[tuple[float, float]]:
    """Return equal buildings between two x, as long as the style likes."""
    room = right - left
    if room < style.short:
        return []
    wish = rng.uniform(style.short, style.long)
    count = max(1, int((room + style.gap) / (wish + style.gap)))
    length = min((room - style.gap * (count - 1)) / count, style.long)
    step = (room - length) / (count - 1) if count > 1 else 0.0
    start = left if count > 1 else left + (room - length) * rng.uniform(0.2, 0.8)
    return [(start + i * step, start + i * step + length) for i in range(count)]


def _lane(
    x: Sequence[float],
    placed: list[tuple[float, float, float, float]],
    y: float,
    spine_x: float,
) -> list[tuple[float, float, float]]:
    """Return the lane behind a row, from door to door, if it meets the main path in the yard."""
    for a, b in zip(x[::2], x[1::2], strict=True):
        doors = [d for box in placed for d in (box[0] + 6, box[2] - 6) if a < d < b]
        if a < spine_x < b and doors:
            return [(min(*doors, spine_x), max(*doors, spine_x), y)]
    return []


def _joined(yard: Floats, lanes: Floats, spine_x: float) -> Floats:
    """Return the lanes that one straight main path links without leaving the yard."""
    best = lanes[:0]
    for low, high in spans_at(yard[:, ::-1], spine_x):
        linked = lanes[(lanes[:, 2] > low) & (lanes[:, 2] < high)]
        best = linked if len(linked) > len(best) else best
    return best


def largest(shape: BaseGeometry) -> Polygon:
    """Return the largest part of a shape, an empty polygon for nothing."""
    parts = shapely.get_parts(shape)
    return max(parts, key=shapely.area) if len(parts) else Polygon()
