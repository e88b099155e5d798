"""From the rows of a file to areas that may be founded: what was asked for, and what is fit.

Every row that is not fit is rejected in the outcome with its field, a code and the reason.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import shapely
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid
from gis_grid.exchange.layer import Layer, Row
from gis_grid.exchange.outcome import Outcome, Repair
from gis_grid.exchange.place import Placed
from gis_grid.exchange.values import Unusable, plain_code, plain_name, text_of
from gis_grid.geo.datum import Datum
from gis_grid.geo.metric import area_m2
from gis_grid.geo.validity import DECIMALS, fault_of, rounded
from gis_grid.territory.audit import Gap, Outside, Overlap
from gis_grid.territory.models import Area, Kind, Level
from gis_grid.territory.parentage import ByCode, ByLocation, Parentage

# Statistical and grid codes of China (domain practice, not law): digits per level.
CODE_DIGITS: Final = {
    Level.DISTRICT: 6,
    Level.STREET: 9,
    Level.COMMUNITY: 12,
    Level.GRID: 15,
    Level.MICRO_GRID: 17,
}
REPAIRABLE: Final = frozenset(
    {
        "self_intersection",
        "hole_outside",
        "holes_nested",
        "nested_shells",
        "duplicate_rings",
        "disconnected",
        "degenerate",
        "invalid_shape",
    }
)
AREAL: Final = ("Polygon", "MultiPolygon")


@dataclass(frozen=True)
class Wanted:
    """What to make of a file. `code`, `name`, `parent` are names of its fields."""

    path: Path
    level: Level
    code: str
    name: str
    parent: str | None = None
    parent_by_location: bool = False
    kind: Kind = Kind.GENERAL
    srid: int | None = None
    datum: Datum | None = None
    valid_from: date | None = None
    layer: str | None = None
    dry_run: bool = False
    skip_rejected: bool = False
    repair: bool = False
    dissolve: bool = False
    strict: bool = False

    @property
    def day(self) -> date:
        """The day on which parents and neighbours are looked at."""
        return self.valid_from or timezone.localdate()


@dataclass
class AreaOutcome(Outcome):
    """An import's outcome with the findings of the layer."""

    repaired: list[Repair] = field(default_factory=list)
    overlaps: list[Overlap] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    outside_parent: list[Outside] = field(default_factory=list)


@dataclass(frozen=True)
class Candidate:
    """A row that may become an area: WGS84 shape, and its parent once that is known."""

    row: int
    code: str
    name: str
    shape: Any
    parent: Area | None = None


def check_fields(wanted: Wanted, layer: Layer) -> None:
    """Raise Invalid `no_such_field`, naming the fields there are. Pure."""
    present: dict[str, None] = {}
    for row in layer.rows:
        present.update(dict.fromkeys(row.attributes))
    for name in (wanted.code, wanted.name, wanted.parent):
        if name is not None and name not in present:
            raise Invalid(
                "no_such_field",
                _("The file has no field %(name)s. It has: %(present)s.")
                % {"name": name, "present": ", ".join(present) or "-"},
                fields={name: _("No such field.")},
            )


def candidates_of(
    wanted: Wanted, layer: Layer, placed: Placed, outcome: AreaOutcome
) -> list[Candidate]:
    """Return the rows with a usable code, name and shape; the others are rejected."""
    made = []
    tidied = 0
    for index, row in enumerate(layer.rows):
        try:
            code = plain_code(row.attributes.get(wanted.code))
        except Unusable as fault:
            outcome.reject(row.number, wanted.code, fault.code, fault.reason)
            continue
        tidied += code.tidied
        name = _name(wanted, row, outcome)
        shape = _shape(wanted, row.number, code.text, placed, index, outcome)
        if name is not None and shape is not None:
            made.append(Candidate(row.number, code.text, name, shape))
    if tidied:
        outcome.notes.append(
            _("%(count)d codes had spaces around them or full-width letters; they were tidied.")
            % {"count": tidied}
        )
    return made


def _name(wanted: Wanted, row: Row, outcome: AreaOutcome) -> str | None:
    try:
        return plain_name(row.attributes.get(wanted.name))
    except Unusable as fault:
        outcome.reject(row.number, wanted.name, fault.code, fault.reason)
        return None


def _shape(
    wanted: Wanted, number: int, code: str, placed: Placed, index: int, outcome: AreaOutcome
) -> Any:
    """Return a sound polygon, repaired if that was asked for, or None after rejecting the row."""
    shape, fault = placed.shapes[index], placed.faults.get(index)
    if shape is not None and shape.geom_type not in AREAL:
        outcome.reject(number, "geometry", "wrong_type", _("An area's shape must be a polygon."))
        return None
    if fault is None:
        return shape
    if wanted.repair and shape is not None and fault.code in REPAIRABLE:
        mended = mend(shape)
        if mended is not None:
            areas = area_m2(shape), area_m2(mended)
            outcome.repaired.append(Repair(number, code, fault.reason, fault.location, *areas))
            return mended
    outcome.reject(number, "geometry", fault.code, fault.reason, fault.location)
    return None


def mend(shape: Any) -> Any:
    """Return a valid polygon made from an invalid one, None if no area is left. Pure."""
    sound = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    snapped = rounded(shapely.set_precision(sound, 10.0**-DECIMALS))
    if snapped.is_empty or snapped.geom_type not in AREAL or fault_of(snapped) is not None:
        return None
    return snapped


def without_twins(
    wanted: Wanted, candidates: list[Candidate], outcome: AreaOutcome
) -> list[Candidate]:
    """Reject every row of a code that comes twice: nobody can tell which one is meant."""
    rows: dict[str, list[int]] = {}
    for one in candidates:
        rows.setdefault(one.code, []).append(one.row)
    for code, numbers in rows.items():
        for number in numbers if len(numbers) > 1 else ():
            outcome.reject(
                number,
                wanted.code,
                "duplicate_code",
                _("The code %(code)s is in rows %(rows)s.")
                % {"code": code, "rows": ", ".join(map(str, numbers))},
            )
    return [one for one in candidates if len(rows[one.code]) == 1]


def with_parents(
    wanted: Wanted, layer: Layer, candidates: list[Candidate], outcome: AreaOutcome
) -> list[Candidate]:
    """Give each candidate its parent; without --parent or --parent-by-location all are roots."""
    parentage: Parentage
    if wanted.parent is not None:
        attributes = {row.number: row.attributes for row in layer.rows}
        given = [text_of(attributes[one.row].get(wanted.parent)).strip() for one in candidates]
        parentage = ByCode(wanted.level, wanted.day, given)
    elif wanted.parent_by_location:
        parentage = ByLocation(wanted.level, wanted.day, [one.shape for one in candidates])
    else:
        return candidates
    made = []
    for one, answer in zip(candidates, parentage.parents(), strict=True):
        if answer.fault is not None:
            outcome.reject(one.row, wanted.parent or "geometry", answer.code, answer.fault)
        else:
            made.append(Candidate(one.row, one.code, one.name, one.shape, answer.area))
    roots = sum(one.parent is None for one in made)
    if roots:
        outcome.notes.append(
            _("%(count)d rows name no parent; they become roots.") % {"count": roots}
        )
    return made


def note_codes(wanted: Wanted, candidates: list[Candidate], outcome: AreaOutcome) -> None:
    """Say how many codes do not follow the Chinese rule for their level; a note, no refusal."""
    digits = CODE_DIGITS.get(wanted.level)
    if digits is None:
        return
    other = sum(
        not (one.code.isdecimal() and len(one.code) == digits)
        or (one.parent is not None and not one.code.startswith(one.parent.code))
        for one in candidates
    )
    if other:
        outcome.notes.append(
            _(
                "%(other)d of %(count)d codes do not follow the Chinese rule (%(digits)d digits, "
                "beginning with the parent's code); they are kept as they are."
            )
            % {"other": other, "count": len(candidates), "digits": digits}
        )
