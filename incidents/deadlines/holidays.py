"""The holidays and make-up workdays that ship with the product, loaded as rows people may edit.

What people changed or took out stays as they left it, and is told.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from incidents.deadlines.calendars import forget
from incidents.models import CalendarDay, DayKind

FOLDER = Path(__file__).parent / "holidays"


@dataclass(frozen=True)
class Kept:
    """A day that people had decided about: what ships, and what stands (None: taken out)."""

    shipped: CalendarDay
    standing: CalendarDay | None


@dataclass
class Loaded:
    """What loading did."""

    written: int = 0
    unchanged: int = 0
    kept: list[Kept] = field(default_factory=list)


def years() -> list[int]:
    """Return the years that ship with the product."""
    return sorted(int(path.stem) for path in FOLDER.glob("*.json"))


def days_of(year: int) -> list[CalendarDay]:
    """Return the special days of a year, unsaved, in order. FileNotFoundError for others."""
    document = json.loads((FOLDER / f"{year}.json").read_text(encoding="utf-8"))
    days = [
        *_days(document["holidays"], DayKind.HOLIDAY, document),
        *_days(document["workdays"], DayKind.WORKDAY, document),
    ]
    return sorted(days, key=lambda each: each.day)


def load(wanted: Iterable[int]) -> Loaded:
    """Write the special days of some years. All or nothing; a second time changes nothing."""
    loaded = Loaded()
    with transaction.atomic():
        for year in wanted:
            _load(days_of(year), loaded)
    forget()
    return loaded


def _load(shipped: list[CalendarDay], loaded: Loaded) -> None:
    days = [each.day for each in shipped]
    standing = {row.day: row for row in CalendarDay.objects.filter(day__in=days)}
    history: Any = CalendarDay.pgh_event_model  # type: ignore[attr-defined]
    known = set(history.objects.filter(day__in=days).values_list("day", flat=True))
    fresh = []
    for each in shipped:
        row = standing.get(each.day)
        if row is None and each.day not in known:
            fresh.append(each)
        elif row is not None and (row.kind, row.name) == (each.kind, each.name):
            loaded.unchanged += 1
        else:
            loaded.kept.append(Kept(each, row))
    CalendarDay.objects.bulk_create(fresh)
    loaded.written += len(fresh)


def _days(named: dict[str, str], kind: DayKind, document: dict[str, Any]) -> list[CalendarDay]:
    source = f"{document['source']} ({document['licence']})"
    return [
        CalendarDay(day=date.fromisoformat(day), kind=kind, name=name, source=source)
        for day, name in named.items()
    ]
