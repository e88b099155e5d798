"""How long the search behind the service circles takes, beside other programs and as towns grow.

The town is São Paulo's centre where `../shared/data` lies beside the checkout, else the demo
district. Facilities of eight categories stand on nodes drawn by lot with a fixed seed, 25 of each,
and every program is asked for the metres to the nearest one at every node, up to an hour's walk, in
alternating rounds. The answers are compared at every node.

Growth: the same town 1, 4 and 16 times side by side with its facilities. Adding: a kept field and
one facility more. Siting: fifteen sites out of 200 for people on every fourth node, by greed
with swaps beside the proven optimum.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from bench import rounds
from bench.outcome import Check, Effort, Outcome
from bench.rounds import Ratio, Spread
from bench.walkers import OTHERS, Absent, Ours, Walker, differs, seeds
from gis_grid.demo import walking
from gis_grid.demo.town import build_town
from gis_grid.walking import siting
from gis_grid.walking.network import Network
from gis_grid.walking.osm import read_streets
from gis_grid.walking.reach import LIMIT_M, Reach, spread
from gis_grid.walking.snap import Placed
from gis_grid.walking.streets import Ints

REAL = Path(__file__).parents[2] / "shared/data/sao_paulo/sao_paulo_center.osm.pbf"
CATEGORIES, EACH = 8, 25
GROWTH = (4, 16)
ADDED = 60
SITES, CANDIDATES, WALK_M = 15, 200, 600.0
ACCEPT = {"scipy": 0.4, "igraph": 2.0, "pandana": 2.0, "pgRouting": 5.0}
LINEAR = 0.4  # of the speed per node that the smallest town has


@dataclass(frozen=True)
class Findings:
    """A part of what was measured."""

    sides: Sequence[Spread]
    ratios: Sequence[Ratio]
    checks: Sequence[Check]


def run(effort: Effort) -> Outcome:
    """Measure everything on one town."""
    name, network = _town()
    dice = np.random.default_rng(1)
    asked = [dice.choice(len(network.node), EACH, replace=False) for _ in range(CATEGORIES)]
    parts = [
        _others(network, asked, effort.rounds),
        _growth(network, asked, effort.rounds),
        _adding(network, asked[0], dice),
        _siting(network, dice),
    ]
    figures = f"{len(network.node)} nodes, {len(network.ends)} edges"
    return Outcome(
        title=f"{name}, {figures}; {CATEGORIES} categories of {EACH} facilities",
        unit="ms",
        sides=[side for part in parts for side in part.sides],
        ratios=[ratio for part in parts for ratio in part.ratios],
        checks=[check for part in parts for check in part.checks],
    )


def _town() -> tuple[str, Network]:
    if REAL.is_file():
        return "São Paulo, centre", Network.of(read_streets(REAL)[0])
    return "demo district", Network.of(walking.streets(build_town()))


def _others(network: Network, asked: Sequence[Ints], count: int) -> Findings:
    """Ask every program that is there, in turn."""
    walkers: list[Walker] = [Ours(network, LIMIT_M)]
    for other in OTHERS:
        try:
            walkers.append(other(network, LIMIT_M))
        except Absent:
            continue  # no side of that name is told
    measured = rounds.alternate({w.name: partial(_ask, w, asked) for w in walkers}, count)
    ours, *others = measured.values()
    expected = [walkers[0].metres(facilities) for facilities in asked]
    checks = [
        Check(
            f"nodes where {walker.name} says otherwise",
            0,
            sum(
                differs(metres, walker.metres(facilities), LIMIT_M, walker.exact_m)
                for metres, facilities in zip(expected, asked, strict=True)
            ),
        )
        for walker in walkers[1:]
    ]
    ratios = [rounds.ratio(other, ours, ACCEPT[other.name]) for other in others]
    return Findings([ours, *others], ratios, checks)


def _ask(walker: Walker, asked: Sequence[Ints]) -> float:
    return _ms(lambda: [walker.metres(facilities) for facilities in asked])


def _growth(network: Network, asked: Sequence[Ints], count: int) -> Findings:
    """Search the same town several times side by side."""
    sides: dict[str, rounds.Round] = {}
    for times in (1, *GROWTH):
        walker = Ours(tiled(network, times), LIMIT_M)
        spots = [_tiled(facilities, len(network.node), times) for facilities in asked]
        sides[f"ours, town {times}x"] = partial(_ask, walker, spots)
    measured = rounds.alternate(sides, count)
    one, *more = measured.values()
    ratios = [
        rounds.ratio(_times(one, times), each, LINEAR)
        for times, each in zip(GROWTH, more, strict=True)
    ]
    return Findings([one, *more], ratios, [])


def _times(side: Spread, times: int) -> Spread:
    return Spread(f"{times} x {side.name}", [ms * times for ms in side.rounds])


def tiled(network: Network, times: int) -> Network:
    """Return a network so many times side by side, unconnected; one hour does not cross a town."""
    size, edges = len(network.node), np.arange(times).repeat(len(network.ends))
    width = np.ptp(network.node[:, 0]) * 1.01
    shift = np.arange(times).repeat(size) * width
    return replace(
        network,
        node=np.tile(network.node, (times, 1)) + np.column_stack((shift, np.zeros(len(shift)))),
        ends=(np.tile(network.ends, (times, 1)) + (edges * size)[:, None]).astype(np.int32),
        length_m=np.tile(network.length_m, times),
        kind=np.tile(network.kind, times),
        component=np.tile(network.component, times),
    )


def _tiled(facilities: Ints, size: int, times: int) -> Ints:
    return (facilities + size * np.arange(times)[:, None]).ravel()


def _adding(network: Network, facilities: Ints, dice: np.random.Generator) -> Findings:
    """Add one facility to a kept field, at many places; compare some with a whole search."""
    reach, kept = Reach(network), Ours(network, LIMIT_M).field(facilities)
    took, wrong = [], 0
    whole = []
    for number, node in enumerate(dice.choice(len(network.node), ADDED, replace=False)):
        one = on_nodes(network, np.array([node]))
        began = time.perf_counter()
        found = reach.added(kept, one, np.array([len(facilities)]))
        took.append((time.perf_counter() - began) * 1000)
        if number % 6 == 0:
            began = time.perf_counter()
            expected = spread(reach.arcs, seeds(np.append(facilities, node)))
            whole.append((time.perf_counter() - began) * 1000)
            wrong += differs(expected.metres, found.metres, LIMIT_M, 0.01)
    return Findings(
        [Spread("one facility added", took), Spread("whole search instead", whole)],
        [],
        [Check("nodes where adding and a whole search differ", 0, wrong)],
    )


def on_nodes(network: Network, nodes: Ints) -> Placed:
    """Return points that stand on nodes: at the beginning or end of an edge there."""
    first = np.full(len(network.node), -1)
    for side in (1, 0):
        first[network.ends[:, side]] = np.arange(len(network.ends)) * 2 + side
    edge, at_end = np.divmod(first[nodes], 2)
    along_m = np.where(at_end == 1, network.length_m[edge], 0.0)
    return Placed(edge, along_m, np.zeros(len(nodes)), network.node[nodes])


def _siting(network: Network, dice: np.random.Generator) -> Findings:
    """Choose sites greedily with swaps, and with proof."""
    reach = Reach(network)
    homes = on_nodes(network, np.arange(0, len(network.node), 4))
    spots = on_nodes(network, dice.choice(len(network.node), CANDIDATES, replace=False))
    metres = siting.table(reach, homes, spots, WALK_M)
    people = dice.integers(1, 200, len(homes)).astype(np.float64)
    offer = siting.Offer(metres, people, np.full(len(homes), np.inf), np.ones(CANDIDATES))
    newly = offer.newly(WALK_M)
    greedy, proven, share, gaps = [], [], [], []
    for _ in range(3):
        began = time.perf_counter()
        quick = siting.quick(newly, offer.cost, SITES)
        middle = time.perf_counter()
        best = siting.cover(offer, SITES, WALK_M)
        greedy.append((middle - began) * 1000)
        proven.append((time.perf_counter() - middle) * 1000)
        share.append(quick.gain / best.gain)
        gaps.append(best.gap)
    return Findings(
        [Spread("sites, greedy with swaps", greedy), Spread("sites, proven optimum", proven)],
        [Ratio(Spread("greedy / optimum, people", share), 0.9)],
        [Check("share by which the optimum could differ", [0.0] * 3, gaps)],
    )


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
