"""The relay: stamps committed events with a sequence number and a hash chain, then rings.

One leader at a time (a session-level advisory lock). Deeds never number their own events: a
number taken inside a transaction may become visible after a later one, and a reader that asks
for "after N" would miss it. Nor do they call NOTIFY, which makes every commit queue up behind one
lock. The relay does both after the fact, in batches, in its own transaction. In the same it keeps
the cluster pyramid of the map (`bins.py`).
"""

import hashlib
import json
from typing import Any

from django.db import connection, transaction

from incidents import bins

CHANNEL = "incidents_feed"
LEADER_LOCK = 0x67726964  # "grid"
BATCH = 500

_UNSTAMPED = """
SELECT id, incident_id, kind, state_before, state_after, path_before, path_after, version,
       at, by_id, note, body
  FROM incidents_event WHERE sequence IS NULL ORDER BY id LIMIT %s
"""
_LAST = """
SELECT sequence, hash FROM incidents_event
 WHERE sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1
"""
_STAMP = """
UPDATE incidents_event AS e SET sequence = s.sequence, hash = s.hash
  FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS s(id, sequence, hash)
 WHERE e.id = s.id
"""
_LOGGED = """
SELECT id, incident_id, kind, state_before, state_after, path_before, path_after, version,
       at, by_id, note, body, sequence, hash
  FROM incidents_event WHERE sequence > %s ORDER BY sequence LIMIT %s
"""


def become_leader() -> bool:
    """Try to become the one relay; the lock lasts as long as the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LEADER_LOCK])
        return bool(cursor.fetchone()[0])


def step_down() -> None:
    """Let another process lead."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [LEADER_LOCK])


def stamp_batch() -> int:
    """Stamp up to one batch of committed events in order and ring once. Returns how many.

    Ids of one incident's events are in commit order, because a deed locks its incident first.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        bins.hold()
        cursor.execute(_UNSTAMPED, [BATCH])
        rows = cursor.fetchall()
        if not rows:
            return 0
        cursor.execute(_LAST)
        sequence, link = cursor.fetchone() or (0, "")
        ids, sequences, hashes = [], [], []
        for row in rows:
            sequence += 1
            link = chain(link, sequence, row)
            ids.append(row[0])
            sequences.append(sequence)
            hashes.append(link)
        cursor.execute(_STAMP, [ids, sequences, hashes])
        told = {row[1]: number for row, number in zip(rows, sequences, strict=True)}
        bins.count(told)  # before anybody is told, and with the numbers or not at all
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(sequence)])
    return len(rows)


def stamp_all() -> int:
    """Stamp everything that is committed; returns how many events."""
    total = 0
    while count := stamp_batch():
        total += count
    return total


def chain(link: str, sequence: int, row: tuple[Any, ...]) -> str:
    """Return the SHA-256 (hex) of the previous link, the number and every recorded fact."""
    facts = [link, sequence, *(_plain(value) for value in row[1:])]
    return hashlib.sha256(
        json.dumps(facts, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    ).hexdigest()


def first_break() -> int | None:
    """Return the sequence number at which the log stops matching its hashes, None if intact."""
    sequence, link = 0, ""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_LOGGED, [sequence, BATCH])
            rows = cursor.fetchall()
        if not rows:
            return None
        for row in rows:
            if row[12] != sequence + 1 or row[13] != chain(link, sequence + 1, row[:12]):
                return sequence + 1
            sequence, link = row[12], row[13]


def _plain(value: Any) -> Any:
    """Return what JSON can hold, the same on every machine (times in UTC)."""
    if value is None or isinstance(value, (int, str)):
        return value
    if hasattr(value, "astimezone"):
        return value.timestamp()
    return str(value)
