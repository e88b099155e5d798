"""Ways on the drawing table: points put into them, pieces cut out, and the streets that remain."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.geo.metric import LocalMetric
from gis_grid.walking.hours import Spans
from gis_grid.walking.rules import Way
from gis_grid.walking.streets import Bools, Floats, Ints, Runs, Streets

SAME_M = 0.1  # nearer than this to a point of a way is that point


@dataclass
class Draft:
    """Streets that are being changed. Places along a way are metres from its first point.

    Add ways first; then `lines` (w,) and `tree` show all ways in the metres of `plane`, as they
    were before anything was put in or cut out.
    """

    streets: Streets
    plane: LocalMetric
    points: list[tuple[float, float]] = field(default_factory=list)
    ways: list[list[int]] = field(default_factory=list)
    gates: dict[int, Spans] = field(default_factory=dict)
    _put: dict[int, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))
    _cut: dict[int, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    _same: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def of(cls, streets: Streets) -> Self:
        """Begin with what was drawn."""
        plane = LocalMetric.around(shapely.points(streets.lonlat))
        ways = np.split(streets.way_nodes, streets.way_from[1:-1])
        return cls(
            streets,
            plane,
            [(float(x), float(y)) for x, y in plane.to_metres(streets.lonlat)],
            [each.tolist() for each in ways],
        )

    def add(self, metres: Floats) -> int:
        """Draw a surveyed path (k, 2); return its number."""
        first = len(self.points)
        self.points += [(float(x), float(y)) for x, y in metres]
        self.ways.append(list(range(first, len(self.points))))
        return len(self.ways) - 1

    @cached_property
    def lines(self) -> npt.NDArray[np.object_]:
        """The ways as lines in metres."""
        run = np.repeat(np.arange(len(self.ways)), [len(way) for way in self.ways])
        nodes = np.concatenate([np.array(way, np.int64) for way in self.ways])
        lines: npt.NDArray[np.object_] = shapely.linestrings(
            np.array(self.points)[nodes], indices=run
        )
        return lines

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The lines, to be searched."""
        return shapely.STRtree(self.lines)

    @cached_property
    def over(self) -> Bools:
        """Which ways are bridges or tunnels; no path is known to be one."""
        more = len(self.ways) - len(self.streets.way_kind)
        return np.concatenate((self.streets.over, np.zeros(more, bool)))

    def stop(self, way: int, along_m: float) -> int:
        """Return the point of a way at this place; a new one where there was none."""
        known = self._at(way, along_m)
        if known is None:
            known = len(self.points)
            spot = self.lines[way].interpolate(along_m)
            self.points.append((spot.x, spot.y))
            self._put[way].append((along_m, known))
        return known

    def pass_by(self, way: int, along_m: float, point: int) -> None:
        """Lead a way through a point of another one; outside its length, from its end to there."""
        known = self._at(way, along_m)
        if known is None:
            self._put[way].append((along_m, point))
        else:
            self._same.append((known, point))

    def cut(self, way: int, from_m: float, to_m: float) -> None:
        """Take a piece of a way away."""
        self._cut[way].append((from_m, to_m))

    def stations(self, way: int) -> tuple[list[int], Floats]:
        """Return the points a way was drawn with and the metres at which each comes."""
        nodes = self.ways[way]
        steps = np.hypot(*np.diff(np.array([self.points[node] for node in nodes]), axis=0).T)
        return nodes, np.concatenate(([0.0], np.cumsum(steps)))

    def gates_on(self, way: int) -> list[float]:
        """Return the places of a way at which it has a gate."""
        nodes, metres = self.stations(way)
        drawn = self.streets.gate
        places = [*zip(metres.tolist(), nodes, strict=True), *self._put.get(way, ())]
        return [
            along_m
            for along_m, point in places
            if point in self.gates or (point < len(drawn) and drawn[point])
        ]

    def done(self, barriers: Sequence[shapely.LineString] = ()) -> Streets:
        """Return the streets as they are now, with more barriers, in degrees."""
        runs, kinds, over = Runs(), [], []
        drawn = self.streets.way_kind.tolist()
        drawn += [int(Way.SURVEYED)] * (len(self.ways) - len(drawn))
        same = self._one_of_several()
        for way, nodes in enumerate(self.ways):
            changed = way in self._put or way in self._cut
            for run in self._pieces(way) if changed else [nodes]:
                named = [same.get(point, point) for point in run]
                moves = [k for k in range(len(named)) if k == 0 or named[k] != named[k - 1]]
                if len(moves) > 1:
                    runs.add([named[k] for k in moves])
                    kinds.append(drawn[way])
                    over.append(bool(self.over[way]))
        used, numbers = np.unique(np.array(runs.items, np.int64), return_inverse=True)
        return self._numbered(
            replace(
                self.streets,
                way_from=np.array(runs.starts, np.int64),
                way_nodes=numbers.astype(np.int32),
                way_kind=np.array(kinds, np.uint8),
                way_over=np.array(over, bool),
                barriers=np.array([*self.streets.barriers, *barriers], object),
            ),
            used,
            same,
        )

    def _numbered(self, streets: Streets, used: Ints, same: dict[int, int]) -> Streets:
        """Return the streets with the points they use: where each lies, which are gates.

        A point that became one with another hands its gate on.
        """
        lonlat = self.plane.to_lonlat(self.points)
        lonlat[: len(self.streets.lonlat)] = self.streets.lonlat
        gates = [*np.flatnonzero(self.streets.gate).tolist(), *self.gates]
        hours = self.streets.hours.tolist()
        hours += [[point, *span] for point, spans in self.gates.items() for span in spans]
        rows = [[same.get(point, point), *span] for point, *span in hours]
        times = np.array(rows, np.int32).reshape(-1, 3)
        times = times[np.isin(times[:, 0], used)]
        times[:, 0] = np.searchsorted(used, times[:, 0])
        return replace(
            streets,
            lonlat=lonlat[used],
            gate=np.isin(used, [same.get(point, point) for point in gates]),
            hours=times,
        )

    def _one_of_several(self) -> dict[int, int]:
        """Return, for points that became one with others, the one that stands for all."""
        less: dict[int, int] = {}

        def first(point: int) -> int:
            while point in less:
                point = less[point]
            return point

        for pair in self._same:
            low, high = sorted(map(first, pair))
            if low != high:
                less[high] = low
        return {point: first(point) for point in less}

    def _at(self, way: int, along_m: float) -> int | None:
        nodes, metres = self.stations(way)
        at = int(np.abs(metres - along_m).argmin())
        if abs(metres[at] - along_m) <= SAME_M:
            return nodes[at]
        put = self._put.get(way, ())
        near = (point for place, point in put if abs(place - along_m) <= SAME_M)
        return next(near, None)

    def _pieces(self, way: int) -> Iterator[list[int]]:
        """Yield what is left of a way as runs of points."""
        nodes, metres = self.stations(way)
        places = sorted([*zip(metres.tolist(), nodes, strict=True), *self._put.get(way, ())])
        run: list[int] = []
        for start, end in [*_joined(self._cut.get(way, [])), (np.inf, np.inf)]:
            run += [point for place, point in places if place < start]
            if start > 0 and np.isfinite(start):
                run.append(self._loose_end(way, start))
            if len(run) > 1:
                yield run
            places = [each for each in places if each[0] > end]
            run = [self._loose_end(way, end)] if places else []

    def _loose_end(self, way: int, along_m: float) -> int:
        spot = self.lines[way].interpolate(along_m)
        self.points.append((spot.x, spot.y))
        return len(self.points) - 1


def _joined(pieces: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return pieces, in order, with those that overlap as one."""
    found: list[tuple[float, float]] = []
    for start, end in sorted(pieces):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
