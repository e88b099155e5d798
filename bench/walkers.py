"""Other programs that find the way to the nearest of many facilities, on the same arcs.

Each is asked the same: metres from the nearest facility to every node, inf beyond the limit. What
can be prepared once for a network is prepared before anything is measured. scipy is always there;
the others are measured where they are installed.
"""

import importlib
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from django.db import connection
from scipy.sparse.csgraph import dijkstra

from gis_grid.walking.network import Network
from gis_grid.walking.reach import Field, Reach, Seeds, spread
from gis_grid.walking.streets import Floats, Ints


class Absent(Exception):
    """The program is not installed here."""


class Walker(ABC):
    """One program. `exact_m`: how far its metres may be from ours; it may round."""

    name = ""
    exact_m = 0.01

    @abstractmethod
    def __init__(self, network: Network, limit_m: float) -> None:
        """Prepare; raises Absent."""

    @abstractmethod
    def metres(self, facilities: Ints) -> Floats:
        """Return metres (n,) to the nearest facility; facilities stand on nodes."""


class Ours(Walker):
    """The product's search. It also says which facility is the nearest."""

    name = "ours"

    def __init__(self, network: Network, limit_m: float) -> None:
        self._reach, self._limit_m = Reach(network), limit_m
        assert self._reach.arcs.nnz

    def metres(self, facilities: Ints) -> Floats:
        """Search from all at once."""
        return self.field(facilities).metres

    def field(self, facilities: Ints) -> Field:
        """Return the same with the nearest facility."""
        return spread(self._reach.arcs, seeds(facilities), self._limit_m)


class Scipy(Walker):
    """The reference: Dijkstra's algorithm on the same matrix, without who is the nearest."""

    name = "scipy"

    def __init__(self, network: Network, limit_m: float) -> None:
        self._arcs, self._limit_m = network.arcs(), limit_m

    def metres(self, facilities: Ints) -> Floats:
        """Search from all at once."""
        found = dijkstra(self._arcs, indices=facilities, min_only=True, limit=self._limit_m)
        return np.asarray(found, np.float64)


class Igraph(Walker):
    """igraph, from one more node with ways of 0 m to all facilities; it knows no limit."""

    name = "igraph"

    def __init__(self, network: Network, limit_m: float) -> None:
        igraph, arcs = _module("igraph"), network.arcs().tocoo()
        start, end = arcs.coords
        self._limit_m, self._size = limit_m, len(network.node)
        self._graph = igraph.Graph(self._size + 1, directed=True)
        self._graph.add_edges(np.column_stack((start, end)))
        self._metres = arcs.data.tolist()

    def metres(self, facilities: Ints) -> Floats:
        """Join the facilities to the additional node, search from there, take them off again."""
        ways = self._graph.ecount()
        self._graph.add_edges([(self._size, node) for node in facilities.tolist()])
        weights = self._metres + [0.0] * len(facilities)
        (found,) = self._graph.distances(self._size, weights=weights)
        self._graph.delete_edges(range(ways, self._graph.ecount()))
        return _within(np.array(found[:-1]), self._limit_m)


class Pandana(Walker):
    """pandana: contraction hierarchies, then the nearest of a table of places; whole millimetres.

    Its ways go both ways: it is asked on networks with open gates only.
    """

    name = "pandana"
    exact_m = 1.0

    def __init__(self, network: Network, limit_m: float) -> None:
        pandana, pandas = _module("pandana"), _module("pandas")
        self._series, self._limit_m = pandas.Series, limit_m
        ends = network.ends
        self._lon, self._lat = network.node.T
        with _silence():
            self._network = pandana.Network(
                pandas.Series(self._lon),
                pandas.Series(self._lat),
                pandas.Series(ends[:, 0]),
                pandas.Series(ends[:, 1]),
                pandas.DataFrame({"metres": network.length_m}),
                twoway=True,
            )

    def metres(self, facilities: Ints) -> Floats:
        """Name the places, then ask for the nearest."""
        lon, lat = self._series(self._lon[facilities]), self._series(self._lat[facilities])
        self._network.set_pois("asked", self._limit_m, 1, lon, lat)
        found = self._network.nearest_pois(self._limit_m, "asked", num_pois=1)
        return _within(found[1].to_numpy(np.float64, copy=True), self._limit_m - self.exact_m)


class PgRouting(Walker):
    """pgRouting in the scratch database: one question that reads all ways and sends all nodes.

    The least of the ways from each facility: `equicost`, which is made for this and five times as
    fast, gave longer ways to one node in 150 (3.4.2).
    """

    name = "pgRouting"

    _WAYS = "SELECT id, source, target, cost, cost AS reverse_cost FROM bench_way"
    _QUESTION = """
    SELECT node, min(agg_cost)
      FROM pgr_drivingDistance(%s, %s::bigint[], %s, true) GROUP BY node
    """

    def __init__(self, network: Network, limit_m: float) -> None:
        self._size, self._limit_m = len(network.node), limit_m
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pgrouting'")
            if cursor.fetchone() is None:
                raise Absent("pgRouting")
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pgrouting CASCADE")
            cursor.execute("DROP TABLE IF EXISTS bench_way")
            cursor.execute(
                "CREATE TABLE bench_way (id bigint, source bigint, target bigint, cost float8)"
            )
            with cursor.copy("COPY bench_way FROM STDIN") as copy:
                for number, (one, other) in enumerate(network.ends.tolist()):
                    copy.write_row((number, one, other, float(network.length_m[number])))
            cursor.execute("ANALYZE bench_way")

    def metres(self, facilities: Ints) -> Floats:
        """Ask the database."""
        found = np.full(self._size, np.inf)
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            asked = [self._WAYS, facilities.tolist(), self._limit_m]
            cursor.execute(self._QUESTION, asked)
            rows = np.array(cursor.fetchall(), np.float64)
        found[rows[:, 0].astype(np.int64)] = rows[:, 1]
        return found


OTHERS: tuple[type[Walker], ...] = (Scipy, Igraph, Pandana, PgRouting)


def seeds(facilities: Ints) -> Seeds:
    """Return the beginning of a search at nodes."""
    count = len(facilities)
    return Seeds(facilities.astype(np.int64), np.zeros(count), np.arange(count))


def differs(one: Floats, other: Floats, limit_m: float, exact_m: float) -> int:
    """Return how many nodes got another answer; those within `exact_m` of the limit may."""
    sure = np.minimum(one, other) < limit_m - exact_m
    return int((~np.isclose(one[sure], other[sure], rtol=0, atol=exact_m)).sum())


@contextmanager
def _silence() -> Iterator[None]:
    """Drop what a library prints past Python: it would stand in the middle of our JSON."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _within(metres: Floats, limit_m: float) -> Floats:
    return np.where(metres <= limit_m, metres, np.inf)


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Absent(name) from error
