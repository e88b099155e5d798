"""Areas for maps, and for finding where many points lie."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import shapely
from django.contrib.gis.db.models import Extent

from gis_grid.territory.locate import Layer
from gis_grid.territory.models import Boundary, Kind
from gis_grid.territory.ownership import Candidate
from gis_grid.territory.paths import Territory


def bounds_of(territory: Territory, when: date) -> list[float] | None:
    """Return west, south, east, north (degrees) of a territory on a day, None when empty."""
    found = Boundary.objects.within(territory).at(when).aggregate(box=Extent("shape"))["box"]
    return list(found) if found else None


def layer_at(day: date, levels: Sequence[int]) -> Layer:
    """Return the boundaries of some levels that are valid on a day, with their areas."""
    rows = list(
        Boundary.objects.at(day)
        .filter(area__level__in=levels)
        .select_related("area")
        .order_by("area__code")
    )
    candidates = [
        Candidate(
            area_id=row.area_id,
            boundary_id=row.pk,
            code=row.area.code,
            name=row.area.name,
            level=row.area.level,
            exclusive=row.area.kind == Kind.EXCLUSIVE,
            path=row.area.path,
            distance_m=0.0,
            edge_m=0.0,
        )
        for row in rows
    ]
    shapes = shapely.from_wkb([bytes(row.shape.wkb) for row in rows])
    return Layer(candidates, np.asarray(shapes, dtype=object))
