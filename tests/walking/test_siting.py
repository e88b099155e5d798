"""Where to build next: the optimum, by enumeration on small cases; the quick answer beside it."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from gis_grid.errors import Invalid
from gis_grid.walking.network import Network
from gis_grid.walking.reach import LIMIT_M, Reach
from gis_grid.walking.siting import Offer, Sites, cover, fewest, median, quick, table
from gis_grid.walking.snap import Ground
from tests.walks import lattice, lonlat, streets

LIMIT = 900.0


def offer(seed: int, sites: int = 7, points: int = 25, **facts: np.ndarray) -> Offer:
    """Random places: about a third of the points in reach of each site, some served already."""
    dice = np.random.default_rng(seed)
    metres = np.where(
        dice.random((sites, points)) < 0.35, dice.uniform(50, 1200, (sites, points)), 0
    )
    return Offer(
        metres=csr_array(metres),
        people=dice.integers(1, 200, points).astype(float),
        now_m=np.where(dice.random(points) < 0.3, dice.uniform(0, LIMIT, points), np.inf),
        **{"cost": np.ones(sites), **facts},
    )


def people_reached(case: Offer, chosen: tuple[int, ...]) -> float:
    metres = case.metres.toarray()[list(chosen)]
    near = ((metres > 0) & (metres <= LIMIT)).any(axis=0)
    return float(case.people[near & (case.now_m > LIMIT)].sum())


def metres_saved(case: Offer, chosen: tuple[int, ...]) -> float:
    metres = case.metres.toarray()[list(chosen)]
    walked = np.where(metres > 0, metres, np.inf).min(axis=0, initial=np.inf)
    before = np.minimum(case.now_m, LIMIT_M)
    return float((case.people * np.maximum(before - walked, 0)).sum())


def choices(case: Offer, budget: float) -> list[tuple[int, ...]]:
    every = range(len(case.cost))
    subsets = [each for size in range(len(case.cost) + 1) for each in combinations(every, size)]
    return [each for each in subsets if case.cost[list(each)].sum() <= budget]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), sites=st.integers(1, 4))
def test_cover_is_the_best_of_all_choices(seed: int, sites: int) -> None:
    case = offer(seed)
    found = cover(case, sites, LIMIT)

    assert found.gap == pytest.approx(0, abs=1e-6)
    assert found.gain == pytest.approx(max(people_reached(case, c) for c in choices(case, sites)))
    assert found.gain == pytest.approx(people_reached(case, tuple(found.chosen)))
    assert len(found.chosen) <= sites


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_budget_is_kept_where_sites_cost_more_and_less(seed: int) -> None:
    cost = np.random.default_rng(seed).integers(1, 9, 7).astype(float)
    case = offer(seed, cost=cost)
    found = cover(case, 10, LIMIT)

    assert cost[found.chosen].sum() <= 10
    assert found.gain == pytest.approx(max(people_reached(case, c) for c in choices(case, 10)))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), sites=st.integers(1, 4))
def test_median_is_the_best_of_all_choices(seed: int, sites: int) -> None:
    case = offer(seed)
    found = median(case, sites)

    assert found.gain == pytest.approx(max(metres_saved(case, c) for c in choices(case, sites)))
    assert found.gain == pytest.approx(metres_saved(case, tuple(found.chosen)))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), part=st.floats(0.1, 1))
def test_fewest_sites_for_a_share(seed: int, part: float) -> None:
    case = offer(seed)
    served = float(case.people[case.now_m <= LIMIT].sum())
    most = served + people_reached(case, tuple(range(7)))
    wanted = part * most
    found = fewest(case, wanted / case.people.sum(), LIMIT)
    enough = [c for c in choices(case, 7) if served + people_reached(case, c) >= wanted - 1e-6]

    assert len(found.chosen) == min(map(len, enough))
    assert served + found.gain >= wanted - 1e-3


def test_a_share_nobody_can_reach_is_refused_with_what_can_be() -> None:
    case = offer(1)
    with pytest.raises(Invalid) as refusal:
        fewest(case, 1.0, LIMIT)

    reached = case.people[case.now_m <= LIMIT].sum() + people_reached(case, tuple(range(7)))
    assert refusal.value.code == "share_out_of_reach"
    assert refusal.value.extra["share"] == pytest.approx(reached / case.people.sum())


def test_a_site_serves_no_more_people_than_it_holds() -> None:
    metres = csr_array(np.full((2, 4), 100.0))
    case = Offer(
        metres=metres,
        people=np.array([60.0, 50.0, 40.0, 30.0]),
        now_m=np.full(4, np.inf),
        cost=np.ones(2),
        capacity=np.array([100.0, 35.0]),
    )
    found = cover(case, 2, LIMIT)

    # Points may be split: 135 places for 180 people.
    assert found.gain == pytest.approx(135)
    assert found.chosen.tolist() == [0, 1]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), sites=st.integers(1, 5))
def test_the_quick_answer_is_near_and_cannot_be_mended_by_one_swap(seed: int, sites: int) -> None:
    case = offer(seed, sites=9, points=60)
    gain = case.newly(LIMIT)
    found = quick(gain, case.cost, sites)
    proven = cover(case, sites, LIMIT)

    assert found.gain <= proven.gain + 1e-6
    assert found.gain >= 0.5 * proven.gain  # a bound of local search for covering
    for out in found.chosen:
        for other in range(9):
            swapped = tuple((set(found.chosen.tolist()) - {int(out)}) | {other})
            assert people_reached(case, swapped) <= found.gain + 1e-6


def test_without_candidates_or_demand_nothing_is_chosen() -> None:
    served = offer(3)
    served = Offer(served.metres, served.people, np.zeros(25), served.cost)

    assert cover(served, 3, LIMIT).chosen.tolist() == []
    assert quick(csr_array((0, 5)), np.empty(0), 3).gain == 0


def test_no_time_gives_the_quick_answer_and_says_nothing_is_proven() -> None:
    case = offer(5, sites=60, points=800)
    found: Sites = cover(case, 12, LIMIT, time_limit_s=0.0)

    assert found.gain >= quick(case.newly(LIMIT), case.cost, 12).gain - 1e-6
    assert found.gap is None or found.gap >= 0


def test_the_table_holds_the_walks_of_each_candidate_alone() -> None:
    reach = Reach(Network.of(streets(*lattice(12, 12))))
    ground = Ground(reach.network)
    homes = ground.place(lonlat([(10, 0), (520, 100), (1100, 1100)]))
    sites = ground.place(lonlat([(0, 0), (500, 100)]))
    seen: list[tuple[int, int]] = []

    metres = table(reach, homes, sites, 700, lambda done, total: seen.append((done, total)))

    assert metres.toarray() == pytest.approx(np.array([[10, 620, 0], [590, 20, 0]]), abs=0.5)
    assert seen == [(1, 2), (2, 2)]
