"""Areas from a geodata file: read, place, check, found or redraw. All or nothing unless told.

The file's meaning (which field is the code, which day the boundaries begin) comes from the caller
as a `Wanted`; the file's format is `gis_grid.exchange`'s business, and writing is `actions`'.
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Conflict, GridError, Invalid
from gis_grid.exchange.place import place
from gis_grid.exchange.readers import read_layer
from gis_grid.geo.validity import DECIMALS
from gis_grid.territory.actions import AreaDraft, found_many, redraw
from gis_grid.territory.audit import Findings, Gap, Outside, audit
from gis_grid.territory.candidates import (
    AreaOutcome,
    Candidate,
    Wanted,
    candidates_of,
    check_fields,
    note_codes,
    with_parents,
    without_twins,
)
from gis_grid.territory.dissolve import dissolve
from gis_grid.territory.models import Area, Boundary, Kind

Say = Callable[[str | Promise], None]


class _Rollback(Exception):
    """Leaves the transaction without writing."""


def import_areas(wanted: Wanted, say: Say = lambda _stage: None) -> AreaOutcome:
    """Import a file and return what came of it; never raises for what is wrong with the file.

    Everything is one transaction. Rejected rows refuse the whole file unless `skip_rejected`;
    findings refuse it only with `strict`; a dry run does all of it and takes it back.
    """
    outcome = AreaOutcome(dry_run=wanted.dry_run)
    try:
        with transaction.atomic():
            _import(wanted, outcome, say)
            if wanted.dry_run:
                raise _Rollback
    except _Rollback:
        pass
    except IntegrityError:
        outcome.refuse(
            Conflict("changed_meanwhile", _("Somebody else changed these areas; try again."))
        )
    except GridError as refusal:
        outcome.refuse(refusal)
    return outcome


def _import(wanted: Wanted, outcome: AreaOutcome, say: Say) -> None:
    # 1. What the file holds, in WGS84 degrees.
    say(_("Reading the file"))
    layer = read_layer(wanted.path, wanted.layer)
    outcome.read = len(layer.rows)
    check_fields(wanted, layer)
    placed = place(layer, wanted.srid, wanted.datum)
    outcome.notes.extend(placed.notes)

    # 2. Rows that can become areas, each with its parent.
    say(_("Checking %(count)d rows") % {"count": len(layer.rows)})
    candidates = candidates_of(wanted, layer, placed, outcome)
    if wanted.dissolve:
        candidates = dissolve(wanted, layer, candidates, outcome)
    else:
        candidates = without_twins(wanted, candidates, outcome)
    candidates = with_parents(wanted, layer, candidates, outcome)
    note_codes(wanted, candidates, outcome)

    # 3. The layer as a whole, with the neighbours it will have; also of a file that is refused,
    #    so that one run names everything there is to mend.
    say(_("Checking overlaps and gaps"))
    _audit(wanted, candidates, outcome)
    if outcome.rejected and not wanted.skip_rejected:
        raise _rows_rejected(outcome)
    if wanted.strict and (outcome.overlaps or outcome.gaps or outcome.outside_parent):
        raise Invalid("findings", _("There are overlaps, gaps or shapes outside their parent."))

    # 4. Write.
    say(_("Writing"))
    _write(wanted, candidates, outcome)
    if outcome.rejected and not wanted.skip_rejected:
        raise _rows_rejected(outcome)


def _rows_rejected(outcome: AreaOutcome) -> Invalid:
    return Invalid(
        "rows_rejected",
        _("%(count)d rows are rejected, so nothing was written.")
        % {"count": len({one.row for one in outcome.rejected})},
    )


# --- the layer as a whole --------------------------------------------------------------------


def _audit(wanted: Wanted, candidates: list[Candidate], outcome: AreaOutcome) -> None:
    """Check the layer with the siblings already there; keep what concerns this file."""
    if not candidates:
        return
    own = {one.code for one in candidates}
    others = _neighbours(wanted, candidates, own)
    codes = [one.code for one in candidates] + [boundary.area.code for boundary in others]
    shapes = [one.shape for one in candidates] + [_shapely(one.shape) for one in others]
    parents = [one.parent for one in candidates] + [one.area.parent for one in others]
    kinds = [wanted.kind] * len(candidates) + [boundary.area.kind for boundary in others]
    # Codes are unique per level only, so a parent is known by its id.
    found = audit(
        codes,
        shapes,
        parents=[str(area.pk) if area else None for area in parents],
        parent_shapes=_shapes_of({one.parent for one in candidates if one.parent}, wanted.day),
        exclusive=[kind == Kind.EXCLUSIVE for kind in kinds],
    )
    names = {str(area.pk): area.code for area in parents if area}
    _keep(found, own, names, outcome)


def _keep(found: Findings, own: set[str], names: dict[str, str], outcome: AreaOutcome) -> None:
    outcome.overlaps = [one for one in found.overlaps if {one.a, one.b} & own]
    outcome.gaps = [
        Gap(one.area_m2, one.location, one.neighbours, names.get(one.parent or ""))
        for one in found.gaps
        if one.parent is not None or own & set(one.neighbours)
    ]
    outcome.outside_parent = [
        Outside(one.code, names[one.parent], one.area_m2, one.share, one.location)
        for one in found.outside_parent
        if one.code in own
    ]


def _neighbours(wanted: Wanted, candidates: list[Candidate], own: set[str]) -> list[Boundary]:
    """Return boundaries of the same level and day that the file does not replace.

    Those around the file, and all children of its parents: a parent's gap is what no child covers.
    """
    box = shapely.box(*shapely.total_bounds([one.shape for one in candidates]))
    parents = {one.parent for one in candidates if one.parent}
    near = Boundary.objects.at(wanted.day).filter(
        Q(shape__bboverlaps=_geos(box)) | Q(area__parent__in=parents), area__level=wanted.level
    )
    return [one for one in near.select_related("area__parent") if one.area.code not in own]


def _shapes_of(areas: Iterable[Area], day: date) -> dict[str, Any]:
    valid = Boundary.objects.at(day).filter(area__in=list(areas))
    return {str(boundary.area_id): _shapely(boundary.shape) for boundary in valid}


# --- writing ----------------------------------------------------------------------------------


def _write(wanted: Wanted, candidates: list[Candidate], outcome: AreaOutcome) -> None:
    known = _known(wanted, candidates)
    source = wanted.path.name[:200]
    drafts = [
        AreaDraft(one.code, one.name, wanted.level, one.parent, wanted.kind, _geos(one.shape))
        for one in candidates
        if one.code not in known
    ]
    found_many(drafts, valid_from=wanted.valid_from, source=source)
    outcome.accepted += len(drafts)
    for one in candidates:
        if one.code in known:
            _update(wanted, one, known[one.code], source, outcome)


def _known(wanted: Wanted, candidates: list[Candidate]) -> dict[str, Area]:
    """Return the areas that these codes name from the first day on, with their boundaries."""
    areas = (
        Area.objects.filter(
            level=wanted.level,
            code__in=[one.code for one in candidates],
            during__overlap=DateRange(wanted.valid_from, None),
        )
        .select_related("parent")
        .prefetch_related("boundaries")
        .order_by("during")
    )
    return {area.code: area for area in areas}


def _update(wanted: Wanted, one: Candidate, area: Area, source: str, outcome: AreaOutcome) -> None:
    """Bring a known area up to the file: a new name, a new boundary, or nothing at all."""
    if one.parent is not None and area.parent_id != one.parent.pk:
        outcome.reject(
            one.row,
            wanted.parent or "geometry",
            "parent_differs",
            _("The area is already there under %(parent)s; an import does not move it.")
            % {"parent": area.parent or "-"},
        )
        return
    try:
        redrawn = _redraw(wanted, one, area, source)
    except Conflict as conflict:
        outcome.reject(one.row, "geometry", conflict.code, conflict.message)
        return
    if _rename(wanted, one, area) or redrawn:
        outcome.accepted += 1
    else:
        outcome.unchanged += 1


def _redraw(wanted: Wanted, one: Candidate, area: Area, source: str) -> bool:
    """Give the area the file's shape if it has another on that day; returns whether it did."""
    current = [b for b in area.boundaries.all() if wanted.day in b.during]
    if current and _same(_shapely(current[0].shape), one.shape):
        return False
    redraw(area, _geos(one.shape), valid_from=wanted.valid_from, source=source)
    starts = area.during.lower
    if starts is not None and (wanted.valid_from is None or wanted.valid_from < starts):
        # An older boundary was loaded after a newer one: the area is as old as its boundary.
        area.during = DateRange(wanted.valid_from, area.during.upper)
        area.save(update_fields=["during"])
    return True


def _rename(wanted: Wanted, one: Candidate, area: Area) -> bool:
    """Take over name and kind, unless the file is older than what is known of the area."""
    starts = [boundary.during.lower for boundary in area.boundaries.all()]
    if any(start is not None and start > wanted.day for start in starts):
        return False
    if (area.name, area.kind) == (one.name, wanted.kind):
        return False
    area.name, area.kind = one.name, wanted.kind
    area.save(update_fields=["name", "kind"])
    return True


def _same(a: Any, b: Any) -> bool:
    """Compare shapes whatever ring, piece or vertex they start with."""
    multi = [shapely.multipolygons(shapely.get_parts(one)) for one in (a, b)]
    one, other = shapely.normalize(np.array(multi))
    return bool(shapely.equals_exact(one, other, 10.0**-DECIMALS / 2))


def _geos(shape: Any) -> GEOSGeometry:
    return GEOSGeometry(memoryview(shapely.to_wkb(shape)), srid=4326)


def _shapely(shape: GEOSGeometry) -> Any:
    return shapely.from_wkb(bytes(shape.wkb))
