"""Two runs side by side: who is covered in one and not in the other, and in which community."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid
from gis_grid.facilities.coverage import Verdict
from gis_grid.facilities.models import Run
from gis_grid.facilities.residents import Residents
from gis_grid.facilities.results import Cells, Seen
from gis_grid.territory.models import Level
from gis_grid.territory.paths import Territory
from gis_grid.walking.streets import Bools, Floats, Ints


@dataclass(frozen=True)
class Shift:
    """People: all, covered in one run and the other, won and lost on the way between."""

    people: float
    covered_a: float
    covered_b: float
    won: float
    lost: float

    @property
    def moves(self) -> bool:
        """Whether anybody changes side."""
        return self.won > 0 or self.lost > 0


def compare(one: Run, other: Run, territory: Territory, day: date) -> dict[str, Any]:
    """Return how people of a territory fare in two runs, by category and community.

    People who are in one run only are counted apart. Invalid `nothing_in_common` when the runs
    share no category or nobody; Unavailable `run_files_missing`.
    """
    first, second = (Seen.of(run, territory, day).cells for run in (one, other))
    both = [code for code in first.codes if code in second.number]
    categories = [name for name in first.columns if name in second.columns]
    if not both or not categories:
        raise Invalid(
            "nothing_in_common",
            _("The two runs have no people or no category in common: nothing can be compared."),
        )
    here, there = (np.array([cells.number[code] for code in both]) for cells in (first, second))
    weight = first.weight[here]
    residents = Residents.of(first.lonlat[here], day)
    return {
        "only_a": _rest(first, here),
        "only_b": _rest(second, there),
        "categories": [
            _category(
                name,
                weight,
                first.columns[name].verdict[here] == Verdict.COVERED,
                second.columns[name].verdict[there] == Verdict.COVERED,
                residents,
                territory,
            )
            for name in categories
        ],
    }


def _category(
    name: str, weight: Floats, a: Bools, b: Bools, residents: Residents, territory: Territory
) -> dict[str, Any]:
    """Return the shift of one category, and of each community in which somebody changes side."""
    areas = [
        {"code": area.code, "name": area.name, **asdict(shift)}
        for area, cells in residents.rows(territory)
        if area.level == Level.COMMUNITY
        and (shift := _shift(weight[cells], a[cells], b[cells])).moves
    ]
    areas.sort(key=lambda row: (-row["lost"], -row["won"], row["code"]))
    return {"category": name, **asdict(_shift(weight, a, b)), "areas": areas}


def _shift(weight: Floats, a: Bools, b: Bools) -> Shift:
    def weigh(which: Bools) -> float:
        return round(float(weight[which].sum()), 6)

    everybody = np.ones(len(weight), bool)
    return Shift(weigh(everybody), weigh(a), weigh(b), won=weigh(b & ~a), lost=weigh(a & ~b))


def _rest(cells: Cells, used: Ints) -> float:
    return round(float(cells.weight.sum() - cells.weight[used].sum()), 6)
