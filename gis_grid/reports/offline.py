"""folium without a network: every script and style is put into the page from our own files."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from django.contrib.staticfiles import finders
from folium.template import Template

SCRIPTS = ("vendor/leaflet/leaflet.js", "vendor/jquery/jquery.slim.min.js")
STYLES = ("vendor/leaflet/leaflet.css",)


class _MetricScale(MacroElement):
    """Leaflet's scale bar without feet and miles."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "L.control.scale({imperial: false}).addTo({{ this._parent.get_name() }});"
        "{% endmacro %}"
    )


class Script(MacroElement):
    """A script of ours, a function that is called with the map and data."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "{{ this.code }}({{ this._parent.get_name() }}, {{ this.data }});"
        "{% endmacro %}"
    )

    def __init__(self, path: Path, data: Mapping[str, Any]) -> None:
        """Read the script and write out the data, EPSG:4326 where there are places."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.code = path.read_text(encoding="utf-8").rstrip()
        # Inside a script only "</" and "<!" could end it.
        self.data = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        self.data = self.data.replace("<", "\\u003c")


def page(drawn: folium.Map, title: str, legend: str = "") -> str:
    """Return a folium map, with a metric scale, as one document that asks nobody for anything."""
    figure = drawn.get_root()
    assert isinstance(figure, Figure)
    # folium names a CDN for each of these; the pages we draw use only what is inlined below.
    drawn.default_js, drawn.default_css = [], []
    for name in STYLES:
        figure.header.add_child(Element(f"<style>{_text(name)}</style>"))
    for name in SCRIPTS:
        figure.header.add_child(Element(f"<script>{_text(name)}</script>"))
    figure.title = title
    figure.html.add_child(Element(legend))
    figure.header.add_child(Element("<style>.leaflet-container{background:#F5F7FA}</style>"))
    drawn.add_child(_MetricScale())  # type: ignore[no-untyped-call]
    html: str = figure.render()
    return html


def _text(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_text(encoding="utf-8")
