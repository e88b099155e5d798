"""Who owns a point: one written rule, used for a single report and for a file of thousands. Pure.

The rule, in order:

1. Among the areas that cover the point: the deepest level, an exclusive grid before a general
   one, then the smaller code. When equals share the point, it lies on their common border: `edge`.
2. If the accuracy circle reaches over the owner's border into another area, the answer is
   `ambiguous`: owner and rivals are listed, and the reporter may be asked.
3. If nothing covers the point, the nearest area within a tolerance: `nearest`, never silent.
4. Otherwise `outside`. Nothing far away is forced into an area.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely

from gis_grid.geo.metric import LocalMetric

COVERS = "covers"
EDGE = "edge"
AMBIGUOUS = "ambiguous"
NEAREST = "nearest"
OUTSIDE = "outside"
BOARD = "board"  # no place at all: the report came by the area's notice board

CIRCLE_QUARTER_SEGMENTS = 16


@dataclass(frozen=True)
class Candidate:
    """An area near a point. Distances in metres: to the shape (0 inside), to its border."""

    area_id: int
    boundary_id: int
    code: str
    name: str
    level: int
    exclusive: bool
    path: str
    distance_m: float
    edge_m: float

    @property
    def rank(self) -> tuple[int, bool, str]:
        """Sort key among areas that cover the same point: best first."""
        return (-self.level, not self.exclusive, self.code)


@dataclass(frozen=True)
class Tolerances:
    """Metres: closer than `edge_m` is on the border; farther than `nearest_m` is outside."""

    edge_m: float
    nearest_m: float


@dataclass(frozen=True)
class Ownership:
    """The answer: how it was found, the owner (None: outside), the rivals by distance."""

    method: str
    owner: Candidate | None = None
    rivals: Sequence[Candidate] = field(default=())

    @property
    def candidates(self) -> list[Candidate]:
        """Owner first, then the rivals; empty outside."""
        return [self.owner, *self.rivals] if self.owner else []


def decide(
    candidates: Iterable[Candidate], accuracy_m: float | None, tolerances: Tolerances
) -> Ownership:
    """Return the owner of a point among areas near it. The order of `candidates` is no matter."""
    near = list(candidates)
    here = sorted((c for c in near if c.distance_m <= tolerances.edge_m), key=lambda c: c.rank)
    if not here:
        return _nearest(near, accuracy_m, tolerances)
    owner = here[0]
    rivals = _rivals(owner, near, accuracy_m, tolerances)
    if rivals:
        return Ownership(AMBIGUOUS, owner, rivals)
    equals = [c for c in here if c.rank[:2] == owner.rank[:2]]
    return Ownership(EDGE if len(equals) > 1 else COVERS, owner)


def prefer(ownership: Ownership, areas: Iterable[int]) -> Ownership:
    """Put the first candidate that is one of these areas in the owner's place."""
    wanted = set(areas)
    chosen = next((c for c in ownership.candidates if c.area_id in wanted), None)
    if chosen is None or chosen is ownership.owner:
        return ownership
    rest = [c for c in ownership.candidates if c is not chosen]
    return Ownership(ownership.method, chosen, rest)


def shares(lon: float, lat: float, accuracy_m: float, shapes: Sequence[Any]) -> list[float]:
    """Share (0 to 1) of the accuracy circle that lies in each WGS84 shape."""
    metric = LocalMetric(lon, lat)
    circle = shapely.Point(0, 0).buffer(accuracy_m, quad_segs=CIRCLE_QUARTER_SEGMENTS)
    parts = shapely.intersection(circle, [metric.shape_to_metres(shape) for shape in shapes])
    return [round(float(share), 4) for share in shapely.area(parts) / circle.area]


def _nearest(near: list[Candidate], accuracy_m: float | None, tolerances: Tolerances) -> Ownership:
    reach_m = max(tolerances.nearest_m, accuracy_m or 0)
    reached = sorted(
        (c for c in near if c.distance_m <= reach_m),
        key=lambda c: (round(c.distance_m, 2), *c.rank),
    )
    if not reached:
        return Ownership(OUTSIDE)
    owner = reached[0]
    return Ownership(NEAREST, owner, _rivals(owner, reached, accuracy_m, tolerances))


def _rivals(
    owner: Candidate, near: list[Candidate], accuracy_m: float | None, tolerances: Tolerances
) -> list[Candidate]:
    """Return the other areas the accuracy circle touches, none of them a mere parent."""
    if not accuracy_m or accuracy_m <= owner.edge_m:
        return []
    touched = [
        c
        for c in near
        if c is not owner and c.distance_m <= accuracy_m and not owner.path.startswith(c.path)
    ]
    leaves = [c for c in touched if not _has_child_as_near(c, touched, tolerances)]
    return sorted(leaves, key=lambda c: (round(c.distance_m, 2), *c.rank))


def _has_child_as_near(parent: Candidate, near: list[Candidate], tolerances: Tolerances) -> bool:
    return any(
        c is not parent
        and c.path.startswith(parent.path)
        and c.distance_m <= parent.distance_m + tolerances.edge_m
        for c in near
    )
