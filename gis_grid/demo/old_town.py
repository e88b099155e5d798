"""The old town: lanes lined with courtyard houses, wall to wall. Local metres. Pure."""

import numpy as np
import shapely
from shapely.geometry import Polygon

from gis_grid.demo.ground import Floats
from gis_grid.demo.rows import largest
from gis_grid.demo.sites import Building
from gis_grid.demo.split import Pattern, cut_up

PARCEL = Pattern(560, 30, ("",), slant=0.06, tries=2)
PARTY_WALL_M = 0.7
COURT_FROM_M2, WING_M = 190.0, 4.8
"""Lots above this size are built around a court, in wings of this depth."""


def courtyards(plot: Polygon, rng: np.random.Generator) -> list[Building]:
    """Fill a block with lots, each a house, a court house or, rarely, left empty."""
    parcels = np.array(cut_up(plot, PARCEL, rng)[1], dtype=object)
    lots = shapely.buffer(parcels, -PARTY_WALL_M, join_style="mitre")
    area = shapely.area(lots)
    lots = lots[(area > 45) & (rng.random(len(lots)) > 0.05)]
    courts = shapely.buffer(lots, -WING_M, join_style="mitre")
    wide = (shapely.area(lots) > COURT_FROM_M2) & (shapely.area(courts) > 12)
    houses = np.where(wide, shapely.difference(lots, _opened(courts, lots, rng)), lots)
    floors = rng.choice((1, 2, 2, 3), len(lots))
    homes = np.maximum(1, np.round(shapely.area(houses) * floors / 170)).astype(int)
    return [
        Building(largest(h), "courtyard", int(f), int(n))
        for h, f, n in zip(houses, floors, homes, strict=True)
    ]


def _opened(courts: Floats, lots: Floats, rng: np.random.Generator) -> Floats:
    """Return the courts, some of them open to the south."""
    x0, y0, x1, y1 = shapely.bounds(courts).T
    third = (x1 - x0) / 3
    south = shapely.bounds(lots)[:, 1] - 1
    gateways = shapely.box(x0 + third, south, x1 - third, (y0 + y1) / 2)
    return np.where(rng.random(len(lots)) < 0.35, shapely.union(courts, gateways), courts)
