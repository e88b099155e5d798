"""Open incidents follow the boundaries of the day; closed ones keep the grid they had.

An incident is looked at again when its boundary or its area has ended, or when a boundary near
it has begun, or was drawn, after it was routed. Looking again writes when that was, so each is
looked at once for each change.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from incidents.actions import Order, reroute
from incidents.models import Incident
from incidents.routing import METRES_PER_DEGREE
from incidents.states import OPEN_STATES

BATCH = 500

# The cheap test comes first: only where some boundary is younger than the route are shapes asked.
STALE = """
WITH newest AS (
    SELECT max(greatest(b.drawn_at, lower(b.during)::timestamp AT TIME ZONE %(zone)s)) AS at
      FROM territory_boundary b WHERE b.during @> %(day)s::date
)
SELECT i.id
  FROM (SELECT *, greatest(%(nearest)s,
                           least(coalesce(accuracy_m, 0) / %(degree)s, %(most)s)) AS reach
          FROM incidents_incident WHERE state = ANY(%(open)s::text[]) AND id > %(after)s) AS i
  LEFT JOIN territory_boundary own ON own.id = i.boundary_id
  LEFT JOIN territory_area a ON a.id = i.area_id
 WHERE (NOT own.during @> %(day)s::date
        OR NOT a.during @> %(day)s::date
        OR (i.routed_at < (SELECT at FROM newest) AND EXISTS (
            SELECT 1 FROM territory_boundary b
             WHERE b.during @> %(day)s::date
               AND b.shape && ST_Expand(
                   i.point, i.reach / greatest(cos(radians(ST_Y(i.point))), 0.01), i.reach)
               AND (b.drawn_at > i.routed_at
                    OR lower(b.during) > (i.routed_at AT TIME ZONE %(zone)s)::date))))
 ORDER BY i.id LIMIT %(limit)s
"""


# What a redrawn boundary or a retired area changes. Without shapes: milliseconds.
MARK = """
SELECT (SELECT max(drawn_at) FROM territory_boundary),
       (SELECT count(*) FROM territory_boundary WHERE during @> %(day)s::date),
       (SELECT count(*) FROM territory_area WHERE during @> %(day)s::date)
"""
# A report may be stored just after a round, by the boundaries from just before it.
EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Move:
    """An incident that changed its area; codes, empty for none."""

    number: str
    before: str
    after: str


@dataclass(frozen=True)
class Outcome:
    """What a round did: how many were looked at, and which of them moved."""

    looked_at: int
    moved: list[Move]


class Borders:
    """Follows the boundaries: a round when they have changed, and one every minute."""

    def __init__(self) -> None:
        """Begin with a round at the first look."""
        self._seen: tuple[Any, ...] = ()
        self._until: datetime | None = None

    def follow(self, at: datetime) -> Outcome | None:
        """Reroute if there is reason to; None if there is not."""
        mark = _mark(timezone.localdate(at))
        if mark == self._seen and self._until and at < self._until:
            return None
        outcome = reroute_stale(at)
        # The mark from before the round: what changed meanwhile is a reason for the next.
        self._seen, self._until = mark, at + EVERY
        return outcome


def reroute_stale(at: datetime, *, dry_run: bool = False) -> Outcome:
    """Route every open incident again whose boundary is not what it was. Each on its own."""
    moved, count = [], 0
    for incident_id in stale(timezone.localdate(at)):
        count += 1
        move = _again(incident_id, at, dry_run)
        if move:
            moved.append(move)
    return Outcome(count, moved)


def stale(day: date) -> Iterator[UUID]:
    """Yield the open incidents to look at again on a day, in batches, each once."""
    after = UUID(int=0)
    while found := _batch(day, after):
        yield from found
        after = found[-1]


def values(day: date, after: UUID) -> dict[str, Any]:
    """Return what STALE asks for: a day, and the id after which to go on."""
    return {
        "day": day,
        "zone": settings.TIME_ZONE,
        "open": sorted(OPEN_STATES),
        "after": after,
        "nearest": settings.NEAREST_TOLERANCE_M / METRES_PER_DEGREE,
        "most": settings.MAX_ACCURACY_M / METRES_PER_DEGREE,
        "degree": METRES_PER_DEGREE,
        "limit": BATCH,
    }


def _batch(day: date, after: UUID) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(STALE, values(day, after))
        return [row[0] for row in cursor.fetchall()]


def _mark(day: date) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(MARK, {"day": day})
        return (day, *cursor.fetchone())


def _again(incident_id: UUID, at: datetime, dry_run: bool) -> Move | None:
    with transaction.atomic():
        before = _code(Incident.objects.select_related("area").get(pk=incident_id))
        incident = reroute(incident_id, Order(by=None, at=at, deed_id=uuid4()))
        transaction.set_rollback(dry_run)
    if incident is None:
        return None
    return Move(incident.number, before, _code(incident))


def _code(incident: Incident) -> str:
    return incident.area.code if incident.area else ""
