"""One day told again: what stood at its beginning, and each change of a state, from the log."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid
from gis_grid.territory.paths import Territory
from incidents import states
from incidents.models import Event, Incident
from incidents.queries import IncidentQuerySet

MOST = 20_000  # incidents of one day; more would keep a browser busy for seconds

# id, number, category's code and name, area's code and name, lon, lat, when it was reported (s
# since 1970), and its state when the day began (null: not yet reported)
Line = tuple[str, str, str, str, str | None, str, float, float, int, str | None]


def replay(territory: Territory, day: date, within: str = "") -> dict[str, Any]:
    """Return a local day of a territory, or of the area with the path `within`.

    `changes` are (place in `incidents`, seconds after midnight, state), in order. Invalid when
    the day holds more than can be shown. The territory is today's: what has left it is not told.
    """
    start, end = (_midnight(day + timedelta(days=each)) for each in (0, 1))
    found = _there(territory, start, end)
    if within:
        found = found.filter(area_path__startswith=within)
    lines = _lines(found, start)
    if len(lines) > MOST:
        raise Invalid(
            "too_many_to_replay",
            _("This day has more than %(count)d incidents. Choose a smaller area.")
            % {"count": MOST},
        )
    places = {UUID(line[0]): number for number, line in enumerate(lines)}
    return {
        "day": day.isoformat(),
        "from": start.isoformat(),
        "to": end.isoformat(),
        "incidents": lines,
        "changes": _changes(places, start, end),
    }


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _there(territory: Territory, start: datetime, end: datetime) -> IncidentQuerySet:
    """Return what may have been open at some moment between start and end."""
    return Incident.objects.within(territory).filter(
        Q(closed_at__isnull=True) | Q(closed_at__gte=start), reported_at__lt=end
    )


def _lines(found: IncidentQuerySet, start: datetime) -> list[Line]:
    before = Event.objects.filter(incident=OuterRef("pk"), at__lt=start).order_by("-at", "-pk")
    stood = Subquery(before.values("state_after")[:1])
    rows = found.annotate(stood=stood).filter(Q(stood__isnull=True) | ~Q(stood=states.VOID))
    rows = rows.select_related("category", "area").order_by("reported_at", "pk")
    return [
        (
            str(each.pk),
            each.number,
            each.category.code,
            each.category.label,
            each.area.code if each.area else None,
            each.area.name if each.area else "",
            round(each.point.x, 6),
            round(each.point.y, 6),
            int(each.reported_at.timestamp()),
            each.stood,  # type: ignore[attr-defined]
        )
        for each in rows[: MOST + 1]
    ]


def _changes(places: dict[UUID, int], start: datetime, end: datetime) -> list[tuple[int, int, str]]:
    happened = Event.objects.filter(at__gte=start, at__lt=end).order_by("at", "pk")
    told: dict[UUID, str] = {}
    changes = []
    for incident, at, state in happened.values_list("incident", "at", "state_after"):
        if incident in places and told.get(incident) != state:
            told[incident] = state
            changes.append((places[incident], int((at - start).total_seconds()), state))
    return changes
