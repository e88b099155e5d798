"""Which of many cases had happened there before: near by and shortly before. Pure.

A self-join on distance in the database takes a minute for a city's year; cells of the wanted
distance leave each case a handful of others to be measured against.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from gis_grid.geo.metric import A_M, E2
from incidents.rates.elapsed import Moments

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

SHORTEST_DEGREE_M = 110_500  # of latitude, so a cell is never too small


def repeats(lonlat: Floats, at: Moments, metres: float, within_us: int) -> Bools:
    """Return (n,) whether an earlier point lies within `metres` and `within_us` before.

    `lonlat` (n, 2) degrees WGS84, `at` (n,) in time's order, never decreasing: of two at the same
    moment the first is the earlier. Distances are straight lines between places on the ellipsoid,
    which at these lengths are those along it.
    """
    n = len(at)
    found = np.zeros(n, np.bool_)
    if n < 2:
        return found
    places, cells = _places(lonlat), _cells(lonlat, metres)
    known, rank = np.unique(cells, axis=0, return_inverse=True)
    position = np.arange(n)
    # Sorted by cell and, within it, by time: what a cell held during a while is one slice.
    order = np.lexsort((position, rank))
    slots = rank[order] * n + position[order]
    oldest = np.searchsorted(at, at - within_us, side="left")
    for cell, there in _neighbours(known, cells):
        asking = np.flatnonzero(there & ~found)
        first = np.searchsorted(slots, cell[asking] * n + oldest[asking])
        end = np.searchsorted(slots, cell[asking] * n + asking)
        # The latest candidate of all who ask at once, then the one before: most ask once.
        while len(asking := asking[(left := first < end)]):
            first, end = first[left], end[left] - 1
            away = places[asking] - places[order[end]]
            near = np.einsum("ij,ij->i", away, away) <= metres * metres
            found[asking[near]] = True
            asking, first, end = asking[~near], first[~near], end[~near]
    return found


def _places(lonlat: Floats) -> Floats:
    """Return (n, 3) metres from the middle of the earth."""
    lon, lat = np.radians(lonlat).T
    vertical = A_M / np.sqrt(1 - E2 * np.sin(lat) ** 2)
    return np.column_stack(
        (
            vertical * np.cos(lat) * np.cos(lon),
            vertical * np.cos(lat) * np.sin(lon),
            vertical * (1 - E2) * np.sin(lat),
        )
    )


def _cells(lonlat: Floats, metres: float) -> Ints:
    """Return (n, 2) the cell of each point; whoever is near stands in it or beside it."""
    high = max(metres, 1.0) / SHORTEST_DEGREE_M
    wide = high / np.cos(np.radians(np.abs(lonlat[:, 1]).max()))
    return np.floor(lonlat / (wide, high)).astype(np.int64)


def _neighbours(known: Ints, cells: Ints) -> Iterator[tuple[Ints, Bools]]:
    """Yield for nine directions the rank of that cell (n,) and whether any point is in it."""
    low, span = known.min(axis=0) - 1, np.ptp(known, axis=0) + 3
    names = (known - low) @ np.array([span[1], 1])  # rising, as `known` is sorted
    for east in (0, -1, 1):
        for north in (0, -1, 1):
            wanted = (cells + np.array([east, north]) - low) @ np.array([span[1], 1])
            rank = np.minimum(np.searchsorted(names, wanted), len(names) - 1)
            yield rank, names[rank] == wanted
