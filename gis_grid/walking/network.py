"""The walking network: junctions and the pieces of way between them, as arrays.

Points where a way only bends are no nodes: chains of them are merged into one edge that keeps
its shape. A gate is an edge of 0 m from outside to inside, so that shutting it is leaving it out.
"""

import hashlib
import json
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from gis_grid.geo.metric import LocalMetric, distance_m
from gis_grid.walking import rules
from gis_grid.walking.chains import Chains, merge
from gis_grid.walking.gates import set_apart
from gis_grid.walking.rules import Way
from gis_grid.walking.streets import Floats, Ints, Streets

LARGE = 100  # nodes; on a smaller component nobody is placed: it is an island in the map
FORMAT = 2  # of the stored arrays

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Network:
    """Arrays; n nodes, m edges, coordinates in degrees, lengths in metres along the ground.

    `node` (n, 2); `ends` (m, 2) indexes into it; `length_m` (m,); `kind` (m,) of `rules.Way`;
    the shape of edge i is `shape[shape_from[i]:shape_from[i+1]]`, both ends included;
    `component` (n,) numbered by size, 0 the largest, gates open; `barrier` likewise in runs;
    `hours` (h, 3) edge of a gate and from which to which minute of the day it is open, several
    rows for one gate; one without any is always open.
    """

    node: Floats
    ends: npt.NDArray[np.int32]
    length_m: Floats
    kind: npt.NDArray[np.uint8]
    shape: Floats
    shape_from: Ints
    component: npt.NDArray[np.int32]
    barrier: Floats
    barrier_from: Ints
    hours: npt.NDArray[np.int32]

    @classmethod
    def of(cls, streets: Streets) -> Self:
        """Build the network of some ways."""
        lonlat, pairs, kinds = set_apart(streets)
        chains = merge(len(lonlat), pairs, kinds)
        shape = lonlat[chains.points]
        node, inverse = np.unique(chains.ends, return_inverse=True)
        ends: npt.NDArray[np.int32] = inverse.reshape(-1, 2).astype("i4")
        barriers = [np.asarray(line.coords)[:, :2] for line in streets.barriers]
        return cls(
            node=lonlat[node],
            ends=ends,
            length_m=_lengths(shape, chains.starts),
            kind=chains.kind,
            shape=shape,
            shape_from=chains.starts,
            component=_components(len(node), ends),
            barrier=np.concatenate(barriers) if barriers else np.empty((0, 2)),
            barrier_from=np.cumsum([0, *map(len, barriers)]).astype(np.int64),
            hours=_hours(streets, chains),
        )

    @cached_property
    def version(self) -> str:
        """Content as 16 hexadecimal digits; the walking rules are a part of it."""
        digest = hashlib.sha256(f"{rules.VERSION} {FORMAT}".encode())
        for each in fields(self):
            digest.update(np.ascontiguousarray(getattr(self, each.name)).tobytes())
        return digest.hexdigest()[:16]

    @cached_property
    def plane(self) -> LocalMetric:
        """The plane in metres in which points are placed on edges."""
        west, south = self.node.min(axis=0)
        east, north = self.node.max(axis=0)
        return LocalMetric(float(west + east) / 2, float(south + north) / 2)

    @cached_property
    def is_large(self) -> Bools:
        """Which edges (m,) belong to a component of at least `LARGE` nodes, or to the largest."""
        sizes = np.bincount(self.component)
        large = sizes >= min(LARGE, sizes[0])
        return np.asarray(large[self.component[self.ends[:, 0]]], bool)

    def shut(self, *, gates_open: bool = True, minute: int | None = None) -> Bools:
        """Return which edges (m,) are shut gates: all gates, or those not open at a minute."""
        gates = np.isin(self.kind, (Way.GATE, Way.LOCK))
        if gates_open:
            shut = np.zeros(len(gates), bool)
            if minute is not None:
                edge, opens, closes = self.hours.T
                shut[edge] = True
                shut[edge[(opens <= minute) & (minute < closes)]] = False
            gates &= shut
        return gates

    def arcs(self, *, gates_open: bool = True, minute: int | None = None) -> csr_array:
        """Return the graph as (n, n) metres, arc by arc in the direction of a search.

        A search starts at facilities and goes outwards. Through a shut gate it still goes in and
        never comes out: who lives inside has a key, and nobody else walks through. At a `minute`
        of the day those gates are shut whose hours leave it out.
        """
        return self.arcs_past(self.shut(gates_open=gates_open, minute=minute))

    def arcs_past(self, shut: Bools) -> csr_array:
        """Return the same with some edges (m,) shut: a gate lets in, any other edge nobody."""
        start, end, metres = self.ends[:, 0], self.ends[:, 1], self.length_m
        forth, back = ~(shut & (self.kind != Way.GATE)), ~shut
        return shortest_of(
            len(self.node),
            np.concatenate((start[forth], end[back])),
            np.concatenate((end[forth], start[back])),
            np.concatenate((metres[forth], metres[back])),
        )

    @property
    def figures(self) -> dict[str, Any]:
        """Return what a planner wants to know of it: nodes, edges, km, components."""
        sizes = np.bincount(self.component)
        return {
            "version": self.version,
            "nodes": len(self.node),
            "edges": len(self.ends),
            "km": round(float(self.length_m.sum()) / 1000, 1),
            "gates": int(np.isin(self.kind, (Way.GATE, Way.LOCK)).sum()),
            "components": len(sizes),
            "largest_share": round(float(sizes[0] / sizes.sum()), 4),
            "islands": int((sizes < min(LARGE, sizes[0])).sum()),
        }

    def save(self, folder: Path) -> Path:
        """Write the arrays to `folder/VERSION`, all or nothing; return that folder."""
        target = folder / self.version
        if target.is_dir():
            return target
        folder.mkdir(parents=True, exist_ok=True)
        half = Path(mkdtemp(dir=folder, prefix="."))
        for each in fields(self):
            np.save(half / f"{each.name}.npy", getattr(self, each.name))
        (half / "figures.json").write_text(json.dumps(self.figures))
        half.replace(target)
        return target

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Map the arrays of a saved network into memory; nothing is read until it is used."""
        return cls(**{each.name: np.load(folder / f"{each.name}.npy", "r") for each in fields(cls)})


def shortest_of(size: int, start: Ints, end: Ints, metres: Floats) -> csr_array:
    """Return a sparse (size, size) matrix of arcs; of parallel ones the shortest, no loops.

    scipy would add parallel arcs up, and would take an arc of 0 m for none.
    """
    order = np.lexsort((metres, end, start))
    start, end, metres = start[order], end[order], metres[order]
    first = np.ones(len(start), bool)
    first[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
    keep = first & (start != end)
    metres = np.maximum(metres[keep], np.finfo(np.float64).tiny)
    return coo_array((metres, (start[keep], end[keep])), shape=(size, size)).tocsr()


def _lengths(shape: Floats, starts: Ints) -> Floats:
    """Return the length of each run of points in metres on the ellipsoid."""
    steps = distance_m(shape[:-1], shape[1:])
    along = np.concatenate(([0.0], np.cumsum(steps)))
    return along[starts[1:] - 1] - along[starts[:-1]]


def _hours(streets: Streets, chains: Chains) -> npt.NDArray[np.int32]:
    """Return the hours of gates with their edges; a gate's first end is the point it stands at."""
    point, opens, closes = streets.hours.T
    edges = np.flatnonzero(np.isin(chains.kind, (Way.GATE, Way.LOCK)))
    row, at = np.nonzero(point[:, None] == chains.ends[edges].min(axis=1)[None, :])
    return np.column_stack((edges[at], opens[row], closes[row])).astype(np.int32)


def _components(nodes: int, ends: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    links = coo_array((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), (nodes, nodes))
    _count, found = connected_components(links, directed=False)
    by_size = np.argsort(-np.bincount(found), kind="stable")
    rank = np.empty_like(by_size)
    rank[by_size] = np.arange(len(by_size))
    return np.asarray(rank[found], np.int32)
