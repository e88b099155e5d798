"""Numbers that arrive as text in an address: a checked value or a refusal that names the fault."""

import math

from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Unreadable

Box = tuple[float, float, float, float]


def lonlat_box(text: str) -> Box:
    """Return (west, south, east, north) in degrees; refuses NaN, reversed and empty boxes."""
    numbers = _numbers(text, 4)
    west, south, east, north = numbers
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise Unreadable(
            "bbox_out_of_range", _("The box must be west,south,east,north in degrees.")
        )
    return west, south, east, north


def lonlat_point(text: str) -> tuple[float, float]:
    """Return (lon, lat) in degrees."""
    lon, lat = _numbers(text, 2)
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Unreadable("point_out_of_range", _("The point must be lon,lat in degrees."))
    return lon, lat


def _numbers(text: str, count: int) -> list[float]:
    parts = text.split(",")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(math.isfinite(number) for number in numbers):
        raise Unreadable(
            "not_numbers", _("Expected %(count)d numbers with commas between.") % {"count": count}
        )
    return numbers
