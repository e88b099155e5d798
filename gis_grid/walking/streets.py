"""Walkable ways as they were drawn, before they are a network: runs of points that share points."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.geo.metric import LocalMetric, distance_m

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SQUARE_M = 500.0


@dataclass
class Runs:
    """Lists of different lengths, one behind the other; run i is `items[starts[i]:starts[i+1]]`."""

    items: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])

    def add(self, run: list[int]) -> None:
        """Put one more at the end."""
        self.items += run
        self.starts.append(len(self.items))


@dataclass(frozen=True)
class Streets:
    """Ways of one place. Two ways meet where they share a point, not where lines cross.

    `lonlat` (n, 2) degrees; `gate` (n,) bool; way i runs over the points
    `way_nodes[way_from[i]:way_from[i+1]]`, is of `way_kind[i]` (`rules.Way`);
    `barriers` (b,) LineStrings in degrees that nobody crosses off the ways.
    """

    lonlat: Floats
    gate: npt.NDArray[np.bool_]
    way_from: Ints
    way_nodes: npt.NDArray[np.int32]
    way_kind: npt.NDArray[np.uint8]
    barriers: npt.NDArray[np.object_]

    def segments(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
        """Return pairs of neighbouring points (s, 2) and the kind of each pair (s,)."""
        pairs = np.column_stack((self.way_nodes[:-1], self.way_nodes[1:]))
        inside = np.ones(len(pairs), bool)
        inside[self.way_from[1:-1] - 1] = False  # the last of one way and the first of the next
        kinds = np.repeat(self.way_kind, np.diff(self.way_from))[:-1]
        return pairs[inside], kinds[inside]

    def only(self, ways: npt.NDArray[np.bool_], window: shapely.Geometry) -> "Streets":
        """Return some of the ways (w,), and the barriers that touch a window."""
        lengths = np.diff(self.way_from)
        nodes = self.way_nodes[np.repeat(ways, lengths)]
        used, numbers = np.unique(nodes, return_inverse=True)
        return Streets(
            lonlat=self.lonlat[used],
            gate=self.gate[used],
            way_from=np.concatenate(([0], np.cumsum(lengths[ways]))),
            way_nodes=numbers.astype("i4"),
            way_kind=self.way_kind[ways],
            barriers=self.barriers[shapely.intersects(self.barriers, window)],
        )

    @property
    def length_km(self) -> float:
        """Length of all ways together."""
        pairs, _kinds = self.segments()
        return float(distance_m(self.lonlat[pairs[:, 0]], self.lonlat[pairs[:, 1]]).sum()) / 1000

    @property
    def drawn_km2(self) -> float:
        """Area of the squares of 500 m that hold a point of a way.

        The box around them would be a wrong measure: one long road makes it large.
        """
        metres = LocalMetric.around(shapely.points(self.lonlat)).to_metres(self.lonlat)
        squares = np.unique(np.floor(metres / SQUARE_M), axis=0)
        return len(squares) * (SQUARE_M / 1000) ** 2
