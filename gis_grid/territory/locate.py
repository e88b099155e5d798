"""Many points to their areas at once (shapely STRtree): the same answer as the one-point query.

The nearest place on a border is sought on a plane that is true at the layer's middle latitude; the
metres to it are geodesic. Away from the middle the plane's aspect is off by tan(lat) times the
difference in latitude, and by no more than that share can a distance be too long: 0.01 % across a
district, 0.5 % at the edge of a layer of 100 km.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.geo.metric import LocalMetric, distance_m
from gis_grid.territory.ownership import Candidate, Ownership, Tolerances, decide

Floats = npt.NDArray[np.float64]
CHUNK = 20_000


@dataclass(frozen=True)
class Layer:
    """Areas valid on the same day: what each is, and its WGS84 shape, in the same order."""

    areas: Sequence[Candidate]  # distances unset
    shapes: npt.NDArray[np.object_]


class Locator:
    """Finds the owners of points in one layer. Build once, ask for any number of points."""

    def __init__(self, layer: Layer, tolerances: Tolerances) -> None:
        """Index the layer; takes well under a second for 100,000 areas."""
        self._areas = layer.areas
        self._tolerances = tolerances
        if not len(layer.shapes):
            return
        self._metric = LocalMetric.around(layer.shapes)
        self._shapes = self._metric.shape_to_metres(layer.shapes)
        self._borders = shapely.boundary(self._shapes)
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)

    def locate(self, lonlat: Floats, accuracy_m: Floats) -> Iterator[Ownership]:
        """Points (n, 2) in WGS84 degrees, accuracy (n,) in metres, NaN for none."""
        for start in range(0, len(lonlat), CHUNK):
            part = slice(start, start + CHUNK)
            yield from self._locate_chunk(lonlat[part], accuracy_m[part])

    def _locate_chunk(self, lonlat: Floats, accuracy_m: Floats) -> Iterator[Ownership]:
        near = self._candidates(lonlat, accuracy_m) if self._areas else {}
        for row, accuracy in enumerate(accuracy_m):
            known = None if np.isnan(accuracy) else float(accuracy)
            yield decide(near.get(row, ()), known, self._tolerances)

    def _candidates(self, lonlat: Floats, accuracy_m: Floats) -> dict[int, list[Candidate]]:
        """Return the areas within reach of each row that has any."""
        plane = self._metric.to_metres(lonlat)
        points = shapely.points(plane)
        # 1 % more than needed: the plane is not exactly true away from its middle.
        reach = 1.01 * np.fmax(np.nan_to_num(accuracy_m), self._tolerances.nearest_m)
        rows, areas = self._tree.query(points, predicate="dwithin", distance=reach)
        covered = shapely.intersects_xy(self._shapes[areas], plane[rows, 0], plane[rows, 1])
        to_border = shapely.shortest_line(points[rows], self._borders[areas])
        on_border = self._metric.to_lonlat(shapely.get_coordinates(to_border)[1::2])
        edge_m = distance_m(lonlat[rows], on_border)
        near: dict[int, list[Candidate]] = {}
        for row, area, inside, edge in zip(
            rows.tolist(), areas.tolist(), covered.tolist(), edge_m.tolist(), strict=True
        ):
            candidate = replace(self._areas[area], distance_m=0.0 if inside else edge, edge_m=edge)
            near.setdefault(row, []).append(candidate)
        return near
