"""A map of who answers for which grid: a folium page from plain data. Knows no table."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.utils.translation import gettext as _
from shapely.geometry import shape

# Okabe-Ito: told apart by colour-blind readers and in grey print (with the legend's words).
NOBODY = "#D55E00"
NO_PARTY = "#E69F00"
COMPLETE = "#009E73"


@dataclass(frozen=True)
class GridCard:
    """One grid: its shape as a GeoJSON geometry (EPSG:4326), how many answer for it."""

    code: str
    name: str
    community: str
    workers: int
    party: int
    geometry: dict[str, Any]

    @property
    def colour(self) -> str:
        """The worst thing that is missing decides."""
        if not self.workers:
            return NOBODY
        return COMPLETE if self.party else NO_PARTY


def staffing_page(grids: Sequence[GridCard], title: str) -> str:
    """Return one HTML document with the grids coloured by what they lack."""
    # Only who draws a page waits for folium: half a second, which no start of a program needs.
    import folium

    from gis_grid.reports.offline import page

    drawn = folium.Map(tiles=None, zoom_snap=0.25, attribution_control=False)
    if grids:
        layer = folium.GeoJson(
            {"type": "FeatureCollection", "features": [_feature(grid) for grid in grids]},
            style_function=_style,
            tooltip=folium.GeoJsonTooltip(["label"], labels=False, sticky=True),
        )
        layer.add_to(drawn)
        drawn.fit_bounds(_bounds(grids))
    return page(drawn, title, _legend(grids))


def _feature(grid: GridCard) -> dict[str, Any]:
    label = _("%(name)s (%(community)s): %(workers)d workers, %(party)d party organisations") % {
        "name": grid.name,
        "community": grid.community,
        "workers": grid.workers,
        "party": grid.party,
    }
    # folium puts properties into the page as HTML; a name is only ever text.
    properties = {"label": html.escape(label), "colour": grid.colour}
    return {"type": "Feature", "properties": properties, "geometry": grid.geometry}


def _bounds(grids: Sequence[GridCard]) -> list[list[float]]:
    """Return [[south, west], [north, east]], as Leaflet wants it."""
    west, south, east, north = shapely.total_bounds([shape(grid.geometry) for grid in grids])
    return [[south, west], [north, east]]


def _style(feature: dict[str, Any]) -> dict[str, Any]:
    return {
        "fillColor": feature["properties"]["colour"],
        # What is complete recedes, so that what is missing is seen first.
        "fillOpacity": 0.18 if feature["properties"]["colour"] == COMPLETE else 0.6,
        "color": "#4A5766",
        "weight": 0.8,
    }


def _legend(grids: Sequence[GridCard]) -> str:
    rows = (
        (NOBODY, _("No grid worker"), sum(not g.workers for g in grids)),
        (NO_PARTY, _("No party organisation"), sum(bool(g.workers) and not g.party for g in grids)),
        (COMPLETE, _("Both"), sum(bool(g.workers and g.party) for g in grids)),
    )
    lines = "".join(
        f'<p style="margin:4px 0"><span style="display:inline-block;width:14px;height:14px;'
        f'margin-right:8px;vertical-align:-2px;background:{colour}"></span>'
        f"{html.escape(words)}: {count}</p>"
        for colour, words, count in rows
    )
    return (
        '<div style="position:fixed;z-index:999;left:12px;bottom:12px;padding:8px 14px;'
        "background:#fff;border-radius:8px;box-shadow:0 1px 6px #0003;"
        f'font:15px/1.5 system-ui,sans-serif">{lines}</div>'
    )
