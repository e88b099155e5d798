"""The area around the streets one can reach, as polygons to look at. Never to decide by.

Whoever lives within 40 m of a reached piece of street is inside: a convention, as the street itself
has no width. Distances are taken at the crossings of a lattice of 20 m, and the 40 m line is drawn
between them, so courtyards that no street enters stay holes.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from contourpy import FillType, contour_generator
from scipy.spatial import cKDTree

from gis_grid.walking.network import Network
from gis_grid.walking.reach import Field
from gis_grid.walking.snap import Placed
from gis_grid.walking.streets import Floats, Ints

LATTICE_M = 20.0
BESIDE_M = 40.0
SAMPLE_M = 5.0


def reached_area(
    network: Network, field: Field, entrances: Placed, limit_m: float
) -> shapely.MultiPolygon:
    """Return what can be reached from the field's entrances, in degrees; empty where nothing is.

    Time and memory grow with the box around it, in squares of `LATTICE_M`.
    """
    points = _reached(network, field, entrances, limit_m)
    if not len(points):
        return shapely.MultiPolygon()
    margin = 2 * BESIDE_M
    x, y = (
        np.arange(low - margin, high + margin + LATTICE_M, LATTICE_M)
        for low, high in zip(points.min(axis=0), points.max(axis=0), strict=True)
    )
    crossings = np.stack(np.meshgrid(x, y), axis=-1)
    far = BESIDE_M + 2 * LATTICE_M
    metres, _which = cKDTree(points).query(crossings, distance_upper_bound=far)
    drawn: Any = contour_generator(x, y, np.minimum(metres, far), fill_type=FillType.OuterOffset)
    outlines, starts = drawn.filled(-1.0, BESIDE_M)
    return shapely.MultiPolygon(
        [_polygon(network, *each) for each in zip(outlines, starts, strict=True)]
    )


def _polygon(network: Network, outline: Floats, starts: npt.NDArray[np.uint32]) -> shapely.Polygon:
    shell, *holes = np.split(network.plane.to_lonlat(outline), starts[1:-1])
    return shapely.Polygon(shell, holes)


def _reached(network: Network, field: Field, entrances: Placed, limit_m: float) -> Floats:
    """Return points (k, 2), plane metres, on all reached pieces of street, `SAMPLE_M` apart."""
    edge, along_m = _samples(network, field.metres, limit_m)
    start, end = network.ends[edge].T
    rest_m = network.length_m[edge] - along_m
    walked_m = np.minimum(field.metres[start] + along_m, field.metres[end] + rest_m)
    reached = walked_m <= limit_m + SAMPLE_M / 1000  # so that the last point is not lost
    found = [_at(network, edge[reached], along_m[reached])]
    for each in np.flatnonzero(entrances.stands):
        found.append(_beside(network, entrances, int(each), limit_m))
    return np.concatenate(found)


def _samples(network: Network, metres: Floats, limit_m: float) -> tuple[Ints, Floats]:
    """Return edges (k,) and metres along them (k,), the points where walks end among them."""
    near = np.flatnonzero(metres[network.ends].min(axis=1) <= limit_m)
    length_m = network.length_m[near]
    steps = np.ceil(length_m / SAMPLE_M).astype(np.int64) + 1
    number = np.arange(steps.sum()) - np.repeat(np.cumsum(steps) - steps, steps)
    along_m = np.minimum(number * SAMPLE_M, np.repeat(length_m, steps))
    left_m = limit_m - metres[network.ends[near]]
    last_m = np.clip(np.column_stack((left_m[:, 0], length_m - left_m[:, 1])), 0, length_m[:, None])
    return (
        np.concatenate((np.repeat(near, steps), np.repeat(near, 2))),
        np.concatenate((along_m, last_m.ravel())),
    )


def _beside(network: Network, entrances: Placed, which: int, limit_m: float) -> Floats:
    """Return the points on an entrance's own street, before its ends are reached."""
    edge, here_m = int(entrances.edge[which]), float(entrances.along_m[which])
    left_m = limit_m - float(entrances.connector_m[which])
    if left_m < 0:
        return np.empty((0, 2))
    first, last = max(here_m - left_m, 0), min(here_m + left_m, float(network.length_m[edge]))
    along_m = np.linspace(first, last, int((last - first) / SAMPLE_M) + 2)
    return _at(network, np.full(len(along_m), edge), along_m)


def _at(network: Network, edge: Ints, along_m: Floats) -> Floats:
    """Return the places (k, 2), plane metres, so far along edges."""
    xy = network.plane.to_metres(network.shape)
    walked = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))))
    first, last = walked[network.shape_from[edge]], walked[network.shape_from[edge + 1] - 1]
    length_m = np.maximum(network.length_m[edge], 1e-9)  # a gate has none
    share = first + (last - first) * (along_m / length_m)
    return np.column_stack([np.interp(share, walked, xy[:, axis]) for axis in (0, 1)])
