"""How far it is to the nearest facility: one search outwards from all of them at once.

Exact, by Dijkstra's algorithm (scipy). Metres, not seconds: walking speed divides at the end, so
one search answers for young and old. The search goes to `LIMIT_M`, one hour at 1.2 m/s, so that
gaps have a depth.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gis_grid.walking.network import Network, shortest_of
from gis_grid.walking.snap import Placed
from gis_grid.walking.streets import Floats, Ints

LIMIT_M = 3600 * 1.2
NOBODY = -1


@dataclass(frozen=True, eq=False)
class Field:
    """At every node: `metres` (n,) to the nearest entrance, inf beyond the limit; `nearest` (n,).

    `nearest` is an index of an entrance, or `NOBODY`. The connector of the entrance is charged.
    """

    metres: Floats
    nearest: Ints
    limit_m: float = LIMIT_M

    def or_nearer(self, other: "Field") -> "Field":
        """Return the nearer of two at each node; on a tie the first one stays."""
        nearer = other.metres < self.metres
        return Field(
            np.where(nearer, other.metres, self.metres),
            np.where(nearer, other.nearest, self.nearest),
            self.limit_m,
        )


@dataclass(frozen=True, eq=False)
class Walk:
    """For k points: `metres` (k,) door to door, inf without a way; `nearest` (k,) entrance.

    `street_m` (k,) is the part on streets, without the connectors at both ends.
    """

    metres: Floats
    nearest: Ints
    street_m: Floats


@dataclass(frozen=True, eq=False)
class Seeds:
    """Where a search begins: `node` (s,), `metres` (s,) already walked there, `label` (s,)."""

    node: Ints
    metres: Floats
    label: Ints

    @classmethod
    def of(cls, network: Network, entrances: Placed, labels: Ints | None = None) -> "Seeds":
        """Begin at both ends of the edges they stand on; who stands nowhere is left out."""
        labels = np.arange(len(entrances)) if labels is None else labels
        here = entrances[entrances.stands]
        length_m = network.length_m[here.edge]
        return cls(
            network.ends[here.edge].T.ravel().astype(np.int64),
            np.concatenate((here.along_m, length_m - here.along_m)) + np.tile(here.connector_m, 2),
            np.tile(labels[entrances.stands], 2),
        )

    def where(self, which: npt.NDArray[np.bool_]) -> "Seeds":
        """Return some of them."""
        return Seeds(self.node[which], self.metres[which], self.label[which])

    def and_also(self, other: "Seeds") -> "Seeds":
        """Return both together."""
        return Seeds(
            np.concatenate((self.node, other.node)),
            np.concatenate((self.metres, other.metres)),
            np.concatenate((self.label, other.label)),
        )


@dataclass(frozen=True, eq=False)
class Reach:
    """A network with its gates open or shut, ready to be searched.

    At a `minute` of the day the gates whose hours leave it out are shut too.
    """

    network: Network
    gates_open: bool = True
    minute: int | None = None

    @cached_property
    def arcs(self) -> csr_array:
        """The graph; (n, n) metres."""
        return self.network.arcs(gates_open=self.gates_open, minute=self.minute)

    def field(self, entrances: Placed, limit_m: float = LIMIT_M) -> Field:
        """Search from all entrances at once."""
        return spread(self.arcs, Seeds.of(self.network, entrances), limit_m)

    def added(self, field: Field, entrances: Placed, labels: Ints) -> Field:
        """Return the field with more entrances; only where it becomes nearer does it change."""
        return field.or_nearer(
            spread(self.arcs, Seeds.of(self.network, entrances, labels), field.limit_m)
        )

    def removed(self, field: Field, entrances: Placed, gone: Ints) -> Field:
        """Return the field without some entrances; only what they served is searched again.

        `entrances` are those of the field, `gone` indexes into them.
        """
        served = np.isin(field.nearest, gone)
        inside = np.flatnonzero(served)
        number = np.full(len(served), NOBODY, np.int64)
        number[inside] = np.arange(len(inside))
        seeds = self._around(field, served).and_also(Seeds.of(self.network, entrances))
        seeds = seeds.where(served[seeds.node] & ~np.isin(seeds.label, gone))
        part = spread(
            self.arcs[inside][:, inside],
            Seeds(number[seeds.node], seeds.metres, seeds.label),
            field.limit_m,
        )
        metres, nearest = field.metres.copy(), field.nearest.copy()
        metres[inside], nearest[inside] = part.metres, part.nearest
        return Field(metres, nearest, field.limit_m)

    def _around(self, field: Field, inside: npt.NDArray[np.bool_]) -> Seeds:
        """Return the steps from outside a set of nodes into it."""
        arcs = self.arcs.tocoo()
        start, end = arcs.coords
        enters = inside[end] & ~inside[start] & np.isfinite(field.metres[start])
        start, end = start[enters], end[enters]
        walked = field.metres[start] + arcs.data[enters]
        return Seeds(end.astype(np.int64), walked, field.nearest[start])

    def walk(self, points: Placed, entrances: Placed, field: Field) -> Walk:
        """Return the way from each point to its nearest entrance, by either end of its edge.

        A point and an entrance on one edge may meet between its ends.
        """
        who = np.flatnonzero(points.stands)
        here = points[who]
        ends = self.network.ends[here.edge]
        by_end = np.stack((here.along_m, self.network.length_m[here.edge] - here.along_m))
        same_point, same_entrance = _on_one_edge(here, entrances)
        between = np.abs(here.along_m[same_point] - entrances.along_m[same_entrance])
        point = np.concatenate((np.tile(np.arange(len(who)), 2), same_point))
        nearest = np.concatenate(
            (*(field.nearest[ends[:, side]] for side in (0, 1)), same_entrance)
        )
        metres = np.concatenate(
            (
                *(field.metres[ends.T] + by_end),
                between + entrances.connector_m[same_entrance],
            )
        )
        order = np.lexsort((nearest, metres, point))
        best = order[np.unique(point[order], return_index=True)[1]]
        metres[metres > field.limit_m] = np.inf
        return _walk(points, who, metres[best], nearest[best], entrances)


def spread(arcs: csr_array, seeds: Seeds, limit_m: float = LIMIT_M) -> Field:
    """Search outwards from seeds; arcs (n, n) metres. Each label stands for one entrance."""
    size = arcs.shape[0]
    nobody = Field(np.full(size, np.inf), np.full(size, NOBODY, np.int64), limit_m)
    if not len(seeds.node) or not size:
        return nobody
    labels, source = np.unique(seeds.label, return_inverse=True)
    begin = shortest_of(size + len(labels), size + source, seeds.node, seeds.metres)
    whole = csr_array(
        (
            np.concatenate((arcs.data, begin.data)),
            np.concatenate((arcs.indices, begin.indices)),
            np.concatenate((arcs.indptr, arcs.nnz + begin.indptr[size + 1 :])),
        ),
        shape=begin.shape,
    )
    metres, _before, origin = dijkstra(
        whole,
        indices=size + np.arange(len(labels)),
        min_only=True,
        limit=limit_m,
        return_predecessors=True,
    )
    found = np.isfinite(metres[:size])
    nearest = nobody.nearest.copy()
    nearest[found] = labels[origin[:size][found] - size]
    return Field(metres[:size], nearest, limit_m)


def _on_one_edge(points: Placed, entrances: Placed) -> tuple[Ints, Ints]:
    """Return pairs of points and entrances that stand on the same edge, as indexes."""
    order = np.flatnonzero(entrances.stands)
    order = order[np.argsort(entrances.edge[order], kind="stable")]
    edges = entrances.edge[order]
    first, last = (np.searchsorted(edges, points.edge, side) for side in ("left", "right"))
    count = last - first
    point = np.repeat(np.arange(len(points)), count)
    offset = np.arange(len(point)) - np.repeat(np.cumsum(count) - count, count)
    return point, order[np.repeat(first, count) + offset]


def _walk(points: Placed, who: Ints, metres: Floats, nearest: Ints, entrances: Placed) -> Walk:
    total, street = np.full((2, len(points)), np.inf)
    who_nearest = np.full(len(points), NOBODY, np.int64)
    reached = np.isfinite(metres)
    who, metres, nearest = who[reached], metres[reached], nearest[reached]
    total[who] = metres + points.connector_m[who]
    street[who] = np.maximum(metres - entrances.connector_m[nearest], 0.0)
    who_nearest[who] = nearest
    return Walk(total, who_nearest, street)
