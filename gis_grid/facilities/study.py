"""A network with everybody and everything on it, kept in memory, to be asked again and again.

A planner's page asks in tenths of a second: people, places and fields are found once for each
network version and kept in the process until a row of their tables changes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any, Final, TypeVar

import numpy as np
from django.contrib.gis.geos import Polygon
from django.utils import timezone

from gis_grid.facilities.coverage import People, Places, Question, categories_named, open_today
from gis_grid.facilities.models import Facility, FacilityCategory, PopulationCell, WalkNetwork
from gis_grid.facilities.networks import opened
from gis_grid.facilities.residents import Residents
from gis_grid.facilities.stamps import stamp_of
from gis_grid.territory.models import Area, Boundary
from gis_grid.walking.circle import nearest
from gis_grid.walking.path import Paths
from gis_grid.walking.reach import LIMIT_M, Field, Reach, Walk
from gis_grid.walking.snap import Ground
from gis_grid.walking.streets import Floats

KEPT: Final = 2  # studies in a process; one is some tens of megabytes for a city
KEPT_ANSWERS: Final = 200  # of a study: one is up to a megabyte for a city

T = TypeVar("T")
_studies: dict[tuple[Any, ...], "Study"] = {}
_lock = Lock()


@dataclass(frozen=True, eq=False)
class Study:
    """An opened network with the people, places and areas of a day; its answers are kept."""

    stored: WalkNetwork
    stamp: str
    ground: Ground
    people: People
    residents: Residents
    categories: dict[str, FacilityCategory]
    facilities: dict[str, Sequence[Facility]]
    _kept: dict[Any, Any] = field(default_factory=dict)

    def category(self, code: str) -> FacilityCategory:
        """Return one by code; NotFound `no_such_category`."""
        return self.categories.get(code) or categories_named([code])[0]

    @property
    def index(self) -> list[str]:
        """The kinds that everybody should have near; all kinds where none is required."""
        required = [code for code, each in self.categories.items() if each.required]
        return required or list(self.categories)

    def places(self, category: str) -> Places:
        """Return the entrances of one kind; none is an answer too."""
        return self._once(
            ("places", category),
            lambda: Places.at(self.facilities.get(category, ()), self.ground),
        )

    def reach(self, question: Question) -> Reach:
        """Return the network with its gates as they are asked for."""
        return self._once(
            ("reach", *gates_of(question)), lambda: question.reach(self.ground.network)
        )

    def paths(self, question: Question) -> Paths:
        """Return the same, ready to tell ways."""
        return self._once(("paths", *gates_of(question)), lambda: Paths(self.reach(question)))

    def field(self, category: str, question: Question) -> Field:
        """Return how far it is from everywhere to the nearest of a kind."""
        limit_m = max(LIMIT_M, question.limit_m)
        reach = self.reach(question)
        return self._once(
            ("field", category, *gates_of(question), limit_m),
            lambda: reach.field(self.places(category).placed, limit_m),
        )

    def walk(self, category: str, question: Question) -> Walk:
        """Return how far everybody walks to the nearest of a kind."""
        found = self.field(category, question)
        reach = self.reach(question)
        return self._once(
            ("walk", category, *gates_of(question), found.limit_m),
            lambda: reach.walk(self.people.placed, self.places(category).placed, found),
        )

    def straight_m(self, category: str) -> Floats:
        """Return how far it is in a straight line (k,), inf where there is none of a kind."""
        return self._once(
            ("straight", category),
            lambda: straight_m(self.people.lonlat, self.places(category).lonlat),
        )

    def _once(self, key: tuple[Any, ...], make: Callable[[], T]) -> T:
        kept: T | None = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = make()
            for oldest in list(self._kept)[:-KEPT_ANSWERS]:
                self._kept.pop(oldest, None)  # another thread may have been faster
        return kept


def study(name: str) -> Study:
    """Return a network's study; two queries when nothing has changed.

    NotFound `no_such_network`, Invalid `no_people`, Unavailable `network_files_missing`.
    """
    stored, ground = opened(name)
    today = timezone.localdate()
    stamp = f"{today} {stamp_of(FacilityCategory, Facility, PopulationCell, Area, Boundary)}"
    key = (stored.pk, stored.version, stamp)
    with _lock:  # two requests at once must not both build it
        known = _studies.pop(key, None) or _build(stored, ground, stamp, today)
        _studies[key] = known  # the youngest at the end
        while len(_studies) > KEPT:
            del _studies[next(iter(_studies))]
    return known


def forget() -> None:
    """Let go of all studies."""
    with _lock:
        _studies.clear()


def gates_of(question: Question) -> tuple[bool, str]:
    """Return what a question says of gates."""
    return question.gates_open, question.gates_at


def straight_m(lonlat: Floats, doors: Floats) -> Floats:
    """Return metres (k,) to the nearest of some entrances, inf where there is none."""
    return nearest(lonlat, doors)[0] if len(doors) else np.full(len(lonlat), np.inf)


def _build(stored: WalkNetwork, ground: Ground, stamp: str, today: date) -> Study:
    people = People.within(stored.extent, ground)
    return Study(
        stored=stored,
        stamp=stamp,
        ground=ground,
        people=people,
        residents=Residents.of(people.lonlat, today),
        categories={each.code: each for each in FacilityCategory.objects.all()},
        facilities=_by_category(stored.extent),
    )


def _by_category(extent: Polygon) -> dict[str, Sequence[Facility]]:
    found: dict[str, list[Facility]] = {}
    for each in open_today(extent).select_related("category"):
        found.setdefault(each.category.code, []).append(each)
    return dict(found)
