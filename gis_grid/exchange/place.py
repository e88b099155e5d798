"""From a file's own coordinates to WGS84 degrees: coordinate system, datum, plausibility.

Nothing is assumed: a file that does not say its coordinate system is refused until a person says
it, and numbers that cannot be degrees are refused when a file claims that they are.
"""

import warnings
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import CRSError
from pyproj.transformer import TransformerGroup

from gis_grid.errors import Invalid
from gis_grid.exchange.layer import Layer
from gis_grid.geo.datum import Datum, shape_to_wgs84
from gis_grid.geo.geojson import check_degrees, looks_swapped
from gis_grid.geo.validity import Fault, fault_of, rounded

Floats = npt.NDArray[np.float64]

WGS84: Final = 4326
# CGCS2000 and the codes that are WGS84 by another name: no shift worth making.
SAME_DATUM: Final = frozenset({4326, 4490, 4258, 9000})
AREA_MARGIN_DEG: Final = 3.0  # one zone: how far outside its stated area a system still serves


@dataclass(frozen=True)
class Placed:
    """Shapes in WGS84 degrees (2-D, 7 decimals), one per row of the layer.

    `shapes` is (n,) objects, None where the row has none; `faults` maps row index to what is
    wrong with its shape (a faulty shape is still in `shapes`, if there is one to repair).
    """

    shapes: npt.NDArray[np.object_]
    faults: dict[int, Fault]
    notes: list[str | Promise] = field(default_factory=list)


def place(layer: Layer, srid: int | None = None, datum: Datum | None = None) -> Placed:
    """Bring a layer to WGS84 degrees.

    `srid` (an EPSG code) overrides what the file says; `datum` undoes the offset of GCJ-02 or
    BD-09 and stands for "these are degrees" where the file says nothing.

    Raises Invalid for the whole file: `crs_missing`, `crs_unknown`, `crs_not_supported`,
    `datum_needs_degrees`, `looks_like_degrees`, `not_degrees`, `axes_swapped`, `outside_crs_area`.
    """
    notes: list[str | Promise] = list(layer.notes)
    crs = _crs_of(layer, srid, datum)
    shapes = np.array([row.shape for row in layer.rows], dtype=object)
    present = np.flatnonzero([shape is not None for shape in shapes])
    if present.size:
        shapes[present] = rounded(_to_wgs84(shapes[present], crs, datum, notes))
    faults = {i: row.fault for i, row in enumerate(layer.rows) if row.fault is not None}
    for index in present:
        fault = _fault_in_degrees(shapes[index])
        if fault is not None:
            faults[int(index)] = fault
    return Placed(shapes, faults, notes)


def _crs_of(layer: Layer, srid: int | None, datum: Datum | None) -> CRS:
    try:
        if srid is not None:
            return CRS.from_epsg(srid)
        if layer.crs is not None:
            code = layer.crs.removeprefix("EPSG:")
            return CRS.from_epsg(int(code)) if code.isdecimal() else CRS.from_wkt(layer.crs)
    except CRSError as error:
        raise Invalid("crs_unknown", _("This coordinate system is not known.")) from error
    if datum is not None:
        return CRS.from_epsg(WGS84)
    raise Invalid(
        "crs_missing",
        _("The file does not say its coordinate system; give --srid (or --datum for degrees)."),
    )


def _to_wgs84(shapes: Any, crs: CRS, datum: Datum | None, notes: list[str | Promise]) -> Any:
    points = shapely.get_coordinates(shapes)
    if crs.is_geographic:
        _check_plausible(points)
        if datum in (Datum.GCJ02, Datum.BD09):
            notes.append(_("Converted from %(datum)s to WGS84.") % {"datum": datum.upper()})
            return shape_to_wgs84(shapes, datum)
        if _geodetic_code(crs) in SAME_DATUM:
            return shapes
    elif datum in (Datum.GCJ02, Datum.BD09):
        raise Invalid(
            "datum_needs_degrees",
            _("GCJ-02 and BD-09 are in degrees, but %(crs)s is not.") % {"crs": crs.name},
        )
    elif (np.abs(points) <= (180, 90)).all():
        raise Invalid(
            "looks_like_degrees",
            _("The coordinates look like degrees, but %(crs)s is not in degrees; check --srid.")
            % {"crs": crs.name},
        )
    return _transformed(shapes, points, crs, notes)


def _geodetic_code(crs: CRS) -> int | None:
    base = crs.geodetic_crs
    return base.to_epsg(min_confidence=70) if base is not None else None


def _check_plausible(points: Floats) -> None:
    """Refuse a file in which most numbers cannot be degrees; a stray one is its row's fault."""
    wrong = (np.abs(points[:, 0]) > 180) | (np.abs(points[:, 1]) > 90)
    if looks_swapped(points):
        raise Invalid(
            "axes_swapped", _("Longitude and latitude may be swapped: longitude comes first.")
        )
    if wrong.mean() >= 0.5:
        x, y = points[wrong][0]
        raise Invalid(
            "not_degrees",
            _(
                "The coordinates cannot be degrees (for example %(x).1f, %(y).1f), though the file "
                "says or implies they are; give --srid."
            )
            % {"x": x, "y": y},
            location=[float(x), float(y)],
        )


def _transformed(shapes: Any, points: Floats, crs: CRS, notes: list[str | Promise]) -> Any:
    if not np.isfinite(_lonlat(Transformer.from_crs(crs, WGS84, always_xy=True), points)).any():
        raise _outside(crs)
    transformer = _best(crs, points, notes)
    moved = shapely.transform(shapes, lambda xy: _lonlat(transformer, xy))
    _check_area(shapely.get_coordinates(moved), crs)
    notes.append(_("Transformed from %(crs)s to WGS84.") % {"crs": crs.name})
    return moved


def _lonlat(transformer: Transformer, xy: Floats) -> Floats:
    return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))


def _best(crs: CRS, points: Floats, notes: list[str | Promise]) -> Transformer:
    """Return the transformation to use here; refuse old datums that have none in public."""
    if _geodetic_code(crs) in SAME_DATUM:
        return Transformer.from_crs(crs, WGS84, always_xy=True)
    rough = _lonlat(Transformer.from_crs(crs, WGS84, always_xy=True), points)
    rough = rough[np.isfinite(rough).all(axis=1)]
    (west, south), (east, north) = rough.min(axis=0), rough.max(axis=0)
    aoi = AreaOfInterest(west, south, east, north)
    with warnings.catch_warnings():
        # PROJ regrets grids of centimetres that are not installed; the note below is enough.
        warnings.simplefilter("ignore", UserWarning)
        group = TransformerGroup(crs, WGS84, always_xy=True, area_of_interest=aoi)  # type: ignore[arg-type]
    best = group.transformers[0] if group.transformers else None
    if best is None or best.accuracy < 0 or "ballpark" in best.description.lower():
        raise Invalid(
            "crs_not_supported",
            _("No public transformation leads from %(crs)s to WGS84; convert to CGCS2000 first.")
            % {"crs": crs.name},
        )
    notes.append(_("The transformation is accurate to %(m)g m.") % {"m": best.accuracy})
    return best


def _check_area(lonlat: Floats, crs: CRS) -> None:
    """Refuse coordinates far outside the area the system is made for: mostly a wrong zone."""
    area = crs.area_of_use
    if area is None or not crs.is_projected:
        return
    middle = np.median(lonlat, axis=0)
    low = np.array([area.west, area.south]) - AREA_MARGIN_DEG
    high = np.array([area.east, area.north]) + AREA_MARGIN_DEG
    if not ((low <= middle) & (middle <= high)).all():
        raise _outside(crs)


def _outside(crs: CRS) -> Invalid:
    return Invalid(
        "outside_crs_area",
        _("The coordinates lie outside the area of %(crs)s; is it another zone?")
        % {"crs": crs.name},
    )


def _fault_in_degrees(shape: Any) -> Fault | None:
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return Fault("coordinate_not_finite", _("A coordinate is not a finite number."))
    try:
        check_degrees(shape)
    except Invalid as refusal:
        return Fault(refusal.code, refusal.message)
    return fault_of(shape)
