"""Which area people live in, for a table of grids and communities. Names of people are unknown."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.territory.layers import layer_at
from gis_grid.territory.locate import Layer, Locator
from gis_grid.territory.models import Level
from gis_grid.territory.ownership import Tolerances
from gis_grid.territory.paths import Territory, ancestors_of
from gis_grid.walking.streets import Floats, Ints

Bools = npt.NDArray[np.bool_]
LEVELS: Final = (Level.CITY, Level.DISTRICT, Level.STREET, Level.COMMUNITY, Level.GRID)
TABLED: Final = (Level.COMMUNITY, Level.GRID)
EXACT: Final = Tolerances(edge_m=0.0, nearest_m=0.0)
NO_AREA: Final = -1


@dataclass(frozen=True)
class Ground:
    """An area of the table: who it is, and its bounds (west, south, east, north), degrees."""

    code: str
    name: str
    level: Level
    parent: str
    path: str
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Residents:
    """Areas of a day, and for k places the one that each lies in: `owner` (k,), or `NO_AREA`."""

    areas: Sequence[Ground]
    owner: Ints

    @classmethod
    def of(cls, lonlat: Floats, day: date) -> "Residents":
        """Find the deepest area of each place (k, 2), down to the grid."""
        layer = layer_at(day, LEVELS)
        number = {area.area_id: k for k, area in enumerate(layer.areas)}
        located = Locator(layer, EXACT).locate(lonlat, np.full(len(lonlat), np.nan))
        owner = [number[each.owner.area_id] if each.owner else NO_AREA for each in located]
        return cls(list(_areas(layer)), np.array(owner, np.int64))

    def seen_from(self, territory: Territory) -> Bools:
        """Return which places (k,) lie in a territory; outside of all areas as it sees those."""
        holds = [territory.holds(area.path) for area in self.areas]
        return np.array([*holds, territory.holds(None)], bool)[self.owner]

    def rows(self, territory: Territory) -> Iterator[tuple[Ground, Ints]]:
        """Yield the tabled areas of a territory in which somebody lives, and their places."""
        for k, area in enumerate(self.areas):
            if area.level in TABLED and territory.holds(area.path):
                places = self._places_of(k, area.level)
                if len(places):
                    yield area, places

    def _places_of(self, area: int, level: Level) -> Ints:
        order, owner = self._by_level[level]
        first, last = np.searchsorted(owner, [area, area + 1])
        return order[first:last]

    @cached_property
    def _by_level(self) -> dict[Level, tuple[Ints, Ints]]:
        """By level: the places ordered by their area on that level, and those areas."""
        found = {}
        for level in TABLED:
            numbers = {a.path: k for k, a in enumerate(self.areas) if a.level == level}
            above = [_on_level(area.path, numbers) for area in self.areas]
            owner = np.array([*above, NO_AREA], np.int64)[self.owner]
            order = np.argsort(owner, kind="stable")
            found[level] = (order, owner[order])
        return found


def _on_level(path: str, numbers: dict[str, int]) -> int:
    """Return the number of the area, or of that above it, which stands among `numbers`."""
    ids, upper = ancestors_of(path), ""
    for each in ids:
        upper += f"{each}/"
        if upper in numbers:
            return numbers[upper]
    return NO_AREA


def _areas(layer: Layer) -> Iterator[Ground]:
    names = {area.area_id: area.name for area in layer.areas}
    for area, bounds in zip(layer.areas, shapely.bounds(layer.shapes).tolist(), strict=True):
        above = ancestors_of(area.path)[-2:-1]
        parent = names.get(above[0], "") if above else ""
        yield Ground(area.code, area.name, Level(area.level), parent, area.path, tuple(bounds))
