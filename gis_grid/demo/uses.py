"""What each block is used for, and the filling of it. Local metres. Pure."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon

from gis_grid.demo import plan
from gis_grid.demo.blocks import Block, Layout
from gis_grid.demo.compounds import STYLES, walled
from gis_grid.demo.countryside import fields, greenhouses, village
from gis_grid.demo.names import NamePool
from gis_grid.demo.old_town import courtyards
from gis_grid.demo.open_ground import HALLS, ROWS, hall, open_rows, square, stadium, waste_land
from gis_grid.demo.parks import park
from gis_grid.demo.river import Water
from gis_grid.demo.rows import largest
from gis_grid.demo.shops import shops_along
from gis_grid.demo.sites import Building, Frontage, Green, Site
from gis_grid.demo.split import long_and_short

MIX: dict[str, dict[str, float]] = {
    "old": {"courtyard": 94, "pocket": 6},
    "fringe": {
        "slab": 66,
        "office": 8,
        "pocket": 7,
        "works": 5,
        "midrise": 6,
        "market": 2,
        "courtyard": 6,
    },
    "slab": {
        "slab": 60,
        "midrise": 9,
        "works": 10,
        "office": 6,
        "pocket": 7,
        "vacant": 4,
        "tower": 4,
    },
    "loose": {"village": 34, "slab": 22, "works": 12, "field": 14, "greenhouse": 8, "vacant": 10},
    "tower": {"tower": 52, "midrise": 18, "office": 8, "pocket": 10, "vacant": 9, "villa": 3},
    "villa": {"villa": 88, "pocket": 12},
    "office": {"office": 70, "tower": 12, "pocket": 8, "mall": 6, "vacant": 4},
    "factory": {"factory": 80, "vacant": 8, "works": 12},
    "edge": {"field": 54, "village": 22, "greenhouse": 10, "resettled": 7, "works": 5},
    "forest": {"forest": 1},
    "bank": {"bank": 1},
    "islet": {"islet": 1},
    "park": {"green": 1},
}
"""Weights of uses by quarter."""

DENSE = {"fringe": 0.7, "slab": 0.35}
"""How often a corner too small for a compound is filled with small houses, not a green."""

GREEN_USES = ("pocket", "green", "bank", "islet")
HOMES = tuple(use for use, style in STYLES.items() if style.homes)


def assign_uses(blocks: Sequence[Block], rng: np.random.Generator) -> list[Block]:
    """Return the blocks with a use: landmarks where the plan puts them, the rest by weight."""
    landmarks = _landmarks(blocks)
    names = NamePool(rng)
    used = []
    for index, block in enumerate(blocks):
        mix = MIX[block.quarter]
        use = str(rng.choice(list(mix), p=np.array(list(mix.values())) / sum(mix.values())))
        name = ""
        if index in landmarks:
            use, name = landmarks[index]
        elif use in STYLES:
            if not _roomy(block.plot):
                use = "courtyard" if rng.random() < DENSE.get(block.quarter, 0) else "pocket"
            name = names.compound(use) if use in STYLES else ""
        used.append(replace(block, use=use, name=name))
    return used


def _landmarks(blocks: Sequence[Block]) -> dict[int, tuple[str, str]]:
    """Return use and name by block: each landmark takes the nearest free block with room."""
    plots = [largest(b.plot) for b in blocks]
    area = shapely.area(plots)
    taken: dict[int, tuple[str, str]] = {}
    for use, name, at in plan.LANDMARKS:
        away = shapely.distance([b.face for b in blocks], Point(at))
        fits = (
            int(i)
            for i in np.argsort(away, kind="stable")
            if i not in taken
            and area[i] >= plan.ROOM_M2.get(use, 0)
            and (use in ("temple", "green", "plaza") or _roomy(blocks[i].plot))
        )
        taken[next(fits)] = (use, name)
    return taken


def _roomy(plot: MultiPolygon) -> bool:
    """Say whether a plot has room for a compound."""
    land = largest(plot)
    if land.area < 4_500:
        return False
    _, along, across = long_and_short(np.asarray(land.exterior.coords))
    box = 4 * float(np.hypot(*along) * np.hypot(*across))
    return bool(np.hypot(*across) * 2 > 46 and land.area / box > 0.6)


def fill_blocks(layout: Layout, water: Water, rng: np.random.Generator) -> list[Site]:
    """Build every block up. One site for each block, in order."""
    frontage = Frontage(layout.streets)
    busy = [s for s in layout.streets if s.klass in ("secondary", "residential")]
    tree = shapely.STRtree([s.line for s in busy])
    sites = []
    for index, block in enumerate(layout.blocks):
        plot = largest(block.plot)
        shops: list[Building] = []
        if block.use in (*HOMES, "market") and block.quarter not in ("edge", "villa", "loose"):
            near = [busy[i] for i in tree.query(block.face, predicate="intersects")]
            chosen = [s for s in near if rng.random() < (0.5 if s.klass == "secondary" else 0.12)]
            shops, plot = shops_along(block, plot, chosen, rng)
        site = _fill(index, block, plot, water, frontage, rng)
        if shops and site.use not in GREEN_USES:
            # A shop must not stand in the way to a gate.
            ways = shapely.union_all([p.line for p in site.paths if p.gate is not None])
            open_to = [s for s in shops if s.shape.distance(ways) > 2]
            site = replace(site, buildings=(*site.buildings, *open_to))
        sites.append(site)
    return sites


def _fill(
    index: int,
    block: Block,
    plot: Polygon,
    water: Water,
    frontage: Frontage,
    rng: np.random.Generator,
) -> Site:
    """Build one block up by its use; land that does not suit it becomes a green."""
    use = block.use
    if plot.area < 500 and use not in GREEN_USES:
        return Site(index, "pocket", "", block.plot, greens=(Green(block.plot, "garden"),))
    if use in STYLES:
        site = walled(index, block, plot, frontage, rng)
        return site or park(index, replace(block, use="pocket", name=""), water, frontage, rng)
    if use == "courtyard":
        return Site(index, use, "", plot, tuple(courtyards(plot, rng)))
    if use in ROWS:
        return open_rows(index, block, plot, rng)
    if use in HALLS:
        return hall(index, block, plot, rng)
    if use in GREEN_USES:
        return park(index, block, water, frontage, rng)
    if use == "village":
        return village(index, block, plot, frontage, rng)
    if use == "field":
        return fields(index, block, plot, rng)
    if use == "greenhouse":
        return greenhouses(index, block, plot, rng)
    if use == "stadium":
        return stadium(index, block, plot)
    if use == "forest":
        return Site(index, use, "", plot, greens=(Green(plot, "forest", plan.FOREST),))
    if use == "plaza":
        return square(index, block, plot)
    return waste_land(index, block, plot)
