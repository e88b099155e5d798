"""Who can walk there: tables to the walking engine and back, as one reproducible run."""

import csv
import hashlib
import io
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.gis.geos import Polygon
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid, NotFound
from gis_grid.facilities.models import Facility, FacilityCategory, PopulationCell, Run
from gis_grid.facilities.networks import opened
from gis_grid.walking.circle import nearest
from gis_grid.walking.hours import minute_of
from gis_grid.walking.network import Network
from gis_grid.walking.reach import LIMIT_M, Reach, Walk
from gis_grid.walking.snap import Ground, Placed
from gis_grid.walking.streets import Floats, Ints

MINUTES, SPEEDS, CIRCLES = (1.0, 60.0), (0.3, 2.5), (50.0, 20_000.0)
OFF_STREETS = 0.3  # a larger share off every street looks like the wrong datum
COLUMNS = [
    "cell_id",
    "lon",
    "lat",
    "weight",
    "category",
    "seconds",
    "network_seconds",
    "snap_m",
    "facility_id",
    "straight_m",
    "verdict",
]

Note = Any
# Told the stage that begins and the share of the work that is done; may raise to end the work.
Progress = Callable[[Any, float], None]


def in_silence(_stage: Any, _done: float) -> None:
    """Tell nobody."""


class Verdict(StrEnum):
    """What is said of a place; without a street nearby nothing can be said."""

    COVERED = "covered"
    GAP = "gap"
    NO_STREET = "no_street"


@dataclass(frozen=True)
class Question:
    """What a run asks. Speed in m/s; `circle_m` is the circle the walk is compared with."""

    network: str
    categories: tuple[str, ...]
    minutes: float = 15
    speed: float = 1.2
    circle_m: float = 1000
    gates_open: bool = True
    gates_at: str = ""  # a time like 23:00, at which gates are shut whose hours leave it out

    def check(self) -> None:
        """Raise Invalid `out_of_range` with the field at fault, `bad_time`."""
        for name, (least, most) in (
            ("minutes", MINUTES),
            ("speed", SPEEDS),
            ("circle_m", CIRCLES),
        ):
            value = getattr(self, name)
            if not (math.isfinite(value) and least <= value <= most):
                reason = _("from %(least)g to %(most)g") % {"least": least, "most": most}
                message = _("%(name)s is out of range: %(reason)s.")
                raise Invalid(
                    "out_of_range", message % {"name": name, "reason": reason}, {name: reason}
                )

        if self.gates_at:
            minute_of(self.gates_at)

    def reach(self, network: Network) -> Reach:
        """Return the network with its gates as they are asked for."""
        minute = minute_of(self.gates_at) if self.gates_at else None
        return Reach(network, gates_open=self.gates_open, minute=minute)

    @property
    def limit_m(self) -> float:
        """How far one walks in the time."""
        return self.minutes * 60 * self.speed


@dataclass(frozen=True, eq=False)
class People:
    """Cells (k,) in the network's extent, by code, and where they stand on its streets."""

    codes: list[str]
    lonlat: Floats
    weight: Floats
    placed: Placed

    @classmethod
    def within(cls, extent: Polygon, ground: Ground) -> "People":
        """Read them; Invalid `no_people` where there are none."""
        cells = PopulationCell.objects.filter(point__coveredby=extent).order_by("code")
        rows = [(c.code, c.point.x, c.point.y, c.weight) for c in cells]
        if not rows:
            raise Invalid("no_people", _("No people are loaded within the network's extent."))
        codes, lon, lat, weight = (list(each) for each in zip(*rows, strict=True))
        lonlat = np.column_stack((lon, lat))
        return cls(codes, lonlat, np.array(weight), ground.place(lonlat))


@dataclass(frozen=True, eq=False)
class Places:
    """The entrances (e,) of facilities of one category, and whose each is."""

    codes: list[str]
    lonlat: Floats
    owner: Ints
    placed: Placed

    @classmethod
    def of(cls, category: FacilityCategory, extent: Polygon, ground: Ground) -> "Places":
        """Read those that are open today; Invalid `no_facility` where there are none."""
        found = cls.at(open_today(extent).filter(category=category), ground)
        if not found.codes:
            raise Invalid(
                "no_facility",
                _("No facility of %(category)s is loaded within the network's extent.")
                % {"category": category},
                {"category": category.code},
            )
        return found

    @classmethod
    def at(cls, facilities: Iterable[Facility], ground: Ground) -> "Places":
        """Return the entrances of some facilities."""
        codes: list[str] = []
        lonlat: list[tuple[float, float]] = []
        owner: list[int] = []
        for number, facility in enumerate(facilities):
            codes.append(facility.code)
            doors = facility.entrances.coords if facility.entrances else (facility.point.coords,)
            lonlat += [(x, y) for x, y in doors]
            owner += [number] * len(doors)
        doors_at = np.array(lonlat).reshape(-1, 2)
        return cls(codes, doors_at, np.array(owner, np.int64), ground.place(doors_at))


def open_today(extent: Polygon) -> QuerySet[Facility]:
    """Return the facilities within an extent that are open today, by code."""
    today = timezone.localdate()
    open_now = Facility.objects.filter(
        Q(opened_on=None) | Q(opened_on__lte=today), Q(closed_on=None) | Q(closed_on__gt=today)
    )
    return open_now.filter(point__coveredby=extent).order_by("code")


@dataclass(frozen=True, eq=False)
class Found:
    """The answer for one category; arrays (k,) of the cells."""

    category: str
    walk: Walk
    straight_m: Floats
    facility: list[str]
    verdict: npt.NDArray[np.str_]
    facilities: int


def compute(
    question: Question,
    by: User | None = None,
    progress: Progress = in_silence,
) -> tuple[Run, list[Note]]:
    """Answer a question and keep the answer; the same question to the same data is one run.

    Raises Invalid (`out_of_range`, `no_people`, `no_facility`) and NotFound (`no_such_network`,
    `no_such_category`) before anything is stored.
    """
    question.check()
    stored, ground = opened(question.network)
    categories = categories_named(question.categories)
    progress(_("Placing people on streets"), 0.0)
    people = People.within(stored.extent, ground)
    notes = _doubts(_("people"), people.placed)
    if stored.sparse:
        notes.append(_("The network is sparse: gaps may be gaps of the map."))
    reach = question.reach(ground.network)
    answers, places = [], []
    for number, category in enumerate(categories, 1):
        done = number / (len(categories) + 1)
        progress(_("Walking to %(category)s") % {"category": category}, done)
        places.append(Places.of(category, stored.extent, ground))
        notes += _doubts(category.name, places[-1].placed)
        notes += _left_out(category, places[-1], stored.extent)
        answers.append(_answer(question, category.code, reach, people, places[-1]))
    progress(_("Writing the table"), 0.95)
    rows = _csv(question, people, answers)
    inputs = _fingerprint(stored.version, question, people, places)
    run, _made = Run.objects.get_or_create(
        inputs=inputs,
        defaults={
            "network": stored,
            "network_version": stored.version,
            "parameters": asdict(question),
            "results": _results(question, people, answers),
            "at": timezone.now(),
            "by": by,
        },
    )
    _write(cells_of(run), rows)
    return run, notes


def cells_of(run: Run) -> Path:
    """Return where the table of a run lies."""
    return Path(settings.MEDIA_ROOT) / "coverage" / f"{run.pk}.csv"


def categories_named(codes: Iterable[str]) -> list[FacilityCategory]:
    """Return categories by code, each once, in this order; NotFound `no_such_category`."""
    known = {each.code: each for each in FacilityCategory.objects.all()}
    missing = [code for code in codes if code not in known]
    if missing:
        raise NotFound(
            "no_such_category",
            _("There is no category %(name)s; known: %(known)s.")
            % {"name": missing[0], "known": ", ".join(sorted(known)) or "-"},
            {"category": missing[0]},
        )
    return [known[code] for code in dict.fromkeys(codes)]


def _answer(
    question: Question, category: str, reach: Reach, people: People, places: Places
) -> Found:
    field = reach.field(places.placed, max(LIMIT_M, question.limit_m))
    walk = reach.walk(people.placed, places.placed, field)
    straight_m, _door = nearest(people.lonlat, places.lonlat)
    reached = np.where(walk.metres <= question.limit_m, Verdict.COVERED, Verdict.GAP)
    verdict = np.where(people.placed.stands, reached, Verdict.NO_STREET)
    who = [places.codes[places.owner[door]] if door >= 0 else "" for door in walk.nearest]
    return Found(category, walk, straight_m, who, verdict, len(places.codes))


def _results(question: Question, people: People, answers: Sequence[Found]) -> dict[str, Any]:
    return {
        "cells": len(people.codes),
        "weight": float(people.weight.sum()),
        "categories": [_shares(question, people, each) for each in answers],
    }


def _shares(question: Question, people: People, found: Found) -> dict[str, Any]:
    """Return people by verdict and circle; `circle_gap_share` is of those inside the circle."""
    total = float(people.weight.sum())

    def weigh(which: npt.NDArray[np.bool_]) -> float:
        return round(float(people.weight[which].sum()), 6)

    by_verdict = {str(each): weigh(found.verdict == each) for each in Verdict}
    inside = found.straight_m <= question.circle_m
    circle, wrong = weigh(inside), weigh(inside & (found.verdict == Verdict.GAP))
    return {
        "category": found.category,
        "facilities": found.facilities,
        **by_verdict,
        "covered_share": _share(by_verdict[Verdict.COVERED], total),
        "circle": circle,
        "circle_share": _share(circle, total),
        "circle_gap": wrong,
        "circle_gap_share": _share(wrong, circle),
    }


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 6) if whole else None


def _csv(question: Question, people: People, answers: Sequence[Found]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for found in answers:
        writer.writerows(_rows(question, people, found))
    return out.getvalue().encode()


def _rows(question: Question, people: People, found: Found) -> Iterator[Sequence[object]]:
    for k, code in enumerate(people.codes):
        yield (
            code,
            f"{people.lonlat[k, 0]:.7f}",
            f"{people.lonlat[k, 1]:.7f}",
            f"{people.weight[k]:g}",
            found.category,
            _number(found.walk.metres[k] / question.speed),
            _number(found.walk.street_m[k] / question.speed),
            _number(people.placed.connector_m[k]),
            found.facility[k],
            _number(found.straight_m[k]),
            found.verdict[k],
        )


def _number(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else ""


def _fingerprint(version: str, question: Question, people: People, places: Sequence[Places]) -> str:
    digest = hashlib.sha256(json.dumps([version, asdict(question)]).encode())
    for codes, *arrays in (
        (people.codes, people.lonlat, people.weight),
        *((each.codes, each.lonlat, each.owner) for each in places),
    ):
        digest.update(json.dumps(codes).encode())
        for array in arrays:
            digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def _write(path: Path, rows: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".part")
    half.write_bytes(rows)
    half.replace(path)


def _doubts(what: Any, placed: Placed) -> list[Note]:
    off = 1 - float(placed.stands.mean())
    if off <= OFF_STREETS:
        return []
    return [
        _(
            "%(share).0f %% of %(what)s lie off every street. Are the coordinates in GCJ-02 or "
            "BD-09? Then import them with --datum."
        )
        % {"share": 100 * off, "what": what}
    ]


def _left_out(category: FacilityCategory, places: Places, extent: Polygon) -> list[Note]:
    """Say how many facilities do not count: far from the network, or off every street in it."""
    outside = Facility.objects.filter(category=category).exclude(point__coveredby=extent).count()
    standing = len(set(places.owner[places.placed.stands].tolist()))
    off_street = len(places.codes) - standing
    notes = []
    if outside:
        notes.append(
            _("%(count)d of %(category)s lie outside the network and do not count.")
            % {"count": outside, "category": category}
        )
    if off_street:
        notes.append(
            _("%(count)d of %(category)s lie off every street and serve nobody.")
            % {"count": off_street, "category": category}
        )
    return notes
