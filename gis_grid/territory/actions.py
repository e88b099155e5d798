"""The only writers of areas and boundaries. Boundaries are never edited, only succeeded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Polygon
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Conflict, Invalid
from gis_grid.territory.models import Area, Boundary, Kind
from gis_grid.territory.paths import path_of


@dataclass(frozen=True)
class AreaDraft:
    """An area to be founded. `shape`: valid Polygon or MultiPolygon, EPSG:4326, or None."""

    code: str
    name: str
    level: int
    parent: Area | None = None
    kind: str = Kind.GENERAL
    shape: GEOSGeometry | None = None


def found(draft: AreaDraft, *, valid_from: date | None = None, source: str = "") -> Area:
    """Found one area. See `found_many`."""
    return found_many([draft], valid_from=valid_from, source=source)[0]


def found_many(
    drafts: Sequence[AreaDraft], *, valid_from: date | None = None, source: str = ""
) -> list[Area]:
    """Found areas with their first boundaries, valid from a day (None: always). All or nothing.

    Returns them in the order of the drafts. IntegrityError when a code is taken on those days.
    """
    during = DateRange(valid_from, None)
    with transaction.atomic():
        ids = Area.objects.next_ids(len(drafts))
        areas = Area.objects.bulk_create(
            [_area(number, draft, during) for number, draft in zip(ids, drafts, strict=True)]
        )
        Boundary.objects.bulk_create(
            [
                Boundary(area=area, shape=as_multi(draft.shape), during=during, source=source)
                for area, draft in zip(areas, drafts, strict=True)
                if draft.shape is not None
            ]
        )
    return areas


def redraw(
    area: Area, shape: GEOSGeometry, *, valid_from: date | None, source: str = ""
) -> Boundary:
    """Give an area a new shape from a day on: one range of days ends, another starts.

    A later boundary, if there is one, keeps its days. Conflict `boundary_starts_that_day` when
    one begins on that very day, `valid_from_missing` when there is a boundary and no day.
    """
    with transaction.atomic():
        ended, until = succession(area, valid_from)
        if ended is not None:
            ended.during = DateRange(ended.during.lower, valid_from)
            ended.save(update_fields=["during"])
        return Boundary.objects.create(
            area=area, shape=as_multi(shape), during=DateRange(valid_from, until), source=source
        )


def succession(area: Area, valid_from: date | None) -> tuple[Boundary | None, date | None]:
    """Return the boundary that a new one from this day ends, and the day a later one begins.

    Locks the area, so the answer stands until the caller's transaction ends. Conflicts as in
    `redraw`; a form asks here first to say them beside its fields.
    """
    Area.objects.select_for_update().get(pk=area.pk)
    ended, until = None, None
    for boundary in area.boundaries.all():
        starts, ends = boundary.during.lower, boundary.during.upper
        if valid_from is None:
            raise Conflict(
                "valid_from_missing",
                _("The area already has a boundary. From which day is the new one valid?"),
            )
        if starts == valid_from:
            raise Conflict(
                "boundary_starts_that_day",
                _("The area already has a boundary that starts on this day."),
            )
        if starts is not None and starts > valid_from:
            until = starts if until is None else min(until, starts)
        elif ends is None or ends > valid_from:
            ended = boundary
    return ended, until


def retire(area: Area, *, on: date) -> None:
    """End an area and its boundary on a day; its code is free from then on.

    Conflict `has_children` while areas below it still exist on that day.
    """
    with transaction.atomic():
        area = Area.objects.select_for_update().get(pk=area.pk)
        if area.children.filter(during__contains=on).exists():
            raise Conflict("has_children", _("Areas below this one still exist on that day."))
        area.during = DateRange(area.during.lower, on)
        area.save(update_fields=["during"])
        for boundary in area.boundaries.filter(during__contains=on):
            boundary.during = DateRange(boundary.during.lower, on)
            boundary.save(update_fields=["during"])


def as_multi(shape: GEOSGeometry) -> MultiPolygon:
    """Return a polygon of any kind as a MultiPolygon in EPSG:4326, or Invalid `wrong_type`."""
    if isinstance(shape, MultiPolygon):
        return shape
    if isinstance(shape, Polygon):
        return MultiPolygon(shape, srid=shape.srid or 4326)
    raise Invalid("wrong_type", _("An area's shape must be a polygon."), {"shape": _("wrong")})


def check_parent(parent: Area | None, level: int) -> None:
    """Refuse a parent that is not above: Invalid `parent_not_above`."""
    if parent is not None and parent.level >= level:
        raise Invalid(
            "parent_not_above",
            _("The parent must be of a higher level than the area itself."),
            {"parent": _("not above")},
        )


def check_place(area: Area, shape: GEOSGeometry) -> None:
    """Refuse a shape that has nothing in common with its parent's: Invalid `outside_area`.

    For shapes that people draw or send one by one; an import reports what leaves its parent.
    """
    parent = Boundary.objects.filter(area=area.parent_id)
    if area.parent_id and parent.exists() and not parent.filter(shape__intersects=shape).exists():
        raise Invalid(
            "outside_area",
            _("The shape lies outside the area above. Are longitude and latitude right?"),
            {"shape": _("outside")},
        )


def _area(number: int, draft: AreaDraft, during: DateRange) -> Area:
    parent = draft.parent
    check_parent(parent, draft.level)
    return Area(
        pk=number,
        code=draft.code,
        name=draft.name,
        level=draft.level,
        kind=draft.kind,
        parent=parent,
        path=path_of(parent.path if parent else "", number),
        during=during,
    )
