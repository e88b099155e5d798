"""Who acts in the demo's incidents: field staff, desks, a leader, the members of units."""

from collections import defaultdict
from collections.abc import Collection
from random import Random

from django.contrib.auth.models import User
from django.utils import timezone

from gis_grid.access import Actor
from gis_grid.people.models import (
    DESK_ROLES,
    FIELD_ROLES,
    Assignment,
    HandlingUnit,
    Role,
    UnitMember,
    Worker,
)
from gis_grid.territory.models import Area, Kind, Level
from gis_grid.territory.paths import NOWHERE, Territory, ancestors_of
from incidents.dispatching.recipients import Entitlement, Recipient
from incidents.models import Category, Dispatch


class Cast:
    """Everybody as actors, made once, and the units that may receive what."""

    def __init__(self) -> None:
        """Read people, units and what they may receive."""
        self._field: defaultdict[int, list[Actor]] = defaultdict(list)
        self._desk: defaultdict[int, list[Actor]] = defaultdict(list)
        self._members: defaultdict[int, list[Actor]] = defaultdict(list)
        seats = Assignment.objects.at(timezone.localdate()).select_related("worker__user", "area")
        for seat in seats.order_by("pk"):
            found = self._field if seat.role in FIELD_ROLES else self._desk
            found[seat.area_id].append(_seated(seat.worker, seat.role, seat.area))
        for member in UnitMember.objects.select_related("worker__user").order_by("pk"):
            self._members[member.unit_id].append(_actor(member.worker))
        self._by_worker = {
            each.worker.pk: each
            for found in self._field.values()
            for each in found
            if each.worker is not None
        }
        self._grids: defaultdict[int | None, list[Area]] = defaultdict(list)
        for grid in Area.objects.filter(level=Level.GRID, kind=Kind.GENERAL).order_by("pk"):
            self._grids[grid.parent_id].append(grid)
        self._minors = list(Category.objects.minors())
        self.units = list(HandlingUnit.objects.order_by("pk"))
        self._terms = Entitlement.read(Category.objects.select_related("major"), self.units)

    def field(self, path: str, dice: Random) -> Actor:
        """Return somebody of the grid, or of the nearest area above that has anybody."""
        return dice.choice(self._nearest(self._field, path))

    def second(self, path: str, handlers: Collection[int], dice: Random) -> Actor:
        """Return somebody of the area who is none of these users, else the desk."""
        for area in reversed(ancestors_of(path)):
            free = [each for each in self._field[area] if each.user.pk not in handlers]
            if free:
                return dice.choice(free)
        return self.desk(path, dice)

    def desk(self, path: str, dice: Random) -> Actor:
        """Return an operator of the street or the district."""
        return dice.choice(self._at_desk(path, Role.OPERATOR))

    def leader(self, path: str) -> Actor:
        """Return a leader."""
        return self._at_desk(path, Role.LEADER)[0]

    def holder(self, given: Dispatch, dice: Random) -> Actor:
        """Return who takes in hand what was given to a unit or an area."""
        if given.unit_id:
            return dice.choice(self._members[given.unit_id])
        assert given.area is not None, "a dispatch names a unit or an area"
        return self.field(given.area.path, dice)

    def member(self, unit: HandlingUnit) -> Actor:
        """Return the first member of a unit."""
        return self._members[unit.pk][0]

    def others(self, category: Category, path: str, but: Collection[str]) -> list[HandlingUnit]:
        """Return the units that may receive a category here, without some by code."""
        return [
            unit
            for unit in self.units
            if unit.code not in but
            and self._terms.refusal_of(Recipient(unit=unit), category, path) is None
        ]

    def known(self, worker_id: int | None) -> Actor:
        """Return a field worker by the id of the person."""
        assert worker_id is not None, "every report of the demo has its reporter"
        return self._by_worker[worker_id]

    def neighbour(self, area: Area | None, dice: Random) -> str | None:
        """Return the code of another grid of the same community, None when there is none."""
        beside = self._grids[area.parent_id] if area else []
        others = [grid.code for grid in beside if area is not None and grid.pk != area.pk]
        return dice.choice(others) if others else None

    def similar(self, category: Category, dice: Random) -> Category | None:
        """Return another minor of the same major, None when it is alone."""
        others = [
            minor
            for minor in self._minors
            if minor.major_id == category.major_id and minor.pk != category.pk
        ]
        return dice.choice(others) if others else None

    def may_start(self, actor: Actor, category: Category, area: Area | None) -> bool:
        """Return whether field staff may handle a category at their own grid."""
        levels = self._terms.levels_for(category)
        return (
            area is not None and area.pk in actor.own_areas and (not levels or area.level in levels)
        )

    def _at_desk(self, path: str, role: Role) -> list[Actor]:
        for area in reversed(ancestors_of(path)):
            found = [each for each in self._desk[area] if role in each.roles]
            if found:
                return found
        return [each for desk in self._desk.values() for each in desk if role in each.roles]

    def _nearest(self, seats: defaultdict[int, list[Actor]], path: str) -> list[Actor]:
        for area in reversed(ancestors_of(path)):
            if seats[area]:
                return seats[area]
        return next(found for found in seats.values() if found)


def _seated(worker: Worker, role: str, area: Area) -> Actor:
    field = role in FIELD_ROLES
    unrouted = field or (area.parent_id is None and role in DESK_ROLES)
    return Actor(
        user=_user(worker),
        worker=worker,
        roles=frozenset({role}),
        territory=Territory(frozenset({area.path}), unrouted=unrouted),
        own_areas=frozenset({area.pk}) if field else frozenset(),
    )


def _actor(worker: Worker) -> Actor:
    return Actor(_user(worker), worker, frozenset(), NOWHERE, frozenset())


def _user(worker: Worker) -> User:
    assert worker.user is not None, "every worker of the demo has a login"
    return worker.user
