"""The vocabulary of incidents and events, as QuerySets. Reads only."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point, Polygon
from django.contrib.gis.measure import D
from django.db.models import Count, F, Func, OuterRef, Q, QuerySet, Subquery, TextField
from django.db.models.functions import Coalesce
from django.utils import timezone

from gis_grid.access import Actor
from gis_grid.geo.metric import LocalMetric
from gis_grid.people.models import HandlingUnit, Worker
from gis_grid.prepared import ask
from gis_grid.territory.paths import Territory
from gis_grid.territory.queries import inside
from incidents.states import OPEN_STATES

if TYPE_CHECKING:
    from incidents.models import (  # noqa: F401
        Attachment,
        Category,
        Dispatch,
        Event,
        Incident,
    )


def held_by(territory: Territory, field: str = "area_path") -> Q:
    """Condition: the path lies in the territory, or is empty and the territory has the queue."""
    condition = inside(territory, field)
    return condition | Q(**{field: ""}) if territory.unrouted else condition


def dispatched_to(worker: Worker) -> QuerySet[Any, Any]:
    """Ids of the incidents that were ever dispatched to a unit this worker acts for today."""
    dispatches = apps.get_model("incidents", "Dispatch")
    units = HandlingUnit.objects.of(worker, timezone.localdate())
    return dispatches.objects.filter(unit__in=units).values("incident")


class Doubled(Func):
    """A text with each sign written twice; an index of trigrams stands on it.

    Two signs, the usual length of a Chinese word, hold no trigram. Written twice they hold two,
    and one text holds another if, and only if, this is so of both written twice.
    """

    template = r"regexp_replace(%(expressions)s, '(.)', '\1\1', 'g')"
    output_field = TextField()


def doubled(text: str) -> str:
    """Return what `Doubled` makes of a text."""
    return "".join(sign * 2 for sign in text)


_MINOR_FIELDS = (
    *("id", "code", "name", "name_en", "limit_amount", "limit_kind", "photo", "emergency"),
)
_MINOR = f"""
SELECT {", ".join(_MINOR_FIELDS)}
  FROM incidents_category WHERE code = %s AND active AND major_id IS NOT NULL
"""


def photo_count() -> Coalesce:
    """Expression: how many photos of an incident have arrived.

    Counted beside the row: a join would have every wide row sorted and grouped.
    """
    stored = apps.get_model("incidents", "Attachment").objects.stored()
    counted = stored.filter(incident=OuterRef("pk")).order_by().values("incident")
    return Coalesce(Subquery(counted.annotate(count=Count("pk")).values("count")), 0)


class IncidentQuerySet(QuerySet["Incident"]):
    """Incidents by territory, state, clock and place."""

    def within(self, territory: Territory) -> IncidentQuerySet:
        """Only the incidents of a territory."""
        return self.filter(held_by(territory))

    def visible_to(self, actor: Actor) -> IncidentQuerySet:
        """Those of the actor's territory, those they reported, those dispatched to their units."""
        seen = held_by(actor.territory)
        if actor.worker:
            seen |= Q(reporter=actor.worker) | Q(pk__in=dispatched_to(actor.worker))
        return self.filter(seen)

    def asked_of(self, actor: Actor) -> IncidentQuerySet:
        """Open ones that wait for this actor: on their ground, or with their units."""
        theirs = inside(actor.ground, "area_path")
        if actor.worker:
            theirs |= Q(pk__in=dispatched_to(actor.worker).filter(ended_at__isnull=True))
        return self.open().filter(theirs)

    def open(self) -> IncidentQuerySet:
        """Not yet closed."""
        return self.filter(state__in=OPEN_STATES)

    def on_the_map(self, closed_since: datetime) -> IncidentQuerySet:
        """Open ones and those closed lately: what a live map shows."""
        return self.filter(Q(state__in=OPEN_STATES) | Q(closed_at__gte=closed_since))

    def near(self, point: Point, metres: float) -> IncidentQuerySet:
        """Those within so many metres of a point (EPSG:4326), nearest first."""
        reach = metres * 1.01  # the box only asks the index; the distance decides
        (west, south), (east, north) = LocalMetric(point.x, point.y).to_lonlat(
            [(-reach, -reach), (reach, reach)]
        )
        return (
            self.filter(point__bboverlaps=Polygon.from_bbox((west, south, east, north)))
            .annotate(distance=Distance("point", point, spheroid=True))
            .filter(distance__lte=D(m=metres))
            .order_by("distance")
        )

    def in_box(self, box: Polygon) -> IncidentQuerySet:
        """Those inside a lon/lat box."""
        return self.filter(point__coveredby=box)

    def as_rows(self) -> IncidentQuerySet:
        """With all that a row on a list or map needs, in one query."""
        found = self.select_related("category", "area", "dispatch__unit", "dispatch__area")
        return found.annotate(photo_count=photo_count())

    def in_full(self) -> IncidentQuerySet:
        """With all that one incident in full names besides, in the same query."""
        return self.as_rows().select_related("reporter", "lead", "escalated_to", "merged_into")


class EventQuerySet(QuerySet["Event"]):
    """Events in the order of the feed."""

    def after(self, sequence: int) -> EventQuerySet:
        """Stamped events after a sequence number, in order."""
        return self.filter(sequence__gt=sequence).order_by("sequence")


class AttachmentQuerySet(QuerySet["Attachment"]):
    """Photos."""

    def stored(self) -> AttachmentQuerySet:
        """Those whose bytes have arrived."""
        return self.filter(stored_at__isnull=False)

    def ids(self) -> list[UUID]:
        """Their ids."""
        return list(self.values_list("pk", flat=True))


class CategoryQuerySet(QuerySet["Category"]):
    """The two-level list of categories."""

    def minors(self) -> CategoryQuerySet:
        """What can be reported: the active second level, in the list's order."""
        return (
            self.filter(major__isnull=False, active=True)
            .select_related("major")
            .order_by(F("major__position"), "position")
        )

    def for_residents(self) -> CategoryQuerySet:
        """What residents may report by a notice board, neither minor nor major taken out."""
        return self.filter(for_residents=True, major__for_residents=True)

    def minor(self, code: str) -> Category | None:
        """What can be reported under this code, None for anything else."""
        rows = ask(_MINOR, [code])  # each report asks; the ORM takes 1 ms to build these lines
        return self.model.from_db(self.db, _MINOR_FIELDS, rows[0]) if rows else None


class DispatchQuerySet(QuerySet["Dispatch"]):
    """Whom a case was given to."""

    def running(self) -> DispatchQuerySet:
        """Those still waited for."""
        return self.filter(ended_at__isnull=True)

    def in_full(self) -> DispatchQuerySet:
        """With unit, area and extensions, and whose the case is instead."""
        found = self.select_related("unit", "area", "proposed_unit", "proposed_area")
        return found.prefetch_related("extensions")

    def lead(self) -> DispatchQuerySet:
        """Of those who have the case."""
        return self.filter(part="lead")

    def assisting(self) -> DispatchQuerySet:
        """Of those who were whistled for."""
        return self.filter(part="assist")
