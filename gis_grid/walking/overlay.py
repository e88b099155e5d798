"""What is known on the spot, laid over drawn streets: paths, walls with gates, closures.

A path is a way that joins what it crosses and the street nearest to each of its ends. A wall ends
every way that crosses it, but for bridges and tunnels, and for ways through a gate in it. A
closure takes away the ways along which it was drawn; what it crosses stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import shapely
from django.utils.translation import gettext_lazy as _

from gis_grid.walking.draft import SAME_M, Draft
from gis_grid.walking.hours import Spans
from gis_grid.walking.streets import Floats, Ints, Streets

Note = Any

JOIN_M: Final = 15.0  # from a path's end to a street
GATE_M: Final = 3.0  # from a gate to its wall
WAY_M: Final = 10.0  # from a gate to the way that leads through it
CLOSED_M: Final = 5.0  # from a closure to the way it lies on
ALONG: Final = 0.7  # cosine of the angle up to which one line runs along another
# A way ends so far before a wall: a home beyond touches the wall and is not joined to its end.
SET_BACK_M: Final = 0.5


@dataclass(frozen=True)
class Change:
    """One thing that is laid over: its code, its shape in degrees, open times of a gate."""

    code: str
    shape: shapely.Geometry
    hours: Spans = ()


@dataclass(frozen=True)
class Overlay:
    """All that is laid over; the order of the changes is without meaning."""

    paths: Sequence[Change] = ()
    walls: Sequence[Change] = ()
    gates: Sequence[Change] = ()
    closures: Sequence[Change] = ()

    def on(self, streets: Streets) -> tuple[Streets, list[Note]]:
        """Return the streets with everything laid over, and what fits nowhere."""
        notes: list[Note] = []
        if self.paths:
            streets = _with_paths(streets, self.paths, notes)
        if self.closures:
            streets = _without_closed(streets, self.closures, notes)
        if self.walls or self.gates:
            streets = _with_walls(streets, self.walls, self.gates, notes)
        return streets, notes


def _with_paths(streets: Streets, paths: Sequence[Change], notes: list[Note]) -> Streets:
    draft = Draft.of(streets)
    drawn = [
        (draft.add(draft.plane.to_metres(shapely.get_coordinates(part))), path.code)
        for path in paths
        for part in shapely.get_parts(path.shape)
    ]
    for way, code in drawn:
        line = draft.lines[way]
        for along_m in (0.0, line.length):
            if not _join_end(draft, way, along_m):
                notes.append(_("Path %(code)s ends where no street is near.") % {"code": code})
        for other in draft.tree.query(line, "intersects").tolist():
            if not draft.over[other] and (other < drawn[0][0] or other > way):
                _join_crossings(draft, way, other)
    return draft.done()


def _join_end(draft: Draft, way: int, along_m: float) -> bool:
    """Lead a path's end on to the nearest other way; False where none is near."""
    line = draft.lines[way]
    end = line.interpolate(along_m)
    others = draft.tree.query(end, "dwithin", JOIN_M)
    others = others[(others != way) & ~draft.over[others]]
    if not len(others):
        return False
    other = int(others[shapely.distance(draft.lines[others], end).argmin()])
    gap_m = draft.lines[other].distance(end)
    at = draft.stop(other, draft.lines[other].project(end))
    beyond = gap_m if gap_m > SAME_M else 0.0
    draft.pass_by(way, along_m + beyond if along_m else -beyond, at)
    return True


def _join_crossings(draft: Draft, way: int, other: int) -> None:
    line, crossed = draft.lines[way], draft.lines[other]
    for x, y in shapely.get_coordinates(line.intersection(crossed)):
        spot = shapely.Point(x, y)
        draft.pass_by(way, line.project(spot), draft.stop(other, crossed.project(spot)))


def _without_closed(streets: Streets, closures: Sequence[Change], notes: list[Note]) -> Streets:
    draft = Draft.of(streets)
    for closure in closures:
        closed = False
        for part in shapely.get_parts(draft.plane.shape_to_metres(closure.shape)):
            for way in draft.tree.query(part, "dwithin", CLOSED_M).tolist():
                for start, end in _along(draft, way, part):
                    draft.cut(way, start, end)
                    closed = True
        if not closed:
            notes.append(_("Closure %(code)s lies on no way.") % {"code": closure.code})
    return draft.done()


def _along(draft: Draft, way: int, closure: shapely.LineString) -> Iterator[tuple[float, float]]:
    """Yield the pieces of a way, from and to metres, along which a closure runs."""
    strip = closure.buffer(CLOSED_M, cap_style="flat")
    nodes, metres = draft.stations(way)
    for k in range(len(nodes) - 1):
        step = shapely.LineString([draft.points[nodes[k]], draft.points[nodes[k + 1]]])
        for piece in shapely.get_parts(step.intersection(strip)):
            if piece.length < SAME_M:
                continue
            first, last = (shapely.Point(piece.coords[end]) for end in (0, -1))
            if abs(closure.project(last) - closure.project(first)) >= ALONG * piece.length:
                ends = sorted(metres[k] + step.project(each) for each in (first, last))
                yield ends[0], ends[1]


def _with_walls(
    streets: Streets, walls: Sequence[Change], gates: Sequence[Change], notes: list[Note]
) -> Streets:
    draft = Draft.of(streets)
    parts = [part for wall in walls for part in shapely.get_parts(wall.shape)]
    lines = [draft.plane.shape_to_metres(part) for part in parts]
    crossings = [each for line in lines for each in _crossings(draft, line)]
    stand = _Stand.of(draft, lines, crossings)
    for gate in gates:
        stand.open(gate, notes)
    for way, along_m, _spot in crossings:
        if not any(abs(at - along_m) <= GATE_M for at in draft.gates_on(way)):
            draft.cut(way, along_m - SET_BACK_M, along_m + SET_BACK_M)
    return draft.done(parts)


Crossing = tuple[int, float, shapely.Point]


def _crossings(draft: Draft, wall: shapely.LineString) -> Iterator[Crossing]:
    """Yield way, metres along it and the spot, wherever a way meets a wall.

    A way that passes by the very end of a wall does not cross it.
    """
    ends = shapely.MultiPoint() if wall.is_closed else wall.boundary
    for way in draft.tree.query(wall, "intersects").tolist():
        if draft.over[way]:
            continue
        line = draft.lines[way]
        for x, y in shapely.get_coordinates(line.intersection(wall)):
            spot = shapely.Point(x, y)
            if ends.is_empty or ends.distance(spot) > SAME_M:
                yield way, line.project(spot), spot


@dataclass(frozen=True, eq=False)
class _Stand:
    """Where gates can stand: in walls, at gates that were drawn, at crossings of ways."""

    draft: Draft
    walls: shapely.STRtree
    drawn: Ints
    drawn_at: Floats
    crossings: Sequence[Crossing]
    crossed_at: Floats

    @classmethod
    def of(
        cls, draft: Draft, walls: Sequence[shapely.LineString], crossings: Sequence[Crossing]
    ) -> Self:
        drawn = np.flatnonzero(draft.streets.gate)
        spots = [(spot.x, spot.y) for _way, _along_m, spot in crossings]
        return cls(
            draft,
            shapely.STRtree(walls),
            drawn,
            np.array(draft.points).reshape(-1, 2)[drawn],
            crossings,
            np.array(spots).reshape(-1, 2),
        )

    def open(self, gate: Change, notes: list[Note]) -> None:
        """Let a way through its wall: by a gate that was drawn, or at the nearest crossing."""
        place = self.draft.plane.shape_to_metres(gate.shape)
        if not len(self.walls.query(place, "dwithin", GATE_M)):
            notes.append(_("Gate %(code)s stands in no wall.") % {"code": gate.code})
            return
        here = self.drawn[_away_m(self.drawn_at, place) <= GATE_M].tolist() or self._stops(place)
        if not here:
            notes.append(_("No way leads through gate %(code)s.") % {"code": gate.code})
        for point in here:
            self.draft.gates[point] = gate.hours

    def _stops(self, place: shapely.Point) -> list[int]:
        """Return the points on all ways at the crossing nearest to a place."""
        away_m = _away_m(self.crossed_at, place)
        if not len(away_m) or away_m.min() > WAY_M:
            return []
        spot = self.crossings[int(away_m.argmin())][2]
        together = np.flatnonzero(_away_m(self.crossed_at, spot) <= SAME_M)
        return [self.draft.stop(*self.crossings[each][:2]) for each in together.tolist()]


def _away_m(places: Floats, spot: shapely.Point) -> Floats:
    return np.asarray(np.hypot(*(places - (spot.x, spot.y)).T), np.float64)
