"""KML and KMZ, read as what they are: XML with coordinates. Nothing in them is ever fetched."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid, Unreadable
from gis_grid.exchange.archive import open_archive
from gis_grid.exchange.layer import (
    NO_GEOMETRY,
    SHAPES,
    Layer,
    Row,
    check_counts,
    check_size,
    not_allowed,
)
from gis_grid.geo.geojson import build_geometry
from gis_grid.geo.validity import Fault

GEOMETRIES: Final = {"Point", "LineString", "Polygon", "MultiGeometry", "Track", "Model"}
FETCHING: Final = {"NetworkLink", "NetworkLinkControl"}


def read_kmz(path: Path) -> Layer:
    """Read the KML document inside a KMZ archive."""
    with open_archive(path) as archive:
        documents = [entry for entry in archive.entries if entry.suffix == ".kml"]
        if len(documents) != 1:
            raise Invalid("choose_layer", _("A KMZ must hold exactly one .kml document."))
        return read_kml(archive.read(documents[0]))


def read_kml(body: bytes) -> Layer:
    """Read every Placemark: its name, extended data and geometry, degrees WGS84.

    Refuses a DOCTYPE, entities, and NetworkLink: a file that asks for other files.
    """
    check_size(len(body))
    root = _root(body)
    placemarks = [element for element in root.iter() if _local(element) == "Placemark"]
    check_counts(len(placemarks))
    rows = [_row(number, placemark) for number, placemark in enumerate(placemarks, 1)]
    return Layer("EPSG:4326", rows)


def _root(body: bytes) -> Element:
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except DefusedXmlException:
        raise not_allowed() from None
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable("not_xml", _("The XML cannot be read. Please use UTF-8.")) from error
    if _local(root) != "kml" or any(_local(element) in FETCHING for element in root.iter()):
        raise not_allowed()
    return root


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _local(child) == name)


def _row(number: int, placemark: Element) -> Row:
    attributes = _attributes(placemark)
    geometry = next((child for child in placemark if _local(child) in GEOMETRIES), None)
    if geometry is None:
        return Row(number, attributes, None, NO_GEOMETRY)
    try:
        return Row(number, attributes, build_geometry(_geojson(geometry), SHAPES).geometry)
    except Invalid as refusal:
        return Row(number, attributes, None, Fault(refusal.code, refusal.message))


def _attributes(placemark: Element) -> dict[str, Any]:
    found = {
        _local(child): (child.text or "").strip()
        for child in placemark
        if _local(child) in {"name", "description"}
    }
    for extended in _children(placemark, "ExtendedData"):
        for element in extended.iter():
            key = element.get("name")
            if key and _local(element) == "SimpleData":
                found[key] = (element.text or "").strip()
            elif key and _local(element) == "Data":
                value = next(_children(element, "value"), None)
                found[key] = ((value.text if value is not None else "") or "").strip()
    return found


def _geojson(geometry: Element) -> dict[str, Any]:
    """Return the GeoJSON of a KML geometry, to be checked like any other."""
    kind = _local(geometry)
    if kind == "Point":
        return {"type": kind, "coordinates": next(iter(_positions(geometry)), None)}
    if kind == "LineString":
        return {"type": kind, "coordinates": _positions(geometry)}
    if kind == "Polygon":
        return {"type": kind, "coordinates": _rings(geometry)}
    if kind == "MultiGeometry":
        return _multi([child for child in geometry if _local(child) in GEOMETRIES])
    raise Invalid("wrong_type", _("Tracks and models are not accepted."))


def _multi(parts: list[Element]) -> dict[str, Any]:
    kinds = {_local(part) for part in parts}
    if len(kinds) != 1 or kinds & {"MultiGeometry"}:
        raise Invalid("wrong_type", _("Mixed kinds of geometry in one feature."))
    made = [_geojson(part) for part in parts]
    return {"type": f"Multi{made[0]['type']}", "coordinates": [one["coordinates"] for one in made]}


def _rings(polygon: Element) -> list[list[list[float]]]:
    """Return the outer ring first, then the holes."""
    return [
        _positions(ring)
        for side in ("outerBoundaryIs", "innerBoundaryIs")
        for boundary in _children(polygon, side)
        for ring in _children(boundary, "LinearRing")
    ]


def _positions(element: Element) -> list[list[float]]:
    text = " ".join((child.text or "") for child in _children(element, "coordinates"))
    try:
        return [[float(number) for number in word.rstrip(",").split(",")] for word in text.split()]
    except ValueError:
        raise Invalid(
            "not_a_number", _("Coordinates must be numbers, not text or true/false.")
        ) from None
