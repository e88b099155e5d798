"""Set gates apart: each becomes an edge of its own, from outside to inside.

Which side is inside: the gated one, where only one side is; else the one from which, without
gates, fewer points can be reached. A gate that one can walk around has no inside.
"""

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis_grid.walking.rules import Way
from gis_grid.walking.streets import Floats, Streets

Points = npt.NDArray[np.int32]
Kinds = npt.NDArray[np.uint8]


def set_apart(streets: Streets) -> tuple[Floats, Points, Kinds]:
    """Return points (n, 2), segments (s, 2) and their kinds (s,), with gates as segments.

    A gate stands at a point that was drawn as one, and wherever a gated way meets a street. What
    is outside keeps the point; each way inside gets a point of its own at the same place.
    """
    pairs, kinds = streets.segments()
    lonlat, ends = list(streets.lonlat), pairs.ravel().copy()
    spokes: list[tuple[int, int, Way]] = []
    for gate, sides in _sides(ends, _is_gate(streets, pairs, kinds), kinds).items():
        levels = list(sides.values())
        has_inside = len(levels) > 1
        for way in levels[1:] if has_inside else [[end] for end in levels[0][1:]]:
            ends[way] = own = len(lonlat)
            lonlat.append(streets.lonlat[gate])
            spokes.append((gate, own, Way.GATE if has_inside else Way.LOCK))
    added = np.array(spokes, np.int32).reshape(-1, 3)
    return (
        np.array(lonlat, np.float64),
        np.concatenate((ends.reshape(-1, 2), added[:, :2])),
        np.concatenate((kinds, added[:, 2].astype(np.uint8))),
    )


def _sides(
    ends: npt.NDArray[np.int32], is_gate: npt.NDArray[np.bool_], kinds: Kinds
) -> dict[int, dict[float, list[int]]]:
    """Return, for each gate, the ends of segments (indexes) there by how far inside they lie."""
    at_gates = np.flatnonzero(is_gate[ends])
    apart, count = ends.copy(), len(is_gate)
    apart[at_gates] = count + np.arange(len(at_gates))
    inside = _how_far_in(count + len(at_gates), apart.reshape(-1, 2), kinds)[apart[at_gates]]
    found: dict[int, dict[float, list[int]]] = {}
    for each in np.argsort(inside, kind="stable"):
        levels = found.setdefault(int(ends[at_gates[each]]), {})
        levels.setdefault(float(inside[each]), []).append(int(at_gates[each]))
    return found


def _is_gate(streets: Streets, pairs: Points, kinds: Kinds) -> npt.NDArray[np.bool_]:
    meets = np.zeros((2, len(streets.lonlat)), bool)
    for side, which in enumerate((kinds == Way.GATED, kinds != Way.GATED)):
        meets[side, pairs[which]] = True
    return np.asarray(streets.gate | meets.all(axis=0), bool)


def _how_far_in(count: int, pairs: Points, kinds: Kinds) -> Floats:
    """Return a number for each point, larger the more it is inside, with all gates shut."""
    links = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), (count, count))
    _number, part = connected_components(links, directed=False)
    reached = np.bincount(part)[part]
    gated = np.zeros(count, bool)
    gated[pairs[kinds == Way.GATED]] = True
    return np.asarray(gated * float(count) - reached, np.float64)
