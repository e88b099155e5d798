"""The town's plane: drawn in metres about its centre, handed out in EPSG:4326. Pure.

Every vertex goes through the same arithmetic and the same rounding, so borders that are shared
in metres are shared in degrees.
"""

from typing import TypeVar

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gis_grid.geo.metric import LocalMetric

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]
"""Arrays of numbers, of truth values, of geometries."""
Shape = TypeVar("Shape", bound=BaseGeometry)

PLANE = LocalMetric(105.0, 31.0)
"""Hill country without a town, so no real outline can be meant."""
DECIMALS = 7
"""Degrees are rounded to about a centimetre."""


def to_degrees(shape: Shape) -> Shape:
    """Return a shape in local metres as lon, lat, rounded to `DECIMALS`."""
    return shapely.transform(shape, points_to_degrees)  # type: ignore[no-any-return]


def points_to_degrees(metres: Floats) -> Floats:
    """Return (n, 2) local metres as (n, 2) lon, lat, rounded to `DECIMALS`."""
    return np.asarray(np.round(PLANE.to_lonlat(metres), DECIMALS))
