"""Routing a file of places, against the join that PostGIS does best: grids outside, points inside.

The join answers less: no distance to the border, no accuracy, no rivals. It is the reference for
the owners, and a measure of what the whole answer costs.
"""

import time
from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.utils import timezone

from bench import coverage, district, rounds, scratch
from bench.outcome import Check, Effort, Outcome
from gis_grid.territory.models import Level
from incidents.bulk import Placed, route_many

ACCEPT = 0.05  # of the join's speed, for an answer that says much more

TIE = "tie"

_POINTS = "CREATE TABLE bench_point (n integer PRIMARY KEY, point geometry(Point, 4326))"
_COPY = "COPY bench_point (n, point) FROM STDIN"
_INDEX = "CREATE INDEX ON bench_point USING gist (point)"
_JOIN = """
SELECT p.n, min(a.code)
  FROM territory_boundary b JOIN territory_area a ON a.id = b.area_id AND a.level = %s
 CROSS JOIN LATERAL (SELECT n FROM bench_point
                      WHERE point && b.shape AND ST_Covers(b.shape, point) OFFSET 0) p
 GROUP BY p.n
"""


def run(effort: Effort) -> Outcome:
    """Route the same places both ways in turn and compare the owners."""
    place = district.load(effort.grids, 1)
    lonlat = coverage.places(place.side, effort.points)
    _load_points(lonlat)
    scratch.settle()
    answers: dict[str, dict[int, str]] = {}
    sides: dict[str, Callable[[], dict[int, str]]] = {
        "route file": partial(_routed, lonlat),
        "PostGIS join": _joined,
    }
    measured = rounds.alternate(
        {name: partial(_timed, name, ask, answers) for name, ask in sides.items()},
        effort.rounds,
    )
    ours, join = measured.values()
    return Outcome(
        title=f"{effort.points} places to {effort.grids} grids",
        unit="s",
        sides=[ours, join],
        ratios=[rounds.ratio(join, ours, ACCEPT)],
        checks=[
            Check("places with another owner", 0, _different(answers)),
            Check("places with an owner", len(answers["PostGIS join"]), _shared(answers)),
        ],
    )


def _timed(
    name: str, ask: Callable[[], dict[int, str]], answers: dict[str, dict[int, str]]
) -> float:
    started = time.perf_counter()
    answers[name] = ask()
    return time.perf_counter() - started


def _routed(lonlat: npt.NDArray[np.float64]) -> dict[int, str]:
    unknown = np.full(len(lonlat), np.nan)
    days = [timezone.localdate()] * len(lonlat)
    placed: list[Placed] = route_many(lonlat, unknown, days, levels=[Level.GRID])
    # A place within a millimetre of a border goes by the smaller code; the join knows no such rule.
    return {n: p.code if p.method == "covers" else TIE for n, p in enumerate(placed) if p.code}


def _joined() -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(_JOIN, [int(Level.GRID)])
        return dict(cursor.fetchall())


def _load_points(lonlat: npt.NDArray[np.float64]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_POINTS)
        with cursor.copy(_COPY) as copy:
            for n, (lon, lat) in enumerate(lonlat.tolist()):
                copy.write_row((n, f"SRID=4326;POINT({lon} {lat})"))
        cursor.execute(_INDEX)


def _different(answers: dict[str, dict[int, str]]) -> int:
    ours, join = answers["route file"], answers["PostGIS join"]
    return sum(ours[n] not in (join[n], TIE) for n in ours.keys() & join.keys())


def _shared(answers: dict[str, dict[int, str]]) -> int:
    return len(answers["route file"].keys() & answers["PostGIS join"].keys())
