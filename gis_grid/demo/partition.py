"""Cut a map of cells into connected parts of about equal weight with short borders. Pure."""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Polygon

from gis_grid.demo.ground import Floats, Ints

DIRECTIONS = 8
"""Ways in which each cut is tried."""


@dataclass(frozen=True, slots=True)
class CellMap:
    """Cells as a graph: who borders whom and over how many metres."""

    neighbours: tuple[dict[int, float], ...]
    at: Floats

    def among(self, cells: Sequence[int]) -> "CellMap":
        """Return the map of some cells alone, numbered in the order given."""
        number = {int(c): i for i, c in enumerate(cells)}
        near = tuple(
            {number[n]: m for n, m in self.neighbours[c].items() if n in number} for c in cells
        )
        return CellMap(near, self.at[list(cells)])

    def components(self, cells: Iterable[int]) -> list[set[int]]:
        """Return the connected pieces of some cells, largest first."""
        left, pieces = set(cells), []
        while left:
            # min() and not pop(): the same town from the same seed, whatever a set's order.
            frontier = [min(left)]
            left.discard(frontier[0])
            piece = set(frontier)
            while frontier:
                new = [n for n in self.neighbours[frontier.pop()] if n in left]
                left.difference_update(new)
                piece.update(new)
                frontier += new
            pieces.append(piece)
        return sorted(pieces, key=lambda p: (-len(p), min(p)))


def cell_map(cells: Sequence[Polygon], *, closed: Polygon | None = None) -> CellMap:
    """Return the neighbourhood of cells that share borders vertex for vertex.

    Borders inside `closed`, such as mid-river, do not count.
    """
    shapes = np.asarray(cells, dtype=object)
    a, b = shapely.STRtree(shapes).query(shapes, predicate="touches")
    a, b = a[a < b], b[a < b]
    border = shapely.intersection(shapely.boundary(shapes[a]), shapely.boundary(shapes[b]))
    if closed is not None:
        border = shapely.difference(border, closed)
    length = shapely.length(border)
    neighbours: tuple[dict[int, float], ...] = tuple({} for _ in cells)
    for i, j, metres in zip(a.tolist(), b.tolist(), length.tolist(), strict=True):
        if metres > 1:
            neighbours[i][j] = neighbours[j][i] = metres
    return CellMap(neighbours, shapely.get_coordinates(shapely.centroid(shapes)))


def part(graph: CellMap, cells: Sequence[int], weight: Floats, parts: int) -> list[list[int]]:
    """Cut connected cells into `parts` connected parts of about equal weight."""
    if parts == 1 or len(cells) <= 1:
        return [sorted(cells)]
    few = parts // 2
    first = _best_half(graph, cells, weight, few / parts)
    second = sorted(set(cells) - set(first))
    return part(graph, first, weight, few) + part(graph, second, weight, parts - few)


def _best_half(graph: CellMap, cells: Sequence[int], weight: Floats, share: float) -> list[int]:
    """Try to sweep off a share of the weight in several directions; return the best part."""
    best, best_cost = list(cells[:1]), np.inf
    whole = weight[list(cells)].sum()
    for angle in np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS:
        rank = graph.at @ np.array([np.cos(angle), np.sin(angle)])
        half = _sweep(graph, cells, weight, rank, share * whole)
        rest = set(cells) - half
        pieces = graph.components(rest)
        for stray in pieces[1:]:
            half |= stray
        rest = pieces[0] if pieces else set()
        if not rest:
            continue
        border = sum(m for c in half for n, m in graph.neighbours[c].items() if n in rest)
        off = weight[list(half)].sum() / whole / share - 1
        cost = border * (1 + 6 * abs(off)) + 3000 * off**2
        if cost < best_cost:
            best, best_cost = sorted(half), cost
    return best


def _sweep(
    graph: CellMap, cells: Sequence[int], weight: Floats, rank: Floats, wanted: float
) -> set[int]:
    """Grow from the cell of least rank, always by the least, until the weight is nearest."""
    inside = set(cells)
    start = min(cells, key=lambda c: (rank[c], c))
    taken: set[int] = set()
    seen, total = {start}, 0.0
    frontier = [(float(rank[start]), start)]
    while frontier and len(taken) < len(inside) - 1:
        cell = heapq.heappop(frontier)[1]
        if taken and total + weight[cell] / 2 > wanted:
            break
        taken.add(cell)
        total += weight[cell]
        for n in graph.neighbours[cell]:
            if n in inside and n not in seen:
                seen.add(n)
                heapq.heappush(frontier, (float(rank[n]), n))
    return taken


def even_out(
    graph: CellMap, label: Ints, weight: Floats, *, rounds: int = 6, metre: float = 12.0
) -> Ints:
    """Move single cells between neighbouring parts while that makes weights more even.

    `metre`: what a metre of longer border costs, in squared weight. A part stays connected.
    """
    label = label.copy()
    total = np.bincount(label, weight)
    members = [set(np.flatnonzero(label == k).tolist()) for k in range(len(total))]
    for _ in range(rounds):
        moved = False
        for cell in np.argsort(-weight, kind="stable").tolist():
            home = int(label[cell])
            border: dict[int, float] = {}
            for n, metres in graph.neighbours[cell].items():
                border[int(label[n])] = border.get(int(label[n]), 0.0) + metres
            for target in sorted(border.keys() - {home}):
                # Moving w from a to b changes the sum of squares by 2w(b - a + w).
                w = weight[cell]
                cost = 2 * w * (total[target] - total[home] + w)
                cost += metre * (border.get(home, 0.0) - border[target])
                rest = members[home] - {cell}
                if cost < 0 and len(graph.components(rest)) == 1:
                    label[cell] = target
                    members[home], total[home] = rest, total[home] - w
                    members[target].add(cell)
                    total[target] += w
                    moved = True
                    break
        if not moved:
            break
    return label
