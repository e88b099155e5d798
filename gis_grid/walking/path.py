"""The way itself, to draw it: from one place to the nearest entrance of each kind.

A field knows how far it is from everywhere, not by which streets. Here one search goes outwards
from a single place, in the direction one walks, and serves any number of kinds.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

from gis_grid.walking.network import Network
from gis_grid.walking.reach import LIMIT_M, Reach
from gis_grid.walking.snap import Placed
from gis_grid.walking.streets import Floats, Ints


@dataclass(frozen=True, eq=False)
class Path:
    """A way of `metres` door to door to one `entrance`; `line` (p, 2) degrees, along the streets.

    The connectors are not in the line: it begins and ends on a street.
    """

    metres: float
    entrance: int
    line: Floats


@dataclass(frozen=True, eq=False)
class Paths:
    """A network made ready to tell ways; build it once for each state of its gates."""

    reach: Reach

    @cached_property
    def arcs(self) -> csr_array:
        """The graph in the direction of walking; a field is searched against it."""
        return self.reach.arcs.T.tocsr()

    def leave(self, place: Placed, limit_m: float = LIMIT_M) -> "Outing":
        """Search outwards from one place (k = 1) that stands on a street."""
        ends = self.reach.network.ends[place.edge[0]]
        metres, before = dijkstra(self.arcs, indices=ends, limit=limit_m, return_predecessors=True)
        length_m = float(self.reach.network.length_m[place.edge[0]])
        along_m = float(place.along_m[0])
        metres += np.array([[along_m], [length_m - along_m]])
        return Outing(self, place, metres, before, limit_m)

    def line_between(self, start: int, end: int) -> Floats:
        """Return the shape (p, 2) of the shortest edge from one node to its neighbour."""
        network = self.reach.network
        low, high = sorted((start, end))
        edge = int(self._by_ends[1][np.searchsorted(self._by_ends[0], low * self._size + high)])
        line = shape_of(network, edge)
        return line if network.ends[edge, 0] == start else line[::-1]

    @property
    def _size(self) -> int:
        return len(self.reach.network.node)

    @cached_property
    def _by_ends(self) -> tuple[Ints, Ints]:
        """A number (m,) for each pair of ends, ascending, and the edges (m,), shortest first."""
        network = self.reach.network
        ends = np.sort(network.ends.astype(np.int64), axis=1)
        pair = ends[:, 0] * self._size + ends[:, 1]
        order = np.lexsort((network.length_m, pair))
        return pair[order], order


@dataclass(frozen=True, eq=False)
class Outing:
    """What one search from a place found: `metres` (2, n) from it to each node by either end.

    `before` (2, n) is the node before each one, as scipy tells it.
    """

    paths: Paths
    place: Placed
    metres: Floats
    before: Ints
    limit_m: float

    def to(self, entrances: Placed) -> Path | None:
        """Return the shortest way to one of the entrances; None when none is within the limit."""
        stands = np.flatnonzero(entrances.stands)
        if not len(stands):
            return None
        here = entrances[stands]
        network = self.paths.reach.network
        by_end = np.stack((here.along_m, network.length_m[here.edge] - here.along_m))
        # (2, 2, e): by which end of my street, by which end of theirs, to which of them
        metres = self.metres[:, network.ends[here.edge].T] + by_end + here.connector_m
        between = np.abs(here.along_m - self.place.along_m[0]) + here.connector_m
        between[here.edge != self.place.edge[0]] = np.inf
        mine, theirs, which = np.unravel_index(int(metres.argmin()), metres.shape)
        direct = int(between.argmin())
        best = min(float(metres[mine, theirs, which]), float(between[direct]))
        if not best <= self.limit_m:
            return None
        along_one_street = between[direct] <= metres[mine, theirs, which]
        line = (
            self._along(entrances, int(stands[direct]))
            if along_one_street
            else self._line(int(mine), int(theirs), entrances, int(stands[which]))
        )
        total = best + float(self.place.connector_m[0])
        return Path(total, int(stands[direct if along_one_street else which]), line)

    def _along(self, entrances: Placed, which: int) -> Floats:
        edge = int(self.place.edge[0])
        return self._piece(edge, float(self.place.along_m[0]), float(entrances.along_m[which]))

    def _line(self, mine: int, theirs: int, entrances: Placed, which: int) -> Floats:
        network = self.paths.reach.network
        first, last = int(self.place.edge[0]), int(entrances.edge[which])
        nodes = [int(network.ends[last, theirs])]
        while (earlier := int(self.before[mine, nodes[-1]])) >= 0:
            nodes.append(earlier)
        nodes.reverse()
        ends_m = [(0.0, float(network.length_m[edge])) for edge in (first, last)]
        parts = [
            self._piece(first, float(self.place.along_m[0]), ends_m[0][mine]),
            *(self.paths.line_between(*pair) for pair in pairwise(nodes)),
            self._piece(last, ends_m[1][theirs], float(entrances.along_m[which])),
        ]
        line = np.concatenate(parts)
        moved = np.ones(len(line), bool)
        moved[1:] = (line[1:] != line[:-1]).any(axis=1)
        return line[moved]

    def _piece(self, edge: int, from_m: float, to_m: float) -> Floats:
        """Return a part of an edge (p, 2), from one distance along it to another."""
        network = self.paths.reach.network
        line = shapely.LineString(network.plane.to_metres(shape_of(network, edge)))
        length_m = float(network.length_m[edge]) or 1.0
        part = substring(line, from_m / length_m, to_m / length_m, normalized=True)
        return network.plane.to_lonlat(shapely.get_coordinates(part))


def shape_of(network: Network, edge: int) -> Floats:
    """Return the points (p, 2) of an edge, degrees."""
    return network.shape[network.shape_from[edge] : network.shape_from[edge + 1]]
