"""The vocabulary of the tree and of time, as QuerySets. Reads only."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.gis.db.models import QuerySet
from django.contrib.gis.db.models.functions import NumGeometries
from django.contrib.gis.geos import Point
from django.db import connection
from django.db.models import FloatField, Func, Q

from gis_grid.territory.paths import Territory, ancestors_of

if TYPE_CHECKING:
    from gis_grid.territory.models import Area, Boundary  # noqa: F401


def inside(territory: Territory, field: str = "path") -> Q:
    """Return the condition that a path column lies in a territory; none at all for NOWHERE."""
    if territory.everywhere:
        return Q(pk__isnull=False)  # not Q(): an empty condition vanishes when it is or-ed
    condition = Q(pk__in=[])
    for root in territory.paths:
        condition |= Q(**{f"{field}__startswith": root})
    return condition


class SquareMetres(Func):
    """The area of a shape on the spheroid; in the column's own degrees it would mean nothing."""

    template = "ST_Area(%(expressions)s::geography)"
    output_field = FloatField()


class AreaQuerySet(QuerySet["Area"]):
    """Areas by their place in the tree and by day."""

    def within(self, territory: Territory) -> AreaQuerySet:
        """Only the areas of a territory."""
        return self.filter(inside(territory))

    def roots_of(self, territory: Territory) -> AreaQuerySet:
        """The topmost areas of a territory."""
        if territory.everywhere:
            return self.filter(parent__isnull=True)
        return self.filter(path__in=territory.paths)

    def at(self, when: date) -> AreaQuerySet:
        """Only the areas that exist on this day."""
        return self.filter(during__contains=when)

    def under(self, area: Area) -> AreaQuerySet:
        """The area itself and everything below it."""
        return self.filter(path__startswith=area.path)

    def above(self, area: Area) -> AreaQuerySet:
        """The ancestors of an area, root first."""
        return self.filter(pk__in=ancestors_of(area.path)[:-1]).order_by("level")

    def named_like(self, words: str) -> AreaQuerySet:
        """Those whose code starts with, or whose name holds, what somebody typed."""
        return self.filter(Q(code__istartswith=words) | Q(name__icontains=words))

    def next_ids(self, count: int) -> list[int]:
        """Reserve ids, because a path holds the id of its own area."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [self.model._meta.db_table, count],
            )
            return [row[0] for row in cursor.fetchall()]


class BoundaryQuerySet(QuerySet["Boundary"]):
    """Boundaries by day and by place."""

    def within(self, territory: Territory) -> BoundaryQuerySet:
        """Only the boundaries of a territory's areas."""
        return self.filter(inside(territory, "area__path"))

    def at(self, when: date) -> BoundaryQuerySet:
        """Only those valid on this day."""
        return self.filter(during__contains=when)

    def measured(self) -> BoundaryQuerySet:
        """With `area_m2` (square metres) and `pieces` (how many polygons)."""
        return self.annotate(area_m2=SquareMetres("shape"), pieces=NumGeometries("shape"))

    def covering(self, point: Point) -> BoundaryQuerySet:
        """Those that cover the point (EPSG:4326), its border included."""
        return self.filter(shape__covers=point)
