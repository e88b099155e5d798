"""Walkable ways as they were drawn, before they are a network: runs of points that share points."""

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Self

import numpy as np
import numpy.typing as npt
import shapely

from gis_grid.geo.metric import LocalMetric, distance_m

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SQUARE_M = 500.0
STORED = ("lonlat", "gate", "way_from", "way_nodes", "way_kind", "hours")


@dataclass
class Runs:
    """Lists of different lengths, one behind the other; run i is `items[starts[i]:starts[i+1]]`."""

    items: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])

    def add(self, run: list[int]) -> None:
        """Put one more at the end."""
        self.items += run
        self.starts.append(len(self.items))


@dataclass(frozen=True)
class Streets:
    """Ways of one place. Two ways meet where they share a point, not where lines cross.

    `lonlat` (n, 2) degrees; `gate` (n,) bool; way i runs over the points
    `way_nodes[way_from[i]:way_from[i+1]]`, is of `way_kind[i]` (`rules.Way`);
    `barriers` (b,) LineStrings in degrees that nobody crosses off the ways; `way_over` (w,) which
    ways are bridges or tunnels, None: not known of any; `hours` (h, 3) when gates with hours are
    open: point, first and last minute of the day, several rows for one gate.
    """

    lonlat: Floats
    gate: npt.NDArray[np.bool_]
    way_from: Ints
    way_nodes: npt.NDArray[np.int32]
    way_kind: npt.NDArray[np.uint8]
    barriers: npt.NDArray[np.object_]
    way_over: Bools | None = None
    hours: npt.NDArray[np.int32] = field(default_factory=lambda: np.empty((0, 3), np.int32))

    @property
    def over(self) -> Bools:
        """Which ways (w,) cross above or below what is drawn there."""
        return np.zeros(len(self.way_kind), bool) if self.way_over is None else self.way_over

    def segments(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
        """Return pairs of neighbouring points (s, 2) and the kind of each pair (s,)."""
        pairs = np.column_stack((self.way_nodes[:-1], self.way_nodes[1:]))
        inside = np.ones(len(pairs), bool)
        inside[self.way_from[1:-1] - 1] = False  # the last of one way and the first of the next
        kinds = np.repeat(self.way_kind, np.diff(self.way_from))[:-1]
        return pairs[inside], kinds[inside]

    def only(self, ways: npt.NDArray[np.bool_], window: shapely.Geometry) -> "Streets":
        """Return some of the ways (w,), and the barriers that touch a window."""
        lengths = np.diff(self.way_from)
        nodes = self.way_nodes[np.repeat(ways, lengths)]
        used, numbers = np.unique(nodes, return_inverse=True)
        hours = self.hours[np.isin(self.hours[:, 0], used)].copy()
        hours[:, 0] = np.searchsorted(used, hours[:, 0])
        return Streets(
            lonlat=self.lonlat[used],
            gate=self.gate[used],
            way_from=np.concatenate(([0], np.cumsum(lengths[ways]))),
            way_nodes=numbers.astype("i4"),
            way_kind=self.way_kind[ways],
            barriers=self.barriers[shapely.intersects(self.barriers, window)],
            way_over=self.over[ways],
            hours=hours,
        )

    def save(self, folder: Path) -> str:
        """Keep them as a file of `folder`, all or nothing; return its name, made of the content."""
        barrier, run = shapely.get_coordinates(self.barriers, return_index=True)
        arrays = {
            **{name: getattr(self, name) for name in STORED},
            "way_over": self.over,
            "barrier": barrier,
            "barrier_run": run,
        }
        digest = hashlib.sha256()
        for array in arrays.values():
            digest.update(np.ascontiguousarray(array).tobytes())
        name = f"raw-{digest.hexdigest()[:16]}.npz"
        if not (folder / name).is_file():
            folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=folder, prefix=".", delete=False) as half:
                np.savez(half, **arrays)
            Path(half.name).replace(folder / name)
        return name

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` has kept."""
        with np.load(path) as arrays:
            bare = np.empty(0, object)
            kept = {name: arrays[name] for name in (*STORED, "way_over")}
            streets = cls(**kept, barriers=bare)
            lines = shapely.linestrings(arrays["barrier"], indices=arrays["barrier_run"])
        return replace(streets, barriers=np.asarray(lines, object) if len(lines) else bare)

    @property
    def length_km(self) -> float:
        """Length of all ways together."""
        pairs, _kinds = self.segments()
        return float(distance_m(self.lonlat[pairs[:, 0]], self.lonlat[pairs[:, 1]]).sum()) / 1000

    @property
    def drawn_km2(self) -> float:
        """Area of the squares of 500 m that hold a point of a way.

        The box around them would be a wrong measure: one long road makes it large.
        """
        metres = LocalMetric.around(shapely.points(self.lonlat)).to_metres(self.lonlat)
        squares = np.unique(np.floor(metres / SQUARE_M), axis=0)
        return len(squares) * (SQUARE_M / 1000) ** 2
