"""What is wrong with a shape, in words and at a place. Pure."""

import re
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

Floats = npt.NDArray[np.float64]

DECIMALS: Final = 7  # of a degree: 1.1 cm, finer than any boundary is surveyed
# Half a square of the rounding raster, in square degrees (about 0.5 cm2): no area at all.
NO_AREA: Final = 0.5 * 10.0 ** (-2 * DECIMALS)

_REASON: Final = re.compile(r"^(?P<words>[^\[]+)(?:\[(?P<x>\S+) (?P<y>\S+)\])?")
_FAULTS: Final[dict[str, tuple[str, Promise]]] = {
    "Self-intersection": ("self_intersection", _("The outline crosses itself.")),
    "Ring Self-intersection": ("self_intersection", _("The outline touches itself.")),
    "Hole lies outside shell": ("hole_outside", _("A hole lies outside its polygon.")),
    "Holes are nested": ("holes_nested", _("A hole lies inside another hole.")),
    "Nested shells": ("nested_shells", _("A piece lies inside another piece.")),
    "Duplicate Rings": ("duplicate_rings", _("The same ring appears twice.")),
    "Interior is disconnected": ("disconnected", _("Holes cut the polygon in two.")),
    "Too few points in geometry component": ("degenerate", _("Too few different points.")),
}
_SPIKE: Final = ("degenerate", _("The outline runs out and back on itself (a spike)."))
_NO_AREA: Final = ("degenerate", _("The shape has no area."))
_UNKNOWN: Final = ("invalid_shape", _("The shape is not valid."))


@dataclass(frozen=True)
class Fault:
    """Why a shape cannot stand, and where (in the shape's own coordinates), if that is known."""

    code: str
    reason: str | Promise
    location: tuple[float, float] | None = None


def rounded(shape: Any, decimals: int = DECIMALS) -> Any:
    """Round every coordinate of a geometry, or of an array of them; drops Z. Pure.

    The same input always rounds to the same output, so shared borders stay shared.
    """
    return shapely.transform(shapely.force_2d(shape), lambda points: np.round(points, decimals))


def fault_of(shape: BaseGeometry) -> Fault | None:
    """Return what is wrong with a point, line or polygon in degrees; None for a sound one. Pure."""
    if shape.geom_type in {"Point", "MultiPoint"}:
        return None
    if shape.geom_type in {"LineString", "MultiLineString"}:
        return Fault(*_FAULTS["Too few points in geometry component"]) if not shape.length else None
    if not shapely.is_valid(shape):
        return _named(shape)
    empty = _ring_without_area(shape)
    return Fault(*_NO_AREA, empty) if empty else None


def _named(shape: BaseGeometry) -> Fault:
    found = _REASON.match(shapely.is_valid_reason(shape))
    words = found["words"].strip() if found else ""
    location = (float(found["x"]), float(found["y"])) if found and found["x"] else None
    code, reason = _FAULTS.get(words, _UNKNOWN)
    spike = _spike(shape) if code == "self_intersection" else None
    return Fault(*_SPIKE, spike) if spike else Fault(code, reason, location)


def _rings(shape: BaseGeometry) -> list[Floats]:
    """Return the rings as closed (n, 2) arrays without repeated points."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    return [shapely.get_coordinates(shapely.remove_repeated_points(ring)) for ring in rings]


def _ring_without_area(shape: BaseGeometry) -> tuple[float, float] | None:
    rings = shapely.get_rings(shapely.get_parts(shape))
    empty = np.flatnonzero(shapely.area(shapely.polygons(rings)) < NO_AREA)
    if not empty.size:
        return None
    x, y = shapely.get_coordinates(rings[empty[0]])[0]
    return float(x), float(y)


def _spike(shape: BaseGeometry) -> tuple[float, float] | None:
    """Return the tip of an outline that turns straight back, if one does."""
    for ring in _rings(shape):
        points = ring[:-1]
        before = np.roll(points, 1, axis=0) - points
        after = np.roll(points, -1, axis=0) - points
        cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
        along = (before * after).sum(axis=1)
        # Sine of the angle at the point below 1e-9, both arms on the same side.
        tips = np.flatnonzero((along > 0) & (np.abs(cross) <= 1e-9 * along))
        if tips.size:
            x, y = points[tips[0]]
            return float(x), float(y)
    return None
