"""Small street maps for tests, drawn in metres around one place; and a search to compare with."""

import heapq
from collections.abc import Iterable, Sequence

import numpy as np
import shapely

from gis_grid.geo.metric import LocalMetric
from gis_grid.walking.network import Network
from gis_grid.walking.reach import LIMIT_M, Reach
from gis_grid.walking.rules import Way
from gis_grid.walking.snap import Placed
from gis_grid.walking.streets import Floats, Streets

PLANE = LocalMetric(114.98, 27.11)  # Ji'an
Spot = tuple[float, float]


def lonlat(spots: Iterable[Spot]) -> Floats:
    """Metres to degrees."""
    return PLANE.to_lonlat(list(spots))


def streets(
    *ways: Sequence[Spot],
    kinds: Sequence[Way] | None = None,
    gates: Iterable[Spot] = (),
    barriers: Iterable[Sequence[Spot]] = (),
) -> Streets:
    """Draw ways; they meet where they name the same spot."""
    spots = list(dict.fromkeys(spot for way in ways for spot in way))
    number = {spot: index for index, spot in enumerate(spots)}
    return Streets(
        lonlat=lonlat(spots),
        gate=np.isin(np.arange(len(spots)), [number[gate] for gate in gates]),
        way_from=np.cumsum([0, *map(len, ways)]),
        way_nodes=np.array([number[spot] for way in ways for spot in way], np.int32),
        way_kind=np.array(kinds or [Way.STREET] * len(ways), np.uint8),
        barriers=np.array([shapely.LineString(lonlat(each)) for each in barriers], object),
    )


def lattice(columns: int, rows: int, step_m: float = 100.0) -> list[list[Spot]]:
    """Return the ways of a grid plan, from (0, 0) to the north-east."""
    across = [[(x * step_m, y * step_m) for x in range(columns)] for y in range(rows)]
    upward = [[(x * step_m, y * step_m) for y in range(rows)] for x in range(columns)]
    return across + upward


def by_hand(reach: Reach, points: Placed, entrances: Placed, limit_m: float = LIMIT_M) -> Floats:
    """Return metres from each point to the nearest entrance: a plain search from each entrance.

    A second way to the same answer, by a heap and without scipy, for small maps.
    """
    network = reach.network
    arcs = reach.arcs.tocsr()
    best = np.full(len(points), np.inf)
    for entrance in range(len(entrances)):
        if not entrances.stands[entrance]:
            continue
        edge, along = int(entrances.edge[entrance]), float(entrances.along_m[entrance])
        start, end = network.ends[edge]
        begin = float(entrances.connector_m[entrance])
        far = [(begin + along, int(start)), (begin + network.length_m[edge] - along, int(end))]
        metres = _search(arcs, far, limit_m)
        for point in np.flatnonzero(points.stands):
            here, at = int(points.edge[point]), float(points.along_m[point])
            one, two = network.ends[here]
            ways = [metres.get(int(one), np.inf) + at]
            ways.append(metres.get(int(two), np.inf) + network.length_m[here] - at)
            if here == edge:
                ways.append(abs(at - along) + begin)
            if min(ways) <= limit_m:
                best[point] = min(best[point], min(ways) + points.connector_m[point])
    return best


def _search(arcs, begin, limit_m):  # type: ignore[no-untyped-def]
    done: dict[int, float] = {}
    heap = list(begin)
    heapq.heapify(heap)
    while heap:
        metres, node = heapq.heappop(heap)
        if node in done or metres > limit_m:
            continue
        done[node] = metres
        for at in range(arcs.indptr[node], arcs.indptr[node + 1]):
            heapq.heappush(heap, (metres + arcs.data[at], int(arcs.indices[at])))
    return done


def reach_of(drawn: Streets, *, gates_open: bool = True) -> Reach:
    """Return a searchable network of what was drawn."""
    return Reach(Network.of(drawn), gates_open=gates_open)
