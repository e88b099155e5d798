"""Areas for maps."""

from datetime import date

from django.contrib.gis.db.models import Extent

from gis_grid.territory.models import Boundary
from gis_grid.territory.paths import Territory


def bounds_of(territory: Territory, when: date) -> list[float] | None:
    """Return west, south, east, north (degrees) of a territory on a day, None when empty."""
    found = Boundary.objects.within(territory).at(when).aggregate(box=Extent("shape"))["box"]
    return list(found) if found else None
