"""Incidents of the last months in a town, as records relative to a given now. Pure.

Knows no categories of its own: codes, weights and words come from the caller, see `words`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry import Point

from gis_grid.demo.ground import PLANE, Floats, points_to_degrees
from gis_grid.demo.records import IncidentRecord
from gis_grid.demo.town import Town
from gis_grid.demo.words import PLACES

HOUR_WEIGHT = np.array(
    [2, 1, 1, 1, 1, 2, 5, 9, 12, 13, 11, 9, 7, 7, 9, 10, 10, 9, 8, 8, 7, 6, 4, 3], dtype=np.float64
)
"""How much is reported in each hour of the day."""
HOT_SPOTS, HOT_SHARE, HOT_REACH_M = 14, 0.55, 130.0
"""More than half of all happens around a few places."""
BANK_M = 70.0
"""What lies this near the river counts as its bank."""
METHODS = ("gps", "network", "manual")


@dataclass(frozen=True, slots=True)
class Grounds:
    """Points where things happen, metres (n, 2), by kind of place."""

    by_place: Mapping[str, Floats]


def incident_records(
    town: Town,
    *,
    now: datetime,
    weights: Mapping[str, float],
    words: Mapping[str, Sequence[str]],
    count: int = 500,
    days: int = 90,
    seed: int = 7,
) -> tuple[IncidentRecord, ...]:
    """Return `count` incidents of the `days` before `now`, oldest first.

    `now` is aware and in the town's own zone: day and night are those of its clock.

    `weights`: category code to how often it comes; `words`: code to what people write.
    """
    rng = np.random.default_rng([seed, 100])
    grounds = _grounds(town)
    hot = _hot_spots(grounds, rng)
    codes = sorted(weights)
    share = np.array([weights[c] for c in codes])
    chosen = rng.choice(len(codes), count, p=share / share.sum())
    district = town.areas[0].shape
    shapely.prepare(district)
    records = []
    for reported_at, number in zip(_times(now, days, count, rng), chosen, strict=True):
        code = codes[number]
        point = _place(grounds, hot, PLACES.get(code, "street"), district, rng)
        method = str(rng.choice(METHODS, p=(0.78, 0.12, 0.1)))
        said = words.get(code, ("",))
        records.append(
            IncidentRecord(
                id=UUID(bytes=rng.bytes(16), version=4),
                category=code,
                point=point,
                accuracy_m=_accuracy(method, rng),
                method=method,  # type: ignore[arg-type]
                words=said[int(rng.integers(len(said)))],
                reported_at=reported_at,
            )
        )
    return tuple(records)


def _grounds(town: Town) -> Grounds:
    """Return points of the town by kind of place."""
    edges = town.network.nodes[town.network.edges].mean(axis=1)
    kind = town.network.kind
    homes = [f for f in town.buildings if f.attributes["households"]]
    # A block of many homes is as likely again for each of them.
    each = np.repeat(
        shapely.get_coordinates(shapely.centroid([f.shape for f in homes])),
        [1 + f.attributes["households"] // 8 for f in homes],
        axis=0,
    )
    tall = [f.shape for f in homes if f.klass == "tower"]
    shops = [f.shape for f in town.buildings if f.klass in ("shop", "market", "mall")]
    river = next(f.shape for f in town.features if f.klass == "river")
    near_river = PLANE.shape_to_metres(river).buffer(BANK_M)
    bank = shapely.contains_xy(near_river, PLANE.to_metres(edges))
    places = {
        "street": edges[np.isin(kind, ("arterial", "secondary", "residential"))],
        "lane": edges[np.isin(kind, ("lane", "residential", "path"))],
        "home": each,
        "tower": shapely.get_coordinates(shapely.centroid(tall)),
        "shop": shapely.get_coordinates(shapely.centroid(shops)),
        "bank": edges[bank],
    }
    return Grounds({name: PLANE.to_metres(xy) for name, xy in places.items()})


def _hot_spots(grounds: Grounds, rng: np.random.Generator) -> Floats:
    """Choose where things pile up: markets and crowded homes."""
    crowded = np.vstack([grounds.by_place["shop"], grounds.by_place["home"]])
    return crowded[rng.choice(len(crowded), HOT_SPOTS, replace=False)]


def _place(
    grounds: Grounds, hot: Floats, place: str, district: shapely.Geometry, rng: np.random.Generator
) -> Point:
    """Return a point of a kind of place, more often than not near a hot spot."""
    xy = grounds.by_place[place]
    if rng.random() < HOT_SHARE:
        away = np.hypot(*(xy - hot[rng.integers(len(hot))]).T)
        near = xy[away < HOT_REACH_M]
        xy = near if len(near) else xy
    while True:
        at = xy[rng.integers(len(xy))] + rng.normal(0, 6, 2)
        point = Point(points_to_degrees(at[None])[0])
        if district.contains(point):
            return point


def _times(now: datetime, days: int, count: int, rng: np.random.Generator) -> list[datetime]:
    """Return report times in order: busier by day, and of late (the rains have begun)."""
    back = np.floor(days * rng.random(count) ** 2)
    hour = rng.choice(24, count, p=HOUR_WEIGHT / HOUR_WEIGHT.sum())
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    times = []
    for d, h, s in zip(back, hour, rng.integers(0, 3600, count), strict=True):
        at = midnight - timedelta(days=int(d)) + timedelta(hours=int(h), seconds=int(s))
        # Today's later hours have not come yet: they were yesterday's.
        times.append(at if at < now else at - timedelta(days=1))
    return sorted(times)


def _accuracy(method: str, rng: np.random.Generator) -> float | None:
    """Return the accuracy a phone would claim, metres; a point set by hand has none."""
    if method == "manual":
        return None
    median = 9.0 if method == "gps" else 45.0
    return round(float(median * np.exp(rng.normal(0, 0.5))), 1)
