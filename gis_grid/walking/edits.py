"""Streets changed for a what-if: ways added, gates opened or shut, streets closed.

What is known of the whole (`Field`) is kept, and only what the change touches is searched again:
nodes whose shortest way led over what is gone, and nodes that come nearer by what is new. The
answer is that of a whole search.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order

from gis_grid.geo.metric import distance_m
from gis_grid.walking.cuts import Cut, cut, joined
from gis_grid.walking.reach import Field, Reach, Seeds, spread
from gis_grid.walking.snap import Placed
from gis_grid.walking.streets import Floats, Ints

SAME_M = 1e-6


@dataclass(frozen=True, eq=False)
class Arcs:
    """Arcs one by one: `start`, `end` (a,) nodes and `metres` (a,)."""

    start: Ints
    end: Ints
    metres: Floats

    @classmethod
    def lacking(cls, some: csr_array, others: csr_array) -> "Arcs":
        """Return the arcs of `some` that `others` lack, or have only longer."""
        size = some.shape[0]
        (start, end), metres = some.tocoo().coords, some.data
        keys = start.astype(np.int64) * size + end
        there = others.tocoo()
        theirs = there.coords[0].astype(np.int64) * size + there.coords[1]
        at = np.minimum(np.searchsorted(theirs, keys), max(len(theirs) - 1, 0))
        if len(theirs):
            kept = (theirs[at] == keys) & (others.data[at] <= metres)
        else:
            kept = np.zeros(len(keys), bool)
        return cls(start[~kept].astype(np.int64), end[~kept].astype(np.int64), metres[~kept])

    def left_out_of(self, arcs: csr_array) -> csr_array:
        """Return a graph without these arcs."""
        size = arcs.shape[0]
        (start, end), metres = arcs.tocoo().coords, arcs.data
        stays = ~np.isin(start.astype(np.int64) * size + end, self.start * size + self.end)
        return coo_array((metres[stays], (start[stays], end[stays])), arcs.shape).tocsr()


def changed(field: Field, before: csr_array, after: csr_array, entrances: Seeds) -> Field:
    """Return the field of `after` from that of `before`; both (n, n) metres over the same nodes.

    `entrances` are the seeds of the field. Arcs are sorted, as `shortest_of` makes them.
    """
    lost, gained = Arcs.lacking(before, after), Arcs.lacking(after, before)
    # First what is left, without what is new: else who comes nearer inside tells nobody outside.
    inside = _led_over(field, before, lost)
    field = _searched_again(field, inside, gained.left_out_of(after), entrances)
    metres = field.metres[gained.start] + gained.metres
    nearer = metres < field.metres[gained.end]
    seeds = Seeds(gained.end[nearer], metres[nearer], field.nearest[gained.start[nearer]])
    return field.or_nearer(spread(after, seeds, field.limit_m))


@dataclass(frozen=True, eq=False)
class Extended:
    """A network before and after some ways were added; both have the new junctions."""

    cut: Cut
    before: Reach
    after: Reach

    def moved(self, placed: Placed) -> Placed:
        """Return where points of the old network stand in the new one."""
        return self.cut.moved(placed)

    def field(self, field: Field, entrances: Placed) -> Field:
        """Return the field of the new network from that of the old, both of the same entrances."""
        here = self.cut.at
        at_junctions = replace(here, connector_m=np.zeros(len(here)))
        old = replace(self.before, network=self.cut.old)
        walk = old.walk(at_junctions, entrances, field)
        grown = Field(
            np.concatenate((field.metres, walk.metres)),
            np.concatenate((field.nearest, walk.nearest)),
            field.limit_m,
        )
        seeds = Seeds.of(self.cut.network, self.moved(entrances))
        return changed(grown, self.before.arcs, self.after.arcs, seeds)


def with_ways(reach: Reach, ends: Placed) -> Extended:
    """Return a reach with new straight ways, from end 0 to 1, from 2 to 3 and so on.

    A way begins and ends on the street where its end was placed; that it crosses a river is its
    purpose. Both ends must stand on a street.
    """
    if len(ends) % 2 or not ends.stands.all():
        raise ValueError("two ends on streets are needed for each way")
    parted = cut(reach.network, ends)
    pairs = parted.node.reshape(-1, 2)
    metres = distance_m(ends.spot[0::2], ends.spot[1::2])
    return Extended(
        parted,
        replace(reach, network=parted.network),
        replace(reach, network=joined(parted.network, pairs, metres)),
    )


def _led_over(field: Field, arcs: csr_array, lost: Arcs) -> npt.NDArray[np.bool_]:
    """Return the nodes (n,) one of whose shortest ways led over a lost arc."""
    first = np.unique(lost.end[_is_shortest(field, lost)])
    inside = np.zeros(arcs.shape[0], bool)
    if not len(first):
        return inside
    (start, end), size = arcs.tocoo().coords, arcs.shape[0]
    tight = _is_shortest(field, Arcs(start, end, arcs.data))
    start = np.concatenate((start[tight], np.full(len(first), size)))
    end = np.concatenate((end[tight], first))
    tree = coo_array((np.ones(len(start), np.int8), (start, end)), (size + 1, size + 1)).tocsr()
    inside[breadth_first_order(tree, size, return_predecessors=False)[1:]] = True
    return inside


def _is_shortest(field: Field, arcs: Arcs) -> npt.NDArray[np.bool_]:
    """Return which arcs are the end of a shortest way."""
    start, end = field.metres[arcs.start], field.metres[arcs.end]
    return np.asarray(np.isfinite(end) & (start + arcs.metres <= end + SAME_M), bool)


def _searched_again(
    field: Field, inside: npt.NDArray[np.bool_], arcs: csr_array, entrances: Seeds
) -> Field:
    """Return the field with some nodes searched anew, from around them and from entrances there."""
    nodes = np.flatnonzero(inside)
    if not len(nodes):
        return field
    number = np.cumsum(inside) - 1
    into = arcs[:, nodes].tocoo()
    start, end = into.coords
    enters = ~inside[start] & np.isfinite(field.metres[start])
    here = entrances.where(inside[entrances.node])
    seeds = Seeds(
        np.concatenate((end[enters].astype(np.int64), number[here.node])),
        np.concatenate((field.metres[start[enters]] + into.data[enters], here.metres)),
        np.concatenate((field.nearest[start[enters]], here.label)),
    )
    part = spread(arcs[nodes][:, nodes], seeds, field.limit_m)
    metres, nearest = field.metres.copy(), field.nearest.copy()
    metres[nodes], nearest[nodes] = part.metres, part.nearest
    return Field(metres, nearest, field.limit_m)
