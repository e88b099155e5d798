"""上报: store a report and route it to its grid, in one transaction and one statement."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.access import Actor, require
from gis_grid.errors import Conflict, Invalid
from gis_grid.people.models import FIELD_ROLES
from gis_grid.prepared import ask
from gis_grid.territory.models import Area
from gis_grid.territory.paths import ancestors_of
from incidents import states
from incidents.actions.doing import photo_ids_are_new
from incidents.deadlines import clock
from incidents.models import Category, Incident, PhotoRole, PhotoRule, SourceChannel
from incidents.reports import Report
from incidents.routing import Route, route

# One statement writes the incident, its announced photos and its event: one round trip inside
# the transaction, and the unique key makes a second sender insert nothing at all.
INSERT_REPORT = """
WITH incident AS (
    INSERT INTO incidents_incident
        (id, source, category_id, words, state, version, raw_lon, raw_lat, datum, accuracy_m,
         position_method, fixed_at, point, area_id, area_path, boundary_id, route_method, route,
         routed_at, reporter_id, recorded_at, reported_at, progressed_at, due_at, stage_due_at,
         amber_at, alarm, alarm_at, settled, accepted_at, answered_at, closed_at, closed_level,
         flags, content_sha256)
    VALUES
        (%(id)s, %(source)s, %(category)s, %(words)s, %(state)s, 1, %(raw_lon)s, %(raw_lat)s,
         %(datum)s, %(accuracy_m)s, %(method)s, %(fixed_at)s,
         ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(area)s, %(path)s, %(boundary)s,
         %(route_method)s, %(route)s::jsonb, %(at)s, %(reporter)s, %(recorded_at)s, %(at)s, %(at)s,
         %(due_at)s, %(stage_due_at)s, %(amber_at)s, %(alarm)s, %(alarm_at)s, %(settled)s,
         %(settled_at)s, %(settled_at)s, %(settled_at)s, %(closed_level)s,
         %(flags)s::jsonb, %(sha256)s)
    ON CONFLICT (id) DO NOTHING
    RETURNING id, serial
), photos AS (
    INSERT INTO incidents_attachment (id, incident_id, sha256, role, by_id, file)
    SELECT photo.id, incident.id, photo.sha256, photo.role, %(by)s::integer, ''
      FROM incident, unnest(%(photo_ids)s::uuid[], %(photo_hashes)s::text[],
                            %(photo_roles)s::text[]) AS photo(id, sha256, role)
), event AS (
    INSERT INTO incidents_event
        (incident_id, kind, state_before, state_after, path_before, path_after, version, at,
         by_id, note, body, hash)
    SELECT incident.id, %(kind)s, '', %(state)s, '', %(path)s, 1, %(at)s, %(by)s::integer, '',
           %(body)s::jsonb, ''
      FROM incident
)
SELECT serial FROM incident
"""


@dataclass(frozen=True)
class Reported:
    """The answer to a report: what is stored, and whether this call stored it."""

    incident: Incident
    created: bool


def report(received: Report, *, by: Actor, at: datetime) -> Reported:
    """Store a report and route it to its grid, all in one transaction.

    The same report again returns the stored one. Conflict `id_reused` when the id came before
    with other content; Invalid for an unknown category; Forbidden for who is no field worker.
    What was settled on the spot (自行处置) is closed with its report; a category that wants photos
    wants one from after then: Invalid `after_photo_missing`.
    """
    require(by, FIELD_ROLES)
    worker = by.worker
    assert worker is not None, "a field role is held by a worker"
    category = category_of(received)
    lon, lat = received.point
    _check_settled(received, category)
    with photo_ids_are_new(), transaction.atomic():
        found = route(
            lon,
            lat,
            when=timezone.localdate(at),
            accuracy_m=received.accuracy_m,
            own=by.own_areas,
            chosen=received.chosen_area,
        )
        incident = new_incident(received, category, found, at)
        incident.reporter = worker
        if received.settled:
            _settle(incident, by, at)
        return store(incident, found, received, by=by.user)


def store(incident: Incident, found: Route, received: Report, *, by: User | None) -> Reported:
    """Write a new incident with its announced photos and its event, or find it written before."""
    clock.enter(incident, incident.reported_at)
    serial = _insert(incident, found, received, by)
    if serial is None:
        return Reported(_same_as_before(received), created=False)
    incident.serial = serial
    return Reported(incident, created=True)


def category_of(received: Report) -> Category:
    """Return what is reported; Invalid for what cannot be."""
    category = Category.objects.minor(received.category)
    if category is None:
        raise Invalid(
            "category_unknown", _("Please choose a category."), {"category": _("unknown")}
        )
    return category


def _check_settled(received: Report, category: Category) -> None:
    after = any(photo.role == PhotoRole.AFTER for photo in received.photos)
    if received.settled and category.photo == PhotoRule.REQUIRED and not after:
        raise Invalid(
            "after_photo_missing",
            _("Please add a photo of the place as it is now."),
            {"photos": _("missing")},
        )


def _settle(incident: Incident, by: Actor, at: datetime) -> None:
    incident.state, incident.settled = states.CLOSED, True
    incident.accepted_at = incident.answered_at = incident.closed_at = at
    own = by.own_areas.intersection(ancestors_of(incident.area_path))
    levels = Area.objects.filter(pk__in=own).order_by("-level").values_list("level", flat=True)
    incident.closed_level = levels.first()


def new_incident(received: Report, category: Category, found: Route, at: datetime) -> Incident:
    """Return the incident of a report, not yet written, without a reporter."""
    owner = found.owner
    lon, lat = received.point
    incident = Incident(
        id=received.id,
        source=SourceChannel.WORKER,
        category=category,
        words=received.words,
        state=states.REPORTED,
        raw_lon=received.lon,
        raw_lat=received.lat,
        datum=received.datum.value,
        accuracy_m=received.accuracy_m,
        position_method=received.method,
        fixed_at=received.fixed_at,
        point=Point(lon, lat, srid=4326),
        area=Area(pk=owner.area_id, code=owner.code, name=owner.name) if owner else None,
        area_path=owner.path if owner else "",
        boundary_id=owner.boundary_id if owner else None,
        route_method=found.method,
        route=found.as_json,
        recorded_at=received.recorded_at,
        reported_at=at,
        progressed_at=at,
        rung={},
        alarm="",
        settled=False,
        flags=_flags(received, category, found, at),
        content_sha256=received.sha256,
    )
    clock.begin(incident, at)
    return incident


def _flags(received: Report, category: Category, found: Route, at: datetime) -> list[str]:
    flags = received.flags(at)
    if category.photo == PhotoRule.REQUIRED and not received.photos:
        flags.append("photo_missing")
    if found.owner is None:
        flags.append("outside")
    return flags


def _insert(incident: Incident, found: Route, received: Report, by: User | None) -> int | None:
    """Write incident, photos and event; returns the running number, None if the id exists."""
    lon, lat = received.point
    rows = ask(
        INSERT_REPORT,
        {
            "id": incident.id,
            "source": incident.source,
            "category": incident.category_id,
            "words": incident.words,
            "state": incident.state,
            "raw_lon": incident.raw_lon,
            "raw_lat": incident.raw_lat,
            "datum": incident.datum,
            "accuracy_m": incident.accuracy_m,
            "method": incident.position_method,
            "fixed_at": incident.fixed_at,
            "lon": lon,
            "lat": lat,
            "area": incident.area_id,
            "path": incident.area_path,
            "boundary": incident.boundary_id,
            "route_method": incident.route_method,
            "route": json.dumps(incident.route),
            "reporter": incident.reporter_id,
            "recorded_at": incident.recorded_at,
            "at": incident.reported_at,
            "due_at": incident.due_at,
            "stage_due_at": incident.stage_due_at,
            "amber_at": incident.amber_at,
            "alarm": incident.alarm,
            "alarm_at": incident.alarm_at,
            "settled": incident.settled,
            "settled_at": incident.closed_at,
            "closed_level": incident.closed_level,
            "kind": "settle" if incident.settled else "report",
            "flags": json.dumps(incident.flags),
            "sha256": incident.content_sha256,
            "photo_ids": [photo.id for photo in received.photos],
            "photo_hashes": [photo.sha256 for photo in received.photos],
            "photo_roles": [photo.role for photo in received.photos],
            "by": by.pk if by else None,
            "body": json.dumps({"route": found.as_json, "category": received.category}),
        },
    )
    return rows[0][0] if rows else None


def _same_as_before(received: Report) -> Incident:
    """Return the stored incident of a repeated report, or refuse an id with other content."""
    stored = Incident.objects.as_rows().get(pk=received.id)
    if stored.content_sha256 != received.sha256:
        raise Conflict(
            "id_reused",
            _("Another report already has this id. Yours is kept on the phone."),
        )
    return stored
