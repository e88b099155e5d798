"""What the latest run says of a place's surroundings: who there cannot walk to what."""

from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from django.contrib.gis.geos import Point

from gis_grid.facilities.coverage import Verdict
from gis_grid.facilities.models import FacilityCategory, Run
from gis_grid.facilities.results import Cells, read_cells, run_of
from gis_grid.geo.metric import distance_m


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
        "run": {
            "id": run.pk,
            "at": run.at,
            "network": run.network.name,
            "minutes": run.parameters["minutes"],
            "speed": run.parameters["speed"],
        },
        "within_m": within_m,
        "people": round(float(people.sum())),
        "gaps": [
            {"category": code, "name": names.get(code, code), "people": round(count)}
            for code, count in sorted(beyond.items(), key=lambda each: (-each[1], each[0]))
            if count
        ],
    }


@lru_cache(maxsize=2)
def _cells(run: UUID) -> Cells:
    """Return the cells of a run; a run never changes."""
    return read_cells(run_of(run))
