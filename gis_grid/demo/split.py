"""Cut a piece of land into blocks the way streets do: again and again, across its length.

Local metres. Pure. A piece is an open ring, (n, 2), counter-clockwise.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from gis_grid.demo.ground import Floats


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a quarter is cut.

    `area_m2`: blocks well above it are cut further; `longest_m`: so are blocks longer than this.
    `klasses`: street class by depth of the cut, the last one for all deeper cuts.
    `slant`: how far a cut may lean from square, radians; `bend`: sideways bow, share of length.
    `tries`: cuts tried for the best one.
    """

    area_m2: float
    longest_m: float
    klasses: tuple[str, ...]
    slant: float = 0.03
    bend: float = 0.0
    tries: int = 5


_STRAIGHT = np.empty((0, 2))


class Cut(NamedTuple):
    """One new street across a piece of land."""

    line: LineString
    klass: str


class Chord(NamedTuple):
    """A straight cut: after which vertices of the ring it enters and leaves, and where."""

    start: int
    stop: int
    a: Floats
    b: Floats


def cut_up(
    land: Polygon, pattern: Pattern, rng: np.random.Generator
) -> tuple[list[Cut], list[Polygon]]:
    """Return the streets that cut `land` into blocks, wider ones first, and the blocks."""
    pieces = deque([(np.asarray(shapely.orient_polygons(land).exterior.coords)[:-1], 0)])
    cuts, blocks = [], []
    while pieces:
        piece, depth = pieces.popleft()
        chord = _best_chord(piece, pattern, rng)
        if chord is None:
            blocks.append(piece)
            continue
        line, halves = _draw(piece, chord, pattern, rng)
        klass = pattern.klasses[min(depth, len(pattern.klasses) - 1)]
        cuts.append(Cut(LineString(line), klass))
        pieces += [(half, depth + 1) for half in halves]
    return cuts, [Polygon(ring) for ring in blocks]


def long_and_short(ring: Floats) -> tuple[Floats, Floats, Floats]:
    """Return centre, half long axis and half short axis of the smallest box around points."""
    box = shapely.get_coordinates(shapely.oriented_envelope(shapely.linestrings(ring)))
    a, b = (box[1] - box[0]) / 2, (box[2] - box[1]) / 2
    centre = box[:4].mean(axis=0)
    return (centre, a, b) if np.hypot(*a) >= np.hypot(*b) else (centre, b, a)


def ring_area(ring: Floats) -> float:
    """Return the area of an open counter-clockwise ring."""
    x, y = ring[:, 0], ring[:, 1]
    return float(x[:-1] @ y[1:] - y[:-1] @ x[1:] + x[-1] * y[0] - y[-1] * x[0]) / 2


def _best_chord(ring: Floats, pattern: Pattern, rng: np.random.Generator) -> Chord | None:
    """Try some cuts across; return the one with even halves and a short line, None if the
    piece is small enough. The measure varies, as in real towns."""
    whole, measure = ring_area(ring), pattern.area_m2 * rng.uniform(0.9, 1.6)
    if whole < pattern.area_m2 * 0.6:
        return None
    centre, along, across = long_and_short(ring)
    if whole < measure and 2 * np.hypot(*along) < pattern.longest_m:
        return None
    width = np.hypot(*across)
    best, best_cost = None, np.inf
    shifts = rng.uniform(-0.2, 0.2, pattern.tries)
    shifts[0] = 0
    turns = rng.uniform(-pattern.slant, pattern.slant, pattern.tries)
    for shift, c, s in zip(shifts, np.cos(turns), np.sin(turns), strict=True):
        arm = np.array([c * across[0] - s * across[1], s * across[0] + c * across[1]])
        for chord in _chords(ring, centre + along * shift, arm):
            half = ring_area(_halves(ring, chord, _STRAIGHT)[0])
            less = min(half, whole - half)
            if less < 1:
                continue
            cost = np.hypot(*(chord.b - chord.a)) / width + whole / less
            if cost < best_cost:
                best, best_cost = chord, cost
    return best


def _chords(ring: Floats, middle: Floats, arm: Floats) -> Iterator[Chord]:
    """Yield every straight way across the ring on the line through `middle` along `arm`."""
    side = (ring - middle) @ np.array([-arm[1], arm[0]])
    left = side > 0
    edges = np.flatnonzero(left != np.append(left[1:], left[0]))
    ends = (edges + 1) % len(ring)
    share = side[edges] / (side[edges] - side[ends])
    hits = ring[edges] + share[:, None] * (ring[ends] - ring[edges])
    order = np.argsort((hits - middle) @ arm)
    # Along the line, land lies between the 1st and 2nd hit, the 3rd and 4th, ...
    for i, j in order.reshape(-1, 2):
        yield Chord(int(edges[i]), int(edges[j]), hits[i], hits[j])


def _draw(
    ring: Floats, chord: Chord, pattern: Pattern, rng: np.random.Generator
) -> tuple[Floats, list[Floats]]:
    """Return the cut as a line, bowed as the pattern allows, and the two halves."""
    along = chord.b - chord.a
    straight = np.array([chord.a, chord.b])
    if not pattern.bend:
        return straight, _halves(ring, chord, _STRAIGHT)
    side = np.array([-along[1], along[0]]) * rng.uniform(-pattern.bend, pattern.bend)
    t = np.linspace(0, 1, 8)[:, None]
    bow = side * (4 * t * (1 - t) * (1 + rng.uniform(-1, 1) * (2 * t - 1)))
    for line in (chord.a + t * along + bow, straight):
        halves = _halves(ring, chord, line[1:-1])
        if all(Polygon(h).is_valid for h in halves):
            break
    return line, halves


def _halves(ring: Floats, chord: Chord, inner: Floats) -> list[Floats]:
    """Return the rings on both sides of a cut from chord.a over `inner` to chord.b."""
    n = len(ring)
    turn = np.arange(2 * n) % n
    start, stop = chord.start + 1, chord.stop + 1
    first = ring[turn[start : stop + n * (stop < start)]]
    second = ring[turn[stop : start + n * (start < stop)]]
    a, b = chord.a[None], chord.b[None]
    return [
        np.concatenate([a, first, b, inner[::-1]]),
        np.concatenate([b, second, a, inner]),
    ]
