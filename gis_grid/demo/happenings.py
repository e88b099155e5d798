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
from gis_grid.demo.records import IncidentRecord, State
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
STEPS = ((0.04, 0.9), (0.12, 0.9), (0.45, 0.6))
"""Accept, start, close: median share of the time limit that each takes, and its spread."""
STUCK_WITHIN, STUCK_SHARE = timedelta(days=10), 0.1
"""Of the last days' incidents some got stuck on the way; older ones have all come to an end."""
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
    limit_hours: Mapping[str, float],
    count: int = 500,
    days: int = 90,
    seed: int = 7,
) -> tuple[IncidentRecord, ...]:
    """Return `count` incidents of the `days` before `now`, oldest first.

    `now` is aware and in the town's own zone: day and night are those of its clock.

    `weights`: category code to how often it comes; `words`: code to what people write;
    `limit_hours`: code to its time limit, which most are settled within.
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
        steps = _progress(reported_at, now, limit_hours[code], rng)
        said = words.get(code, ("",))
        records.append(
            IncidentRecord(
                id=UUID(bytes=rng.bytes(16), version=4),
                category=code,
                point=point,
                accuracy_m=_accuracy(method, rng),
                method=method,  # type: ignore[arg-type]
                words=said[int(rng.integers(len(said)))],
                state=_state(steps),
                reported_at=reported_at,
                accepted_at=steps[0],
                started_at=steps[1],
                closed_at=steps[2],
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


def _progress(
    reported_at: datetime, now: datetime, limit_h: float, rng: np.random.Generator
) -> tuple[datetime | None, datetime | None, datetime | None]:
    """Return when it was accepted, started and closed; what lies after now has not happened."""
    at, steps = reported_at, []
    for share, spread in STEPS:
        at += timedelta(hours=float(limit_h * share * np.exp(rng.normal(0, spread))))
        steps.append(at)
    if now - reported_at < STUCK_WITHIN and rng.random() < STUCK_SHARE:
        steps[int(rng.integers(0, 3)) :] = [now + timedelta(days=1)] * 3
    reached = [step if step < now else None for step in steps[:3]]
    return reached[0], reached[1], reached[2]


def _state(steps: tuple[datetime | None, ...]) -> State:
    """Name the state by the last step reached."""
    names: tuple[State, ...] = ("reported", "accepted", "in_progress", "closed")
    return names[sum(step is not None for step in steps)]


def _accuracy(method: str, rng: np.random.Generator) -> float | None:
    """Return the accuracy a phone would claim, metres; a point set by hand has none."""
    if method == "manual":
        return None
    median = 9.0 if method == "gps" else 45.0
    return round(float(median * np.exp(rng.normal(0, 0.5))), 1)
