"""An invented city of any size: districts, streets, communities, grids and who answers for them.

Pure. Everything is a lattice of ragged squares, so that 3,000 grids take seconds; the small,
lifelike place is the demo district of `town.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely

from gis_grid.demo.lattice import lattice
from gis_grid.demo.names import NamePool
from gis_grid.demo.records import AreaRecord, AssignmentRecord, LevelSlug, WorkerRecord

STREET_SIDE = 10  # grids along a street's side
COMMUNITY = (5, 2)  # rows and columns of grids
STREETS_IN_DISTRICT = 10
UNSTAFFED_EACH = 100  # one grid of so many has nobody
SINCE = date(2024, 1, 1)


@dataclass(frozen=True)
class City:
    """The areas, parents first, and the people of a city."""

    areas: list[AreaRecord]
    workers: list[WorkerRecord]
    assignments: list[AssignmentRecord]


def build_city(grids: int, seed: int = 7) -> City:
    """Return a city of about so many grids: whole streets of a hundred, at least one."""
    streets = max(1, round(grids / STREET_SIDE**2))
    columns = int(np.ceil(np.sqrt(streets)))
    cells = lattice(columns * STREET_SIDE)
    below: list[AreaRecord] = []
    for number in range(streets):
        row, column = (STREET_SIDE * part for part in divmod(number, columns))
        square = cells[row : row + STREET_SIDE, column : column + STREET_SIDE]
        below += _street(number, square)
    districts = _districts(below)
    city = _area("C", "示范市", "city", None, [area.shape for area in districts])
    areas = [city, *districts, *below]
    return City(areas, *_people(areas, seed))


def _districts(below: Sequence[AreaRecord]) -> list[AreaRecord]:
    shapes: dict[str, list[shapely.Geometry]] = {}
    for area in below:
        if area.level == "street":
            shapes.setdefault(area.parent or "", []).append(area.shape)
    return [
        _area(code, f"示范{code[1:]}区", "district", "C", parts) for code, parts in shapes.items()
    ]


def _street(number: int, square: Any) -> list[AreaRecord]:
    """Return one street with its communities and grids."""
    district = f"D{number // STREETS_IN_DISTRICT + 1}"
    code, name = f"S{number + 1:03d}", f"第{number + 1}街道"
    found = [_area(code, name, "street", district, square.ravel())]
    rows, columns = COMMUNITY
    corners = [(r, c) for r in range(0, STREET_SIDE, rows) for c in range(0, STREET_SIDE, columns)]
    for index, (r, c) in enumerate(corners, start=1):
        block = square[r : r + rows, c : c + columns].ravel()
        community, called = f"{code}-{index:02d}", f"{name}第{index}社区"
        found.append(_area(community, called, "community", code, block))
        found += [
            _area(f"{community}-{n:02d}", f"{called}第{n}网格", "grid", community, [cell])
            for n, cell in enumerate(block, start=1)
        ]
    return found


def _area(
    code: str, name: str, level: LevelSlug, parent: str | None, parts: Sequence[shapely.Geometry]
) -> AreaRecord:
    """Return an area that consists of some shapes, which tile it."""
    whole = shapely.coverage_union_all(parts)
    shape = whole if whole.geom_type == "MultiPolygon" else shapely.MultiPolygon([whole])
    return AreaRecord(code, name, level, "general", parent, shape, households=0)


def _people(
    areas: Sequence[AreaRecord], seed: int
) -> tuple[list[WorkerRecord], list[AssignmentRecord]]:
    """A worker for each grid but one in a hundred, and a chief for each street."""
    names = NamePool(np.random.default_rng([seed, 300]))
    grids = [area.code for area in areas if area.level == "grid"]
    posts = [(code, "grid_worker") for n, code in enumerate(grids, 1) if n % UNSTAFFED_EACH]
    posts += [(area.code, "grid_chief") for area in areas if area.level == "street"]
    numbered = [(f"c{n:05d}", *post) for n, post in enumerate(posts, start=1)]
    workers = [
        WorkerRecord(code, names.person(), f"000-{n:08d}")
        for n, (code, _area, _role) in enumerate(numbered, start=1)
    ]
    return workers, [AssignmentRecord(code, area, role, SINCE) for code, area, role in numbered]
