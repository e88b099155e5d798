"""Ways along the water: promenades on both banks, paths beside the brooks, the hill's trails.

Local metres. Pure.
"""

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from gis_grid.demo import plan
from gis_grid.demo.curves import lines_of, smooth
from gis_grid.demo.river import Water, brook_strips
from gis_grid.demo.sites import Path

LINK_EVERY_M = 170.0
"""Promenade and embankment street are linked this often."""


def water_paths(water: Water, border: Polygon, ring: Polygon) -> list[Path]:
    """Return every path along water, inside the district."""
    paths = [Path(LineString(smooth(points)), klass) for klass, points in plan.TRAILS]
    strips = brook_strips(water)
    for promenade, bank in zip(water.promenades, water.banks, strict=True):
        inside = promenade.intersection(ring)
        # At a brook's mouth the walk goes round by the street.
        paths += [Path(line) for line in lines_of(inside.difference(shapely.union_all(strips)))]
        stops = np.arange(60, inside.length, LINK_EVERY_M)
        for stop in shapely.line_interpolate_point(inside, stops):
            paths.append(Path(shapely.shortest_line(stop, bank)))
    wet = water.surface.buffer(3)
    for strip, (_, line, _) in zip(strips, water.brooks, strict=True):
        ends = shapely.multipoints([line.coords[0], line.coords[-1]])
        sides = strip.exterior.difference(wet.union(ends.buffer(20)))
        paths += [Path(side) for side in lines_of(sides.intersection(border))]
    tips = np.asarray(plan.ISLET_AT, dtype=np.float64)
    along = tips[1] - tips[0]
    paths.append(Path(LineString([tips[0] + along * 0.12, tips[1] - along * 0.12])))
    return paths
