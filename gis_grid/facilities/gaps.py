"""What the latest run says of a place or a territory: who there cannot walk to what."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from django.contrib.gis.geos import Point
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import NotFound
from gis_grid.facilities.coverage import Verdict
from gis_grid.facilities.models import FacilityCategory, Run
from gis_grid.facilities.outlines import areas_around
from gis_grid.facilities.residents import Bools, Residents
from gis_grid.facilities.results import Cells, category_names, read_cells, run_of
from gis_grid.facilities.stamps import stamp_of
from gis_grid.facilities.whatif import rounded
from gis_grid.geo.metric import LocalMetric, distance_m
from gis_grid.territory.models import Area, Boundary
from gis_grid.territory.paths import Territory


def gaps_around(point: Point, within_m: float) -> dict[str, Any]:
    """Return people (rounded) beyond reach within some metres, for each category with any.

    Most people first. `run` is None where no run knows the place; Unavailable
    `run_files_missing` when its table is gone.
    """
    run = Run.objects.filter(network__extent__covers=point).select_related("network").first()
    if run is None:
        return {"run": None, "within_m": within_m, "people": 0, "gaps": []}
    cells = _cells(run.pk)
    here = np.broadcast_to(point.coords, cells.lonlat.shape)
    near = np.flatnonzero(distance_m(cells.lonlat, here) <= within_m)
    people = cells.weight[near]
    beyond = {
        code: float(people[column.verdict[near] == Verdict.GAP].sum())
        for code, column in cells.columns.items()
    }
    names = dict(FacilityCategory.objects.filter(code__in=beyond).values_list("code", "name"))
    return {
        "run": facts_of(run),
        "within_m": within_m,
        "people": round(float(people.sum())),
        "gaps": [
            {"category": code, "name": names.get(code, code), "people": round(count)}
            for code, count in sorted(beyond.items(), key=lambda each: (-each[1], each[0]))
            if count
        ],
    }


def facts_of(run: Run) -> dict[str, Any]:
    """Return what a reader has to know of a run: when, on which network, how far (m/s)."""
    return {
        "id": run.pk,
        "at": run.at,
        "network": run.network.name,
        "minutes": run.parameters["minutes"],
        "speed": run.parameters["speed"],
    }


def latest_run(territory: Territory, day: date) -> Run | None:
    """Return the newest run whose network reaches into a territory, None without any."""
    grounds = Boundary.objects.within(territory).at(day)
    touched = Exists(grounds.filter(shape__intersects=OuterRef("network__extent")))
    return Run.objects.select_related("network").filter(touched).first()


@dataclass(frozen=True, eq=False)
class Beyond:
    """Who of a territory is beyond reach by a run."""

    cells: Cells
    seen: Bools

    @classmethod
    def of(cls, run: Run, territory: Territory, day: date) -> "Beyond":
        """Read it; Unavailable `run_files_missing` when the table is gone."""
        residents = _residents(run.pk, day, stamp_of(Area, Boundary))
        return cls(_cells(run.pk), residents.seen_from(territory))

    def kinds(self) -> list[dict[str, Any]]:
        """Return the kinds with the people beyond reach (rounded), most people first."""
        names = category_names()
        told = [
            {
                "code": code,
                "name": names.get(code, code),
                "people": rounded(self.cells.weight[self._who(code)].sum()),
            }
            for code in self.cells.columns
        ]
        return sorted(told, key=lambda each: (-each["people"], each["code"]))

    def areas(self, category: str) -> list[dict[str, Any]]:
        """Return the areas of those beyond reach of a kind, see `areas_around`.

        NotFound `no_such_category` for a kind that the run did not ask for.
        """
        if category not in self.cells.columns:
            raise NotFound("no_such_category", _("The run does not know this kind."))
        who = np.flatnonzero(self._who(category))
        if not len(who):
            return []
        lonlat = self.cells.lonlat[who]
        plane = LocalMetric.around(shapely.points(self.cells.lonlat))
        return list(areas_around(lonlat, self.cells.weight[who], plane))

    def _who(self, category: str) -> Bools:
        gap = self.cells.columns[category].verdict == Verdict.GAP
        return np.asarray(self.seen & gap & (self.cells.weight > 0))


@lru_cache(maxsize=2)
def _residents(run: UUID, day: date, stamp: str) -> Residents:
    """Return the areas of a run's cells; `stamp` differs once an area has changed."""
    return Residents.of(_cells(run).lonlat, day)


@lru_cache(maxsize=2)
def _cells(run: UUID) -> Cells:
    """Return the cells of a run; a run never changes."""
    return read_cells(run_of(run))
