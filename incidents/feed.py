"""The event log as a feed: append an event, read what came after a sequence number.

A deed only inserts its row. `relay.py` stamps sequence numbers after the commit, so a reader
who asks for events after N misses none and sees none twice.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db.models import Max

from gis_grid.territory.paths import Territory
from incidents.models import Event, Incident
from incidents.rows import Row, row_of

MAX_REPLAY = 2000  # farther behind than this, a fresh snapshot is cheaper


@dataclass(frozen=True)
class Change:
    """One line of the feed: what the incident is now, and who must hear of it."""

    sequence: int
    kind: str
    at: datetime
    incident: UUID
    path_before: str
    path_now: str
    row: Row

    def told_to(self, territory: Territory) -> str | None:
        """Return `put` inside the territory, `drop` when it just left it, else None."""
        if territory.holds(self.path_now):
            return "put"
        return "drop" if territory.holds(self.path_before) else None

    def data(self, name: str) -> dict[str, Any]:
        """Return what a `put` or a `drop` carries."""
        if name == "drop":
            return {"sequence": self.sequence, "id": str(self.incident)}
        return {
            "sequence": self.sequence,
            "kind": self.kind,
            "at": self.at.isoformat(),
            "row": self.row,
        }

    def frame(self, territory: Territory) -> bytes | None:
        """Return the stream frame for a territory, None when it is not told."""
        name = self.told_to(territory)
        return self._frames[name] if name else None

    @cached_property
    def _frames(self) -> dict[str, bytes]:
        # Encoded once, however many consoles listen.
        return {name: as_stream(name, self.data(name), self.sequence) for name in ("put", "drop")}


def append(
    incident: Incident,
    kind: str,
    *,
    by: User | None,
    at: datetime,
    deed_id: UUID | None = None,
    state_before: str = "",
    path_before: str = "",
    note: str = "",
    body: dict[str, Any] | None = None,
) -> Event:
    """Insert one event in the caller's transaction. Takes no lock, rings no bell."""
    return Event.objects.create(
        deed_id=deed_id,
        incident=incident,
        kind=kind,
        state_before=state_before,
        state_after=incident.state,
        path_before=path_before,
        path_after=incident.area_path,
        version=incident.version,
        at=at,
        by=by,
        note=note,
        body=body or {},
    )


def last_sequence() -> int:
    """Return the newest stamped sequence number, 0 for an empty log."""
    return Event.objects.aggregate(last=Max("sequence"))["last"] or 0


def changes_after(sequence: int, limit: int = MAX_REPLAY) -> list[Change]:
    """Return stamped changes after a number, in order, for everybody; two queries.

    Each carries the incident as it stands *now*: applying all of them to an old snapshot gives
    the fresh one, and applying some twice changes nothing.
    """
    events = list(Event.objects.after(sequence)[:limit])
    incidents = Incident.objects.as_rows().in_bulk({event.incident_id for event in events})
    return [_change(event, incidents[event.incident_id]) for event in events]


def events_after(sequence: int, territory: Territory) -> tuple[int, list[dict[str, Any]]]:
    """Return (newest number read, what this territory is told), for the polling reader."""
    changes = changes_after(sequence)
    events = [
        {"event": name, **change.data(name)}
        for change in changes
        if (name := change.told_to(territory))
    ]
    return (changes[-1].sequence if changes else sequence), events


def scope_of(territory: Territory) -> str:
    """Return a mark of a territory, for a reader to show whose snapshot it goes on from.

    What somebody may see changes with their assignments, and no event says so: who comes back
    with the mark of another territory needs a fresh snapshot.
    """
    whole = [*sorted(territory.paths), territory.unrouted, territory.everywhere]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:16]


def must_resync(sequence: int, scope: str, territory: Territory) -> bool:
    """Return whether events cannot lead from a reader's snapshot to the truth.

    So it is after a change of territory (`scope` empty: not said), and when the log ends before
    `sequence`, because a backup was put back.
    """
    return bool(scope and scope != scope_of(territory)) or sequence > last_sequence()


def as_stream(name: str, data: dict[str, Any], sequence: int | None = None) -> bytes:
    """Return one frame of a `text/event-stream`."""
    lines = [f"event: {name}"]
    if sequence is not None:
        lines.append(f"id: {sequence}")
    lines.append(f"data: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}")
    return ("\n".join(lines) + "\n\n").encode()


def _change(event: Event, incident: Incident) -> Change:
    return Change(
        sequence=event.sequence or 0,
        kind=event.kind,
        at=event.at,
        incident=event.incident_id,
        path_before=event.path_before,
        path_now=incident.area_path,
        row=row_of(incident),
    )
