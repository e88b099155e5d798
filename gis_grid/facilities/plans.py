"""Where to build next, from tables: candidates, what stands already, people beyond reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from django.contrib.gis.geos import Polygon
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid
from gis_grid.exchange.outcome import Outcome
from gis_grid.facilities.coverage import (
    People,
    Places,
    Progress,
    Question,
    categories_named,
    in_silence,
)
from gis_grid.facilities.models import FacilityCategory
from gis_grid.facilities.networks import opened
from gis_grid.facilities.spots import Wanted, number_of, read_spots
from gis_grid.walking.reach import LIMIT_M, Reach
from gis_grid.walking.siting import TIME_LIMIT_S, Offer, Sites, cover, fewest, median, quick, table
from gis_grid.walking.snap import Ground
from gis_grid.walking.streets import Floats

MAX_CANDIDATES = 2000
MAX_SITES = 1000
# Shorter than a job may be silent: the solver cannot be asked how far it is.
MAX_TIME_S = 50.0
SHARE = 0.95
WALKED = 0.8  # of the work, before sites are chosen


class Objective(StrEnum):
    """What is asked for: most people with k sites, fewest sites for a share, least walking."""

    COVER = "cover"
    FEWEST = "fewest"
    MEDIAN = "median"


@dataclass(frozen=True)
class Plan:
    """What to plan: up to `sites` of the candidates, or as many as a `share` of people needs."""

    question: Question
    sites: int
    objective: Objective = Objective.COVER
    share: float = SHARE
    candidates: Path | None = None
    time_limit_s: float = TIME_LIMIT_S

    def check(self) -> None:
        """Raise Invalid `out_of_range` with the field at fault."""
        self.question.check()
        for name, least, most in (
            ("sites", 1, MAX_SITES),
            ("share", 0, 1),
            ("time_limit_s", 1, MAX_TIME_S),
        ):
            if not least <= getattr(self, name) <= most:
                reason = _("from %(least)g to %(most)g") % {"least": least, "most": most}
                message = _("%(name)s is out of range: %(reason)s.")
                raise Invalid(
                    "out_of_range", message % {"name": name, "reason": reason}, {name: reason}
                )


def plan_of(question: Question, asked: dict[str, Any]) -> Plan:
    """Return the plan for a question; what is not asked is as usual."""
    return Plan(
        question,
        sites=asked.get("sites", 1),
        objective=Objective(asked.get("objective", Objective.COVER)),
        share=asked.get("share", SHARE),
        time_limit_s=asked.get("time_limit_s", TIME_LIMIT_S),
    )


@dataclass(frozen=True, eq=False)
class Candidates:
    """Possible sites (c,), degrees; `cost` and `capacity` where their file says so."""

    codes: list[str]
    lonlat: Floats
    cost: Floats
    capacity: Floats | None = None

    @classmethod
    def of_file(cls, path: Path) -> "Candidates":
        """Read a file of points; its columns `cost` and `capacity` are used where they are."""
        outcome = Outcome()
        spots = read_spots(Wanted(path), (), outcome)
        if not spots or outcome.rejected:
            fault = outcome.rejected[0] if outcome.rejected else None
            raise Invalid(
                "bad_candidates",
                _("Row %(row)s of the candidates: %(reason)s")
                % {"row": fault.row if fault else "-", "reason": fault.reason if fault else "-"},
            )
        cost = np.array([number_of(each.values.get("cost")) or 1.0 for each in spots])
        holds = [number_of(each.values.get("capacity")) for each in spots]
        return cls(
            [each.code for each in spots],
            np.array([(each.lon, each.lat) for each in spots]),
            cost,
            None if None in holds else np.array(holds, np.float64),
        )

    @classmethod
    def at_homes(cls, people: People, beyond: Sequence[int]) -> "Candidates":
        """Take places where people live who are beyond reach: the most populous ones."""
        most = sorted(beyond, key=lambda k: (-people.weight[k], people.codes[k]))[:MAX_CANDIDATES]
        chosen = np.array(sorted(most), np.int64)
        return cls([people.codes[k] for k in chosen], people.lonlat[chosen], np.ones(len(chosen)))


def plan_sites(plan: Plan, progress: Progress = in_silence) -> dict[str, Any]:
    """Return the chosen sites, what each would bring alone, and what they bring together.

    Raises what a coverage run raises, Invalid `out_of_range` for the number of sites, and
    `share_out_of_reach`.
    """
    plan.check()
    question = plan.question
    stored, ground = opened(question.network)
    (category,) = categories_named(question.categories)
    progress(_("Placing people on streets"), 0.0)
    people = People.within(stored.extent, ground)
    reach = question.reach(ground.network)
    now_m = _now(category, people, reach, ground, stored.extent)
    beyond = np.flatnonzero((now_m > question.limit_m) & people.placed.stands)
    candidates = (
        Candidates.of_file(plan.candidates)
        if plan.candidates
        else Candidates.at_homes(people, beyond.tolist())
    )
    walking = _("Walking from %(count)d candidates") % {"count": len(candidates.codes)}
    placed = ground.place(candidates.lonlat)
    limit_m = LIMIT_M if plan.objective is Objective.MEDIAN else question.limit_m
    offer = Offer(
        metres=table(
            reach,
            people.placed,
            placed,
            limit_m,
            lambda done, total: progress(walking, WALKED * done / total),
        ),
        people=people.weight,
        now_m=now_m,
        cost=candidates.cost,
        capacity=candidates.capacity,
    )
    progress(_("Choosing sites"), WALKED)
    return {
        "network": stored.name,
        "network_version": stored.version,
        "category": category.code,
        "objective": plan.objective.value,
        "weight": float(people.weight.sum()),
        "covered_before": _weight(people, now_m <= question.limit_m),
        "candidates": len(candidates.codes),
        "candidates_off_street": int((~placed.stands).sum()),
        **_chosen(plan, offer, candidates),
    }


def _now(
    category: FacilityCategory, people: People, reach: Reach, ground: Ground, extent: Polygon
) -> Floats:
    """Return the metres (k,) people walk today, inf where nothing stands yet."""
    try:
        places = Places.of(category, extent, ground)
    except Invalid:  # the first of its kind may be planned too
        return np.full(len(people.codes), np.inf)
    return reach.walk(people.placed, places.placed, reach.field(places.placed)).metres


def _chosen(plan: Plan, offer: Offer, candidates: Candidates) -> dict[str, Any]:
    limit_m = plan.question.limit_m
    newly = offer.newly(limit_m)
    at_once: Sites | None = None
    if plan.objective is Objective.COVER:
        at_once = quick(newly, offer.cost, plan.sites)
        sites = cover(offer, plan.sites, limit_m, plan.time_limit_s)
    elif plan.objective is Objective.MEDIAN:
        at_once = quick(offer.saved(), offer.cost, plan.sites)
        sites = median(offer, plan.sites, plan.time_limit_s)
    else:
        sites = fewest(offer, plan.share, limit_m, plan.time_limit_s)
    served = np.unique(newly[sites.chosen].indices)
    return {
        "sites": [
            {
                "candidate": candidates.codes[k],
                "lon": round(float(candidates.lonlat[k, 0]), 7),
                "lat": round(float(candidates.lonlat[k, 1]), 7),
                "alone": float(newly[[k]].sum()),
                "cost": float(offer.cost[k]),
            }
            for k in sites.chosen
        ],
        "newly_covered": float(offer.people[served].sum()),
        "gain": round(sites.gain, 3),
        "gap": None if sites.gap is None else round(sites.gap, 6),
        "proven": sites.gap is not None and sites.gap < 1e-6,
        "quick_gain": None if at_once is None else round(at_once.gain, 3),
        "seconds": round(sites.seconds, 3),
    }


def _weight(people: People, which: Any) -> float:
    return float(people.weight[which].sum())
