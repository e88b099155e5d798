"""The demo district's incidents: each is reported, routed and handled by the real deeds' rules."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import uuid5

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from gis_grid.access import Actor
from gis_grid.demo.records import IncidentRecord
from gis_grid.geo.datum import Datum
from gis_grid.people.models import FIELD_ROLES, Assignment, Worker
from gis_grid.territory.paths import Territory
from incidents import actions, relay
from incidents.models import Incident
from incidents.reports import Report

CLOSING_WORDS = "已现场处理完毕。"


def load(records: Iterable[IncidentRecord], observer: User) -> int:
    """Report each record as a worker of the place would, and do its deeds at their times.

    `observer` is the login behind workers who have none. Returns how many were written.
    """
    cast = _Cast(observer)
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
    incident = actions.report(report, by=cast.anybody(), at=record.reported_at).incident
    handler = cast.of(incident)
    Incident.objects.filter(pk=incident.pk).update(reporter=handler.worker)
    for deed, at in _deeds(record):
        incident = actions.DEEDS[deed](
            record.id,
            by=handler,
            at=at,
            deed_id=uuid5(record.id, deed),
            seen_version=incident.version,
            note=CLOSING_WORDS if deed == "close" else "",
        )


def _deeds(record: IncidentRecord) -> Iterator[tuple[str, datetime]]:
    steps = (
        ("accept", record.accepted_at),
        ("start", record.started_at),
        ("close", record.closed_at),
    )
    return ((deed, at) for deed, at in steps if at is not None)


class _Cast:
    """The workers of each area as actors, made once."""

    def __init__(self, observer: User) -> None:
        self._observer = observer
        self._by_area: dict[int, Actor] = {}
        assignments = Assignment.objects.filter(role__in=FIELD_ROLES).at(timezone.localdate())
        for assignment in assignments.select_related("worker__user", "area").order_by("-pk"):
            self._by_area[assignment.area_id] = self._actor(assignment)

    def anybody(self) -> Actor:
        """Return somebody who may report."""
        return next(iter(self._by_area.values()))

    def of(self, incident: Incident) -> Actor:
        """Return who handles an incident: the grid's worker, else the nearest chief above."""
        path = [int(part) for part in incident.area_path.split("/") if part]
        for area in reversed(path):
            if area in self._by_area:
                return self._by_area[area]
        return self.anybody()

    def _actor(self, assignment: Assignment) -> Actor:
        worker: Worker = assignment.worker
        return Actor(
            user=worker.user or self._observer,
            worker=worker,
            roles=frozenset({assignment.role}),
            territory=Territory(frozenset({assignment.area.path}), unrouted=True),
            own_areas=frozenset({assignment.area_id}),
        )
