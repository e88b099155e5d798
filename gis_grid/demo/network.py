"""The walk network: streets, bridges and paths as straight edges between nodes. Pure."""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import LineString, Point

from gis_grid.demo.blocks import Layout, node
from gis_grid.demo.curves import lines_of
from gis_grid.demo.ground import (
    Floats,
    Ints,
    Shapes,
    points_to_degrees,
    to_degrees,
)
from gis_grid.demo.records import GateRecord, WalkNetwork
from gis_grid.demo.river import Water
from gis_grid.demo.sites import Path, Site
from gis_grid.geo.metric import distance_m

OVERSHOOT_M = 0.4
LEAST_PART = 40
"""Pieces of network with fewer nodes are drawing remnants and left out."""


def walk_network(
    layout: Layout, sites: Sequence[Site], along_water: Sequence[Path], water: Water
) -> WalkNetwork:
    """Join everything one can walk on. Only bridges touch the river, only gates pass walls."""
    lines, kinds = _walkable(layout, sites, along_water, water)
    parts = _without_stubs(shapely.get_parts(node(lines)))
    middle = shapely.line_interpolate_point(parts, 0.5, normalized=True)
    source = shapely.STRtree(lines).query_nearest(middle, all_matches=False)[1]
    xy, edges, of_part = _segments(parts)
    kind = np.array(kinds)[source[of_part]]
    keep = _main_parts(len(xy), edges)
    edges, kind = edges[keep], kind[keep]
    used, edges = np.unique(edges, return_inverse=True)
    edges = edges.reshape(-1, 2)
    nodes = points_to_degrees(xy[used])
    gates = _gates(sites)
    return WalkNetwork(
        nodes=nodes,
        edges=edges.astype(np.int32),
        length_m=distance_m(nodes[edges[:, 0]], nodes[edges[:, 1]]),
        kind=kind,
        gate=_gate_edges(xy[used], edges, [g.point for s in sites for g in s.gates]),
        gates=gates,
    )


def _walkable(
    layout: Layout, sites: Sequence[Site], along_water: Sequence[Path], water: Water
) -> tuple[list[LineString], list[str]]:
    """Return every line to walk on with its kind; streets over the river become bridges."""
    lines: list[LineString] = []
    kinds: list[str] = []
    for street in layout.streets:
        inside = _reaching(street.line).intersection(layout.border)
        for shape, kind in (
            (inside.difference(water.river), street.klass),
            (inside.intersection(water.river), "bridge"),
        ):
            found = lines_of(shape)
            lines += found
            kinds += [kind] * len(found)
    for path in (*along_water, *(p for s in sites for p in s.paths)):
        lines.append(_reaching(path.line))
        kinds.append(path.klass)
    return lines, kinds


def _reaching(line: LineString) -> LineString:
    """Return a line a little longer at both ends.

    Lines were drawn to streets whose vertices moved when they were noded: an end could stop a
    hand short. What sticks out beyond the crossing is taken off again by `_without_stubs`.
    """
    if line.is_closed:
        return line
    xy = np.asarray(shapely.remove_repeated_points(line, 0.01).coords)
    for end, before in ((0, 1), (-1, -2)):
        way = xy[end] - xy[before]
        xy[end] += way * (OVERSHOOT_M / np.hypot(*way))
    return LineString(xy)


def _without_stubs(parts: Shapes) -> Shapes:
    """Return noded lines without the short loose ends that `_reaching` made."""
    ends = np.stack([shapely.get_coordinates(shapely.get_point(parts, i)) for i in (0, -1)], axis=1)
    points, number = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    loose = np.bincount(number.ravel(), minlength=len(points))[number].reshape(-1, 2) == 1
    return np.asarray(parts[~(loose.any(axis=1) & (shapely.length(parts) < 2 * OVERSHOOT_M))])


def _segments(parts: Shapes) -> tuple[Floats, Ints, Ints]:
    """Return nodes (n, 2), edges (m, 2) and the line each edge comes from."""
    xy, of_part = shapely.get_coordinates(parts, return_index=True)
    points, number = np.unique(xy, axis=0, return_inverse=True)
    follows = of_part[1:] == of_part[:-1]
    ends = np.c_[number.ravel()[:-1], number.ravel()[1:]][follows]
    return points, ends, of_part[1:][follows]


def _main_parts(count: int, edges: Ints) -> Ints:
    """Return the numbers of the edges in pieces of at least `LEAST_PART` nodes."""
    label = np.arange(count)
    while True:
        # Hand the least number along every edge until nothing changes.
        least = label.copy()
        both = np.minimum(label[edges[:, 0]], label[edges[:, 1]])
        np.minimum.at(least, edges[:, 0], both)
        np.minimum.at(least, edges[:, 1], both)
        least = least[least]
        if (least == label).all():
            break
        label = least
    size = np.bincount(label, minlength=count)
    return np.flatnonzero(size[label[edges[:, 0]]] >= LEAST_PART)


def _gates(sites: Sequence[Site]) -> tuple[GateRecord, ...]:
    """Return all gates, by site and in the order of the site."""
    return tuple(
        GateRecord(g.name, s.name, to_degrees(g.point), g.opening_hours)
        for s in sites
        for g in s.gates
    )


def _gate_edges(xy: Floats, edges: Ints, gates: Sequence[Point]) -> np.ndarray:
    """Return (m,) the number of the gate each edge passes, -1 for none."""
    tree = shapely.STRtree(shapely.linestrings(xy[edges]))
    number, edge = tree.query_nearest(np.asarray(gates), all_matches=False)
    passes = np.full(len(edges), -1, dtype=np.int32)
    passes[edge] = number
    return passes
