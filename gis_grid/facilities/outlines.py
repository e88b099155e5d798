"""Areas to look at: what can be reached from a facility, and where people live who cannot walk.

Drawn around points and streets, so never to decide by: a verdict is a walk of its own.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import NotFound
from gis_grid.facilities.coverage import Verdict
from gis_grid.facilities.picture import ALL, View
from gis_grid.facilities.whatif import rounded, state_of
from gis_grid.geo.metric import LocalMetric
from gis_grid.walking.contour import reached_area
from gis_grid.walking.streets import Floats

TOGETHER_M: Final = 70.0  # from each home; homes twice as far apart are one area
PLAINER_M: Final = 4.0
MOST: Final = 40


def reached(view: View, code: str) -> dict[str, Any]:
    """Return as GeoJSON what lies within the minutes of one facility of the kind looked at.

    NotFound `no_such_facility`.
    """
    known, question = view.known, view.question
    facilities = known.facilities.get(view.category, ())
    number = next((k for k, each in enumerate(facilities) if each.code == code), None)
    if number is None:
        raise NotFound(
            "no_such_facility",
            _("There is no facility %(code)s on this network.") % {"code": code},
            {"facility": code},
        )
    places, reach = known.places(view.category), known.reach(question)
    doors = places.placed[np.flatnonzero(places.owner == number)]
    field = reach.field(doors, question.limit_m)
    return _geojson(reached_area(reach.network, field, doors, question.limit_m))


def gap_areas(view: View) -> list[dict[str, Any]]:
    """Return the areas of the people beyond reach, the most populous first, at most `MOST`.

    Each with `people` and `shape` (GeoJSON). None for `ALL`, where nearly everybody lacks a kind.
    """
    return [] if view.category == ALL else list(_gap_areas(view))


def _gap_areas(view: View) -> Iterator[dict[str, Any]]:
    known, weight = view.known, view.known.people.weight
    state = state_of(known, view.category, view.question, view.change)
    verdict = state.verdict(known, view.question.limit_m)
    who = np.flatnonzero(view.seen & (verdict == Verdict.GAP) & (weight > 0))
    return areas_around(known.people.lonlat[who], weight[who], known.ground.network.plane)


def areas_around(lonlat: Floats, weight: Floats, plane: LocalMetric) -> Iterator[dict[str, Any]]:
    """Yield the areas that homes (n, 2) with people (n,) form, the most populous first.

    Each with `people` and `shape` (GeoJSON); at most `MOST`.
    """
    homes = shapely.points(plane.to_metres(lonlat))
    around = shapely.union_all(shapely.buffer(homes, TOGETHER_M, quad_segs=4))
    parts = shapely.get_parts(shapely.buffer(around, -TOGETHER_M / 2))
    home, part = shapely.STRtree(parts).query(homes, predicate="within")
    people = np.bincount(part, weights=weight[home], minlength=len(parts))
    for k in np.argsort(-people, kind="stable")[:MOST]:
        shape = shapely.transform(shapely.simplify(parts[k], PLAINER_M), plane.to_lonlat)
        yield {"people": rounded(people[k]), "shape": _geojson(shape)}


def _geojson(shape: Any) -> dict[str, Any]:
    def rounded_off(lonlat: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.round(lonlat, 6)

    told: dict[str, Any] = json.loads(shapely.to_geojson(shapely.transform(shape, rounded_off)))
    return told
