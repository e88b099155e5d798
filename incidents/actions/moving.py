"""Another place, another owner: hand-over, a corrected pin or category, a redrawn boundary."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Conflict, Invalid
from gis_grid.geo.datum import Datum
from gis_grid.territory.models import Area, Boundary
from gis_grid.territory.paths import ancestors_of
from incidents import states
from incidents.access import lock_incident
from incidents.actions.doing import Case, Order, do
from incidents.actions.filing import end_running
from incidents.deadlines import clock
from incidents.dispatching import recipients
from incidents.models import Category, Incident, Outcome, RouteMethod
from incidents.reports import wgs84_point
from incidents.routing import Route, route

# The area was named by somebody, not found from the place.
CHOSEN_BY_PEOPLE = (RouteMethod.BY_HAND, RouteMethod.BOARD)


def hand_over(incident_id: UUID, order: Order, *, area: str) -> Incident:
    """Give an incident to another area, by hand. Both sides are told.

    Invalid `area_unknown`; Conflict `own_already` for the area that has it.
    """

    def change(case: Case) -> None:
        incident, owner = case.incident, recipients.area_named(area)
        if owner.pk == incident.area_id:
            raise Conflict("own_already", _("This area has the incident already."))
        incident.hand_overs += 1
        stored = {
            **Route(RouteMethod.BY_HAND).as_json,
            "area": {"code": owner.code, "name": owner.name},
        }
        _own(case, owner, owner.path, _boundary_of(owner.pk, case.at), stored)

    return do("hand_over", incident_id, order, change)


def move(
    incident_id: UUID,
    order: Order,
    *,
    lon: float,
    lat: float,
    datum: Datum = Datum.WGS84,
    accuracy_m: float | None = None,
) -> Incident:
    """Correct where it is: the old place and route stay in the log, and it is routed again."""

    def change(case: Case) -> None:
        incident = case.incident
        case.body["place_before"] = [incident.point.x, incident.point.y]
        x, y = wgs84_point(lon, lat, datum)
        incident.raw_lon, incident.raw_lat, incident.datum = lon, lat, datum.value
        incident.accuracy_m, incident.position_method = accuracy_m, "manual"
        incident.point = Point(x, y, srid=4326)
        _give_to(case, _found(incident, case.at))

    return do("move", incident_id, order, change)


def correct(incident_id: UUID, order: Order, *, category: str) -> Incident:
    """Correct the category and route again; who may not receive it loses the case to the desk.

    An area that somebody handed the incident over to, or chose near a border, keeps it.
    """

    def change(case: Case) -> None:
        incident, found = case.incident, Category.objects.minor(category)
        if found is None:
            raise Invalid(
                "category_unknown", _("Please choose a category."), {"category": _("unknown")}
            )
        if found.pk == incident.category_id:
            raise Conflict("category_same", _("It has this category already."))
        case.body |= {"category_before": incident.category.code, "category": found.code}
        incident.category = Category.objects.select_related("major").get(pk=found.pk)
        if not _stays_by_hand(incident, case.at):
            _give_to(case, _found(incident, case.at, own=_chosen(incident)))
        if incident.state in states.WITH_HOLDER:
            _still_theirs(case)
        else:
            clock.begin(incident, case.at)

    return do("correct", incident_id, order, change)


def reroute(incident_id: UUID, order: Order) -> Incident | None:
    """Route an open incident by the boundaries of the day, after they were redrawn.

    What people decided stands while the area they chose does: a hand-over, and the choice between
    grids near a border. Returns None, and logs nothing, when the owner stays the same.
    """
    with transaction.atomic():
        incident = lock_incident(None, incident_id)
        if not incident.is_open:
            return None  # closed since it was found: it keeps its grid
        if _stays_by_hand(incident, order.at):
            boundary = _boundary_of(incident.area_id, order.at)
        else:
            found = _found(incident, order.at, own=_chosen(incident))
            owner = found.owner
            if (owner.area_id if owner else None) != incident.area_id:
                return do("reroute", incident_id, order, partial(_give_to, found=found))
            boundary = owner.boundary_id if owner else None
        incident.boundary_id = boundary
        incident.routed_at = order.at
        incident.save(update_fields=["boundary", "routed_at"])
    return None


def _stays_by_hand(incident: Incident, at: datetime) -> bool:
    if incident.area_id is None or incident.route_method not in CHOSEN_BY_PEOPLE:
        return False
    return Area.objects.at(timezone.localdate(at)).filter(pk=incident.area_id).exists()


def _chosen(incident: Incident) -> list[int]:
    """Return the area that the reporter chose, or was given as their own, near a border."""
    stored, owner = incident.route, incident.area.code if incident.area else None
    own = any(each["own"] and each["code"] == owner for each in stored.get("candidates", []))
    return [incident.area_id] if incident.area_id and (own or stored.get("answered")) else []


def _boundary_of(area: int | None, at: datetime) -> int | None:
    """Return the id of an area's boundary on the day."""
    drawn = Boundary.objects.at(timezone.localdate(at)).filter(area=area)
    return drawn.values_list("pk", flat=True).first()


def _give_to(case: Case, found: Route) -> None:
    owner = found.owner
    area = Area.objects.get(pk=owner.area_id) if owner else None
    boundary = owner.boundary_id if owner else None
    _own(case, area, owner.path if owner else "", boundary, found.as_json)


def _found(incident: Incident, at: datetime, own: Iterable[int] = ()) -> Route:
    return route(
        incident.point.x,
        incident.point.y,
        when=timezone.localdate(at),
        accuracy_m=incident.accuracy_m,
        own=own,
    )


def _own(
    case: Case, area: Area | None, path: str, boundary: int | None, stored: dict[str, Any]
) -> None:
    """Write the new owner; whoever held the case for the old one does not hold it any more."""
    incident = case.incident
    case.body |= {"route_before": incident.route, "route": stored}
    if path != incident.area_path:
        end_running(case, Outcome.REDIRECTED)
        _forget_told(incident, path)
    incident.area, incident.area_path, incident.boundary_id = area, path, boundary
    incident.route_method, incident.route = stored["method"], stored
    incident.routed_at = case.at
    flags = [flag for flag in incident.flags if flag != "outside"]
    incident.flags = flags if area else [*flags, "outside"]


def _forget_told(incident: Incident, path: str) -> None:
    """Let escalation begin anew where the level that was told does not stand above."""
    if incident.escalated_to_id not in ancestors_of(path):
        incident.escalated_to = None


def _still_theirs(case: Case) -> None:
    given = case.situation.current
    if given is None or given.ended_at is not None:
        return
    holder = recipients.Recipient(unit=given.unit, area=given.area)
    refusal = recipients.refusal_of(holder, case.incident.category, case.incident.area_path)
    if refusal is not None:
        end_running(case, Outcome.REDIRECTED)
        case.target = states.ACCEPTED
        case.body["not_theirs"] = refusal.code
