"""Where to build next: the candidate sites that bring most people within reach.

Three questions: `cover` (most people for a budget; maximal covering, Church and ReVelle 1974),
`fewest` (least cost for a share of people; set covering, Toregas et al. 1971) and `median` (least
walking for a budget; p-median, Hakimi 1964). What stands already counts: people it serves are no
demand. HiGHS proves the optimum or says how far off it may be; `quick` answers at once.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext_lazy as _
from scipy.sparse import coo_array, csr_array, diags_array, eye_array, hstack, vstack

from gis_grid.errors import Invalid
from gis_grid.walking.optimum import UNBOUNDED, Optimum, Program, maximise
from gis_grid.walking.reach import LIMIT_M, Reach
from gis_grid.walking.snap import Placed
from gis_grid.walking.streets import Floats, Ints

TIME_LIMIT_S = 30.0


@dataclass(frozen=True, eq=False)
class Offer:
    """c candidates and p points: `metres` (c, p) where one is in reach of the other.

    `people` (p,) live there and walk `now_m` (p,) to what stands, inf without a way. A candidate
    costs `cost` (c,) and can serve `capacity` (c,) people; None: as many as come.
    """

    metres: csr_array
    people: Floats
    now_m: Floats
    cost: Floats
    capacity: Floats | None = None

    def newly(self, limit_m: float) -> csr_array:
        """Return the people (c, p) whom each candidate would bring within `limit_m`."""
        demand = np.where(self.now_m <= limit_m, 0.0, self.people)
        near = np.where(self.metres.data <= limit_m, demand[self.metres.indices], 0.0)
        return self._like(near)

    def saved(self) -> csr_array:
        """Return the metres (c, p) all people of a point would save; today's count up to an hour.

        Who has no way today counts as walking an hour.
        """
        before = np.minimum(self.now_m, LIMIT_M)[self.metres.indices]
        less = np.maximum(before - self.metres.data, 0.0)
        return self._like(less * self.people[self.metres.indices])

    def _like(self, data: Floats) -> csr_array:
        made = self.metres.copy()  # of the places too: taking zeros out moves them
        made.data = data
        made.eliminate_zeros()
        return made


@dataclass(frozen=True, eq=False)
class Sites:
    """Chosen candidates (indexes, ascending) and their `gain`: people, or metres for the median.

    `gap` is the share by which a better answer could still differ: 0 is proven, None unknown.
    """

    chosen: Ints
    gain: float
    gap: float | None
    seconds: float


def table(
    reach: Reach,
    points: Placed,
    candidates: Placed,
    limit_m: float,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> csr_array:
    """Return metres door to door (c, p) for each point within `limit_m` of a candidate."""
    shape = (len(candidates), len(points))
    found: list[tuple[Ints, Ints, Floats]] = []
    for at in range(len(candidates)):
        one = candidates[at : at + 1]
        metres = reach.walk(points, one, reach.field(one, limit_m)).metres
        near = np.flatnonzero(metres <= limit_m)
        found.append((np.full(len(near), at), near, np.maximum(metres[near], 1e-9)))
        progress(at + 1, len(candidates))
    if not found:
        return csr_array(shape)
    rows, columns, data = (np.concatenate(each) for each in zip(*found, strict=True))
    return coo_array((data, (rows, columns)), shape).tocsr()


def cover(offer: Offer, budget: float, limit_m: float, time_limit_s: float = TIME_LIMIT_S) -> Sites:
    """Return the sites that newly reach most people; with costs of 1, `budget` sites."""
    newly = offer.newly(limit_m)
    if offer.capacity is not None:
        return _assigned(offer, newly, budget, time_limit_s)
    began, first = time.perf_counter(), quick(newly, offer.cost, budget)
    reached, people = _merged(newly)
    sites, groups = reached.shape
    program = Program(
        gain=np.concatenate((np.zeros(sites), people)),
        rows=vstack(
            (hstack((-reached.T, eye_array(groups))), _spent(offer.cost, groups)), format="csr"
        ),
        low=np.full(groups + 1, -UNBOUNDED),
        high=np.concatenate((np.zeros(groups), [budget])),
        whole=np.arange(sites + groups) < sites,
    )
    picked = np.isin(np.arange(sites), first.chosen).astype(np.float64)
    start = np.concatenate((picked, np.minimum(reached.T @ picked, 1.0)))
    return _better(maximise(program, time_limit_s, start), first, sites, began)


def fewest(offer: Offer, share: float, limit_m: float, time_limit_s: float = TIME_LIMIT_S) -> Sites:
    """Return the cheapest sites that bring a share (0 to 1) of all people within reach.

    Invalid `share_out_of_reach` when all candidates together do not; it says what they do reach.
    """
    began = time.perf_counter()
    reached, people = _merged(offer.newly(limit_m))
    sites, groups = reached.shape
    now = float(offer.people[offer.now_m <= limit_m].sum())
    needed = share * float(offer.people.sum()) - now
    if needed > people.sum():
        most = (now + float(people.sum())) / float(offer.people.sum())
        raise Invalid(
            "share_out_of_reach",
            _("All candidates together reach %(share).1f %% of the people.")
            % {"share": 100 * most},
            share=most,
        )
    program = Program(
        gain=np.concatenate((-offer.cost, np.zeros(groups))),
        rows=vstack(
            (
                hstack((-reached.T, eye_array(groups))),
                hstack((csr_array((1, sites)), csr_array(people[None]))),
            ),
            format="csr",
        ),
        low=np.concatenate((np.full(groups, -UNBOUNDED), [max(needed, 0.0)])),
        high=np.concatenate((np.zeros(groups), [UNBOUNDED])),
        whole=np.arange(sites + groups) < sites,
    )
    every = Sites(np.arange(sites), float(people.sum()), None, 0.0)
    found = maximise(program, time_limit_s, np.ones(sites + groups))
    if found is None:
        return every
    chosen = np.flatnonzero(found.x[:sites] > 0.5)
    gain = float(people[reached[chosen].sum(axis=0) > 0].sum())
    return Sites(chosen, gain, found.gap(), time.perf_counter() - began)


def median(offer: Offer, budget: float, time_limit_s: float = TIME_LIMIT_S) -> Sites:
    """Return the sites that save most metres of walking to all people together."""
    return _assigned(offer, offer.saved(), budget, time_limit_s)


def quick(gain: csr_array, cost: Floats, budget: float) -> Sites:
    """Return a good choice at once: the best for its cost, one by one, then swaps while any helps.

    `gain` (c, p); a point counts by the best of its sites. Lost up to 4 % of the optimum on real
    cities. Time linear in the entries of `gain` for each site and each round of swaps.
    """
    began, chosen = time.perf_counter(), np.empty(0, np.int64)
    while True:
        more = _extra(gain, chosen) / cost
        more[chosen], more[cost > budget - cost[chosen].sum()] = 0.0, 0.0
        if not more.size or more.max() <= 0:
            break
        chosen = np.append(chosen, more.argmax())
    while (swapped := _swapped(gain, cost, budget, chosen)) is not None:
        chosen = swapped
    return Sites(np.sort(chosen), _total(gain, chosen), None, time.perf_counter() - began)


def _swapped(gain: csr_array, cost: Floats, budget: float, chosen: Ints) -> Ints | None:
    """Return the choice with the best single swap; None when no swap helps."""
    total, best, better = _total(gain, chosen), 1e-6, None
    for out in range(len(chosen)):
        rest = np.delete(chosen, out)
        more = _total(gain, rest) + _extra(gain, rest) - total
        more[chosen], more[cost > budget - cost[rest].sum()] = 0.0, 0.0
        if more.max() > best:
            best, better = float(more.max()), np.append(rest, more.argmax())
    return better


def _served(gain: csr_array, chosen: Ints) -> Floats:
    """Return what each point (p,) has from the best of the chosen sites."""
    part = gain[chosen]
    served = np.zeros(gain.shape[1])
    np.maximum.at(served, part.indices, part.data)
    return served


def _total(gain: csr_array, chosen: Ints) -> float:
    return float(_served(gain, chosen).sum())


def _extra(gain: csr_array, chosen: Ints) -> Floats:
    """Return what each candidate (c,) would add to the chosen ones."""
    more = np.maximum(gain.data - _served(gain, chosen)[gain.indices], 0.0)
    site = np.repeat(np.arange(gain.shape[0]), np.diff(gain.indptr))
    return np.bincount(site, more, gain.shape[0]).astype(np.float64)


def _merged(newly: csr_array) -> tuple[csr_array, Floats]:
    """Return who is reached by whom (c, g) of ones, and people (g,), for groups of points.

    Points in reach of the same candidates are one; those in reach of none are left out.
    """
    by_point = newly.tocsc()
    groups: dict[bytes, int] = {}
    people: list[float] = []
    columns: list[npt.NDArray[np.int32]] = []
    for start, end in zip(by_point.indptr[:-1], by_point.indptr[1:], strict=True):
        if start == end:
            continue
        sites = by_point.indices[start:end]
        group = groups.setdefault(sites.tobytes(), len(groups))
        if group == len(people):
            people.append(0.0)
            columns.append(sites)
        people[group] += float(by_point.data[start])
    rows = np.concatenate(columns) if columns else np.empty(0, np.int32)
    group_of = np.repeat(np.arange(len(columns)), [len(each) for each in columns])
    shape = (newly.shape[0], len(columns))
    return coo_array((np.ones(len(rows)), (rows, group_of)), shape).tocsr(), np.array(people)


def _assigned(offer: Offer, gain: csr_array, budget: float, time_limit_s: float) -> Sites:
    """Return the sites of the largest gain when each point goes to one site, or to none."""
    began = time.perf_counter()
    free = offer.capacity is None
    first = quick(gain, offer.cost, budget) if free else Sites(np.empty(0, int), 0.0, None, 0.0)
    pairs, (sites, points) = gain.tocoo(), gain.shape
    site, point = pairs.coords
    number = np.arange(len(site))
    ones = np.ones(len(site))
    opens = coo_array((-ones, (number, site)), (len(site), sites))
    once = coo_array((ones, (point, number)), (points, len(site)))
    rows = [hstack((opens, eye_array(len(site)))), hstack((csr_array((points, sites)), once))]
    high = [np.zeros(len(site)), np.ones(points)]
    if offer.capacity is not None:
        comes = coo_array((offer.people[point], (site, number)), (sites, len(site)))
        rows.append(hstack((-diags_array(offer.capacity), comes)))
        high.append(np.zeros(sites))
    high.append(np.array([budget]))
    program = Program(
        gain=np.concatenate((np.zeros(sites), pairs.data)),
        rows=vstack((*rows, _spent(offer.cost, len(site))), format="csr"),
        low=np.full(sum(map(len, high)), -UNBOUNDED),
        high=np.concatenate(high),
        whole=np.arange(sites + len(site)) < sites,
    )
    return _better(maximise(program, time_limit_s), first, sites, began)


def _spent(cost: Floats, others: int) -> csr_array:
    """Return the row of what is spent."""
    return csr_array(np.concatenate((cost, np.zeros(others)))[None])


def _better(found: Optimum | None, first: Sites, sites: int, began: float) -> Sites:
    """Return the solver's answer, or the quick one where the time was too short for a better."""
    took = time.perf_counter() - began
    if found is None:
        return Sites(first.chosen, first.gain, None, took)
    if found.gain < first.gain:
        return Sites(first.chosen, first.gain, found.gap(first.gain), took)
    return Sites(np.flatnonzero(found.x[:sites] > 0.5), found.gain, found.gap(), took)
