"""Who is on duty: by assignment, and by the switch for emergencies on a worker's own phone.

A position is kept only while its worker has the switch on: one row each, overwritten, deleted at
switch-off and after LONGEST. Nobody can ask where somebody was.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.gis.geos import Point
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gis_grid.access import Actor, require
from gis_grid.errors import Conflict
from gis_grid.people.models import FIELD_ROLES, Assignment, Role, Worker
from gis_grid.territory.models import Level
from gis_grid.territory.paths import Territory
from incidents.models import EmergencyDuty

LONGEST = timedelta(hours=12)


def switch_on(actor: Actor, at: datetime) -> EmergencyDuty:
    """Begin the emergency duty of a field worker; one that runs goes on as it began."""
    worker = _worker(actor)
    sweep(at)
    return EmergencyDuty.objects.get_or_create(worker=worker, defaults={"since": at})[0]


def place(actor: Actor, point: Point, accuracy_m: float | None, at: datetime) -> None:
    """Overwrite where the worker is (EPSG:4326); Conflict when the switch is off."""
    running = EmergencyDuty.objects.filter(worker=_worker(actor), since__gt=at - LONGEST)
    if not running.update(point=point, accuracy_m=accuracy_m, at=at):
        raise Conflict("duty_over", _("Emergency duty is off. Your position is not kept."))


def switch_off(actor: Actor) -> None:
    """End it and forget the position; nothing happens when it is off already."""
    EmergencyDuty.objects.filter(worker=_worker(actor)).delete()


def running(actor: Actor, at: datetime) -> EmergencyDuty | None:
    """Return the worker's own duty, None while it is off."""
    return EmergencyDuty.objects.filter(worker=_worker(actor), since__gt=at - LONGEST).first()


def sweep(at: datetime) -> None:
    """Forget who has been on for so long that they must have forgotten it."""
    EmergencyDuty.objects.filter(since__lte=at - LONGEST).delete()


def roster(territory: Territory, at: datetime) -> dict[str, Any]:
    """Return who is on duty on the day of `at`, area by area, and who is on emergency duty.

    Two queries. Names, roles and work phones; nothing else of a person.
    """
    day = at.date()
    held = Assignment.objects.within(territory).at(day).select_related("worker", "area")
    posts = list(held.filter(area__during__contains=day).order_by("area__path", "role", "worker"))
    areas: dict[str, dict[str, Any]] = {}
    for post in posts:
        area = post.area
        entry = areas.setdefault(
            area.path,
            {
                "code": area.code,
                "name": area.name,
                "level": Level(area.level).slug,
                "people": [],
            },
        )
        entry["people"].append({**_person(post.worker), "role": Role(post.role).label})
    found = _running(at).filter(worker__in={post.worker_id for post in posts})
    return {"areas": list(areas.values()), "emergency": _emergency(found, posts)}


def on_call(territory: Territory, at: datetime) -> list[dict[str, Any]]:
    """Return who of a territory is on emergency duty, where they were last, and for which areas.

    Asked every half minute: one query while nobody is, else two.
    """
    found = list(_running(at))
    if not found:
        return []
    held = Assignment.objects.within(territory).at(at.date()).select_related("area")
    posts = held.filter(
        worker__in=[each.worker_id for each in found], area__during__contains=at.date()
    ).order_by("area__path", "role")
    return _emergency(found, list(posts))


def _running(at: datetime) -> QuerySet[EmergencyDuty]:
    running = EmergencyDuty.objects.filter(since__gt=at - LONGEST)
    return running.select_related("worker").order_by("worker__code")


def _emergency(found: Iterable[EmergencyDuty], posts: list[Assignment]) -> list[dict[str, Any]]:
    """Return those who hold one of the posts, once each."""
    areas: dict[int, dict[str, str]] = {}
    for post in posts:
        areas.setdefault(post.worker_id, {})[post.area.code] = post.area.name
    return [
        {
            "id": each.pk,
            **_person(each.worker),
            "area": next(iter(areas[each.worker_id].values())),
            "areas": list(areas[each.worker_id]),
            "since": each.since.isoformat(),
            "lon": each.point.x if each.point else None,
            "lat": each.point.y if each.point else None,
            "accuracy_m": each.accuracy_m,
            "at": each.at.isoformat() if each.at else None,
        }
        for each in found
        if each.worker_id in areas
    ]


def _person(worker: Worker) -> dict[str, str]:
    return {"name": worker.name, "phone": worker.phone}


def _worker(actor: Actor) -> Worker:
    require(actor, FIELD_ROLES)
    assert actor.worker is not None, "a role is held by a worker"
    return actor.worker
