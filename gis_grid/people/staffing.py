"""Which grids lack a worker or a party organisation: one query, plain answers."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.db.models import Count, F, OuterRef, Q, Subquery

from gis_grid.people.models import FIELD_ROLES
from gis_grid.territory.models import Area, Boundary, Level
from gis_grid.territory.paths import Territory


@dataclass(frozen=True)
class Staffing:
    """One grid and how many answer for it; `geometry` is GeoJSON, None without a boundary."""

    code: str
    name: str
    community: str
    workers: int
    party: int
    geometry: dict[str, Any] | None


def staffing(territory: Territory, when: date) -> list[Staffing]:
    """Return every grid of a territory on a day, those that lack most first."""
    on_duty = Q(assignments__during__contains=when, assignments__role__in=FIELD_ROLES)
    outline = Boundary.objects.at(when).filter(area=OuterRef("pk"))
    grids = (
        Area.objects.within(territory)
        .at(when)
        .filter(level=Level.GRID)
        .annotate(
            community=F("parent__name"),
            workers=Count("assignments__worker", filter=on_duty, distinct=True),
            party=Count("party_organisations", distinct=True),
            outline=Subquery(
                outline.annotate(json=AsGeoJSON("shape", precision=6)).values("json")[:1]
            ),
        )
        .order_by("code")
        .values("code", "name", "community", "workers", "party", "outline")
    )
    rows = [
        Staffing(
            code=grid["code"],
            name=grid["name"],
            community=grid["community"] or "",
            workers=grid["workers"],
            party=grid["party"],
            geometry=json.loads(grid["outline"]) if grid["outline"] else None,
        )
        for grid in grids
    ]
    return sorted(rows, key=lambda row: (row.workers > 0, row.party > 0, row.code))
