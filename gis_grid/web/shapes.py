"""Shapes at the doors: what shapely has checked as GEOS stores it, and the maps of the forms."""

from typing import Any, Final

import shapely
from django.contrib.gis.forms import GeometryField
from django.contrib.gis.geos import GEOSGeometry
from django.core.exceptions import ValidationError
from django.forms import Media
from django.forms.widgets import Script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from leaflet.admin import LeafletAdminWidget
from shapely.geometry.base import BaseGeometry

from gis_grid.errors import GridError
from gis_grid.geo.geojson import NESTING, build_geometry, parse_geometry
from gis_grid.geo.strict_json import strict_json
from gis_grid.territory.actions import as_multi
from gis_grid.territory.paths import EVERYWHERE
from gis_grid.web.pages import BASE_TILES, map_config

MAX_SHAPE_BYTES: Final = 4 * 1024 * 1024  # 100,000 vertices of two 15-digit numbers
MULTI_POLYGON: Final = "MULTIPOLYGON"
# What may be drawn for a column of this type.
DRAWN: Final = {
    "POINT": ("Point",),
    "MULTIPOINT": ("MultiPoint",),
    "GEOMETRY": ("Point", "LineString", "MultiLineString"),
    MULTI_POLYGON: ("Polygon", "MultiPolygon"),
}


def as_geos(shape: BaseGeometry) -> GEOSGeometry:
    """Return a WGS84 shape as GeoDjango's geometry, EPSG:4326."""
    return GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=4326)


class ShapeWidget(LeafletAdminWidget):  # type: ignore[misc]
    """django-leaflet's drawing tools on our own Leaflet and base map, without inline scripts."""

    template_name = "gis_grid/shape_widget.html"

    @property
    def media(self) -> Media:
        """Leaflet as vendored, the drawing tools of django-leaflet, our module that joins them."""
        return Media(
            css={
                "screen": [
                    "registry/registry.css",
                    "vendor/leaflet/leaflet.css",
                    "leaflet/draw/leaflet.draw.css",
                ]
            },
            js=[
                "vendor/leaflet/leaflet.js",
                "vendor/protomaps-leaflet/protomaps-leaflet.js",
                "leaflet/draw/leaflet.draw.js",
                "leaflet/leaflet.forms.js",
                Script("registry/leaflet.js", type="module"),  # type: ignore[list-item]
            ],
        )

    def deserialize(self, value: str) -> GEOSGeometry | None:
        """Return what a refused form had drawn, wrong or not, to be shown again."""
        try:
            document = strict_json(value.encode("utf-8", "replace"), MAX_SHAPE_BYTES)
            return as_geos(build_geometry(document, tuple(NESTING)).geometry)
        except GridError:
            return None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return the widget's context with the map to draw on."""
        context = super().get_context(name, value, attrs)
        drawn_on = {**map_config(EVERYWHERE), "tiles": BASE_TILES, "titles": _titles()}
        return {**context, "with_forms": True, "map": drawn_on}


def _titles() -> dict[str, str]:
    return {
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "finish": _("Finish"),
        "clear": _("Clear all"),
    }


class ShapeField(GeometryField):
    """A drawn shape, as strict as the API: every fault is an error of the form."""

    def to_python(self, value: Any) -> GEOSGeometry | None:
        """Return the shape in EPSG:4326; ValidationError with the code of the fault."""
        if value in self.empty_values or isinstance(value, GEOSGeometry):
            return value or None
        try:
            document = strict_json(value.encode("utf-8", "replace"), MAX_SHAPE_BYTES)
            shape = as_geos(parse_geometry(document, DRAWN[self.geom_type]))
        except GridError as refusal:
            raise ValidationError(str(refusal.message), code=refusal.code) from refusal
        return as_multi(shape) if self.geom_type == MULTI_POLYGON else shape


def map_of(shape: GEOSGeometry) -> SafeString:
    """Return the HTML of a map that shows a shape and lets nobody change it."""
    widget = ShapeWidget({"geom_type": shape.geom_type.upper()})
    widget.modifiable = False
    html: SafeString = widget.render("shape", shape, {"id": "id_shape"})
    return html
