"""Which area a new one belongs to: as its file names it, or as the ground lies. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol

import numpy as np
import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis_grid.territory.models import Area, Boundary, Kind

MOSTLY: Final = 0.5  # of a shape's area: one parent at most can hold more


@dataclass(frozen=True)
class Answer:
    """A parent (None: a root), or the code and words of why there is none."""

    area: Area | None = None
    code: str = ""
    fault: str | Promise | None = None


class Parentage(Protocol):
    """A way to find parents."""

    def parents(self) -> list[Answer]:
        """Return one answer per row, in order."""


@dataclass(frozen=True)
class ByCode:
    """Parents named by code: the deepest area above the level that has it on that day."""

    level: int
    day: date
    codes: Sequence[str]

    def parents(self) -> list[Answer]:
        """A blank code makes a root; an unknown one is a fault. One query."""
        above = Area.objects.at(self.day).filter(level__lt=self.level, code__in=set(self.codes))
        by_code = {area.code: area for area in above.order_by("level")}
        return [self._answer(code, by_code.get(code)) for code in self.codes]

    def _answer(self, code: str, area: Area | None) -> Answer:
        if area is not None or not code:
            return Answer(area)
        return Answer(
            code="parent_not_found",
            fault=_("No area above this level has the code %(code)s.") % {"code": code},
        )


@dataclass(frozen=True)
class ByLocation:
    """Parents by place: the deepest area above the level that holds most of the shape."""

    level: int
    day: date
    shapes: Sequence[Any]

    def parents(self) -> list[Answer]:
        """A shape that no area holds for the most part is a fault. One query."""
        above = list(
            Boundary.objects.at(self.day).filter(area__level__lt=self.level).select_related("area")
        )
        grounds = np.array([shapely.from_wkb(bytes(one.shape.wkb)) for one in above], object)
        shapes = np.array(self.shapes, dtype=object)
        row, other = shapely.STRtree(grounds).query(shapes, predicate="intersects")
        share = _shares(shapes[row], grounds[other])
        best: dict[int, tuple[tuple[int, bool, float], Area]] = {}
        for index, ground, held in zip(row, other, share, strict=True):
            area = above[ground].area
            rank = (area.level, area.kind == Kind.GENERAL, float(held))
            if held > MOSTLY and (index not in best or rank > best[index][0]):
                best[int(index)] = (rank, area)
        return [self._answer(best.get(index)) for index in range(len(shapes))]

    def _answer(self, found: tuple[Any, Area] | None) -> Answer:
        if found is not None:
            return Answer(found[1])
        return Answer(
            code="parent_not_found", fault=_("No area above this level holds most of the shape.")
        )


def _shares(shapes: Any, grounds: Any) -> Any:
    """Return how much (0 to 1) of each shape lies in the ground beside it."""
    share = np.ones(len(shapes))
    part = ~shapely.covers(grounds, shapes)
    whole = np.maximum(shapely.area(shapes[part]), np.finfo(float).tiny)
    share[part] = shapely.area(shapely.intersection(shapes[part], grounds[part])) / whole
    return share
