"""What is wrong with a layer of areas as a whole: overlaps, gaps, children outside. Pure.

Works on WGS84 shapes and codes, no tables. Areas are in m2 on the ellipsoid. A finding smaller
than `min_area_m2`, or thinner on average than the rounding of coordinates, is noise and left out.

The coverage functions of GEOS find the few shapes whose edges disagree with their neighbours', so
ten thousand sound polygons take about two seconds and only the broken ones are overlaid.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.geo.metric import LocalMetric, area_m2
from gis_grid.geo.validity import Fault, fault_of

Shapes = npt.NDArray[np.object_]

MIN_AREA_M2: Final = 1.0
NOISE_WIDTH_M: Final = 0.03  # coordinates have 7 decimals: two roundings are 2 cm apart at most
GAP_WIDTH_M: Final = 2.0  # narrower gaps are found even where they open to the outside


@dataclass(frozen=True)
class InvalidShape:
    """A shape that cannot be checked against others."""

    code: str
    fault: Fault


@dataclass(frozen=True)
class Overlap:
    """Ground that two siblings both claim; `location` is a point (lon, lat) inside it."""

    a: str
    b: str
    area_m2: float
    location: tuple[float, float]


@dataclass(frozen=True)
class Gap:
    """Ground between siblings that nobody claims; `parent` if it was measured against one."""

    area_m2: float
    location: tuple[float, float]
    neighbours: tuple[str, ...]
    parent: str | None = None


@dataclass(frozen=True)
class Outside:
    """The part of an area that lies outside its parent; `share` of the area, 0 to 1."""

    code: str
    parent: str
    area_m2: float
    share: float
    location: tuple[float, float]


@dataclass
class Findings:
    """Everything found in a layer; empty lists are the good case."""

    invalid: list[InvalidShape] = field(default_factory=list)
    overlaps: list[Overlap] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    outside_parent: list[Outside] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.invalid or self.overlaps or self.gaps or self.outside_parent)


def audit(
    codes: Sequence[str],
    shapes: Iterable[Any],
    *,
    parents: Sequence[str | None] | None = None,
    parent_shapes: Mapping[str, Any] | None = None,
    exclusive: Sequence[bool] | None = None,
    min_area_m2: float = MIN_AREA_M2,
) -> Findings:
    """Check the areas of one level against each other and against their parents.

    Shapes are Polygons or MultiPolygons in degrees, one per code. `parents` names each area's
    parent, `parent_shapes` gives the shapes of those that are known. `exclusive` grids may lie
    over general ones, but not over each other; gaps are what neither kind covers. Pure.
    """
    layer = _Layer.of(codes, shapes, exclusive, min_area_m2)
    found = Findings(invalid=layer.invalid)
    if not len(layer.shapes):
        return found
    for group in (layer.exclusive, ~layer.exclusive):
        found.overlaps += layer.overlaps(np.flatnonzero(group))
    known = dict(parent_shapes or {})
    of = np.array([parents[int(i)] if parents else None for i in layer.rows], dtype=object)
    for parent, shape in known.items():
        if shapely.is_valid(shape):
            found.gaps += layer.gaps_in_parent(parent, shape, np.flatnonzero(of == parent))
            found.outside_parent += layer.outside(parent, shape, np.flatnonzero(of == parent))
    if any(parent not in known for parent in of):
        found.gaps += [gap for gap in layer.gaps() if not _within_any(gap, known)]
    return found


@dataclass(frozen=True)
class _Layer:
    """The valid shapes of a layer in local metres, with what is needed to name findings."""

    metric: LocalMetric
    codes: list[str]
    rows: npt.NDArray[np.intp]  # places in the caller's sequences
    shapes: Shapes
    exclusive: npt.NDArray[np.bool_]
    invalid: list[InvalidShape]
    min_area_m2: float
    tree: shapely.STRtree

    @classmethod
    def of(
        cls,
        codes: Sequence[str],
        shapes: Iterable[Any],
        exclusive: Sequence[bool] | None,
        min_area_m2: float,
    ) -> "_Layer":
        given = np.array(list(shapes), dtype=object)
        sound = shapely.is_valid(given) & ~shapely.is_empty(given)
        faults = [(codes[int(i)], fault_of(given[i])) for i in np.flatnonzero(~sound)]
        rows = np.flatnonzero(sound)
        kept = given[rows]
        metric = LocalMetric.around(kept) if len(kept) else LocalMetric(0.0, 0.0)
        flags = np.zeros(len(given), bool) if exclusive is None else np.array(exclusive, bool)
        flat = metric.shape_to_metres(kept)
        return cls(
            metric,
            [codes[int(i)] for i in rows],
            rows,
            flat,
            flags[rows],
            [InvalidShape(code, fault) for code, fault in faults if fault is not None],
            min_area_m2,
            shapely.STRtree(flat),
        )

    def overlaps(self, members: npt.NDArray[np.intp]) -> list[Overlap]:
        """Return the overlapping pairs among some shapes."""
        shapes = self.shapes[members]
        broken = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(shapes)))
        tree = shapely.STRtree(shapes)
        one, other = tree.query(shapes[broken], predicate="intersects")
        one = broken[one]
        pairs = np.unique(np.sort(np.column_stack((one, other))[one != other], axis=1), axis=0)
        if not len(pairs):
            return []
        ground = shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]])
        found = []
        for (a, b), shared in zip(pairs, ground, strict=True):
            measured = self._measured(shared)
            if measured is not None:
                names = sorted((self.codes[members[a]], self.codes[members[b]]))
                found.append(Overlap(names[0], names[1], *measured))
        return found

    def gaps(self) -> list[Gap]:
        """Return holes in the union, and narrow gaps wherever edges run close but not together."""
        whole = self._union(np.arange(len(self.shapes)))
        pieces = [
            shapely.Polygon(hole) for part in shapely.get_parts(whole) for hole in part.interiors
        ]
        pieces += self._open_slits(whole)
        return self._named(shapely.union_all(pieces), None) if pieces else []

    def gaps_in_parent(self, parent: str, shape: Any, members: npt.NDArray[np.intp]) -> list[Gap]:
        """Return what of a parent none of the layer's shapes covers; nothing if it has no child."""
        if not len(members):
            return []
        ground = self.metric.shape_to_metres(shape)
        near = self.tree.query(ground, predicate="intersects")
        return self._named(shapely.difference(ground, self._union(near)), parent)

    def outside(self, parent: str, shape: Any, members: npt.NDArray[np.intp]) -> list[Outside]:
        """Return the children that leave their parent."""
        ground = self.metric.shape_to_metres(shape)
        shapely.prepare(ground)
        leaving = members[~shapely.covers(ground, self.shapes[members])]
        found = []
        for index in leaving:
            pieces = self._large(shapely.difference(self.shapes[index], ground))
            measured = self._measured(shapely.union_all(pieces)) if len(pieces) else None
            if measured is not None:
                area, location = measured
                share = area / area_m2(self.metric.shape_to_lonlat(self.shapes[index]))
                found.append(Outside(self.codes[index], parent, area, share, location))
        return found

    def _union(self, members: npt.NDArray[np.intp]) -> Any:
        shapes = self.shapes[members]
        if shapely.coverage_is_valid(shapes):
            return shapely.coverage_union_all(shapes)  # several times faster, sound layers only
        return shapely.union_all(shapes)

    def _open_slits(self, whole: Any) -> list[Any]:
        """Return the ground between edges less than GAP_WIDTH_M apart that is not covered."""
        edges = shapely.coverage_invalid_edges(self.shapes, gap_width=GAP_WIDTH_M)
        flagged = edges[~shapely.is_empty(edges)]
        if not len(flagged):
            return []
        near = shapely.buffer(flagged, GAP_WIDTH_M, cap_style="flat")
        tree = shapely.STRtree(near)
        a, b = tree.query(near, predicate="intersects")
        between = shapely.intersection(near[a[a < b]], near[b[a < b]])
        return list(shapely.get_parts(shapely.difference(shapely.union_all(between), whole)))

    def _large(self, ground: Any) -> Shapes:
        """Return the polygons of a piece of ground that are more than noise."""
        parts = shapely.get_parts(ground)
        parts = parts[shapely.get_dimensions(parts) == 2]
        areas = shapely.area(parts)
        width = 2 * areas / np.maximum(shapely.length(parts), 1e-9)
        kept: Shapes = parts[(areas >= self.min_area_m2) & (width >= NOISE_WIDTH_M)]
        return kept

    def _measured(self, ground: Any) -> tuple[float, tuple[float, float]] | None:
        """Return the area of what is more than noise, and a point inside; None for nothing."""
        parts = self._large(ground)
        if not len(parts):
            return None
        area = float(area_m2(self.metric.shape_to_lonlat(parts)).sum())
        return area, self._inside(parts[np.argmax(shapely.area(parts))])

    def _inside(self, part: Any) -> tuple[float, float]:
        lon, lat = self.metric.to_lonlat(shapely.get_coordinates(shapely.point_on_surface(part)))[0]
        return float(lon), float(lat)

    def _named(self, ground: Any, parent: str | None) -> list[Gap]:
        parts = self._large(ground)
        areas = area_m2(self.metric.shape_to_lonlat(parts))
        return [
            Gap(float(area), self._inside(part), self._neighbours(part), parent)
            for part, area in zip(parts, areas, strict=True)
        ]

    def _neighbours(self, part: Any) -> tuple[str, ...]:
        near = self.tree.query(part, predicate="dwithin", distance=NOISE_WIDTH_M)
        return tuple(sorted(self.codes[index] for index in near))


def _within_any(gap: Gap, parents: Mapping[str, Any]) -> bool:
    """Return whether a gap lies in a parent that was already measured."""
    point = shapely.Point(gap.location)
    return any(shapely.intersects(shape, point) for shape in parents.values())
