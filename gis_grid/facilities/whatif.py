"""What would change: some facilities more, some fewer, on top of what a study has found out.

An added place spreads improvements only, and of a removed one only what it served is searched
again; both equal a whole search within a centimetre.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gis_grid.facilities.coverage import Question, Verdict
from gis_grid.facilities.study import Study, straight_m
from gis_grid.geo.metric import distance_m
from gis_grid.walking.reach import Field, Reach, Walk
from gis_grid.walking.snap import NOWHERE, Placed
from gis_grid.walking.streets import Floats, Ints

Bools = npt.NDArray[np.bool_]
NO_TIME: Final = -1  # in lists of seconds: no way within an hour


@dataclass(frozen=True)
class Added:
    """A facility that is only thought of, degrees."""

    category: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Change:
    """What is thought to be built, and codes of what is thought to be closed."""

    added: tuple[Added, ...] = ()
    removed: frozenset[str] = frozenset()

    def of(self, category: str, known: Study) -> "Change":
        """Return what of it concerns one kind."""
        codes = {each.code for each in known.facilities.get(category, ())}
        added = tuple(each for each in self.added if each.category == category)
        return Change(added, self.removed & codes)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


NOTHING: Final = Change()


@dataclass(frozen=True, eq=False)
class State:
    """One kind as it stands, or as it would: the field, the walk and the straight line (k,)."""

    field: Field
    walk: Walk
    straight_m: Floats
    doors: Placed

    def verdict(self, known: Study, limit_m: float) -> npt.NDArray[np.str_]:
        """Return what is said of each cell (k,), see `Verdict`."""
        reached = np.where(self.walk.metres <= limit_m, Verdict.COVERED, Verdict.GAP)
        return np.where(known.people.placed.stands, reached, Verdict.NO_STREET)


def state_of(known: Study, category: str, question: Question, change: Change = NOTHING) -> State:
    """Return how one kind is reached, with a change or without."""
    places = known.places(category)
    today = State(
        known.field(category, question),
        known.walk(category, question),
        known.straight_m(category),
        places.placed,
    )
    here = change.of(category, known)
    if not here:
        return today
    reach = known.reach(question)
    shut = np.array([places.codes[owner] in here.removed for owner in places.owner], bool)
    gone, spots = np.flatnonzero(shut), [(each.lon, each.lat) for each in here.added]
    new = known.ground.place(np.array(spots).reshape(-1, 2))
    field = reach.removed(today.field, places.placed, gone) if len(gone) else today.field
    field = reach.added(field, new, len(shut) + np.arange(len(new)))
    doors = _joined(_without(places.placed, gone), new)
    edges = np.concatenate((places.placed.edge[gone], new.edge))
    straight = straight_m(known.people.lonlat, places.lonlat[~shut]) if len(gone) else None
    return State(
        field,
        _walked_again(known, today, field, doors, edges, reach),
        _nearer(known.people.lonlat, today.straight_m if straight is None else straight, spots),
        doors,
    )


def _walked_again(
    known: Study, today: State, field: Field, doors: Placed, edges: Ints, reach: Reach
) -> Walk:
    """Return the walk by another field; only cells that may notice the difference walk again.

    These are the cells on a street with an end that is served otherwise, and on `edges` with a
    door that came or went.
    """
    before, placed = today.field, known.people.placed
    other = (before.metres != field.metres) | (before.nearest != field.nearest)
    ends = reach.network.ends[placed.edge]
    again = np.flatnonzero(placed.stands & (other[ends].any(axis=1) | np.isin(placed.edge, edges)))
    part = reach.walk(placed[again], doors, field)
    whole = Walk(today.walk.metres.copy(), today.walk.nearest.copy(), today.walk.street_m.copy())
    whole.metres[again], whole.nearest[again] = part.metres, part.nearest
    whole.street_m[again] = part.street_m
    return whole


def _nearer(lonlat: Floats, before_m: Floats, spots: Sequence[tuple[float, float]]) -> Floats:
    """Return the straight metres (k,) with some spots more; there are few of them."""
    nearer = before_m
    for spot in spots:
        nearer = np.minimum(nearer, distance_m(lonlat, np.broadcast_to(spot, lonlat.shape)))
    return nearer


def effect(
    known: Study, category: str, question: Question, change: Change, seen: Bools
) -> dict[str, Any]:
    """Return what a change does to the cells that are seen (k,), numbered among these.

    `changed` lists their numbers and their new seconds, `NO_TIME` for none.
    """
    before, after = state_of(known, category, question), state_of(known, category, question, change)
    people = known.people.weight[seen]
    was, will = (
        state.verdict(known, question.limit_m)[seen] == Verdict.COVERED for state in (before, after)
    )
    seconds = [seconds_of(state.walk.metres[seen], question.speed) for state in (before, after)]
    changed = np.flatnonzero(seconds[0] != seconds[1])
    return {
        **totals(known, after, question, seen),
        "newly_covered": rounded(people[will & ~was].sum()),
        "lost": rounded(people[was & ~will].sum()),
        "changed": {"cells": changed.tolist(), "seconds": seconds[1][changed].tolist()},
    }


def totals(known: Study, state: State, question: Question, seen: Bools) -> dict[str, float]:
    """Return people by verdict, in the circle, and those in it who are a gap in truth."""
    verdict, people = state.verdict(known, question.limit_m)[seen], known.people.weight[seen]
    inside = state.straight_m[seen] <= question.circle_m
    return {
        "weight": rounded(people.sum()),
        "covered": rounded(people[verdict == Verdict.COVERED].sum()),
        "gap": rounded(people[verdict == Verdict.GAP].sum()),
        "no_street": rounded(people[verdict == Verdict.NO_STREET].sum()),
        "circle": rounded(people[inside].sum()),
        "circle_gap": rounded(people[inside & (verdict == Verdict.GAP)].sum()),
    }


def seconds_of(metres: Floats, speed: float) -> Ints:
    """Return whole seconds (k,), `NO_TIME` where there is no way."""
    there = np.isfinite(metres)
    return np.where(there, np.round(np.where(there, metres, 0) / speed), NO_TIME).astype(np.int64)


def rounded(people: Any) -> float:
    """Return a sum of people without the dust of floating point."""
    return round(float(people), 3)


def _without(placed: Placed, gone: Ints) -> Placed:
    """Return the same entrances, in the same order; those that are gone stand nowhere."""
    edge = placed.edge.copy()
    edge[gone] = NOWHERE
    return Placed(edge, placed.along_m, placed.connector_m, placed.spot)


def _joined(one: Placed, other: Placed) -> Placed:
    return Placed(
        np.concatenate((one.edge, other.edge)),
        np.concatenate((one.along_m, other.along_m)),
        np.concatenate((one.connector_m, other.connector_m)),
        np.concatenate((one.spot, other.spot)),
    )
