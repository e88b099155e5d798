"""Facilities: fifteen kinds of service, spread as unevenly as in life. Local metres. Pure.

The south bank has parks, parcels and police like the north, but hardly a clinic and no canteen:
that is the gap the planner of the demo is to find.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from gis_grid.demo.areas import Numbered
from gis_grid.demo.blocks import Layout, locate
from gis_grid.demo.communities import NAMES
from gis_grid.demo.grids import Tiling
from gis_grid.demo.ground import to_degrees
from gis_grid.demo.hosts import Hosts, find_hosts
from gis_grid.demo.records import FacilityRecord
from gis_grid.demo.sites import Site

SOUTH = range(8, 12)
"""Communities of the south bank, by plan number."""


class Kind(NamedTuple):
    """A kind of facility: how many a community has on average, north and south of the river;
    floor area from-to in square metres; opening hours; title."""

    category: str
    north: float
    south: float
    area_m2: tuple[int, int]
    hours: str
    title: str


KINDS = (
    Kind("community_service", 1, 1, (220, 620), "Mo-Fr 08:30-17:30", "社区综合服务站"),
    Kind("party_service", 1, 1, (180, 900), "Mo-Su 08:30-18:00", "党群服务中心"),
    Kind("culture", 1.25, 0.5, (120, 800), "Tu-Su 09:00-20:30", "文化活动室"),
    Kind("fitness", 1.5, 0.75, (150, 900), "Mo-Su 06:30-22:00", "全民健身点"),
    Kind("health", 1.75, 0.25, (160, 1100), "Mo-Su 08:00-20:00", "社区卫生服务站"),
    Kind("jobs", 0.75, 0.5, (60, 240), "Mo-Fr 09:00-17:00", "就业创业服务点"),
    Kind("elder_care", 1.5, 0.5, (180, 750), "Mo-Su 08:00-18:00", "居家养老助残服务站"),
    Kind("childcare", 1.75, 0.75, (200, 900), "Mo-Fr 07:30-18:30", "托育早教园"),
    Kind("safety", 1, 1, (60, 300), "24/7", "警务室"),
    Kind("market", 1, 0.75, (300, 2600), "Mo-Su 06:00-20:00", "便民市场"),
    Kind("elders_canteen", 1.5, 0, (90, 320), "Mo-Su 10:30-13:00,16:30-18:30", "长者食堂"),
    Kind("after_school", 1, 0.5, (80, 260), "Mo-Fr 15:30-19:00", "四点半课堂"),
    Kind("parcel", 3, 2.5, (30, 120), "Mo-Su 08:00-21:00", "快递驿站"),
    Kind("toilet", 2.5, 1.5, (40, 110), "24/7", "公共厕所"),
)
"""Parks, hospitals and large markets come from the plan, see `_landmarks`."""
INSIDE = ("fitness", "elder_care")
"""Kinds that compounds also keep behind their gates."""
OF_LANDMARK = {"green": "park", "hospital": "health", "market": "market"}
"""Category by use of a named site."""
LANDMARK_HOURS = {"park": "24/7", "health": "24/7", "market": "Mo-Su 05:30-20:00"}


def facility_records(
    layout: Layout,
    sites: Sequence[Site],
    tiling: Tiling,
    codes: Numbered,
    rng: np.random.Generator,
) -> tuple[FacilityRecord, ...]:
    """Return every facility with its entrances."""
    hosts = find_hosts(layout, sites, tiling)
    taken: set[int] = set()
    records: list[FacilityRecord] = []
    for number, (code, name) in enumerate(zip(codes.community, NAMES, strict=True)):
        for kind in KINDS:
            count = _count(kind, number)
            places = hosts.spread(number, count, taken, rng, inside=kind.category in INSIDE)
            taken.update(places)
            for k, host in enumerate(places, 1):
                title = name.removesuffix("社区") + kind.title + (f"（{k}号）" if count > 1 else "")
                area = float(round(rng.uniform(*kind.area_m2), -1))
                records.append(
                    _record(f"{code}-{kind.category}-{k}", kind, title, area, hosts, host)
                )
    return (*records, *_landmarks(layout, sites, tiling, codes))


def _count(kind: Kind, community: int) -> int:
    """Return how many of a kind a community has: the average, dealt out evenly in turn."""
    if community in SOUTH:
        mean, turn = kind.south, community - SOUTH.start
    else:
        mean, turn = kind.north, community
    return int((turn + 1) * mean) - int(turn * mean)


def _record(
    code: str, kind: Kind, title: str, area: float, hosts: Hosts, host: int
) -> FacilityRecord:
    return FacilityRecord(
        code=code,
        category=kind.category,
        name=title,
        point=to_degrees(hosts.shapes[host].representative_point()),
        floor_area_m2=area,
        opening_hours=kind.hours,
        entrances=(to_degrees(hosts.doors[host]),),
        community=code.partition("-")[0],
    )


def _landmarks(
    layout: Layout, sites: Sequence[Site], tiling: Tiling, codes: Numbered
) -> list[FacilityRecord]:
    """Return the parks, hospitals and large markets of the plan."""
    ways = shapely.union_all([s.line for s in layout.streets])
    named = [s for s in sites if s.use in OF_LANDMARK and s.name]
    middles = shapely.point_on_surface([s.ground for s in named])
    records = []
    for site, middle, cell in zip(named, middles, locate(middles, tiling.cells), strict=True):
        category, code = OF_LANDMARK[site.use], codes.community[tiling.community[cell]]
        floors = sum(b.shape.area * b.floors for b in site.buildings)
        records.append(
            FacilityRecord(
                code=f"{code}-{category}-{site.name}",
                category=category,
                name=site.name,
                point=to_degrees(middle),
                floor_area_m2=float(round(floors or site.ground.area, -1)),
                opening_hours=LANDMARK_HOURS[category],
                entrances=tuple(to_degrees(p) for p in _entrances(site, ways)),
                community=code,
            )
        )
    return records


def _entrances(site: Site, streets: BaseGeometry) -> list[Point]:
    """Return a site's gates or, without a wall, where its ways leave its ground; an open site
    without ways is entered from the nearest street."""
    if site.gates:
        return [gate.point for gate in site.gates]
    edge = site.ground.boundary
    crossings = [p.line.intersection(edge) for p in site.paths]
    points = [c for c in crossings if c.geom_type == "Point" and not c.is_empty]
    return points[:4] or [nearest_points(edge, streets)[0]]
