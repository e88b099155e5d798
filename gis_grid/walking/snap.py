"""Place points on streets: homes, facilities, candidates.

A point stands on the nearest edge it can be joined to by a straight connector that is at most
`MAX_CONNECTOR_M` long and crosses no wall, water, railway or expressway. Small components are
islands of the map and nobody is placed there. What cannot be placed is told, not guessed.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.walking.network import Network
from gis_grid.walking.rules import Way
from gis_grid.walking.streets import Floats, Ints

MAX_CONNECTOR_M = 150.0
NOWHERE = -1


@dataclass(frozen=True, eq=False)
class Placed:
    """Where k points stand: `edge` (k,), or `NOWHERE`; `along_m` (k,) metres from its first end.

    `connector_m` (k,) is the way from the point to the street; of a point that stands nowhere,
    the distance to the nearest street at all. `spot` (k, 2) is the place on the street, degrees.
    """

    edge: Ints
    along_m: Floats
    connector_m: Floats
    spot: Floats

    def __len__(self) -> int:
        return len(self.edge)

    @property
    def stands(self) -> npt.NDArray[np.bool_]:
        """Which of them (k,) stand on a street."""
        return np.asarray(self.edge != NOWHERE, bool)

    def __getitem__(self, which: npt.NDArray[np.bool_] | Ints | slice) -> "Placed":
        return Placed(
            self.edge[which], self.along_m[which], self.connector_m[which], self.spot[which]
        )


@dataclass(frozen=True, eq=False)
class Ground:
    """A network made ready to place points on; build it once, it keeps two search trees."""

    network: Network

    def place(self, lonlat: npt.ArrayLike) -> Placed:
        """Place points (k, 2), degrees. Linear in k times the logarithm of the edges."""
        points = shapely.points(self.network.plane.to_metres(lonlat))
        edge, connector_m = self._nearest(points)
        stands = connector_m <= MAX_CONNECTOR_M
        barred = np.zeros(len(points), bool)
        barred[stands] = self._crosses(points[stands], self._lines[edge[stands]])
        edge[~stands] = NOWHERE
        for which, found in self._other_ways(points, np.flatnonzero(barred)):
            edge[which] = found
        return self._placed(points, edge, connector_m)

    def _nearest(self, points: npt.NDArray[np.object_]) -> tuple[Ints, Floats]:
        """Return the nearest line (k,) and how far it is; what lies between is not looked at."""
        at, found = self._tree.query_nearest(points, all_matches=False)
        nearest = np.empty(len(points), np.int64)
        nearest[at] = found
        return nearest, np.asarray(shapely.distance(points, self._lines[nearest]), np.float64)

    def _other_ways(self, points: npt.NDArray[np.object_], barred: Ints) -> list[tuple[int, int]]:
        """Return, for points whose nearest line is barred, the nearest one that is not."""
        at, line = self._tree.query(points[barred], "dwithin", MAX_CONNECTOR_M)
        free = ~self._crosses(points[barred[at]], self._lines[line])
        at, line = at[free], line[free]
        order = np.lexsort((line, shapely.distance(points[barred[at]], self._lines[line]), at))
        _who, first = np.unique(at[order], return_index=True)
        best = dict(zip(at[order][first].tolist(), line[order][first].tolist(), strict=True))
        return [(int(point), best.get(k, NOWHERE)) for k, point in enumerate(barred)]

    def _crosses(
        self, points: npt.NDArray[np.object_], lines: npt.NDArray[np.object_]
    ) -> npt.NDArray[np.bool_]:
        """Return for each pair whether the straight way between them crosses a barrier.

        A connector that only touches one does not: a gate stands in its wall.
        """
        crossed = np.zeros(len(points), bool)
        if len(points) and len(self._walls.geometries):
            crossed[self._walls.query(shapely.shortest_line(points, lines), "crosses")[0]] = True
        return crossed

    def _placed(self, points: npt.NDArray[np.object_], line: Ints, nearest_m: Floats) -> Placed:
        stands = line != NOWHERE
        lines, standing = self._lines[line[stands]], points[stands]
        share = np.zeros(len(points))
        share[stands] = shapely.line_locate_point(lines, standing, normalized=True)
        spot = np.full((len(points), 2), np.nan)
        on_street = shapely.line_interpolate_point(lines, share[stands], normalized=True)
        spot[stands] = self.network.plane.to_lonlat(shapely.get_coordinates(on_street))
        connector_m = nearest_m.copy()
        connector_m[stands] = shapely.distance(standing, lines)
        edge = np.where(stands, self._edge[line], NOWHERE)
        along_m = np.where(stands, share * self.network.length_m[edge], 0.0)
        return Placed(edge, along_m, connector_m, spot)

    @cached_property
    def _edge(self) -> Ints:
        """The edges that people can be placed on."""
        gates = np.isin(self.network.kind, (Way.GATE, Way.LOCK))
        return np.flatnonzero(self.network.is_large & ~gates)

    @cached_property
    def _lines(self) -> npt.NDArray[np.object_]:
        return self._as_lines(self.network.shape, self.network.shape_from)[self._edge]

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self._lines)

    @cached_property
    def _walls(self) -> shapely.STRtree:
        return shapely.STRtree(self._as_lines(self.network.barrier, self.network.barrier_from))

    def _as_lines(self, lonlat: Floats, starts: Ints) -> npt.NDArray[np.object_]:
        run = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
        lines: npt.NDArray[np.object_] = shapely.linestrings(
            self.network.plane.to_metres(lonlat), indices=run
        )
        return lines
