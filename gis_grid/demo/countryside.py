"""The town's edge: villages, fields, orchards, greenhouses. Local metres. Pure."""

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon

from gis_grid.demo import footprints as fp
from gis_grid.demo.blocks import Block
from gis_grid.demo.rows import Rows, RowStyle, largest, set_rows
from gis_grid.demo.sites import Building, Frontage, Green, Path, Site, inner_paths, ways_out
from gis_grid.demo.split import Pattern, cut_up

VILLAGE = RowStyle(9.5, 23, 9, 12.5, 5, 4, spine=6, turn=0.9)
GREENHOUSE = RowStyle(9, 14, 45, 85, 6, 6, spine=6, turn=0.9)
FIELD = Pattern(11_000, 230, ("",), slant=0.12, tries=2)
CROPS = ("farmland", "farmland", "paddy", "paddy", "orchard", "farmland")


def village(
    index: int, block: Block, plot: Polygon, frontage: Frontage, rng: np.random.Generator
) -> Site:
    """Fill a plot with a hamlet by one of its streets, trees around it, fields behind."""
    core = _core(plot, rng)
    rows = set_rows(core, VILLAGE, rng)
    if rows is None:
        return fields(index, block, plot, rng)
    ways = ways_out(block, core.buffer(-0.5), rows, frontage)
    houses = [h for box in rows.boxes if (h := _house(rows, box, rng))]
    entries = [Path(LineString([w.inside, w.street]), "lane") for w in ways[:2]]
    rest = plot.difference(core)
    return Site(
        block=index,
        use="village",
        name=block.name,
        ground=core,
        buildings=tuple(houses),
        paths=(*inner_paths(rows, "lane"), *entries),
        greens=(*_fields(rest, rng), Green(core, "hamlet")),
    )


def fields(index: int, block: Block, plot: Polygon, rng: np.random.Generator) -> Site:
    """Fill a plot with strips of crops."""
    return Site(index, "field", block.name, plot, greens=tuple(_fields(plot, rng)))


def greenhouses(index: int, block: Block, plot: Polygon, rng: np.random.Generator) -> Site:
    """Fill a plot with rows of plastic houses beside fields."""
    core = _core(plot, rng)
    rows = set_rows(core, GREENHOUSE, rng)
    if rows is None:
        return fields(index, block, plot, rng)
    houses = [
        Building(fp.footprint(rows.frame, fp.outline(fp.BOX, box)), "greenhouse", 1)
        for box in rows.boxes
    ]
    rest = _fields(plot.difference(core), rng)
    return Site(
        index, "field", block.name, plot, tuple(houses), greens=(*rest, Green(core, "farmland"))
    )


def _core(plot: Polygon, rng: np.random.Generator) -> Polygon:
    """Return the part of a plot near one of its corners or sides: about two hectares."""
    at = plot.exterior.interpolate(rng.random(), normalized=True)
    near = Point(at).buffer(rng.uniform(85, 132), quad_segs=3)
    return largest(plot.intersection(near)) if plot.area > 25_000 else plot


def _house(rows: Rows, box: np.ndarray, rng: np.random.Generator) -> Building | None:
    """Return a house a little out of line; one lot in eight stands empty."""
    if rng.random() < 0.12:
        return None
    box = box + np.tile(rng.uniform(-1.1, 1.1, 2), 2)
    template = fp.ELL if rng.random() < 0.3 else fp.BOX
    shape = shapely.affinity.rotate(
        fp.footprint(rows.frame, fp.outline(template, box)), rng.uniform(-5, 5)
    )
    return Building(shape, "house", int(rng.integers(2, 4)), int(rng.choice((1, 1, 1, 2))))


def _fields(land: Polygon, rng: np.random.Generator) -> list[Green]:
    """Cut land into crops, with balks between them."""
    strips = []
    for part in shapely.get_parts(land):
        if part.area < 800:
            continue
        crop = str(rng.choice(CROPS))
        for strip in cut_up(Polygon(part.exterior), FIELD, rng)[1]:
            # Neighbours mostly grow the same.
            kind = crop if rng.random() < 0.7 else str(rng.choice(CROPS))
            shape = largest(strip.buffer(-1.5, join_style="mitre"))
            if shape.area > 500:
                strips.append(Green(shape, kind))
    return strips
