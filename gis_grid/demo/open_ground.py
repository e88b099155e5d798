"""Sites without a wall: offices, shops, markets, squares, halls. Local metres. Pure."""

import numpy as np
import shapely
from shapely.geometry import Polygon

from gis_grid.demo import footprints as fp
from gis_grid.demo.blocks import Block
from gis_grid.demo.rows import RowStyle, largest, set_rows
from gis_grid.demo.sites import Building, Green, Site

ROWS = {
    "office": (RowStyle(28, 52, 30, 52, 16, 9), (6, 24), (fp.BOX, fp.ELL, fp.CROSS, fp.TOWER)),
    "market": (RowStyle(20, 31, 40, 78, 12, 7), (1, 2), (fp.BOX,)),
    "bus": (RowStyle(22, 56, 28, 72, 16, 9), (2, 3), (fp.BOX,)),
}
"""Row style, floors from-to and outlines, by use."""

HALLS = {
    "mall": ((0.78, 0.72), (4, 6), fp.BOX, "sealed"),
    "culture": ((0.62, 0.5), (3, 4), fp.COMB, "plaza"),
    "temple": ((0.5, 0.6), (1, 2), fp.CROSS, "garden"),
    "station": ((0.42, 0.22), (2, 3), fp.BOX, "plaza"),
}
"""Share of the plot's box the hall takes, floors, outline and the ground around it, by use."""


def open_rows(index: int, block: Block, plot: Polygon, rng: np.random.Generator) -> Site:
    """Fill a plot with rows on open ground."""
    style, floors, templates = ROWS[block.use]
    rows = set_rows(plot, style, rng)
    if rows is None:
        return waste_land(index, block, plot)
    buildings = [
        Building(
            fp.footprint(rows.frame, fp.outline(templates[rng.integers(len(templates))], box)),
            block.use,
            int(rng.integers(floors[0], floors[1] + 1)),
        )
        for box in rows.boxes
    ]
    ground = Green(plot, "sealed")
    return Site(index, block.use, block.name, plot, tuple(buildings), greens=(ground,))


def hall(index: int, block: Block, plot: Polygon, rng: np.random.Generator) -> Site:
    """Put one large building in the middle of a plot."""
    (along, across), floors, template, ground = HALLS[block.use]
    x0, y0, x1, y1 = plot.buffer(-8).bounds
    middle = np.array([plot.centroid.x, plot.centroid.y])
    half = np.array([(x1 - x0) * along, (y1 - y0) * across]) / 2
    box = np.r_[middle - half, middle + half]
    shape = largest(Polygon(fp.outline(template, box)).intersection(plot.buffer(-6)))
    building = Building(
        shape, block.use, int(rng.integers(floors[0], floors[1] + 1)), 0, block.name
    )
    greens = (Green(plot, ground),)
    return Site(index, block.use, block.name, plot, (building,), greens=greens)


def stadium(index: int, block: Block, plot: Polygon) -> Site:
    """Put an oval stand around a track, and a swimming hall beside it if it fits."""
    middle = np.array([plot.centroid.x, plot.centroid.y])
    room = np.sqrt(plot.area)
    height = min(0.74 * room, 190.0)
    track = Polygon(fp.oval(height * 0.52, height) + middle)
    stand = track.buffer(height * 0.13).difference(track.buffer(3))
    greens = (
        Green(plot, "plaza"),
        Green(track, "track"),
        Green(shapely.affinity.scale(track, 0.72, 0.86), "pitch"),
    )
    stands = (Building(stand.intersection(plot), "stadium", 3, 0, block.name),)
    return Site(index, block.use, block.name, plot, stands, greens=greens)


def square(index: int, block: Block, plot: Polygon) -> Site:
    """Leave a plot as a paved square with a lawn in the middle."""
    lawn = plot.buffer(-18)
    greens = [Green(plot, "plaza")] + ([Green(lawn, "lawn")] if lawn.area > 200 else [])
    return Site(index, block.use, block.name, plot, greens=tuple(greens))


def waste_land(index: int, block: Block, plot: Polygon) -> Site:
    """Leave a plot to grass: cleared, not built yet."""
    return Site(index, block.use, block.name, plot, greens=(Green(plot, "scrub"),))
