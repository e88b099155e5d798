"""Routing a file of places: the same answer as the online path, thousands a second.

A file may hold many days; places of one day share one layer of boundaries. An exact coordinate
that carries an implausible share of all rows is a stand-in (the town hall, 0/0), not a place.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from gis_grid.territory.layers import layer_at
from gis_grid.territory.locate import Locator
from gis_grid.territory.models import Boundary
from gis_grid.territory.ownership import OUTSIDE, Ownership, Tolerances
from incidents.routing import tolerances

Floats = npt.NDArray[np.float64]

STAND_IN = "stand_in"
STAND_IN_ROWS = 25  # fewer rows on one coordinate prove nothing
STAND_IN_SHARE = 0.02  # the busiest real block of a whole city holds well under this


@dataclass(frozen=True)
class Placed:
    """The answer for one row. `edge_m`: metres to the owner's border, None without an owner."""

    method: str
    code: str = ""
    name: str = ""
    edge_m: float | None = None
    candidates: tuple[str, ...] = ()


def route_many(
    lonlat: Floats,
    accuracy_m: Floats,
    days: Sequence[date],
    *,
    levels: Sequence[int],
    limits: Tolerances | None = None,
) -> list[Placed]:
    """Route places (n, 2) in WGS84 degrees, accuracy (n,) metres (NaN: unknown), each on its day.

    Returns (n,) answers in order. One database query per distinct set of boundaries.
    """
    placed: list[Placed] = [Placed(OUTSIDE)] * len(lonlat)
    stand_ins = stand_in_rows(lonlat)
    for row in np.flatnonzero(stand_ins):
        placed[row] = Placed(STAND_IN)
    for number, answer in owners_of(
        lonlat, accuracy_m, days, ~stand_ins, levels=levels, limits=limits
    ):
        placed[number] = _placed(answer)
    return placed


def owners_of(
    lonlat: Floats,
    accuracy_m: Floats,
    days: Sequence[date],
    wanted: npt.NDArray[np.bool_],
    *,
    levels: Sequence[int],
    limits: Tolerances | None = None,
) -> Iterator[tuple[int, Ownership]]:
    """Yield (row, owner) for the wanted rows (n,), in no order; the rest is as in `route_many`."""
    for first_day, rows in _by_boundaries(days, wanted).items():
        locator = Locator(layer_at(first_day, levels), limits or tolerances())
        yield from zip(rows.tolist(), locator.locate(lonlat[rows], accuracy_m[rows]), strict=True)


def stand_in_rows(lonlat: Floats) -> npt.NDArray[np.bool_]:
    """Return (n,) true where the exact coordinate is a placeholder, by its share of all rows."""
    if not len(lonlat):
        return np.zeros(0, dtype=bool)
    _, where, counts = np.unique(lonlat, axis=0, return_inverse=True, return_counts=True)
    limit = max(STAND_IN_ROWS, STAND_IN_SHARE * len(lonlat))
    return np.asarray(counts[where.ravel()] > limit)


def _by_boundaries(
    days: Sequence[date], wanted: npt.NDArray[np.bool_]
) -> dict[date, npt.NDArray[np.intp]]:
    """Group the wanted rows by the day of the last boundary change before them."""
    ranges = Boundary.objects.values_list("during", flat=True)
    changes = sorted({edge for r in ranges for edge in (r.lower, r.upper) if edge is not None})
    marks = np.searchsorted(
        np.array(changes, dtype="datetime64[D]"), np.array(days, dtype="datetime64[D]"), "right"
    )
    groups: dict[date, npt.NDArray[np.intp]] = {}
    for mark in np.unique(marks[wanted]):
        rows = np.flatnonzero(wanted & (marks == mark))
        groups[days[rows[0]]] = rows
    return groups


def _placed(answer: Ownership) -> Placed:
    owner = answer.owner
    if owner is None:
        return Placed(answer.method)
    rivals = answer.candidates if answer.rivals else []
    return Placed(
        method=answer.method,
        code=owner.code,
        name=owner.name,
        edge_m=round(owner.edge_m, 2),
        candidates=tuple(c.code for c in rivals),
    )


def counted(placed: Sequence[Placed]) -> dict[str, int]:
    """Return how many rows each method has."""
    return dict(sorted(Counter(answer.method for answer in placed).items()))
