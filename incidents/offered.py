"""What a field worker can report, with what the phone needs to offer the likely ones first.

No more is kept for it than the incidents themselves: how often a category was reported on the
worker's ground, by the hour of the day, and what this worker reported lately.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max
from django.db.models.functions import ExtractHour

from gis_grid.access import Actor
from incidents.models import Category, Incident

LATELY = timedelta(days=60)
SLOTS = 12  # of two hours each, from midnight


def categories_for(asking: Actor, at: datetime) -> list[dict[str, Any]]:
    """Return the categories as JSON: what this worker used lately first, then in their order."""
    known = list(Category.objects.minors())
    last_used = _last_used(asking, at - LATELY)
    hours = _hours(asking, at - LATELY)
    recent = sorted((c for c in known if c.pk in last_used), key=lambda c: last_used[c.pk])[::-1]
    rest = [c for c in known if c.pk not in last_used]
    return [
        {**_facts(c), "recent": c.pk in last_used, "hours": hours.get(c.pk, [])}
        for c in [*recent, *rest]
    ]


def _last_used(asking: Actor, since: datetime) -> dict[int, datetime]:
    mine = Incident.objects.visible_to(asking).filter(
        reporter=asking.worker, reported_at__gte=since
    )
    return dict(mine.values_list("category").annotate(last=Max("reported_at")))


def _hours(asking: Actor, since: datetime) -> dict[int, list[int]]:
    """Return how many were reported on the worker's ground in each slot of the local day."""
    counts: dict[int, list[int]] = defaultdict(lambda: [0] * SLOTS)
    hour = ExtractHour("reported_at")
    rows = (
        Incident.objects.within(asking.territory)
        .filter(reported_at__gte=since)
        .values_list("category", hour)
        .annotate(count=Count("pk"))
    )
    for category, at, count in rows:
        counts[category][at * SLOTS // 24] += count
    return counts


def _facts(category: Category) -> dict[str, Any]:
    major = category.major
    return {
        "code": category.code,
        "name": category.label,
        "major": {"code": major.code, "name": major.label} if major else None,
        "photo": category.photo,
        "limit": {"amount": category.limit_amount, "kind": category.limit_kind},
    }
