"""The circle on the map: straight lines to the nearest entrance, to compare with the walk."""

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.geo.metric import LocalMetric, distance_m
from gis_grid.walking.streets import Floats, Ints


def nearest(lonlat: npt.ArrayLike, entrances: npt.ArrayLike) -> tuple[Floats, Ints]:
    """Return metres (k,) and index (k,) of the entrance nearest to each point, degrees.

    Metres are geodesic; which one is nearest is judged in a plane. At least one entrance.
    """
    points, targets = np.asarray(lonlat, np.float64), np.asarray(entrances, np.float64)
    plane = LocalMetric.around(shapely.points(np.concatenate((points, targets))))
    tree = shapely.STRtree(shapely.points(plane.to_metres(targets)))
    at, found = tree.query_nearest(shapely.points(plane.to_metres(points)), all_matches=False)
    index = np.empty(len(points), np.int64)
    index[at] = found
    return distance_m(points, targets[index]), index
