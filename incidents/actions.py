"""The only writers of incidents. A deed takes who and when, checks the table, writes, logs.

Each deed is one transaction and appends exactly one event. Repeating a deed with the same id
answers as the first time and changes nothing.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.access import Actor, require
from gis_grid.errors import Conflict, Forbidden, Invalid
from gis_grid.people.models import FIELD_ROLES, Worker
from gis_grid.prepared import prepared
from gis_grid.territory.models import Area
from incidents import feed, sla, states
from incidents.access import lock_incident, sides_of
from incidents.models import Category, Event, Incident, PhotoRule, SourceChannel
from incidents.reports import Report
from incidents.routing import Route, route
from incidents.states import Transition

MAX_NOTE = 1000

# One statement writes the incident, its announced photos and its event: one round trip inside
# the transaction, and the unique key makes a second sender insert nothing at all.
INSERT_REPORT = """
WITH incident AS (
    INSERT INTO incidents_incident
        (id, source, category_id, words, state, version, raw_lon, raw_lat, datum, accuracy_m,
         position_method, fixed_at, point, area_id, area_path, boundary_id, route_method, route,
         reporter_id, recorded_at, reported_at, due_at, flags, content_sha256)
    VALUES
        (%(id)s, %(source)s, %(category)s, %(words)s, %(state)s, 1, %(raw_lon)s, %(raw_lat)s,
         %(datum)s, %(accuracy_m)s, %(method)s, %(fixed_at)s,
         ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(area)s, %(path)s, %(boundary)s,
         %(route_method)s, %(route)s::jsonb, %(reporter)s, %(recorded_at)s, %(at)s, %(due_at)s,
         %(flags)s::jsonb, %(sha256)s)
    ON CONFLICT (id) DO NOTHING
    RETURNING id, serial
), photos AS (
    INSERT INTO incidents_attachment (id, incident_id, sha256, file)
    SELECT photo.id, incident.id, photo.sha256, ''
      FROM incident, unnest(%(photo_ids)s::uuid[], %(photo_hashes)s::text[]) AS photo(id, sha256)
), event AS (
    INSERT INTO incidents_event
        (incident_id, kind, state_before, state_after, path_before, path_after, version, at,
         by_id, note, body, hash)
    SELECT incident.id, 'report', '', %(state)s, '', %(path)s, 1, %(at)s, %(by)s, '',
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
    """
    require(by, FIELD_ROLES)
    worker = by.worker
    assert worker is not None, "a field role is held by a worker"
    category = _category(received)
    lon, lat = received.point
    with _photo_ids_are_new(), transaction.atomic():
        found = route(
            lon,
            lat,
            when=timezone.localdate(at),
            accuracy_m=received.accuracy_m,
            own=by.own_areas,
            chosen=received.chosen_area,
        )
        incident = _new_incident(received, category, found, worker, at)
        serial = _insert(incident, found, received, by)
    if serial is None:
        return Reported(_same_as_before(received), created=False)
    incident.serial = serial
    return Reported(incident, created=True)


def accept(incident_id: UUID, **deed: Any) -> Incident:
    """Take responsibility for a reported incident."""
    return _do("accept", incident_id, **deed)


def start(incident_id: UUID, **deed: Any) -> Incident:
    """Begin handling an accepted incident."""
    return _do("start", incident_id, **deed)


def close(incident_id: UUID, **deed: Any) -> Incident:
    """Close an incident that was handled; the note says how."""
    return _do("close", incident_id, **deed)


DEEDS = {"accept": accept, "start": start, "close": close}


def _do(
    deed: str,
    incident_id: UUID,
    *,
    by: Actor,
    at: datetime,
    deed_id: UUID,
    seen_version: int,
    note: str = "",
) -> Incident:
    """Move an incident along the table. `seen_version` is what the doer looked at.

    NotFound outside the doer's sight, Forbidden when it is not theirs to do, Conflict `stale`
    when somebody was first, Conflict `not_now` when the table has no such move.
    """
    with transaction.atomic():
        # 1. Lock what the doer may see: who press at once are served one after the other.
        incident = lock_incident(by, incident_id)
        # 2. The same deed again: answer as the first time.
        if Event.objects.filter(deed_id=deed_id, incident=incident, kind=deed).exists():
            return incident
        # 3. May it happen now, and by this person?
        move = _checked(deed, incident, by, seen_version, note)
        # 4. Write and log.
        incident.state = move.target
        incident.version += 1
        incident.closed_at = at if move.target == states.CLOSED else incident.closed_at
        incident.save(update_fields=["state", "version", "closed_at"])
        feed.append(
            incident,
            deed,
            by=by.user,
            at=at,
            deed_id=deed_id,
            state_before=move.source,
            path_before=incident.area_path,
            note=note,
        )
    return incident


def _checked(deed: str, incident: Incident, by: Actor, seen_version: int, note: str) -> Transition:
    """Return the row of the table that allows the deed, or raise why not."""
    sides = sides_of(by, incident)
    if not sides:
        raise Forbidden("not_yours", _("Another grid answers for this incident."))
    if seen_version != incident.version:
        raise Conflict(
            "stale", _("Somebody was first: the incident has changed since you opened it.")
        )
    move = states.transition(deed, incident.state)
    if move is None or not move.by & sides:
        raise Conflict("not_now", _("This step is not possible in the incident's present state."))
    if move.needs_note and not note.strip():
        raise Invalid("note_missing", _("Please say how it was settled."), {"note": _("missing")})
    return move


@contextmanager
def _photo_ids_are_new() -> Iterator[None]:
    """Turn the one unique key the statement leaves to the database into a refusal."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(
            "photo_id_reused", _("A photo of this report was already sent with another one.")
        ) from error


def _category(received: Report) -> Category:
    category = Category.objects.minor(received.category)
    if category is None:
        raise Invalid(
            "category_unknown", _("Please choose a category."), {"category": _("unknown")}
        )
    return category


def _new_incident(
    received: Report, category: Category, found: Route, reporter: Worker, at: datetime
) -> Incident:
    owner = found.owner
    lon, lat = received.point
    return Incident(
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
        reporter=reporter,
        recorded_at=received.recorded_at,
        reported_at=at,
        due_at=sla.deadline(at, category.limit_hours),
        flags=_flags(received, category, found, at),
        content_sha256=received.sha256,
    )


def _flags(received: Report, category: Category, found: Route, at: datetime) -> list[str]:
    flags = received.flags(at)
    if category.photo == PhotoRule.REQUIRED and not received.photos:
        flags.append("photo_missing")
    if found.owner is None:
        flags.append("outside")
    return flags


def _insert(incident: Incident, found: Route, received: Report, by: Actor) -> int | None:
    """Write incident, photos and event; returns the running number, None if the id exists."""
    lon, lat = received.point
    with prepared() as cursor:
        cursor.execute(
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
                "flags": json.dumps(incident.flags),
                "sha256": incident.content_sha256,
                "photo_ids": [photo.id for photo in received.photos],
                "photo_hashes": [photo.sha256 for photo in received.photos],
                "by": by.user.pk,
                "body": json.dumps({"route": found.as_json, "category": received.category}),
            },
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _same_as_before(received: Report) -> Incident:
    """Return the stored incident of a repeated report, or refuse an id with other content."""
    stored = Incident.objects.as_rows().get(pk=received.id)
    if stored.content_sha256 != received.sha256:
        raise Conflict(
            "id_reused",
            _("Another report already has this id. Yours is kept on the phone."),
        )
    return stored
