"""Merge the points at which a way only bends; what is left are junctions, ends and gates."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gis_grid.walking.streets import Ints, Runs


@dataclass(frozen=True)
class Chains:
    """Runs of points: chain i is `points[starts[i]:starts[i+1]]`; `ends` (m, 2), `kind` (m,)."""

    points: npt.NDArray[np.int32]
    starts: Ints
    ends: npt.NDArray[np.int32]
    kind: npt.NDArray[np.uint8]


def merge(points: int, pairs: npt.NDArray[np.int32], kinds: npt.NDArray[np.uint8]) -> Chains:
    """Return the chains of segments `pairs` (s, 2), each of one kind, over `points` points.

    A closed loop without a junction starts at its lowest point. The order is that of the
    segments, so the same ways give the same network. Time and memory linear in s.
    """
    around = np.concatenate((pairs[:, 0], pairs[:, 1]))
    order = np.argsort(around, kind="stable")
    segment_at = (order % len(pairs)).astype(np.int64)
    first = np.searchsorted(around[order], np.arange(points + 1))
    degree = np.diff(first)
    bends = degree == 2
    one, two = segment_at[first[:-1][bends]], segment_at[first[:-1][bends] + 1]
    bends[np.flatnonzero(bends)[(kinds[one] != kinds[two]) | (one == two)]] = False

    runs, of_kind = Runs(), []
    for segment, run in _runs(pairs.tolist(), bends.tolist(), segment_at.tolist(), first.tolist()):
        runs.add(run)
        of_kind.append(kinds[segment])
    items, starts = np.array(runs.items, np.int32), np.array(runs.starts, np.int64)
    ends = np.column_stack((items[starts[:-1]], items[starts[1:] - 1]))
    return Chains(items, starts, ends, np.array(of_kind, np.uint8))


def _runs(
    pairs: list[list[int]], bends: list[bool], segment_at: list[int], first: list[int]
) -> Iterator[tuple[int, list[int]]]:
    """Yield a segment of each chain and its points, from one end to the other."""
    used = [False] * len(pairs)

    def follow(segment: int, start: int) -> list[int]:
        run, here = [start], start
        while True:
            used[segment] = True
            one, two = pairs[segment]
            here = two if here == one else one
            run.append(here)
            if not bends[here] or here == start:
                return run
            at = first[here]
            segment = segment_at[at] if segment_at[at] != segment else segment_at[at + 1]

    for at_bend in (False, True):  # what no end leads to is a loop
        for segment, (one, two) in enumerate(pairs):
            if used[segment]:
                continue
            if at_bend or not bends[one]:
                yield segment, follow(segment, one)
            elif not bends[two]:
                yield segment, follow(segment, two)
