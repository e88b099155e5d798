"""Edges cut in two where something new begins; the numbers of old nodes and edges stay."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from gis_grid.walking.network import Network
from gis_grid.walking.rules import Way
from gis_grid.walking.snap import Placed
from gis_grid.walking.streets import Floats, Ints


@dataclass(frozen=True, eq=False)
class Cut:
    """A network cut at some places: place k is now node `node[k]`, all after the old ones.

    The first part of a cut edge keeps its number, the others come after the old edges.
    """

    old: Network
    network: Network
    at: Placed
    node: Ints
    parts: dict[int, tuple[Ints, Floats]]  # of an edge: its parts, and where each begins

    def moved(self, placed: Placed) -> Placed:
        """Return where points of the old network stand in the new one."""
        edge, along_m = placed.edge.copy(), placed.along_m.copy()
        for old, (parts, begins) in self.parts.items():
            here = np.flatnonzero(placed.edge == old)
            part = np.searchsorted(begins, placed.along_m[here], "right") - 1
            edge[here], along_m[here] = parts[part], placed.along_m[here] - begins[part]
        return replace(placed, edge=edge, along_m=along_m)


def cut(network: Network, at: Placed) -> Cut:
    """Cut edges at places that stand on them."""
    node = len(network.node) + np.arange(len(at))
    ends, length_m = network.ends.copy(), network.length_m.copy()
    added: list[tuple[Any, float, int]] = []
    parts: dict[int, tuple[Ints, Floats]] = {}
    first: dict[int, Floats] = {}
    later: list[Floats] = []
    for edge in np.unique(at.edge).tolist():
        cuts = np.flatnonzero(at.edge == edge)
        cuts = cuts[np.argsort(at.along_m[cuts], kind="stable")]
        marks = np.concatenate(([0.0], at.along_m[cuts], [network.length_m[edge]]))
        chain = np.concatenate((ends[edge, :1], node[cuts], ends[edge, 1:]))
        numbers = len(network.ends) + len(added) + np.arange(len(cuts))
        parts[edge] = np.concatenate(([edge], numbers)), marks[:-1]
        ends[edge], length_m[edge] = chain[:2], marks[1]
        for k in range(1, len(chain) - 1):
            added.append((chain[k : k + 2], marks[k + 1] - marks[k], int(network.kind[edge])))
        first[edge], *rest = _pieces(network, edge, marks)
        later += rest
    return Cut(network, _with(network, at, ends, length_m, added, first, later), at, node, parts)


def joined(network: Network, pairs: Ints, metres: Floats) -> Network:
    """Return the network with a straight way of such a length between pairs of nodes (w, 2)."""
    component = network.component.copy()
    for one, other in pairs.tolist():
        low, high = sorted((component[one], component[other]))
        component[component == high] = low
    return replace(
        network,
        ends=np.concatenate((network.ends, pairs.astype(np.int32))),
        length_m=np.concatenate((network.length_m, metres)),
        kind=np.concatenate((network.kind, np.full(len(pairs), Way.SURVEYED, np.uint8))),
        component=component,
        **_shaped(network, {}, list(network.node[pairs])),
    )


def _with(
    network: Network,
    at: Placed,
    ends: npt.NDArray[np.int32],
    length_m: Floats,
    added: list[tuple[Any, float, int]],
    first: dict[int, Floats],
    later: list[Floats],
) -> Network:
    """Return the network with the places as nodes, and the later parts of edges at the end."""
    more, lengths, kinds = zip(*added, strict=True) if added else ((), (), ())
    home = network.component[network.ends[at.edge, 0]]
    return replace(
        network,
        node=np.concatenate((network.node, at.spot)),
        ends=np.concatenate((ends, np.array(more, np.int32).reshape(-1, 2))),
        length_m=np.concatenate((length_m, np.array(lengths))),
        kind=np.concatenate((network.kind, np.array(kinds, np.uint8))),
        component=np.concatenate((network.component, home)),
        **_shaped(network, first, later),
    )


def _pieces(network: Network, edge: int, marks: Floats) -> list[Floats]:
    """Return the shapes between marks, in metres along the edge."""
    shape = network.shape[network.shape_from[edge] : network.shape_from[edge + 1]]
    steps = np.hypot(*np.diff(network.plane.to_metres(shape), axis=0).T)
    walked = np.concatenate(([0.0], np.cumsum(steps)))
    marks = marks * (walked[-1] / max(marks[-1], 1e-9))
    spots = np.column_stack([np.interp(marks, walked, axis) for axis in shape.T])
    return [
        np.vstack((spots[k], shape[(walked > marks[k]) & (walked < marks[k + 1])], spots[k + 1]))
        for k in range(len(marks) - 1)
    ]


def _shaped(
    network: Network, first: dict[int, Floats], later: list[Floats]
) -> dict[str, npt.NDArray[Any]]:
    """Return the shapes with some edges' replaced and others behind them."""
    counts = np.diff(network.shape_from)
    runs, done = [], 0
    for edge, shape in sorted(first.items()):
        runs += [network.shape[done : network.shape_from[edge]], shape]
        done, counts[edge] = int(network.shape_from[edge + 1]), len(shape)
    counts = np.concatenate(([0], counts, [len(each) for each in later]))
    return {
        "shape": np.concatenate((*runs, network.shape[done:], *later)),
        "shape_from": np.cumsum(counts).astype(np.int64),
    }
