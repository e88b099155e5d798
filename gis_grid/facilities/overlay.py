"""The changes of streets that are valid today, as the walking engine lays them over an extract."""

import hashlib
from datetime import date

import shapely
from django.contrib.gis.geos import GEOSGeometry, Polygon
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid
from gis_grid.facilities.models import ChangeKind, StreetChange
from gis_grid.walking.hours import spans_of
from gis_grid.walking.overlay import Change, Overlay

LINES = ("LineString", "MultiLineString")
SHAPES = {
    ChangeKind.PATH: LINES,
    ChangeKind.WALL: LINES,
    ChangeKind.CLOSURE: LINES,
    ChangeKind.GATE: ("Point",),
}
NO_GATE = _("Only gates have hours.")


def changes_of(box: Polygon, at: date) -> QuerySet[StreetChange]:
    """Return the changes that touch a box and are valid on a day, by code."""
    return StreetChange.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=at),
        Q(valid_until=None) | Q(valid_until__gt=at),
        shape__intersects=box,
    ).order_by("code")


def overlay_of(changes: QuerySet[StreetChange]) -> Overlay:
    """Return them for the engine."""
    found: dict[str, list[Change]] = {kind: [] for kind in ChangeKind.values}
    for each in changes:
        shape = shapely.from_wkb(bytes(each.shape.wkb))
        found[each.kind].append(Change(each.code, shape, spans_of(each.hours)))
    return Overlay(
        paths=found[ChangeKind.PATH],
        walls=found[ChangeKind.WALL],
        gates=found[ChangeKind.GATE],
        closures=found[ChangeKind.CLOSURE],
    )


def mark_of(changes: QuerySet[StreetChange]) -> str:
    """Return what these changes say as 16 digits: the same changes, the same mark."""
    digest = hashlib.sha256()
    for each in changes:
        digest.update(f"{each.code}\n{each.kind}\n{each.hours}\n".encode())
        digest.update(bytes(each.shape.wkb))
    return digest.hexdigest()[:16]


def fits(kind: str, shape: GEOSGeometry) -> bool:
    """Return whether a change of this kind can have this shape."""
    return kind in SHAPES and shape.geom_type in SHAPES[ChangeKind(kind)]


def check_hours(kind: str, hours: str) -> None:
    """Raise Invalid `bad_hours` for hours that cannot be read, or of what has none."""
    if hours and kind != ChangeKind.GATE:
        raise Invalid("bad_hours", NO_GATE, {"hours": NO_GATE})
    spans_of(hours)
