"""A coverage run to hand out: one folium page that works offline. Plain data, no table."""

import html
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.translation import gettext as _

SCRIPT, STYLE = (Path(__file__).with_name(f"coverage_map.{kind}") for kind in ("js", "css"))
# Minutes up to which a class goes, and its colour: those of the planner's page, `--walk-*` in
# static/shared/map.css, told apart by everybody and in grey.
CLASSES: Final = (
    (5, "#FDE045"),
    (10, "#D9C45F"),
    (15, "#B3A56B"),
    (20, "#7E7D7A"),
    (30, "#575D6D"),
    (60, "#2F416B"),
)
BEYOND: Final = "#00204D"
NO_STREET: Final = "#FFFFFF"
LETTERS: Final = {"covered": "c", "gap": "g", "no_street": "n"}

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """One category: its name, minutes (k,) with inf for no way, verdicts (k,), its places."""

    name: str
    minutes: Floats
    verdict: npt.NDArray[np.str_]
    places: Sequence[tuple[str, float, float]]
    summary: str


@dataclass(frozen=True)
class RunReport:
    """A run: cells (k, 2) in degrees with people (k,), what was found, borders to draw."""

    title: str
    method: str
    lonlat: Floats
    weight: Floats
    found: Mapping[str, Found]
    borders: Sequence[shapely.Geometry] = ()


def coverage_page(report: RunReport) -> str:
    """Return one HTML document: the cells by walking time, a choice of categories, the method."""
    # Only who draws a page waits for folium: half a second, which no start of a program needs.
    import folium

    from gis_grid.reports.offline import Script, page

    drawn = folium.Map(tiles=None, zoom_snap=0.25, attribution_control=False, prefer_canvas=True)
    if report.borders:
        lines = shapely.GeometryCollection([shapely.boundary(each) for each in report.borders])
        folium.GeoJson(
            json.loads(shapely.to_geojson(_rounded(lines))),
            style_function=lambda _feature: {"color": "#4A5766", "weight": 1, "interactive": False},
        ).add_to(drawn)
    Script(SCRIPT, _data(report)).add_to(drawn)
    return page(drawn, report.title, _panel(report))


def _rounded(shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(shape, lambda points: np.round(points, 6))


def _data(report: RunReport) -> dict[str, Any]:
    return {
        "lon": np.round(report.lonlat[:, 0], 5).tolist(),
        "lat": np.round(report.lonlat[:, 1], 5).tolist(),
        "weight": [round(each, 1) for each in report.weight.tolist()],
        "found": {
            code: {
                "minutes": [
                    round(each, 1) if math.isfinite(each) else None for each in one.minutes.tolist()
                ],
                "verdict": "".join(LETTERS[each] for each in one.verdict.tolist()),
                "places": [(name, round(lon, 6), round(lat, 6)) for name, lon, lat in one.places],
            }
            for code, one in report.found.items()
        },
        "classes": [{"to": to, "colour": colour} for to, colour in CLASSES],
        "beyond": {"colour": BEYOND, "label": _("no way within an hour")},
        "none": {"colour": NO_STREET, "label": _("no street nearby")},
        "words": {"people": _("{count} people"), "minutes": _("{count} minutes")},
    }


def legend() -> list[tuple[str, str]]:
    """Return colours and words of the classes."""
    least = [0, *(to for to, _colour in CLASSES)]
    return [
        *(
            (colour, _("%(from)d to %(to)d minutes") % {"from": start, "to": to})
            for start, (to, colour) in zip(least, CLASSES, strict=False)
        ),
        (BEYOND, _("no way within an hour")),
        (NO_STREET, _("no street nearby")),
    ]


def colour_of(minutes: float, verdict: str) -> str:
    """Return the colour of a walk of so many minutes."""
    if verdict == "no_street":
        return NO_STREET
    return next((colour for to, colour in CLASSES if minutes <= to), BEYOND)


def _panel(report: RunReport) -> str:
    """Return the panel over the map; every text is escaped."""
    options = "".join(
        f'<option value="{html.escape(code)}">{html.escape(one.name)}</option>'
        for code, one in report.found.items()
    )
    lines = "".join(
        f'<p data-category="{html.escape(code)}">{html.escape(one.summary)}</p>'
        for code, one in report.found.items()
    )
    classes = "".join(
        f'<li><i style="background:{colour}"></i>{html.escape(words)}</li>'
        for colour, words in legend()
    )
    note, gap, place = (
        html.escape(text)
        for text in (report.method, _("not covered: beyond the time"), _("where one can walk to"))
    )
    return (
        f"<style>{STYLE.read_text(encoding='utf-8')}</style>"
        f'<div id="panel"><h1>{html.escape(report.title)}</h1>'
        f'<select id="category" aria-label="{html.escape(_("Category"))}">{options}</select>{lines}'
        f"<details open><summary>{html.escape(_('Legend'))}</summary><ul>{classes}"
        f'<li><i class="gap"></i>{gap}</li><li><i class="place"></i>{place}</li></ul></details>'
        f"<small>{note}</small></div>"
    )
