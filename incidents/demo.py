"""The demo district's incidents: each is reported, routed and handled by the real deeds' rules."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from gis_grid.access import Actor
from gis_grid.demo.records import IncidentRecord
from gis_grid.geo.datum import Datum
from gis_grid.people.models import FIELD_ROLES, Assignment, Worker
from gis_grid.territory.paths import Territory, ancestors_of
from incidents import actions, relay
from incidents.actions import Order, Spot
from incidents.models import PhotoRole
from incidents.reports import Photo, Report
from incidents.routing import route

CLOSING_WORDS = "已现场处理完毕。"


def load(records: Iterable[IncidentRecord]) -> int:
    """Report each record as a worker of the place would, and do its deeds at their times.

    Returns how many were written.
    """
    cast = _Cast()
    count = 0
    with transaction.atomic():
        for record in records:
            _play(record, cast)
            count += 1
    relay.stamp_all()
    return count


def _play(record: IncidentRecord, cast: "_Cast") -> None:
    report = Report(
        id=record.id,
        category=record.category,
        lon=round(record.point.x, 7),
        lat=round(record.point.y, 7),
        datum=Datum.WGS84,
        accuracy_m=record.accuracy_m,
        method=record.method,
        fixed_at=None,
        recorded_at=record.reported_at,
        words=record.words,
    )
    owner = route(report.lon, report.lat, when=timezone.localdate(record.reported_at)).owner
    path = owner.path if owner else ""
    worker, second = cast.of(path), cast.second(path)
    incident = actions.report(report, by=worker, at=record.reported_at).incident
    spot = Spot(report.lon, report.lat, record.accuracy_m)
    for deed, at in _deeds(record):
        order = Order(
            by=second if deed == "pass" else worker,
            at=at,
            deed_id=uuid5(record.id, deed),
            seen_version=incident.version,
            note=CLOSING_WORDS if deed == "answer" else "",
            photos=_photos(record.id, deed),
        )
        details = {"spot": spot} if deed == "pass" else {}
        incident = actions.DEEDS[deed](record.id, order, **details)


def _deeds(record: IncidentRecord) -> Iterator[tuple[str, datetime]]:
    answered_at = None
    if record.closed_at and record.started_at:
        answered_at = record.started_at + 0.8 * (record.closed_at - record.started_at)
    steps = (
        ("accept", record.accepted_at),
        ("start", record.started_at),
        ("answer", answered_at),
        ("pass", record.closed_at),
    )
    return ((deed, at) for deed, at in steps if at is not None)


def _photos(incident: UUID, deed: str) -> tuple[Photo, ...]:
    role = {"answer": PhotoRole.AFTER, "pass": PhotoRole.VERIFY}.get(deed)
    if role is None:
        return ()
    photo = uuid5(incident, f"photo of {deed}")
    return (Photo(photo, hashlib.sha256(photo.bytes).hexdigest(), role.value),)


class _Cast:
    """The workers of each area as actors, made once."""

    def __init__(self) -> None:
        self._by_area: dict[int, Actor] = {}
        self._seconds: dict[int, Actor] = {}
        assignments = Assignment.objects.filter(role__in=FIELD_ROLES).at(timezone.localdate())
        for assignment in assignments.select_related("worker__user", "area").order_by("-pk"):
            before = self._by_area.get(assignment.area_id)
            if before:
                self._seconds[assignment.area_id] = before
            self._by_area[assignment.area_id] = self._actor(assignment)

    def of(self, path: str) -> Actor:
        """Return who answers for a path: the grid's worker, else the nearest chief above."""
        for area in reversed(ancestors_of(path)):
            if area in self._by_area:
                return self._by_area[area]
        return next(iter(self._by_area.values()))

    def second(self, path: str) -> Actor:
        """Return somebody else who answers for a path."""
        first = self.of(path)
        for area in reversed(ancestors_of(path)):
            for found in (self._seconds.get(area), self._by_area.get(area)):
                if found and found.user.pk != first.user.pk:
                    return found
        return first

    def _actor(self, assignment: Assignment) -> Actor:
        worker: Worker = assignment.worker
        user = worker.user
        assert user is not None, "every worker of the demo has a login"
        return Actor(
            user=user,
            worker=worker,
            roles=frozenset({assignment.role}),
            territory=Territory(frozenset({assignment.area.path}), unrouted=True),
            own_areas=frozenset({assignment.area_id}),
        )
