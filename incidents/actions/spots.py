"""Where somebody stood when they did a deed, and how far that is from the incident."""

from dataclasses import dataclass

from django.conf import settings

from gis_grid.geo.datum import Datum
from gis_grid.geo.metric import distance_m
from incidents.actions.doing import Case
from incidents.reports import wgs84_point


@dataclass(frozen=True)
class Spot:
    """Where somebody stood: WGS84 degrees, accuracy in metres if known."""

    lon: float
    lat: float
    accuracy_m: float | None = None

    @classmethod
    def of(cls, lon: float, lat: float, datum: Datum, accuracy_m: float | None) -> "Spot":
        """Return the spot of a device that speaks this datum."""
        return cls(*wgs84_point(lon, lat, datum), accuracy_m)


def measure(case: Case, spot: Spot | None) -> None:
    """Keep the distance in metres, marked `far` when it is large; the place itself is not kept."""
    if spot is None:
        return
    point = case.incident.point
    away_m = float(distance_m([(spot.lon, spot.lat)], [(point.x, point.y)])[0])
    unsure_m = (spot.accuracy_m or 0) + (case.incident.accuracy_m or 0)
    case.body["distance_m"] = round(away_m, 1)
    case.body["far"] = away_m > settings.ON_THE_SPOT_M + unsure_m
