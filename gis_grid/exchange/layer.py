"""What every geodata reader returns: rows with attributes and shapes, as the file has them."""

from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from shapely.geometry.base import BaseGeometry

from gis_grid.errors import Invalid, TooLarge
from gis_grid.geo.validity import Fault

MAX_BYTES: Final = 100_000_000
MAX_ROWS: Final = 200_000
MAX_VERTICES: Final = 5_000_000
SHAPES: Final = (
    "Point",
    "MultiPoint",
    "LineString",
    "MultiLineString",
    "Polygon",
    "MultiPolygon",
)

NO_GEOMETRY: Final = Fault("missing", _("There is no geometry."))


@dataclass(frozen=True)
class Row:
    """One feature: its number in the file (from 1), attributes, shape in the file's own CRS.

    Exactly one of `shape` and `fault` is given; the fault says why there is no shape.
    """

    number: int
    attributes: dict[str, Any]
    shape: BaseGeometry | None
    fault: Fault | None = None


@dataclass(frozen=True)
class Layer:
    """The rows of one layer. `crs` is "EPSG:n" or WKT, None if the file does not say."""

    crs: str | None
    rows: list[Row]
    encoding: str = "utf-8"
    notes: list[str | Promise] = field(default_factory=list)


def not_allowed() -> Invalid:
    """Return the refusal of a file that is not what is read here, whatever its name says."""
    return Invalid(
        "not_allowed_content",
        _("This content is not accepted. Send GeoJSON, GeoPackage, a zipped Shapefile or KML."),
    )


def check_size(size: int, limit: int = MAX_BYTES) -> None:
    """Raise TooLarge `too_large` for more bytes than are read."""
    if size > limit:
        raise TooLarge("too_large", _("More than %(limit)d bytes.") % {"limit": limit})


def check_counts(rows: int, vertices: int = 0) -> None:
    """Raise for a layer without rows, or with more rows or vertices than are read."""
    if rows == 0:
        raise Invalid("no_features", _("The layer holds no features."))
    if rows > MAX_ROWS:
        raise TooLarge("too_many_rows", _("More than %(limit)d rows.") % {"limit": MAX_ROWS})
    if vertices > MAX_VERTICES:
        raise TooLarge(
            "too_many_vertices",
            _("More than %(limit)d vertices in one file.") % {"limit": MAX_VERTICES},
        )


def choose_layer(names: list[str], wanted: str | None) -> str:
    """Return the layer to read; with several and none wanted, refuse with the list of names."""
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted in names:
        return str(wanted)
    if not names:
        raise Invalid("no_features", _("The file holds no layer of features."))
    raise Invalid(
        "choose_layer",
        _("The file holds several layers; choose one with --layer: %(names)s.")
        % {"names": ", ".join(sorted(names))},
        layers=sorted(names),
    )
