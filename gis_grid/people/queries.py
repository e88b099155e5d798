"""Who is where, and when. Reads only."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from gis_grid.territory.paths import Territory, ancestors_of
from gis_grid.territory.queries import inside

if TYPE_CHECKING:
    from gis_grid.people.models import (  # noqa: F401
        Assignment,
        HandlingUnit,
        PartyOrganisation,
        Worker,
    )


class WorkerQuerySet(QuerySet["Worker"]):
    """People who hold assignments."""

    def within(self, territory: Territory) -> WorkerQuerySet:
        """Those with an assignment inside the territory."""
        return self.filter(inside(territory, "assignments__area__path")).distinct()


class AssignmentQuerySet(QuerySet["Assignment"]):
    """Worker x area x role x days."""

    def within(self, territory: Territory) -> AssignmentQuerySet:
        """Those whose area lies inside the territory."""
        return self.filter(inside(territory, "area__path"))

    def at(self, when: date) -> AssignmentQuerySet:
        """Those that hold on this day."""
        return self.filter(during__contains=when)


class PartyOrganisationQuerySet(QuerySet["PartyOrganisation"]):
    """Party organisations by area."""

    def within(self, territory: Territory) -> PartyOrganisationQuerySet:
        """Those attached to an area inside the territory."""
        return self.filter(inside(territory, "areas__path")).distinct()


class HandlingUnitQuerySet(QuerySet["HandlingUnit"]):
    """Units that handle cases."""

    def active(self) -> HandlingUnitQuerySet:
        """Those that still work."""
        return self.filter(active=True)

    def of(self, worker: Worker | None, when: date) -> HandlingUnitQuerySet:
        """Those a worker acts for on a day; none for nobody."""
        return self.filter(members__worker=worker, members__during__contains=when).distinct()

    def serving(self, path: str) -> HandlingUnitQuerySet:
        """Those that serve an area path: named for it or one above it, or for everywhere."""
        return self.filter(Q(areas__isnull=True) | Q(areas__in=ancestors_of(path))).distinct()
