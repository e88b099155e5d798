"""GeoJSON geometries taken at their word or not at all. A leaf; pure.

Two steps, because files come in other coordinate systems: `build_geometry` checks the structure
(numbers, rings, counts) in any units, `read_geometry` adds what only degrees allow (range, extent,
validity, rounding). Nothing is corrected in silence: each correction is a note.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from gis_grid.errors import Invalid
from gis_grid.geo.datum import CHINA
from gis_grid.geo.strict_json import strict_json as strict_json  # the door's other half
from gis_grid.geo.validity import DECIMALS, fault_of, rounded

Floats = npt.NDArray[np.float64]
Notes = list[str | Promise]

MAX_VERTICES: Final = 100_000
MAX_EXTENT_DEG: Final = 20.0  # wider than any prefecture; a shape over the antimeridian is 340 wide
MAX_LAT: Final = 85.0  # Web Mercator ends at 85.05; no boundary runs at a pole
CLOSING_GAP: Final = 1e-9  # degrees, 0.1 mm: a rounding slip, not an open ring

WGS84_NAMES: Final = frozenset(
    {
        "CRS84",
        "OGC:CRS84",
        "URN:OGC:DEF:CRS:OGC:1.3:CRS84",
        "URN:OGC:DEF:CRS:OGC::CRS84",
        "EPSG:4326",
        "URN:OGC:DEF:CRS:EPSG::4326",
    }
)
# How many lists lie around a position.
NESTING: Final = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
AREAL: Final = ("Polygon", "MultiPolygon")


@dataclass(frozen=True)
class Parsed:
    """A geometry and what had to be corrected to get it."""

    geometry: BaseGeometry
    notes: tuple[str | Promise, ...] = ()


def parse_geometry(obj: Any, kinds: Sequence[str] = ("Point",)) -> BaseGeometry:
    """Return the WGS84 geometry of a parsed GeoJSON object, or raise Invalid. Pure."""
    return read_geometry(obj, kinds).geometry


def parse_point(obj: Any) -> tuple[float, float]:
    """Return the lon, lat of a GeoJSON Point as `parse_geometry` reads it, which names any fault.

    Every report says a place; what is plainly one needs no geometry built to be checked. Pure.
    """
    match obj:
        case {"type": "Point", "coordinates": [float(lon), float(lat)], **rest} if (
            "crs" not in rest and abs(lon) <= 180 and abs(lat) <= MAX_LAT
        ):
            return round(lon, DECIMALS), round(lat, DECIMALS)
    point = parse_geometry(obj, ("Point",))
    return point.x, point.y


def read_geometry(obj: Any, kinds: Sequence[str] = ("Point",)) -> Parsed:
    """Check a GeoJSON geometry through and through; degrees rounded to 7 decimals, 2-D. Pure.

    Raises Invalid with one of the codes of `build_geometry`, or `axes_swapped`, `out_of_range`,
    `too_large`, `degenerate`, `self_intersection`, `hole_outside` and the other faults of
    `gis_grid.geo.validity`, with `location` [lon, lat] where there is one.
    """
    built = build_geometry(obj, kinds)
    check_degrees(built.geometry)
    geometry = rounded(built.geometry)
    fault = fault_of(geometry)
    if fault:
        raise Invalid(fault.code, fault.reason, location=fault.location)
    return Parsed(geometry, built.notes)


def build_geometry(obj: Any, kinds: Sequence[str]) -> Parsed:
    """Build a geometry from GeoJSON in any units, checking only its structure. Pure.

    Raises Invalid: `missing`, `wrong_type`, `too_deep`, `crs_not_allowed`, `empty`,
    `not_coordinates`, `not_a_number`, `coordinate_not_finite`, `measure_not_allowed`,
    `too_many_vertices`, `ring_not_closed`, `degenerate`.
    """
    kind = _kind_of(obj, kinds)
    refuse_foreign_crs(obj)
    parts = _flattened(obj.get("coordinates"), NESTING[kind])
    notes: Notes = []
    if sum(len(part) for part in parts) > MAX_VERTICES:
        raise Invalid(
            "too_many_vertices",
            _("More than %(limit)d vertices in one shape.") % {"limit": MAX_VERTICES},
        )
    arrays = [_numbers(part, notes) for part in parts]
    if kind in AREAL:
        arrays = [_closed(ring, index, notes) for index, ring in enumerate(arrays)]
    elif "Line" in kind and any(len(line) < 2 for line in arrays):
        raise Invalid("degenerate", _("Too few different points."))
    return Parsed(_assembled(kind, arrays, obj["coordinates"]), tuple(notes))


def refuse_foreign_crs(obj: dict[str, Any]) -> None:
    """Raise Invalid `crs_not_allowed` for any `crs` member that is not plain WGS84. Pure."""
    if "crs" in obj and crs_name(obj["crs"]) not in WGS84_NAMES:
        raise Invalid(
            "crs_not_allowed",
            _("Only WGS84 longitude and latitude (CRS84, EPSG:4326) are accepted here."),
            fields={"crs": _("Not accepted.")},
        )


def crs_name(crs: Any) -> str | None:
    """Return the name a 2008-style `crs` member gives, in capitals; None for links and others."""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    if not isinstance(properties, dict) or crs.get("type") != "name":
        return None
    name = properties.get("name")
    return name.strip().upper() if isinstance(name, str) else None


def check_degrees(geometry: BaseGeometry) -> None:
    """Raise Invalid `axes_swapped`, `out_of_range` or `too_large` unless it can be degrees. Pure.

    Latitude ends at 85: a point at a pole breaks every Web Mercator map.
    """
    west, south, east, north = geometry.bounds
    if max(abs(west), abs(east)) > 180 or max(abs(south), abs(north)) > MAX_LAT:
        if looks_swapped(shapely.get_coordinates(geometry)):
            raise Invalid(
                "axes_swapped",
                _("Longitude and latitude may be swapped: longitude comes first."),
            )
        raise Invalid(
            "out_of_range",
            _("Longitude must be within 180 and latitude within 85 degrees."),
        )
    if max(east - west, north - south) > MAX_EXTENT_DEG:
        raise Invalid(
            "too_large",
            _("The shape is more than %(limit)d degrees wide or high.") % {"limit": MAX_EXTENT_DEG},
        )


def looks_swapped(lonlat: Floats) -> bool:
    """Return whether (n, 2) points that are out of range would make sense the other way. Pure."""
    first, second = np.abs(lonlat[:, 0]), np.abs(lonlat[:, 1])
    if not ((first <= MAX_LAT) & (second <= 180)).all():
        return False
    west, south, east, north = CHINA
    lat, lon = lonlat[:, 0], lonlat[:, 1]
    in_china = (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
    return bool((second > 90).any() or in_china.all())


def _kind_of(obj: Any, kinds: Sequence[str]) -> str:
    if obj is None:
        raise Invalid("missing", _("There is no geometry."))
    if not isinstance(obj, dict):
        raise Invalid("wrong_type", _("Send the geometry as a GeoJSON object, not as text."))
    kind = obj.get("type")
    if kind == "GeometryCollection":
        raise Invalid("too_deep", _("Collections of geometries are not accepted."))
    if kind in ("Feature", "FeatureCollection"):
        raise Invalid("wrong_type", _("Send the geometry itself, not the feature around it."))
    if kind not in kinds or kind not in NESTING:
        raise Invalid("wrong_type", _("Expected %(kinds)s.") % {"kinds": ", ".join(kinds)})
    return str(kind)


def _flattened(raw: Any, nesting: int) -> list[list[Any]]:
    """Return runs of positions: one per ring or line, one for all points."""
    if raw is None or raw == []:
        raise Invalid("empty", _("There are no coordinates."))
    runs = [[raw]] if nesting == 0 else [raw]
    for level in range(max(nesting, 1)):
        if not all(isinstance(run, list) for run in runs):
            raise Invalid("not_coordinates", _("The coordinates are not nested as they must be."))
        if not all(runs):
            raise Invalid("empty", _("There are no coordinates."))
        if level < nesting - 1:
            runs = list(chain.from_iterable(runs))
    return runs


def _numbers(positions: list[Any], notes: Notes) -> Floats:
    """Turn positions into (n, 2) finite floats; a height is dropped with a note."""
    if not all(type(position) is list for position in positions):
        raise Invalid("not_coordinates", _("The coordinates are not nested as they must be."))
    if not set(map(type, chain.from_iterable(positions))) <= {int, float}:
        raise Invalid("not_a_number", _("Coordinates must be numbers, not text or true/false."))
    width = _width(positions)
    try:
        points = np.array([position[:2] for position in positions], dtype=np.float64)
    except OverflowError:
        points = np.array([[np.inf, np.inf]])
    if not np.isfinite(points).all():
        raise Invalid("coordinate_not_finite", _("A coordinate is not a finite number."))
    if width == 3 and (note := _("Heights (Z) were dropped.")) not in notes:
        notes.append(note)
    return points


def _width(positions: list[list[Any]]) -> int:
    widths = set(map(len, positions))
    if widths <= {0}:
        raise Invalid("empty", _("There are no coordinates."))
    if min(widths) < 2:
        raise Invalid("not_coordinates", _("A position needs a longitude and a latitude."))
    if max(widths) > 3:
        raise Invalid("measure_not_allowed", _("A fourth value (M) is not accepted."))
    return max(widths)


def _closed(ring: Floats, index: int, notes: Notes) -> Floats:
    if (ring[0] != ring[-1]).any():
        if np.abs(ring[0] - ring[-1]).max() > CLOSING_GAP:
            raise Invalid(
                "ring_not_closed",
                _("Ring %(ring)d does not end where it starts.") % {"ring": index},
                ring=index,
            )
        ring = np.vstack((ring[:-1], ring[:1]))
        notes.append(_("Ring %(ring)d was closed.") % {"ring": index})
    if len(ring) < 4:
        raise Invalid(
            "degenerate", _("Ring %(ring)d has too few points.") % {"ring": index}, ring=index
        )
    return ring


def _assembled(kind: str, arrays: list[Floats], raw: list[Any]) -> BaseGeometry:
    if kind == "Point":
        return shapely.Point(arrays[0][0])
    if kind == "MultiPoint":
        return shapely.MultiPoint(arrays[0])
    if kind == "LineString":
        return shapely.LineString(arrays[0])
    if kind == "MultiLineString":
        return shapely.MultiLineString(arrays)
    if kind == "Polygon":
        return shapely.Polygon(arrays[0], arrays[1:])
    rings = iter(arrays)
    pieces = [[next(rings) for _ring in piece] for piece in raw]
    return shapely.MultiPolygon([shapely.Polygon(piece[0], piece[1:]) for piece in pieces])
