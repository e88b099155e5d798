"""A run's table read again: who was covered, by what, how far; for exports and comparisons."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import NotFound, Unavailable
from gis_grid.facilities.coverage import cells_of
from gis_grid.facilities.models import FacilityCategory, Run
from gis_grid.facilities.picture import name_of
from gis_grid.facilities.residents import Residents
from gis_grid.territory.paths import Territory
from gis_grid.walking.streets import Bools, Floats


@dataclass(frozen=True, eq=False)
class Column:
    """What was found for one category; arrays (k,) of the cells, inf where there is no way."""

    seconds: Floats
    straight_m: Floats
    facility: npt.NDArray[np.str_]
    verdict: npt.NDArray[np.str_]


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells (k,) of a run: codes, degrees, people, and a column for each category."""

    codes: list[str]
    lonlat: Floats
    weight: Floats
    columns: Mapping[str, Column]

    @cached_property
    def number(self) -> dict[str, int]:
        """Where each code stands."""
        return {code: k for k, code in enumerate(self.codes)}

    def only(self, which: Bools) -> "Cells":
        """Return some of the cells."""
        kept = np.flatnonzero(which)
        columns = {
            name: Column(*(each[kept] for each in vars(column).values()))
            for name, column in self.columns.items()
        }
        codes = [self.codes[k] for k in kept]
        return Cells(codes, self.lonlat[kept], self.weight[kept], columns)


@dataclass(frozen=True, eq=False)
class Seen:
    """What somebody sees of a run: the cells in their territory, and whose area each lies in."""

    run: Run
    cells: Cells
    residents: Residents
    territory: Territory
    day: date

    @classmethod
    def of(cls, run: Run, territory: Territory, day: date) -> "Seen":
        """Read it; Unavailable `run_files_missing` when the table is gone."""
        cells = read_cells(run)
        residents = Residents.of(cells.lonlat, day)
        which = residents.seen_from(territory)
        there = Residents(residents.areas, residents.owner[which])
        return cls(run, cells.only(which), there, territory, day)


def all_runs() -> QuerySet[Run]:
    """Return all runs, the newest first, with their networks and who asked."""
    return Run.objects.select_related("network", "by")


def run_of(pk: UUID) -> Run:
    """Return a run; NotFound `no_such_run`."""
    run = all_runs().filter(pk=pk).first()
    if run is None:
        raise NotFound("no_such_run", _("There is no such run."))
    return run


def category_names() -> dict[str, str]:
    """Return the categories' names by code, in the reader's language."""
    return {each.code: name_of(each) for each in FacilityCategory.objects.all()}


def read_cells(run: Run) -> Cells:
    """Read the table of a run; Unavailable `run_files_missing` when it is gone."""
    by_category: dict[str, list[dict[str, str]]] = {}
    try:
        with cells_of(run).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                by_category.setdefault(row["category"], []).append(row)
    except FileNotFoundError as error:
        raise Unavailable(
            "run_files_missing", _("The table of this run is gone. Please compute it again.")
        ) from error
    rows = next(iter(by_category.values()))
    return Cells(
        codes=[row["cell_id"] for row in rows],
        lonlat=np.array([(float(row["lon"]), float(row["lat"])) for row in rows]),
        weight=np.array([float(row["weight"]) for row in rows]),
        columns={name: _column(each) for name, each in by_category.items()},
    )


def _column(rows: list[dict[str, str]]) -> Column:
    def numbers(name: str) -> Floats:
        return np.array([float(row[name] or "inf") for row in rows])

    return Column(
        numbers("seconds"),
        numbers("straight_m"),
        np.array([row["facility_id"] for row in rows]),
        np.array([row["verdict"] for row in rows]),
    )
