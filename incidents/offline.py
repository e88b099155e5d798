"""What a phone carries to where there is no network: its tasks, what their forms ask, whom to call.

Reads only, and as often for sixty tasks as for one.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q
from django.utils import timezone

from gis_grid.access import Actor, units_of
from gis_grid.people.models import (
    DESK_ROLES,
    FIELD_ROLES,
    Assignment,
    HandlingUnit,
    UnitMember,
)
from gis_grid.territory.models import Area, Boundary, Level
from gis_grid.territory.paths import Territory, ancestors_of, is_under
from gis_grid.territory.queries import inside
from incidents.choices import asked_by_all, asked_of_one, named
from incidents.details import beside, in_full
from incidents.dispatching.recipients import Recipient
from incidents.layers import borders
from incidents.models import Dispatch, Incident
from incidents.situation import Situation
from incidents.tasks import tasks_of

MAX_TASKS = 60
MAX_BORDERS = 40
MAX_CONTACTS = 100
MAX_NEIGHBOURS = 300


def pack_of(actor: Actor, at: datetime) -> dict[str, Any]:
    """Return tasks as rows and in full, the choices of their forms, borders, contacts.

    What changes with the reading alone (the time, signed links) is not in it: the same facts are
    the same pack.
    """
    tasks = tasks_of(actor, at, MAX_TASKS)
    cases = _cases(actor, [row["id"] for row in tasks], at)
    details = {str(case.incident.pk): {**in_full(case), "timeline_url": None} for case in cases}
    return {
        "areas": borders(_own_boundaries(actor)),
        "contacts": _contacts(actor, [case.incident.area_path for case in cases]),
        "tasks": tasks,
        "details": details,
        "choices": _choices(cases),
    }


def _cases(actor: Actor, ids: Sequence[str], at: datetime) -> list[Situation]:
    """Return where each task stands for the actor, with all that a situation asks for."""
    given = Prefetch("dispatches", queryset=Dispatch.objects.in_full())
    found = Incident.objects.visible_to(actor).in_full().filter(pk__in=ids)
    units = frozenset(units_of(actor).values_list("pk", flat=True))
    cases = []
    for incident in found.prefetch_related(given, *beside()):
        case = Situation(incident, actor, at)
        case.units, case.dispatches = units, list(incident.dispatches.all())
        cases.append(case)
    return cases


def _own_boundaries(actor: Actor) -> list[int]:
    """Return the actor's own areas of today and those below, the own ones first."""
    found = Boundary.objects.at(timezone.localdate()).within(actor.ground)
    ordered = found.order_by("area__level", "area__path")
    return list(ordered.values_list("pk", flat=True)[:MAX_BORDERS])


# --- what the forms ask --------------------------------------------------------------------------


def _choices(cases: Sequence[Situation]) -> dict[str, Any]:
    """Return what all forms share, and for each task what only its own ask.

    A worker's forms need no more: they propose anybody, so nobody's right to receive is judged.
    """
    above = _areas_above(case.incident.area_path for case in cases)
    chains = {case.incident.pk: _chain(case.incident.area_path, above) for case in cases}
    streets = {pk: _street(chain) for pk, chain in chains.items()}
    units = HandlingUnit.objects.active().order_by("level", "code")
    return {
        **asked_by_all(),
        "units": [_anybody(Recipient(unit=unit), unit.code) for unit in units],
        "neighbours": _neighbours({street.pk: street for street in streets.values() if street}),
        "of": {
            str(case.incident.pk): {
                **asked_of_one(case),
                "areas": [
                    _anybody(Recipient(area=area), area.code)
                    for area in reversed(chains[case.incident.pk])
                ],
                "street": street.code if (street := streets[case.incident.pk]) else None,
            }
            for case in cases
        },
    }


def _areas_above(paths: Iterable[str]) -> dict[int, Area]:
    wanted = {pk for path in paths for pk in ancestors_of(path)}
    return Area.objects.at(timezone.localdate()).in_bulk(wanted)


def _chain(path: str, above: dict[int, Area]) -> list[Area]:
    return [above[pk] for pk in ancestors_of(path) if pk in above]


def _street(chain: Sequence[Area]) -> Area | None:
    return next((area for area in reversed(chain) if area.level <= Level.STREET), None)


def _anybody(recipient: Recipient, code: str) -> dict[str, Any]:
    level = Level(recipient.level).slug
    return {"code": code, "name": recipient.name, "level": level, "may": True, "why": ""}


def _neighbours(streets: dict[int, Area]) -> dict[str, list[dict[str, Any]]]:
    """Return the communities and grids of each street, to hand a case over to, by its code."""
    ground = Territory(paths=frozenset(street.path for street in streets.values()))
    areas = Area.objects.at(timezone.localdate()).within(ground).filter(level__gte=Level.COMMUNITY)
    found = list(areas.select_related("parent").order_by("-level", "path")[:MAX_NEIGHBOURS])
    return {
        street.code: named(area for area in found if is_under(area.path, street.path))
        for street in streets.values()
    }


# --- whom to call --------------------------------------------------------------------------------


def _contacts(actor: Actor, task_paths: Sequence[str]) -> list[dict[str, str]]:
    """Return the desk first, then colleagues on the own ground and above: names and work phones."""
    own = {pk for path in actor.ground.paths for pk in ancestors_of(path)}
    tasks = {pk for path in task_paths for pk in ancestors_of(path)}
    colleagues = Q(role__in=FIELD_ROLES) & (Q(area__in=own) | inside(actor.ground, "area__path"))
    desk = Q(role__in=DESK_ROLES, area__in=own | tasks)
    seats = Assignment.objects.at(timezone.localdate()).filter(desk | colleagues)
    seats = seats.exclude(worker=actor.worker).exclude(worker__phone="")
    found = seats.select_related("worker", "area").order_by("area__level", "worker__code")
    listed = [
        {
            "name": seat.worker.name,
            "phone": seat.worker.phone,
            "role": seat.get_role_display(),
            "place": seat.area.name,
            "desk": seat.role in DESK_ROLES,
        }
        for seat in found[:MAX_CONTACTS]
    ]
    return [*sorted(listed, key=lambda each: not each["desk"]), *_of_the_unit(actor)]


def _of_the_unit(actor: Actor) -> list[dict[str, Any]]:
    today = timezone.localdate()
    members = UnitMember.objects.filter(unit__in=units_of(actor), during__contains=today)
    members = members.exclude(worker=actor.worker).exclude(worker__phone="")
    found = members.select_related("worker", "unit").order_by("unit__code", "worker__code")
    return [
        {
            "name": each.worker.name,
            "phone": each.worker.phone,
            "role": "",
            "place": each.unit.name,
            "desk": False,
        }
        for each in found[:MAX_CONTACTS]
    ]
