"""What the registries remember: the changes of one row, read from pghistory's event tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model
from pghistory.models import Event

from gis_grid.web.days import days_text

MAX_CHANGES = 200


@dataclass(frozen=True)
class Change:
    """One change: when, by whom (empty when it was no person), which fields now hold what."""

    at: datetime
    by: str
    values: dict[str, str]


def changes_of(row: Model) -> list[Change]:
    """Return the newest changes of a row, newest first; none for a table without history."""
    log = getattr(row, "events", None)
    if log is None or not issubclass(log.model, Event):
        return []
    events = list(log.select_related("pgh_context").order_by("-pgh_id")[: MAX_CHANGES + 1])
    told = [
        Change(event.pgh_created_at, _by(event), dict(_differences(event, older)))
        for event, older in pairwise([*events, None])
        if event is not None
    ]
    return told[:MAX_CHANGES]


def _by(event: Any) -> str:
    context = event.pgh_context
    return str(context.metadata.get("by", "")) if context else ""


def _differences(event: Any, older: Any | None) -> Iterator[tuple[str, str]]:
    """Yield label and new value of every tracked field that differs; all of the first event."""
    for field in event._meta.fields:
        if field.name.startswith("pgh_") or field.name == "id" or not field.editable:
            continue
        value = getattr(event, field.attname)
        if older is None or value != getattr(older, field.attname):
            yield str(field.verbose_name), _shown(event, field, value)


def _shown(event: Any, field: Any, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, DateRange):
        return days_text(value)
    if field.is_relation:
        return _related(event, field.name, value)
    # A list or a document has no choices, and cannot be looked up.
    return str(dict(field.flatchoices).get(value, value) if field.flatchoices else value)


def _related(event: Any, name: str, key: Any) -> str:
    try:
        return str(getattr(event, name))
    except ObjectDoesNotExist:  # history outlives what it points at
        return f"#{key}"
