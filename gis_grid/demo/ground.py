"""Local metres and degrees. Pure; numpy and shapely.

The town is drawn in metres east and north of its centre and handed out in EPSG:4326.
The projection is the plain equirectangular one on the WGS84 radii at the centre: over
2.5 km it is wrong by less than half a metre, the same for every vertex, so shared
borders stay shared.
"""

from typing import TypeVar

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]
"""Arrays of numbers, of truth values, of geometries."""
Shape = TypeVar("Shape", bound=BaseGeometry)

CENTRE = (105.0, 31.0)
"""lon, lat of (0, 0): hill country without a town, so no real outline can be meant."""

DECIMALS = 7
"""Degrees are rounded to about a centimetre."""

_A = 6_378_137.0
_E2 = 0.006_694_379_990_14


def _metres_per_degree(lat: Floats | float) -> tuple[Floats, Floats]:
    """Return metres in one degree of longitude and of latitude, WGS84, at `lat` degrees."""
    phi = np.radians(np.asarray(lat, dtype=np.float64))
    w = np.sqrt(1 - _E2 * np.sin(phi) ** 2)
    east = np.pi / 180 * _A * np.cos(phi) / w
    north = np.pi / 180 * _A * (1 - _E2) / w**3
    return east, north


_PER_DEGREE = np.array([float(x) for x in _metres_per_degree(CENTRE[1])])


def to_degrees(shape: Shape) -> Shape:
    """Return a shape in local metres as lon, lat, rounded to `DECIMALS`."""
    return shapely.transform(shape, points_to_degrees)  # type: ignore[no-any-return]


def points_to_degrees(xy: Floats) -> Floats:
    """Return (n, 2) local metres as (n, 2) lon, lat, rounded to `DECIMALS`."""
    return np.asarray(np.round(xy / _PER_DEGREE + CENTRE, DECIMALS))


def points_to_metres(lonlat: Floats) -> Floats:
    """Return (n, 2) lon, lat as (n, 2) local metres."""
    return np.asarray((lonlat - CENTRE) * _PER_DEGREE)


def ground_length_m(a: Floats, b: Floats) -> Floats:
    """Return (m,) metres on the ellipsoid between (m, 2) lon/lat a and b, at most some km apart."""
    east, north = _metres_per_degree((a[:, 1] + b[:, 1]) / 2)
    d = b - a
    return np.asarray(np.hypot(d[:, 0] * east, d[:, 1] * north))
