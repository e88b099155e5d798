"""Walled sites: compounds of homes 封闭小区, schools, hospitals, works. Local metres. Pure.

All are rows of buildings with a main path, lanes behind the rows, a wall and one to three gates;
they differ by the numbers below.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from shapely.geometry import LineString, Point, Polygon

from gis_grid.demo import footprints as fp
from gis_grid.demo.blocks import Block
from gis_grid.demo.ground import Floats
from gis_grid.demo.rows import Rows, RowStyle, largest, set_rows
from gis_grid.demo.sites import (
    Building,
    Frontage,
    Gate,
    Green,
    Path,
    Site,
    Way,
    enclosed,
    inner_paths,
    wall_with_gates,
    ways_out,
)

BY_STAIR = -1
"""Two households to a floor at each stairwell."""
SLEEPS = ("06:00-22:00", "06:30-21:30", "24/7", "07:00-19:00", "06:00-23:00")
"""Hours of side gates of compounds."""


@dataclass(frozen=True, slots=True)
class WalledStyle:
    """`homes`: households per floor, 0 for none, or `BY_STAIR`; a villa has as many in all.

    `main` and `side` are the opening hours of the first gate and of the others.
    """

    kind: str
    rows: RowStyle
    floors: tuple[int, int]
    homes: int = 0
    outline: Floats | None = None
    main: str = "24/7"
    side: tuple[str, ...] = SLEEPS


STYLES = {
    "slab": WalledStyle("slab", RowStyle(12, 30, 32, 62, 8, 7), (4, 6), BY_STAIR),
    "midrise": WalledStyle("slab", RowStyle(13, 38, 32, 50, 12, 11), (7, 9), BY_STAIR),
    "resettled": WalledStyle("slab", RowStyle(11, 26, 36, 48, 7, 6), (4, 6), BY_STAIR),
    "tower": WalledStyle(
        "tower", RowStyle(17, 54, 27, 36, 23, 16, turn=0.3), (11, 18), 4, fp.TOWER
    ),
    "villa": WalledStyle("villa", RowStyle(11, 30, 12, 14, 9, 8, turn=0.6), (2, 3), 1, fp.VILLA),
    "school": WalledStyle(
        "school", RowStyle(14, 40, 40, 66, 14, 10), (4, 5), 0, fp.COMB,
        "Mo-Fr 06:30-21:00", ("Mo-Fr 07:00-08:30,16:30-18:30",),
    ),
    "hospital": WalledStyle(
        "hospital", RowStyle(24, 54, 46, 78, 16, 13), (5, 12), 0, fp.CROSS, side=("06:00-22:00",)
    ),
    "civic": WalledStyle(
        "civic", RowStyle(19, 52, 40, 84, 16, 12, turn=0.4), (5, 8), 0, fp.COMB,
        "Mo-Fr 08:00-18:00", ("Mo-Fr 08:00-18:00",),
    ),
    "factory": WalledStyle(
        "factory", RowStyle(40, 62, 58, 110, 16, 11, turn=0.8), (1, 2), 0, fp.BOX,
        side=("Mo-Sa 07:00-20:00",),
    ),
    "works": WalledStyle(
        "works", RowStyle(16, 31, 22, 46, 9, 7, turn=0.4), (1, 3), 0, fp.BOX,
        "Mo-Sa 07:00-19:30", ("Mo-Sa 07:00-19:30",),
    ),
}  # fmt: skip
"""By use of the block."""

GATES_BY_AREA = ((9_000, 1), (26_000, 2), (np.inf, 3))
"""Most gates a site has, by its ground in square metres."""


def walled(
    index: int, block: Block, plot: Polygon, frontage: Frontage, rng: np.random.Generator
) -> Site | None:
    """Fill a plot with a walled site; None if the land does not suit its use."""
    style = STYLES[block.use]
    ground = enclosed(plot)
    sports, rows = _with_sports(plot, style, rng) if block.use == "school" else ([], None)
    rows = rows or set_rows(plot, style.rows, rng)
    ways = ways_out(block, ground, rows, frontage) if rows else []
    ways = [w for w in ways if not any(g.shape.intersects(_line(w)) for g in sports)]
    if rows is None or not ways:
        return None
    most = next(n for area, n in GATES_BY_AREA if ground.area < area)
    gates, entries = _gates(ways[:most], style, rng)
    buildings, gardens = _buildings(rows, style, rng)
    loop = [Path(_loop(plot))] if block.use == "tower" else []
    return Site(
        block=index,
        use=block.use,
        name=block.name,
        ground=ground,
        buildings=tuple(buildings),
        paths=(*inner_paths(rows), *entries, *loop),
        greens=(*sports, *gardens),
        wall=wall_with_gates(ground, gates),
        gates=tuple(gates),
        dividers=dividers(rows, block.face) if style.homes else (),
    )


def dividers(rows: Rows, face: Polygon) -> tuple[LineString, ...]:
    """Return lines from edge to edge of the block that part it without cutting a building:
    the main path first, then the lanes behind the rows from south to north."""
    reach = 900.0
    lines = [np.array([(rows.spine_x, -reach), (rows.spine_x, reach)])]
    lines += [np.array([(-reach, y), (reach, y)]) for _, _, y in rows.lanes]
    across = [LineString(rows.frame.outward(line)).intersection(face) for line in lines]
    return tuple(a for a in across if a.geom_type == "LineString")


def _with_sports(
    plot: Polygon, style: WalledStyle, rng: np.random.Generator
) -> tuple[list[Green], Rows | None]:
    """Return a running track with its pitch and the rows beside it; nothing if none fits."""
    for track, pitch in _tracks(plot, rng):
        free = largest(plot.difference(track.buffer(2)))
        rows = set_rows(free, style.rows, rng)
        if rows and not any(p.line.intersects(track) for p in inner_paths(rows)):
            return [Green(track, "track"), Green(pitch, "pitch")], rows
    return [], None


def _tracks(plot: Polygon, rng: np.random.Generator) -> Iterator[tuple[Polygon, Polygon]]:
    """Yield tracks that fit, large ones first, and the pitch inside each."""
    inner = plot.buffer(-6)
    x0, y0, x1, y1 = inner.bounds
    centre = np.array([plot.centroid.x, plot.centroid.y])
    for width, height in ((92, 176), (66, 124), (48, 88), (30, 58)):
        if width * height > 0.42 * plot.area:
            continue
        spots = np.c_[rng.uniform(x0, x1, 60), rng.uniform(y0, y1, 60)]
        fits = [s for s in spots if inner.contains(Polygon(fp.oval(width, height) + s))]
        # At the eastern or western side: the rest is left for the classrooms.
        for spot in sorted(fits, key=lambda s: -abs(float((s - centre)[0])))[:3]:
            yield (
                Polygon(fp.oval(width, height) + spot),
                Polygon(fp.oval(width * 0.72, height * 0.86) + spot),
            )


def _line(way: Way) -> LineString:
    return LineString([way.inside, way.street])


def _gates(
    ways: list[Way], style: WalledStyle, rng: np.random.Generator
) -> tuple[list[Gate], list[Path]]:
    """Return a gate and its path for each way out."""
    hours = [style.main, *(str(h) for h in rng.choice(style.side, max(0, len(ways) - 1)))]
    gates = [Gate(Point(w.wall), f"{w.side}门", h) for w, h in zip(ways, hours, strict=True)]
    return gates, [Path(_line(w), "path", i) for i, w in enumerate(ways)]


def _buildings(
    rows: Rows, style: WalledStyle, rng: np.random.Generator
) -> tuple[list[Building], list[Green]]:
    """Return the buildings; homes leave out those by the main path in one row, for a garden."""
    base = int(rng.integers(style.floors[0], style.floors[1] + 1))
    count = int(rows.row.max()) + 1
    green_row = int(count // 2 + rng.integers(0, 2)) if style.homes and count > 2 else -1
    buildings: list[Building] = []
    gardens: list[Green] = []
    for box, row in zip(rows.boxes, rows.row, strict=True):
        reach = (box[2] - box[0]) * 0.9 + 6
        if row == green_row and abs((box[0] + box[2]) / 2 - rows.spine_x) < reach:
            garden = fp.outline(fp.BOX, box + np.array([-2.0, -7.0, 2.0, 0.0]))
            gardens.append(Green(fp.footprint(rows.frame, garden), "garden"))
            continue
        floors = max(1, base + int(rng.integers(-2, 3)) * (style.kind in ("tower", "hospital")))
        name = f"{len(buildings) + 1}栋"
        shape = fp.footprint(rows.frame, _outline(style, box))
        buildings.append(Building(shape, style.kind, floors, _households(style, box, floors), name))
    return buildings, gardens


def _outline(style: WalledStyle, box: Floats) -> Floats:
    return fp.slab(box) if style.outline is None else fp.outline(style.outline, box)


def _households(style: WalledStyle, box: Floats, floors: int) -> int:
    if style.homes == BY_STAIR:
        return floors * 2 * fp.stairs(box)
    return style.homes if style.kind == "villa" else floors * style.homes


def _loop(plot: Polygon) -> LineString:
    """Return the ring path of a compound of towers, between wall and buildings."""
    return LineString(largest(plot.buffer(-9).simplify(0.5)).exterior.coords)
