"""What the planner's map shows, as short lists: a town is 10,000 cells and 40,000 streets."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.utils import translation

from gis_grid.facilities.coverage import Question, Verdict
from gis_grid.facilities.models import FacilityCategory
from gis_grid.facilities.study import Study
from gis_grid.facilities.whatif import Bools, Change, State, rounded, seconds_of, state_of, totals
from gis_grid.territory.paths import Territory
from gis_grid.walking.path import Outing
from gis_grid.walking.rules import Way
from gis_grid.walking.streets import Floats, Ints

ALL: Final = "all"  # instead of a kind: how many of the required kinds one can walk to
MAX_EDGES: Final = 20_000
MICRO: Final = 1e6  # degrees are told as whole millionths: 0.1 m

Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class View:
    """What is looked at: a study, a kind or `ALL`, under which assumptions, by whom."""

    known: Study
    category: str
    question: Question
    change: Change
    territory: Territory

    @property
    def seen(self) -> Bools:
        """Which cells (k,) lie in the looker's territory."""
        return self.known.residents.seen_from(self.territory)

    @property
    def codes(self) -> list[str]:
        """The kinds that are looked at."""
        return self.known.index if self.category == ALL else [self.category]

    def state(self, code: str) -> State:
        """Return how one of them is reached."""
        return state_of(self.known, code, self.question, self.change)


def name_of(category: FacilityCategory) -> str:
    """Return a kind's name in the language of the reader."""
    english = (translation.get_language() or "").startswith("en")
    return category.name_en if english and category.name_en else category.name


def people(view: View) -> dict[str, Any]:
    """Return the cells with their verdicts, what they walk to, the sums, and the areas."""
    seen, known = view.seen, view.known
    found = _index(view) if view.category == ALL else _one(view)
    lonlat, weight = known.people.lonlat[seen], known.people.weight[seen]
    cells = {
        "lon": np.round(lonlat[:, 0], 6).tolist(),
        "lat": np.round(lonlat[:, 1], 6).tolist(),
        "weight": np.round(weight, 3).tolist(),
        "verdict": "".join(_letters(found.verdict[seen])),
        **{name: values[seen].tolist() for name, values in found.lists.items()},
    }
    return {
        "of": len(view.codes),
        "cells": cells,
        "facilities": list(_facilities(view)),
        "totals": found.totals,
        "areas": list(_areas(view, found.verdict)),
    }


@dataclass(frozen=True, eq=False)
class _Found:
    """Of all cells (k,): what is said, and the lists that go with it; of those seen: sums."""

    verdict: npt.NDArray[np.str_]
    lists: dict[str, npt.NDArray[Any]]
    totals: dict[str, float]


def _one(view: View) -> _Found:
    state, question = view.state(view.category), view.question
    straight = np.where(np.isfinite(state.straight_m), state.straight_m, -1).round().astype(int)
    return _Found(
        state.verdict(view.known, question.limit_m),
        {"seconds": seconds_of(state.walk.metres, question.speed), "straight_m": straight},
        totals(view.known, state, question, view.seen),
    )


def _index(view: View) -> _Found:
    """Count for each cell how many kinds are within reach; covered is who reaches all of them."""
    stands, weight, seen = view.known.people.placed.stands, view.known.people.weight, view.seen
    count = np.zeros(len(stands), np.int64)
    for code in view.codes:
        count += view.state(code).walk.metres <= view.question.limit_m
    reached = np.where(count == len(view.codes), Verdict.COVERED, Verdict.GAP)
    verdict = np.where(stands, reached, Verdict.NO_STREET)
    sums = {str(each): rounded(weight[seen & (verdict == each)].sum()) for each in Verdict}
    return _Found(verdict, {"count": count}, {"weight": rounded(weight[seen].sum()), **sums})


def _letters(verdict: npt.NDArray[np.str_]) -> Iterator[str]:
    return (each[0] for each in verdict.tolist())


def _facilities(view: View) -> Iterator[dict[str, Any]]:
    for code in view.codes:
        for each in view.known.facilities.get(code, ()):
            yield {
                "code": each.code,
                "name": each.name,
                "category": code,
                "lon": round(each.point.x, 6),
                "lat": round(each.point.y, 6),
            }


def areas(view: View) -> list[dict[str, Any]]:
    """Return the grids and communities with their people by verdict, the worst first."""
    found = _index(view) if view.category == ALL else _one(view)
    return sorted(_areas(view, found.verdict), key=lambda row: (-row["gap"], row["code"]))


def _areas(view: View, verdict: npt.NDArray[np.str_]) -> Iterator[dict[str, Any]]:
    weight = view.known.people.weight
    for area, cells in view.known.residents.rows(view.territory):
        said, people = verdict[cells], weight[cells]
        yield {
            "code": area.code,
            "name": area.name,
            "level": area.level.slug,
            "parent": area.parent,
            "bounds": [round(each, 6) for each in area.bounds],
            "people": rounded(people.sum()),
            **{str(each): rounded(people[said == each].sum()) for each in Verdict},
        }


def streets(view: View, box: Box) -> dict[str, Any]:
    """Return the streets of a box with the seconds at both ends, at most `MAX_EDGES`, long ones.

    `points` are whole millionths of degrees, of each line the first as it is and the others as
    the difference to the one before; line i has `counts[i]` points.
    """
    network = view.known.ground.network
    edges = np.flatnonzero(_inside(view.known, box) & _drawn(network.kind))
    cut = len(edges) > MAX_EDGES
    if cut:
        longest = np.argsort(-network.length_m[edges], kind="stable")[:MAX_EDGES]
        edges = np.sort(edges[longest])
    ends = network.ends[edges]
    metres = view.state(view.category).field.metres if view.category != ALL else None
    return {
        "cut": cut,
        "counts": np.diff(network.shape_from)[edges].tolist(),
        "points": _deltas(network.shape, network.shape_from, edges).ravel().tolist(),
        "metres": np.round(network.length_m[edges], 1).tolist(),
        "seconds": [
            seconds_of(metres[ends[:, side]], view.question.speed).tolist() for side in (0, 1)
        ]
        if metres is not None
        else None,
    }


def _drawn(kind: npt.NDArray[np.uint8]) -> Bools:
    return ~np.isin(kind, (Way.GATE, Way.LOCK))


def _inside(known: Study, box: Box) -> Bools:
    """Return which edges (m,) touch a box."""
    network = known.ground.network
    starts = network.shape_from[:-1]
    low = np.minimum.reduceat(network.shape, starts)
    high = np.maximum.reduceat(network.shape, starts)
    west, south, east, north = box
    return np.asarray(
        (low[:, 0] <= east) & (high[:, 0] >= west) & (low[:, 1] <= north) & (high[:, 1] >= south),
        bool,
    )


def _deltas(shape: Floats, starts: Ints, edges: Ints) -> Ints:
    counts = np.diff(starts)[edges]
    first = np.cumsum(counts) - counts
    points = np.arange(counts.sum()) - np.repeat(first - starts[edges], counts)
    whole = np.round(shape[points] * MICRO).astype(np.int64)
    steps = whole.copy()
    steps[1:] -= whole[:-1]
    steps[first] = whole[first]
    return np.asarray(steps, np.int64)


def walks(view: View, lon: float, lat: float) -> dict[str, Any]:
    """Return how far it is from a place to each kind, and the way to the nearest of each."""
    known, question = view.known, view.question
    placed = known.ground.place([(lon, lat)])
    outing = known.paths(question).leave(placed) if placed.stands[0] else None
    codes = dict.fromkeys([*view.codes, *known.index])
    return {
        "stands": outing is not None,
        "street_m": round(float(placed.connector_m[0]), 1),
        "ways": [_way(view, code, outing, (lon, lat)) for code in codes] if outing else [],
    }


def _way(view: View, code: str, outing: Outing, here: tuple[float, float]) -> dict[str, Any]:
    known, state = view.known, view.state(code)
    told = {"category": code, "name": name_of(known.category(code))}
    path = outing.to(state.doors)
    if path is None:
        return {**told, "seconds": None, "to": None, "path": None}
    places, here_added = known.places(code), view.change.of(code, known).added
    number = path.entrance - len(places.owner)
    if number < 0:
        facility = known.facilities[code][places.owner[path.entrance]]
        name, door = facility.name, places.lonlat[path.entrance].tolist()
    else:
        name, door = "", [here_added[number].lon, here_added[number].lat]
    line = np.concatenate(([here], path.line, [door]))
    return {
        **told,
        "seconds": round(path.metres / view.question.speed),
        "metres": round(path.metres),
        "to": name,
        "path": {"type": "LineString", "coordinates": np.round(line, 6).tolist()},
    }
