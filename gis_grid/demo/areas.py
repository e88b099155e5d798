"""The administrative areas as records, with codes and names, from the tiling. Pure.

Codes: district 6 digits, street 9, community 12, grid 15, micro-grid 17; no real division
begins with 99. Grids are numbered west to east, from the north, as is the custom.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gis_grid.demo import plan
from gis_grid.demo.blocks import Layout
from gis_grid.demo.communities import NAMES
from gis_grid.demo.grids import Tiling
from gis_grid.demo.ground import Flags, Ints, Shapes, to_degrees
from gis_grid.demo.names import numeral
from gis_grid.demo.records import AreaRecord
from gis_grid.demo.sites import Site

DISTRICT_CODE, DISTRICT = "990101", "示范区"
BAND_M = 420.0
"""Grids within such a strip from west to east are numbered before those south of it."""
EXCLUSIVE_FROM = 901
"""Sequence numbers of exclusive grids, apart from those of general ones."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """Codes by number of the tiling."""

    community: tuple[str, ...]
    grid: dict[int, str]
    micro: dict[int, str]


def area_records(
    tiling: Tiling, layout: Layout, sites: Sequence[Site]
) -> tuple[tuple[AreaRecord, ...], Numbered]:
    """Return every area, parents first, and the codes given."""
    cells = np.asarray(tiling.cells, dtype=object)
    codes = Numbered(tuple(_community_codes()), {}, {})
    grids: list[AreaRecord] = []
    micros: list[AreaRecord] = []
    for number, (code, name) in enumerate(zip(codes.community, NAMES, strict=True)):
        mine = np.unique(tiling.grid[tiling.community == number])
        for k, grid in enumerate(_in_reading_order(cells, tiling.grid, mine), 1):
            codes.grid[grid] = f"{code}{k:03d}"
            title = f"{name}第{numeral(k)}网格"
            picked = tiling.grid == grid
            grids.append(_record(codes.grid[grid], title, "grid", code, cells, tiling, picked))
            inner = np.unique(tiling.micro[picked & (tiling.micro >= 0)])
            for m, micro in enumerate(_in_reading_order(cells, tiling.micro, inner), 1):
                codes.micro[micro] = f"{codes.grid[grid]}{m:02d}"
                micros.append(
                    _record(
                        codes.micro[micro], f"{title}微网格{m}", "micro-grid", codes.grid[grid],
                        cells, tiling, tiling.micro == micro,
                    )
                )  # fmt: skip
    communities = [
        _record(code, name, "community", code[:9], cells, tiling, tiling.community == i)
        for i, (code, name) in enumerate(zip(codes.community, NAMES, strict=True))
    ]
    of_street = np.array([code[:9] for code in codes.community])[tiling.community]
    upper = [
        _record(code, name, "street", DISTRICT_CODE, cells, tiling, of_street == code)
        for code, name in _streets()
    ]
    everything = np.ones(len(cells), dtype=bool)
    district = _record(DISTRICT_CODE, DISTRICT, "district", None, cells, tiling, everything)
    exclusive = exclusive_grids(codes, tiling, layout, sites)
    return (district, *upper, *communities, *grids, *exclusive, *micros), codes


def _streets() -> list[tuple[str, str]]:
    """Return the streets' codes and names."""
    return [(f"{DISTRICT_CODE}{i:03d}", name) for i, (name, _) in enumerate(plan.COMMUNITIES, 1)]


def _community_codes() -> list[str]:
    return [
        f"{DISTRICT_CODE}{i:03d}{j:03d}"
        for i, (_, members) in enumerate(plan.COMMUNITIES, 1)
        for j in range(1, len(members) + 1)
    ]


def _in_reading_order(cells: Shapes, label: Ints, wanted: Ints) -> list[int]:
    """Return labels from north to south by bands, west to east within a band."""
    shapes = [shapely.centroid(shapely.multipolygons(list(cells[label == w]))) for w in wanted]
    order = sorted(range(len(wanted)), key=lambda i: (-int(shapes[i].y // BAND_M), shapes[i].x))
    return [int(wanted[i]) for i in order]


def _record(
    code: str,
    name: str,
    level: str,
    parent: str | None,
    cells: Shapes,
    tiling: Tiling,
    picked: Flags,
) -> AreaRecord:
    """Return the union of some cells as an area."""
    shape = shapely.coverage_union_all(cells[picked])
    return AreaRecord(
        code=code,
        name=name,
        level=level,  # type: ignore[arg-type]
        kind="general",
        parent=parent,
        shape=_multi(to_degrees(shape)),
        households=int(tiling.households[picked].sum()),
    )


def _multi(shape: BaseGeometry) -> MultiPolygon:
    return shape if isinstance(shape, MultiPolygon) else MultiPolygon([shape])


def exclusive_grids(
    codes: Numbered, tiling: Tiling, layout: Layout, sites: Sequence[Site]
) -> list[AreaRecord]:
    """Return the exclusive grids 专属网格, over whatever general grids they lie in or across."""
    cells = np.asarray(tiling.cells, dtype=object)
    seen: dict[str, int] = {}
    records = []
    for name, quarter, at, reach_m in plan.EXCLUSIVE:
        near = shapely.Point(at).buffer(reach_m)
        grounds = [s.ground for s in sites if s.name == name] + [
            b.face for b in layout.blocks if b.quarter == quarter and near.contains(b.face.centroid)
        ]
        whole = shapely.union_all(grounds)
        inside = shapely.intersects(cells, whole)
        share = np.bincount(
            tiling.community[inside], shapely.area(shapely.intersection(cells[inside], whole))
        )
        # A grid belongs to one community: what lies over its border is left out.
        home = int(share.argmax())
        whole = whole.intersection(shapely.union_all(cells[inside & (tiling.community == home)]))
        code = codes.community[home]
        seen[code] = seen.get(code, EXCLUSIVE_FROM - 1) + 1
        shape = _multi(to_degrees(whole))
        title = f"{name}专属网格"
        records.append(
            AreaRecord(f"{code}{seen[code]}", title, "grid", "exclusive", code, shape, 0)
        )
    return records
