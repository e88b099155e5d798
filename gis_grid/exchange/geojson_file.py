"""GeoJSON files: a FeatureCollection, a Feature or a bare geometry. GDAL never sees them."""

import re
from typing import Any, Final

import shapely
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid, Unreadable
from gis_grid.exchange.layer import MAX_BYTES, NO_GEOMETRY, SHAPES, Layer, Row, check_counts
from gis_grid.geo.geojson import NESTING, WGS84_NAMES, build_geometry, crs_name
from gis_grid.geo.strict_json import strict_json
from gis_grid.geo.validity import Fault

_EPSG: Final = re.compile(r"^(?:URN:OGC:DEF:CRS:EPSG:[^:]*:|EPSG:)(\d{4,6})$")


def read_geojson(body: bytes) -> Layer:
    """Read every feature; one that cannot be a geometry becomes a row with its fault.

    A `crs` member may name WGS84 or an EPSG code; a link is refused and never followed.
    """
    document = strict_json(body.removeprefix(b"\xef\xbb\xbf"), max_bytes=MAX_BYTES)
    if not isinstance(document, dict):
        raise Unreadable("not_json", _("A GeoJSON file holds one object."))
    features = _features(document)
    check_counts(len(features))
    notes: dict[str, None] = {}
    rows = [_row(number, feature, notes) for number, feature in enumerate(features, 1)]
    shapes = [row.shape for row in rows if row.shape is not None]
    check_counts(len(rows), int(shapely.get_num_coordinates(shapes).sum()) if shapes else 0)
    return Layer(_crs(document), rows, notes=list(notes))


def _features(document: dict[str, Any]) -> list[Any]:
    kind = document.get("type")
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list):
            raise Invalid("wrong_type", _("A FeatureCollection needs a list of features."))
        return features
    if kind == "Feature":
        return [document]
    if kind in NESTING:
        return [{"type": "Feature", "properties": {}, "geometry": document}]
    raise Invalid("wrong_type", _("This is JSON, but not GeoJSON."))


def _crs(document: dict[str, Any]) -> str:
    if "crs" not in document:
        return "EPSG:4326"
    name = crs_name(document["crs"]) or ""
    if name in WGS84_NAMES:
        return "EPSG:4326"
    known = _EPSG.match(name)
    if known is None:
        raise Invalid(
            "crs_not_allowed",
            _("The file names a coordinate system in a way that is not accepted; give --srid."),
        )
    return f"EPSG:{known[1]}"


def _row(number: int, feature: Any, notes: dict[str, None]) -> Row:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return Row(number, {}, None, Fault("wrong_type", _("This is not a GeoJSON feature.")))
    attributes = feature.get("properties")
    attributes = attributes if isinstance(attributes, dict) else {}
    geometry = feature.get("geometry")
    if geometry is None:
        return Row(number, attributes, None, NO_GEOMETRY)
    try:
        built = build_geometry(geometry, SHAPES)
    except Invalid as refusal:
        return Row(number, attributes, None, Fault(refusal.code, refusal.message))
    notes.update(
        (str(_("Row %(row)d: %(note)s") % {"row": number, "note": note}), None)
        for note in built.notes
    )
    return Row(number, attributes, built.geometry)
