"""Water: the river with its islet, the lake, the brooks. Local metres. Pure."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon

from gis_grid.demo import plan
from gis_grid.demo.curves import beside, ribbon, smooth, wander
from gis_grid.demo.ground import Floats

NARROW_M, WIDE_M = 92.0, 136.0
"""The river's width away from the islet."""
EMBANKMENT_M = 46.0
"""From the water's edge to the middle of the street along it: a strip of riverside park."""
PROMENADE_M = 11.0
"""From the water's edge to the walkway along it."""
BROOK_PATH_M = 7.0
"""From a brook's widest water to the path beside it."""


@dataclass(frozen=True, slots=True)
class Water:
    """`channel` is the administrative mid-stream line: it passes south of the islet.

    `banks` and `promenades`, north and south, are the lines of the embankment streets and of
    the walkways along the water; `surface` is all water as one shape.
    """

    river: Polygon
    islet: Polygon
    channel: LineString
    banks: tuple[LineString, LineString]
    promenades: tuple[LineString, LineString]
    lake: Polygon
    brooks: tuple[tuple[str, LineString, Polygon], ...]
    surface: MultiPolygon


def draw_water(rng: np.random.Generator) -> Water:
    """Draw all water."""
    course = smooth(plan.RIVER_COURSE, step_m=25)
    swell = _swell(course)
    half = (NARROW_M + WIDE_M) / 4 + wander(len(course), rng, 12) * (WIDE_M - NARROW_M) / 4
    half = half + swell * 32
    islet = _islet()
    river = ribbon(course, half).difference(islet)
    lake = Polygon(smooth(plan.LAKE_SHORE, closed=True, step_m=12))
    lake = lake.difference(Polygon(smooth(plan.LAKE_ISLET, closed=True, step_m=8)))
    brooks = tuple(_brook(s, rng) for s in plan.STREAMS)
    return Water(
        river=river,
        islet=islet,
        channel=beside(course, -swell * 68),
        banks=(beside(course, half + EMBANKMENT_M), beside(course, -half - EMBANKMENT_M)),
        promenades=(beside(course, half + PROMENADE_M), beside(course, -half - PROMENADE_M)),
        lake=lake,
        brooks=brooks,
        surface=shapely.union_all([river, lake, *(b[2] for b in brooks)]),
    )


def _swell(course: Floats) -> Floats:
    """Return (n,) 0..1: where the river widens to hold the islet."""
    tips = np.asarray(plan.ISLET_AT)
    middle, reach = tips.mean(axis=0), np.hypot(*(tips[1] - tips[0])) * 0.85
    away = np.hypot(*(course - middle).T) / reach
    return np.where(away < 1, (1 + np.cos(np.pi * np.minimum(away, 1))) / 2, 0.0)


def _islet() -> Polygon:
    """Return the islet: a blunt lens between its two tips."""
    tips = np.asarray(plan.ISLET_AT, dtype=np.float64)
    along, s = tips[1] - tips[0], np.linspace(0, 1, 24)
    across = np.array([-along[1], along[0]]) / np.hypot(*along)
    bulge = np.sin(np.pi * s) ** 0.8
    spine = tips[0] + s[:, None] * along
    north = spine + across * (bulge * 38)[:, None]
    south = spine - across * (bulge * 27)[:, None]
    return Polygon(np.vstack([north, south[-2:0:-1]]))


def _brook(stream: plan.Stream, rng: np.random.Generator) -> tuple[str, LineString, Polygon]:
    """Return a brook's name, mid-line and water; its width breathes a little."""
    course = smooth(stream.course)
    half = stream.width_m / 2 * (1 + 0.25 * wander(len(course), rng, 9))
    return stream.name, LineString(course).simplify(0.5), ribbon(course, half)


def brook_strips(water: Water) -> list[Polygon]:
    """Return the strip along each brook that small streets do not enter; its sides are paths."""
    return [
        line.buffer(s.width_m / 2 * 1.25 + BROOK_PATH_M, cap_style="flat")
        for s, (_, line, _) in zip(plan.STREAMS, water.brooks, strict=True)
    ]
