"""A quick answer to where to build next, while somebody waits: greedy with swaps, no solver."""

from typing import Any, Final

import numpy as np
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid
from gis_grid.facilities.picture import ALL, View
from gis_grid.facilities.whatif import rounded
from gis_grid.walking.siting import Offer, quick, table
from gis_grid.walking.streets import Ints

MAX_CANDIDATES: Final = 200
APART_M: Final = 80.0


def suggest(view: View, count: int) -> dict[str, Any]:
    """Return up to `count` sites that bring most people within reach, and what each brings alone.

    Candidates are homes beyond reach, the most populous of each square of `APART_M`; there are at
    most `MAX_CANDIDATES`. Invalid `one_category` for the index of all kinds.
    """
    if view.category == ALL:
        raise Invalid("one_category", _("Choose one kind of facility first."), {"category": ALL})
    known, limit_m = view.known, view.question.limit_m
    now_m = view.state(view.category).walk.metres
    people = np.where(view.seen, known.people.weight, 0.0)
    candidates = _candidates(view, (now_m > limit_m) & (people > 0))
    reach = known.reach(view.question)
    metres = table(reach, known.people.placed, known.people.placed[candidates], limit_m)
    cost = np.ones(len(candidates))
    newly = Offer(metres, people, now_m, cost).newly(limit_m)
    chosen = quick(newly, cost, count)
    return {
        "candidates": len(candidates),
        "newly_covered": rounded(chosen.gain),
        "sites": [
            {
                "lon": round(float(known.people.lonlat[candidates[k], 0]), 6),
                "lat": round(float(known.people.lonlat[candidates[k], 1]), 6),
                "alone": rounded(newly[[k]].sum()),
            }
            for k in chosen.chosen
        ],
    }


def _candidates(view: View, beyond: np.typing.NDArray[np.bool_]) -> Ints:
    """Return the homes to build at, as numbers of cells, ascending."""
    known = view.known
    which = np.flatnonzero(beyond & known.people.placed.stands)
    square = np.floor(known.ground.network.plane.to_metres(known.people.lonlat[which]) / APART_M)
    most = np.lexsort((which, -known.people.weight[which]))
    _squares, first = np.unique(square[most], axis=0, return_index=True)
    return np.sort(which[most[np.sort(first)[:MAX_CANDIDATES]]])
