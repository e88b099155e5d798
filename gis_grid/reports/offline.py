"""folium without a network: every script and style is put into the page from our own files."""

from pathlib import Path

import folium
from branca.element import Element, Figure
from django.contrib.staticfiles import finders

SCRIPTS = ("vendor/leaflet/leaflet.js", "vendor/jquery/jquery.slim.min.js")
STYLES = ("vendor/leaflet/leaflet.css",)


def page(drawn: folium.Map, title: str) -> str:
    """Return a folium map, with a metric scale, as one document that asks nobody for anything."""
    figure: Figure = drawn.get_root()
    # folium names a CDN for each of these; the pages we draw use only what is inlined below.
    drawn.default_js, drawn.default_css = [], []
    for name in STYLES:
        figure.header.add_child(Element(f"<style>{_text(name)}</style>"))
    for name in SCRIPTS:
        figure.header.add_child(Element(f"<script>{_text(name)}</script>"))
    figure.title = title
    figure.header.add_child(Element("<style>.leaflet-container{background:#F5F7FA}</style>"))
    figure.script.add_child(
        Element(f"L.control.scale({{imperial: false}}).addTo({drawn.get_name()});")
    )
    html: str = figure.render()
    return html


def _text(name: str) -> str:
    found = finders.find(name)
    if not isinstance(found, str):
        raise FileNotFoundError(name)
    return Path(found).read_text(encoding="utf-8")
