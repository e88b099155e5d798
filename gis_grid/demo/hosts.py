"""Buildings that can hold a facility, each with its door. Local metres. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from gis_grid.demo.blocks import Layout
from gis_grid.demo.grids import Tiling
from gis_grid.demo.ground import Flags, Ints, Shapes
from gis_grid.demo.sites import Site

ON_STREET = {
    "shop": 1,
    "office": 1,
    "market": 1,
    "mall": 1,
    "culture": 1,
    "courtyard": 5,
    "house": 6,
}
"""Buildings with a door on a street that may hold a facility: one in so many of each kind."""
BEHIND_GATES = {"slab": 6}
"""The same inside compounds."""
NEAR_M = 26.0
"""A door is no further than this from the way it opens to."""


@dataclass(frozen=True, slots=True, eq=False)
class Hosts:
    """Parallel arrays (n,): outline, door, community number, whether inside a compound."""

    shapes: Shapes
    doors: Shapes
    community: Ints
    walled: Flags

    def spread(
        self,
        community: int,
        count: int,
        taken: set[int],
        rng: np.random.Generator,
        *,
        inside: bool,
    ) -> list[int]:
        """Choose free hosts of a community far from each other; behind gates only if `inside`."""
        fit = (self.community == community) & (~self.walled | inside)
        free = [int(i) for i in np.flatnonzero(fit) if int(i) not in taken]
        if not free:
            return []
        at = shapely.get_coordinates(self.doors[free])
        away = rng.uniform(200, 260, len(free))
        chosen = []
        for _ in range(min(count, len(free))):
            best = int(np.argmax(away + rng.uniform(0, 120, len(free))))
            chosen.append(free[best])
            away = np.minimum(away, np.hypot(*(at - at[best]).T))
            away[best] = -1e9
        return chosen


def find_hosts(layout: Layout, sites: Sequence[Site], tiling: Tiling) -> Hosts:
    """Return the buildings a facility could move into."""
    outside, inside = _candidates(sites)
    lanes = [p.line for s in sites if s.wall is not None for p in s.paths if p.gate is None]
    shapes = np.array([*outside, *inside], dtype=object)
    ways = np.concatenate(
        [_way_in(outside, [s.line for s in layout.streets]), _way_in(inside, lanes)]
    )
    walled = np.arange(len(shapes)) >= len(outside)
    near = shapely.length(ways) < NEAR_M
    doors = shapely.get_point(ways[near], 0)
    cell = shapely.STRtree(tiling.cells).query_nearest(doors, all_matches=False)[1]
    return Hosts(shapes[near], doors, tiling.community[cell], walled[near])


def _candidates(sites: Sequence[Site]) -> tuple[list[Polygon], list[Polygon]]:
    """Return buildings on streets and buildings behind gates; a sample is choice enough."""
    outside: list[Polygon] = []
    inside: list[Polygon] = []
    for site in sites:
        for number, building in enumerate(site.buildings):
            at_home = site.wall is not None and building.kind != "shop"
            one_in = (BEHIND_GATES if at_home else ON_STREET).get(building.kind)
            if one_in and number % one_in == 0:
                (inside if at_home else outside).append(building.shape)
    return outside, inside


def _way_in(buildings: Sequence[Polygon], lines: Sequence[LineString]) -> Shapes:
    """Return the shortest way from each building to its nearest line; it starts at the door."""
    shapes = np.array(buildings, dtype=object)
    nearest = shapely.STRtree(lines).query_nearest(shapes, all_matches=False)[1]
    return np.asarray(shapely.shortest_line(shapes, np.array(lines, dtype=object)[nearest]))
