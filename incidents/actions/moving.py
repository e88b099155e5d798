"""Another place, another owner: hand-over, a corrected pin or category, a redrawn boundary."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Conflict, Invalid
from gis_grid.geo.datum import Datum
from gis_grid.territory.models import Area, Boundary
from incidents import clock, recipients, states
from incidents.access import lock_incident
from incidents.actions.doing import Case, Order, do
from incidents.actions.filing import end_running
from incidents.models import Category, Incident, Outcome, RouteMethod
from incidents.reports import wgs84_point
from incidents.routing import Route, route


def hand_over(incident_id: UUID, order: Order, *, area: str) -> Incident:
    """Give an incident to another area, by hand. Both sides are told.

    Invalid `area_unknown`; Conflict `own_already` for the area that has it.
    """

    def change(case: Case) -> None:
        incident, owner = case.incident, recipients.area_named(area)
        if owner.pk == incident.area_id:
            raise Conflict("own_already", _("This area has the incident already."))
        incident.hand_overs += 1
        today = timezone.localdate(case.at)
        boundary = Boundary.objects.filter(area=owner, during__contains=today).first()
        stored = {
            **Route(RouteMethod.BY_HAND).as_json,
            "area": {"code": owner.code, "name": owner.name},
        }
        _own(case, owner, owner.path, boundary.pk if boundary else None, stored)

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
        _route_again(case)

    return do("move", incident_id, order, change)


def correct(incident_id: UUID, order: Order, *, category: str) -> Incident:
    """Correct the category; who may not receive the new one loses the case to the desk."""

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
        _route_again(case)
        if incident.state in states.WITH_HOLDER:
            _still_theirs(case)
        else:
            clock.begin(incident, case.at)

    return do("correct", incident_id, order, change)


def reroute(incident_id: UUID, order: Order) -> Incident | None:
    """Route an open incident by the boundaries of the day, after they were redrawn.

    Returns None, and logs nothing, when its owner stays the same.
    """
    with transaction.atomic():
        incident = lock_incident(None, incident_id)
        owner = _found(incident, order.at).owner
        if (owner.area_id if owner else None) != incident.area_id:
            return do("reroute", incident_id, order, _route_again)
        incident.boundary_id = owner.boundary_id if owner else None
        incident.routed_at = order.at
        incident.save(update_fields=["boundary", "routed_at"])
    return None


def _route_again(case: Case) -> None:
    found = _found(case.incident, case.at)
    owner = found.owner
    area = Area.objects.get(pk=owner.area_id) if owner else None
    boundary = owner.boundary_id if owner else None
    _own(case, area, owner.path if owner else "", boundary, found.as_json)


def _found(incident: Incident, at: datetime) -> Route:
    return route(
        incident.point.x,
        incident.point.y,
        when=timezone.localdate(at),
        accuracy_m=incident.accuracy_m,
    )


def _own(
    case: Case, area: Area | None, path: str, boundary: int | None, stored: dict[str, Any]
) -> None:
    """Write the new owner; whoever held the case for the old one does not hold it any more."""
    incident = case.incident
    case.body |= {"route_before": incident.route, "route": stored}
    if path != incident.area_path:
        end_running(case, Outcome.REDIRECTED)
    incident.area, incident.area_path, incident.boundary_id = area, path, boundary
    incident.route_method, incident.route = stored["method"], stored
    incident.routed_at = case.at
    flags = [flag for flag in incident.flags if flag != "outside"]
    incident.flags = flags if area else [*flags, "outside"]


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
