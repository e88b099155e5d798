"""The four datums a Chinese coordinate may come in, and the way to WGS84 and back. Pure numpy.

A GPS chip speaks WGS84, the survey office CGCS2000, Gaode and Tencent maps GCJ-02, Baidu BD-09.
CGCS2000 is taken as WGS84: the two differ by well under a metre, less than any phone can tell.

GCJ-02 and BD-09 have no published definition. The formulas are the ones long known in public: a
polynomial with sines around 105 E, 35 N on the Krasovsky 1940 ellipsoid, and Baidu's polar twist.
Written from the description in Wikipedia's "Restrictions on geographic data in China"; tests
compare with PRCoords (CC0), an independent implementation.

Outside China: GCJ-02 is an offset only inside the box 72.004-137.8347 E, 0.8293-55.8271 N (the box
the map makers use; it takes in some neighbours). Outside it a coordinate passes unchanged, and
Baidu's twist, which is applied everywhere, is all that BD-09 adds. Within about 700 m of the edge
of the box the inverse is therefore ambiguous.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

Floats = npt.NDArray[np.float64]

CHINA: Final = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north; degrees
CENTRE_LON: Final = 105.0
CENTRE_LAT: Final = 35.0
KRASOVSKY_A_M: Final = 6378245.0
KRASOVSKY_E2: Final = 0.00669342162296594323
BAIDU_SHIFT_LON: Final = 0.0065
BAIDU_SHIFT_LAT: Final = 0.006
# Each step of the inverse leaves at most 2 % of the error (the steepest slope of the BD-09 twist),
# so eight steps take a kilometre to well below a micrometre.
INVERSE_STEPS: Final = 8


class Datum(StrEnum):
    """What the two numbers of a coordinate are measured against."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def to_wgs84(lonlat: npt.ArrayLike, datum: Datum) -> Floats:
    """Points (n, 2), lon and lat in degrees of `datum`. Returns (n, 2) WGS84 degrees.

    Inverts by iteration: going there and back is off by less than 1 mm. NaN stays NaN. Pure.
    """
    given = _points(lonlat)
    if datum is Datum.GCJ02:
        return _gcj_to_wgs(given)
    if datum is Datum.BD09:
        return _gcj_to_wgs(_inverse(_gcj_to_bd, given))
    return given


def from_wgs84(lonlat: npt.ArrayLike, datum: Datum) -> Floats:
    """Points (n, 2), WGS84 degrees. Returns (n, 2) degrees of `datum`. Pure."""
    given = _points(lonlat)
    if datum is Datum.GCJ02:
        return _wgs_to_gcj(given)
    if datum is Datum.BD09:
        return _gcj_to_bd(_wgs_to_gcj(given))
    return given


def shape_to_wgs84(shape: Any, datum: Datum) -> Any:
    """Convert a shapely geometry, or an array of them, vertex by vertex; Z is kept. Pure.

    The offsets bend shapes (sides scale by up to 0.2 %), so measure areas after conversion.
    """
    return shapely.transform(shape, partial(to_wgs84, datum=datum))


def shape_from_wgs84(shape: Any, datum: Datum) -> Any:
    """Convert a shapely geometry, or an array of them, from WGS84 to `datum`. Pure."""
    return shapely.transform(shape, partial(from_wgs84, datum=datum))


def _points(lonlat: npt.ArrayLike) -> Floats:
    return np.array(lonlat, dtype=np.float64).reshape(-1, 2)


def _in_china(points: Floats) -> npt.NDArray[np.bool_]:
    west, south, east, north = CHINA
    lon, lat = points[:, 0], points[:, 1]
    return (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)


def _wgs_to_gcj(points: Floats) -> Floats:
    return np.where(_in_china(points)[:, None], _gcj_shifted(points), points)


def _gcj_to_wgs(points: Floats) -> Floats:
    return np.where(_in_china(points)[:, None], _inverse(_gcj_shifted, points), points)


def _gcj_shifted(points: Floats) -> Floats:
    """Apply the GCJ-02 offset without asking where the point lies."""
    x, y = points[:, 0] - CENTRE_LON, points[:, 1] - CENTRE_LAT
    pi = np.pi
    ripple = 20.0 * (np.sin(6 * pi * x) + np.sin(2 * pi * x))
    north_m = -100.0 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north_m += (2 / 3) * (
        ripple
        + 20 * np.sin(pi * y)
        + 40 * np.sin(pi * y / 3)
        + 160 * np.sin(pi * y / 12)
        + 320 * np.sin(pi * y / 30)
    )
    east_m = 300.0 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east_m += (2 / 3) * (
        ripple
        + 20 * np.sin(pi * x)
        + 40 * np.sin(pi * x / 3)
        + 150 * np.sin(pi * x / 12)
        + 300 * np.sin(pi * x / 30)
    )
    lat_rad = np.radians(points[:, 1])
    curve = 1 - KRASOVSKY_E2 * np.sin(lat_rad) ** 2
    meridian_m = KRASOVSKY_A_M * (1 - KRASOVSKY_E2) / curve**1.5
    parallel_m = KRASOVSKY_A_M * np.cos(lat_rad) / np.sqrt(curve)
    shift: Floats = np.column_stack(
        (np.degrees(east_m / parallel_m), np.degrees(north_m / meridian_m))
    )
    return points + shift


def _gcj_to_bd(points: Floats) -> Floats:
    lon, lat = points[:, 0], points[:, 1]
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(np.radians(3000 * lat))
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(np.radians(3000 * lon))
    return np.column_stack(
        (radius * np.cos(angle) + BAIDU_SHIFT_LON, radius * np.sin(angle) + BAIDU_SHIFT_LAT)
    )


def _inverse(forward: Callable[[Floats], Floats], shifted: Floats) -> Floats:
    """Find the points that `forward` moves onto `shifted`, by fixed-point iteration."""
    guess = shifted.copy()
    for _ in range(INVERSE_STEPS):
        guess -= forward(guess) - shifted
    return guess
