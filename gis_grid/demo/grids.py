"""Who governs what ground: communities, grids and micro-grids as sets of cells.

Local metres. Pure. Cells are the faces of one noded net, so any union of them shares its
border with its neighbours vertex for vertex.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from gis_grid.demo import plan
from gis_grid.demo.blocks import Layout, faces_of, locate, node
from gis_grid.demo.communities import NAMES, communities_of
from gis_grid.demo.ground import Flags, Floats, Ints
from gis_grid.demo.partition import CellMap, cell_map, even_out, part
from gis_grid.demo.river import Water
from gis_grid.demo.sites import Site

GRIDS = 120
LARGE = 270
"""Households above which a compound may be parted between grids."""
MICRO_HOUSEHOLDS = 75
"""About a micro-grid's size, where the buildings allow it."""
OPEN_HECTARE = 1.5
"""A hectare weighs as much as this many households: empty ground is work too."""


@dataclass(frozen=True, slots=True)
class Tiling:
    """Cells (n,) with, for each, its block, households, community, grid and micro-grid (-1: none).

    Communities are numbered in plan order, grids and micro-grids through the whole district.
    """

    cells: tuple[Polygon, ...]
    block: Ints
    households: Ints
    community: Ints
    grid: Ints
    micro: Ints


def tile(layout: Layout, sites: Sequence[Site], water: Water) -> Tiling:
    """Cut the district into communities, grids and, in one community, micro-grids."""
    of_super = communities_of(layout, water)
    of_block = of_super[[b.superblock for b in layout.blocks]]
    net = node([layout.net, *_coarse_dividers(sites)])
    coarse, block, homes = _cells(net, layout, sites)
    grid = _grids(coarse, of_block[block], homes, water)
    # Finer cells in one community: every lane of a compound may part micro-grids.
    chosen = NAMES.index(plan.MICRO_COMMUNITY)
    fine = [d for s in sites if of_block[s.block] == chosen for d in s.dividers]
    cells, block, homes = _cells(node([net, *fine]), layout, sites)
    community, grid = of_block[block], grid[locate(shapely.point_on_surface(cells), coarse)]
    micro = _micro_grids(cells, grid, homes, community == chosen)
    return Tiling(tuple(cells), block, homes, community, grid, micro)


def _coarse_dividers(sites: Sequence[Site]) -> list[LineString]:
    """Return lines that part large compounds: the main path, then lanes about evenly."""
    lines: list[LineString] = []
    for site in sites:
        pieces = round(site.households / LARGE)
        if pieces < 2 or len(site.dividers) < 2:
            continue
        lines.append(site.dividers[0])
        lanes, cuts = site.dividers[1:-1], (pieces - 1) // 2
        lines += [lanes[(k + 1) * len(lanes) // (cuts + 1)] for k in range(min(cuts, len(lanes)))]
    return lines


def _cells(
    net: BaseGeometry, layout: Layout, sites: Sequence[Site]
) -> tuple[list[Polygon], Ints, Ints]:
    """Return the faces of a net, the block of each and the households in each."""
    cells = faces_of(net, layout.border)
    block = locate(shapely.point_on_surface(cells), [b.face for b in layout.blocks])
    homes = [b for s in sites for b in s.buildings if b.households]
    cell = locate(shapely.point_on_surface([b.shape for b in homes]), cells)
    count = np.zeros(len(cells), dtype=np.int64)
    np.add.at(count, cell, [b.households for b in homes])
    return cells, block, count


def _grids(cells: Sequence[Polygon], community: Ints, homes: Ints, water: Water) -> Ints:
    """Return the grid of each cell, numbered through the district."""
    graph = cell_map(cells)
    weight = homes + shapely.area(cells) / 10_000 * OPEN_HECTARE
    islets = np.flatnonzero(shapely.within(cells, water.islet.buffer(1)))
    grid = np.full(len(cells), -1)
    totals = np.bincount(community, weight)
    for number, count in enumerate(_apportion(totals.astype(np.float64), GRIDS)):
        members = np.setdiff1d(np.flatnonzero(community == number), islets).tolist()
        label = np.zeros(len(members), dtype=np.int64)
        local = graph.among(members)
        for k, picked in enumerate(part(local, range(len(members)), weight[members], count)):
            label[picked] = k
        grid[members] = grid.max() + 1 + even_out(local, label, weight[members])
    for islet in islets:
        grid[islet] = _far_grid(graph, grid, community, int(islet))
    return _with_enclave(graph, grid, community, homes)


def _apportion(totals: Floats, count: int) -> list[int]:
    """Share out `count` seats by weight, largest remainder first."""
    quota = totals / totals.sum() * count
    seats = np.floor(quota).astype(int)
    for i in np.argsort(seats - quota)[: count - seats.sum()]:
        seats[i] += 1
    return [int(s) for s in seats]


def _far_grid(graph: CellMap, grid: Ints, community: Ints, cell: int) -> int:
    """Return the nearest grid of the same community that does not touch a cell's surroundings."""
    around = {int(grid[n]) for n in graph.neighbours[cell]}
    away = np.hypot(*(graph.at - graph.at[cell]).T)
    fit = [c for c in np.argsort(away) if community[c] == community[cell] and grid[c] >= 0]
    return next(int(grid[c]) for c in fit if int(grid[c]) not in around)


def _with_enclave(graph: CellMap, grid: Ints, community: Ints, homes: Ints) -> Ints:
    """Hand one block over to a grid it does not touch: the scattered grids of real towns."""
    for cell in np.argsort(-homes):
        mine = np.flatnonzero(grid == grid[cell])
        spare = homes[mine].sum() - homes[cell] > 320
        rest = set(mine.tolist()) - {int(cell)}
        if not (spare and 40 < homes[cell] < 90 and len(graph.components(rest)) == 1):
            continue
        taken = grid.copy()
        taken[cell] = _far_grid(graph, grid, community, int(cell))
        return taken
    return grid


def _micro_grids(cells: Sequence[Polygon], grid: Ints, homes: Ints, chosen: Flags) -> Ints:
    """Return the micro-grid of each cell in the chosen community, -1 elsewhere."""
    graph = cell_map(cells)
    weight = homes + shapely.area(cells) / 10_000
    micro = np.full(len(cells), -1)
    for number in np.unique(grid[chosen]):
        members = np.flatnonzero(grid == number)
        pieces = graph.components(members.tolist())
        count = int(np.clip(round(homes[members].sum() / MICRO_HOUSEHOLDS), 3, 4))
        for k, piece in enumerate(pieces):
            for cells_of_micro in part(graph, sorted(piece), weight, count if k == 0 else 1):
                micro[cells_of_micro] = micro.max() + 1
    return micro
