"""The people around a batch of events, by the part they have in each. Reads only.

A fixed number of queries however many events: every question after that is answered in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from gis_grid.people.models import DESK_ROLES, FIELD_ROLES, Assignment, UnitMember
from gis_grid.territory.models import Area
from gis_grid.territory.paths import ancestors_of
from incidents.models import Dispatch, Event, Outcome, Part, ToldAs

Users = frozenset[int]
NOBODY: Users = frozenset()
GIVES = frozenset({"dispatch", "decide", "whistle", "start"})  # the event says to whom
# A dispatch that ended so still names who has, or had, the case.
KEPT = frozenset({"", Outcome.ANSWERED, Outcome.CLOSED})


@dataclass
class Audience:
    """Who holds which seat on the areas, and acts for which unit, of a batch of events.

    Only people who can log in. `roots` are the areas without a parent: their desks have the queue
    of what no grid owns.
    """

    dispatches: dict[UUID, list[Dispatch]]
    codes: dict[int, str]
    roots: list[int]
    seats: dict[int, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    members: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def around(cls, events: Sequence[Event], when: date) -> Audience:
        """Load the people around these events as they are on a day."""
        dispatches = _dispatches(events)
        areas = {pk for path in _paths(events, dispatches) for pk in ancestors_of(path)}
        around = cls(
            dispatches,
            dict(Area.objects.filter(pk__in=areas).values_list("pk", "code")),
            list(Area.objects.filter(parent__isnull=True).values_list("pk", flat=True)),
        )
        around._seat([*areas, *around.roots], when)
        around._count_members(when)
        return around

    def _seat(self, areas: list[int], when: date) -> None:
        held = Assignment.objects.at(when).filter(area__in=areas, worker__user__is_active=True)
        for area, user, role in held.values_list("area", "worker__user", "role"):
            self.seats[area].append((user, role))

    def _count_members(self, when: date) -> None:
        units = {each.unit_id for given in self.dispatches.values() for each in given}
        acting = UnitMember.objects.filter(
            unit__in=units - {None}, during__contains=when, worker__user__is_active=True
        )
        for unit, user in acting.values_list("unit", "worker__user"):
            self.members[unit].add(user)

    # -- the parts ---------------------------------------------------------------------------

    def told_as(self, part: ToldAs, event: Event) -> Users:
        """Return who has this part in an event; `telling.py` decides which parts are told."""
        return {
            ToldAs.HOLDER: self._holder,
            ToldAs.ASSISTING: self._assisting,
            ToldAs.LEAD: self._lead,
            ToldAs.AREA: lambda each: self._nearest(each.path_after, FIELD_ROLES),
            ToldAs.ABOVE: self._above,
            ToldAs.DESK: lambda each: self._desk(each.path_after),
            ToldAs.REPORTER: self._reporter,
            ToldAs.LEFT: self._left,
        }[part](event)

    def _holder(self, event: Event) -> Users:
        """Whom the event names; otherwise whoever had the case when it happened."""
        given = self._lead_dispatches(event)
        if event.kind in GIVES:
            given = [each for each in given if _is(each, event.body.get("to") or {})]
        else:
            given = [each for each in given[-1:] if each.outcome in KEPT]
        return self._people_of(given[-1:])

    def _assisting(self, event: Event) -> Users:
        """Those the event names, or the one unit whose part is spoken of."""
        codes = event.body.get("assisting", [])
        return self._people_of(
            each
            for each in self.dispatches.get(event.incident_id, [])
            if each.part == Part.ASSIST and each.unit and each.unit.code in codes
        )

    def _lead(self, event: Event) -> Users:
        lead = event.incident.lead
        if lead is None or lead.user_id not in self._in_sight(event):
            return NOBODY
        return frozenset({lead.user_id})

    def _above(self, event: Event) -> Users:
        """The desk of the area it was escalated to, or the nearest one above that."""
        told = (event.body.get("to") or {}).get("area")
        path = ancestors_of(event.path_after)
        at = next((i for i, pk in enumerate(path) if self.codes.get(pk) == told), len(path) - 1)
        return self._climb(path[: at + 1], DESK_ROLES)

    def _desk(self, path: str) -> Users:
        if path:
            return self._nearest(path, DESK_ROLES)
        return frozenset(
            user for pk in self.roots for user, role in self.seats[pk] if role in DESK_ROLES
        )

    def _reporter(self, event: Event) -> Users:
        reporter = event.incident.reporter
        if reporter is None or reporter.user is None or not reporter.user.is_active:
            return NOBODY
        return frozenset({reporter.user.pk})

    def _left(self, event: Event) -> Users:
        """Who had it until this event: the old area's people, and holders it was taken from."""
        taken = self._people_of(
            each
            for each in self.dispatches.get(event.incident_id, [])
            if each.ended_at == event.at and each.outcome == Outcome.REDIRECTED
        )
        if event.path_before and event.path_before != event.path_after:
            return taken | self._nearest(event.path_before, FIELD_ROLES)
        return taken

    # -- looking them up ---------------------------------------------------------------------

    def _lead_dispatches(self, event: Event) -> list[Dispatch]:
        given = self.dispatches.get(event.incident_id, [])
        return [each for each in given if each.part == Part.LEAD and each.at <= event.at]

    def _people_of(self, given: Iterable[Dispatch]) -> Users:
        people: Users = NOBODY
        for each in given:
            if each.unit_id is not None:
                people |= self.members[each.unit_id]
            elif each.area is not None:
                people |= self._nearest(each.area.path, FIELD_ROLES)
        return people

    def _nearest(self, path: str, roles: frozenset[str]) -> Users:
        """Return who holds such a role in the area, or in the nearest one above that has any."""
        return self._climb(ancestors_of(path), roles)

    def _climb(self, path: list[int], roles: frozenset[str]) -> Users:
        for pk in reversed(path):
            found = frozenset(user for user, role in self.seats[pk] if role in roles)
            if found:
                return found
        return NOBODY

    def _in_sight(self, event: Event) -> Users:
        """Everybody whose territory or unit shows them the incident."""
        seated = {user for pk in ancestors_of(event.path_after) for user, _ in self.seats[pk]}
        if not event.path_after:
            seated |= self._desk("")
        given = self.dispatches.get(event.incident_id, [])
        units = {user for each in given if each.unit_id for user in self.members[each.unit_id]}
        return frozenset(seated | units) | self._reporter(event)


def _dispatches(events: Sequence[Event]) -> dict[UUID, list[Dispatch]]:
    """Return every dispatch of the events' incidents, oldest first."""
    found: dict[UUID, list[Dispatch]] = defaultdict(list)
    incidents = {event.incident_id for event in events}
    given = Dispatch.objects.filter(incident__in=incidents).select_related("unit", "area")
    for each in given.order_by("pk"):
        found[each.incident_id].append(each)
    return found


def _paths(events: Sequence[Event], dispatches: dict[UUID, list[Dispatch]]) -> set[str]:
    own = {path for event in events for path in (event.path_before, event.path_after)}
    areas = {each.area.path for given in dispatches.values() for each in given if each.area}
    return own | areas


def _is(given: Dispatch, named: dict[str, str]) -> bool:
    if given.unit:
        return given.unit.code == named.get("unit")
    return given.area is not None and given.area.code == named.get("area")
