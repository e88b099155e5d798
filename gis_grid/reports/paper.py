"""A map for paper as numbers: a template draws it as SVG, black on white and to scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.geo.metric import LocalMetric
from gis_grid.reports.coverage import Floats, RunReport, colour_of

SCALES_M: Final = (100, 200, 500, 1000, 2000, 5000, 10_000)
MARGIN_M: Final = 60
HALF: Final = 2.2  # of a square


@dataclass(frozen=True)
class Mark:
    """A cell on paper, in units of the drawing: a disc, or a square where it is not covered."""

    x: float
    y: float
    colour: str
    verdict: str

    @property
    def left(self) -> float:
        """Where the square begins."""
        return round(self.x - HALF, 1)

    @property
    def top(self) -> float:
        """Likewise from above."""
        return round(self.y - HALF, 1)


@dataclass(frozen=True)
class PaperMap:
    """A map as numbers for a template: `width` x `height` units, north up, a scale bar."""

    width: float
    height: float
    marks: Sequence[Mark]
    places: Sequence[tuple[float, float]]
    borders: Sequence[str]
    scale_m: int
    scale_units: float

    @property
    def foot(self) -> float:
        """Where the scale bar stands."""
        return round(self.height - 12, 1)

    @property
    def east(self) -> float:
        """Where the arrow to the north stands."""
        return round(self.width - 20, 1)


def paper_map(report: RunReport, category: str, width: float = 720.0) -> PaperMap:
    """Draw one category to scale; `borders` are SVG paths."""
    one = report.found[category]
    plane = LocalMetric.around(shapely.points(report.lonlat))
    metres = plane.to_metres(report.lonlat)
    west, south = metres.min(axis=0) - MARGIN_M
    east, north = metres.max(axis=0) + MARGIN_M
    units = min(width / (east - west), 1.1 * width / (north - south))
    height = units * (north - south)

    def to_paper(points: npt.ArrayLike) -> Floats:
        x, y = plane.to_metres(points).T
        margin = (width - units * (east - west)) / 2
        return np.round(np.column_stack((units * (x - west) + margin, units * (north - y))), 1)

    def path(line: shapely.Geometry) -> str:
        points = to_paper(shapely.get_coordinates(line)).tolist()
        return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)

    window = shapely.box(*plane.to_lonlat([(west, south), (east, north)]).ravel())
    lines = (
        line
        for each in report.borders
        for line in shapely.get_parts(shapely.boundary(each).intersection(window))
        if line.geom_type == "LineString"
    )
    spots = to_paper(report.lonlat).tolist()
    colours = [colour_of(*pair) for pair in zip(one.minutes, one.verdict, strict=True)]
    scale_m = max((each for each in SCALES_M if each * units < width / 4), default=SCALES_M[0])
    places = to_paper([place[1:] for place in one.places]).tolist() if one.places else []
    return PaperMap(
        width=width,
        height=round(height, 1),
        marks=[
            Mark(x, y, colour, str(verdict))
            for (x, y), colour, verdict in zip(spots, colours, one.verdict, strict=True)
        ],
        places=[(x, y) for x, y in places if 0 <= x <= width and 0 <= y <= height],
        borders=[path(line) for line in lines],
        scale_m=scale_m,
        scale_units=round(scale_m * units, 1),
    )
