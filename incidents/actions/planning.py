"""规划上报: a gap in services, found on the planner's map, becomes a matter of its grid."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.access import Actor
from gis_grid.errors import Forbidden
from gis_grid.people.models import DESK_ROLES, Role
from incidents.actions.reporting import Reported, category_of, new_incident, store
from incidents.models import SourceChannel
from incidents.reports import Report
from incidents.routing import route

PLANNERS = DESK_ROLES | {Role.PLANNER}


def report_gap(received: Report, *, by: Actor, at: datetime) -> Reported:
    """Store a planner's report, routed like every place.

    The same report again returns the stored one. Conflict `id_reused` when the id came before
    with other content; Invalid for an unknown category; Forbidden for who plans nothing, and
    `outside_territory` for a place they do not plan for.
    """
    if not (by.is_any_of(PLANNERS) or by.user.is_superuser):
        raise Forbidden("role_required", _("Your role does not include this."))
    category = category_of(received)
    lon, lat = received.point
    with transaction.atomic():
        found = route(lon, lat, when=timezone.localdate(at), accuracy_m=None, own=by.own_areas)
        if not by.territory.holds(found.owner.path if found.owner else None):
            raise Forbidden("outside_territory", _("This place is outside your territory."))
        incident = new_incident(received, category, found, at)
        incident.source = SourceChannel.PLANNING
        incident.reporter = by.worker
        return store(incident, found, received, by=by.user)
