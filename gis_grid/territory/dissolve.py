"""Several rows of a file that are one area: a district drawn as its parts, an island at a time.

Only when asked for; otherwise a code that comes twice is a mistake that nobody can resolve.
"""

from collections.abc import Sequence
from typing import Any

import shapely
from django.utils.translation import gettext_lazy as _

from gis_grid.exchange.layer import Layer
from gis_grid.exchange.values import Unusable, plain_code, text_of
from gis_grid.geo.validity import DECIMALS, fault_of, rounded
from gis_grid.territory.candidates import AreaOutcome, Candidate, Wanted


def dissolve(
    wanted: Wanted, layer: Layer, candidates: Sequence[Candidate], outcome: AreaOutcome
) -> list[Candidate]:
    """Return one candidate per code: the first row of that code, with the union of all shapes.

    A code is rejected with all its rows when they disagree about name or parent
    (`rows_disagree`), or when one of them was rejected before (`piece_missing`): half an area
    would be written as if it were whole.
    """
    pieces: dict[str, list[Candidate]] = {}
    for one in candidates:
        pieces.setdefault(one.code, []).append(one)
    broken = _codes_rejected(wanted, layer, outcome)
    parents = _parents(wanted, layer)
    made = []
    for code, rows in pieces.items():
        if code in broken:
            _reject_broken(wanted, rows, outcome)
        elif field := _disputed(wanted, rows, parents):
            _reject_disputed(field, rows, outcome)
        elif whole := _merged(rows, outcome):
            made.append(whole)
    if len(made) < len(candidates):
        outcome.notes.append(
            _("%(rows)d rows were merged into %(areas)d areas.")
            % {"rows": sum(len(pieces[one.code]) for one in made), "areas": len(made)}
        )
    return made


def union(shapes: Sequence[Any]) -> Any:
    """Return the union of WGS84 polygons without their inner borders. Pure.

    It is made on the raster of 7 decimals that all stored shapes lie on, so rounding afterwards
    cannot make it invalid.
    """
    return rounded(shapely.union_all(shapes, grid_size=10.0**-DECIMALS))


def _merged(rows: list[Candidate], outcome: AreaOutcome) -> Candidate | None:
    first = rows[0]
    if len(rows) == 1:
        return first
    shape = union([one.shape for one in rows])
    fault = fault_of(shape)
    if fault is None:
        return Candidate(first.row, first.code, first.name, shape)
    for one in rows:
        outcome.reject(one.row, "geometry", fault.code, fault.reason, fault.location)
    return None


def _codes_rejected(wanted: Wanted, layer: Layer, outcome: AreaOutcome) -> set[str]:
    """Return the codes that lost a row; a row without a usable code belongs to none."""
    numbers = {one.row for one in outcome.rejected}
    codes = set()
    for row in layer.rows:
        if row.number in numbers:
            try:
                codes.add(plain_code(row.attributes.get(wanted.code)).text)
            except Unusable:
                continue
    return codes


def _parents(wanted: Wanted, layer: Layer) -> dict[int, str]:
    """Return the parent's code as each row gives it; the same for all where no field is named."""
    field = wanted.parent
    return {
        row.number: text_of(row.attributes.get(field)).strip() if field else ""
        for row in layer.rows
    }


def _disputed(wanted: Wanted, rows: list[Candidate], parents: dict[int, str]) -> str | None:
    """Return the field about which the rows of one code disagree, None if they agree."""
    if len({one.name for one in rows}) > 1:
        return wanted.name
    if len({parents[one.row] for one in rows}) > 1:
        return wanted.parent
    return None


def _reject_disputed(field: str, rows: list[Candidate], outcome: AreaOutcome) -> None:
    reason = _("Rows %(rows)s have the code %(code)s, but differ in %(field)s.") % {
        "rows": ", ".join(str(one.row) for one in rows),
        "code": rows[0].code,
        "field": field,
    }
    for one in rows:
        outcome.reject(one.row, field, "rows_disagree", reason)


def _reject_broken(wanted: Wanted, rows: list[Candidate], outcome: AreaOutcome) -> None:
    reason = _("Another row with the code %(code)s is rejected, so a piece would be missing.") % {
        "code": rows[0].code
    }
    for one in rows:
        outcome.reject(one.row, wanted.code, "piece_missing", reason)
