"""Which community each superblock belongs to. Local metres. Pure."""

import numpy as np
import shapely

from gis_grid.demo import plan
from gis_grid.demo.blocks import Layout, locate
from gis_grid.demo.ground import Ints
from gis_grid.demo.partition import cell_map
from gis_grid.demo.river import Water

NAMES = tuple(name for _, members in plan.COMMUNITIES for name, _ in members)
"""Communities in plan order; their numbers are places in this tuple."""
ISLET_OWNER = "古井社区"
"""The islet touches no bank, so no neighbour can claim it."""
_POINTS = [points for _, members in plan.COMMUNITIES for _, points in members]


def communities_of(layout: Layout, water: Water) -> Ints:
    """Return the community, in plan order, of each superblock."""
    graph = cell_map(layout.superblocks, closed=water.river)
    mine = np.full(len(layout.superblocks), -1)
    for number, points in enumerate(_POINTS):
        mine[locate(shapely.points(points), layout.superblocks)] = number
    while (mine < 0).any():
        # The strongest tie first, so that a strip between two does not depend on the order.
        ties = [
            (metres, i, j)
            for i in np.flatnonzero(mine < 0)
            for j, metres in graph.neighbours[i].items()
            if mine[j] >= 0
        ]
        _, i, j = max(ties, default=(0.0, int(np.flatnonzero(mine < 0)[0]), -1))
        mine[i] = mine[j] if j >= 0 else NAMES.index(ISLET_OWNER)
    return mine
