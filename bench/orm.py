"""The report as one would write it with the ORM alone, in a web process of its own.

Same strict JSON, same checks of what came in, same permissions, same answer. Whatever asks the
database is a plain ORM call: session, user, worker and seats; category, owner, incident, photos
and event.
"""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.gis.geos import Point
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from ninja import Router

from bench.orm_login import OrmLogin
from gis_grid.access import Actor, require
from gis_grid.people.models import FIELD_ROLES
from gis_grid.territory.models import Boundary
from gis_grid.web import pages
from gis_grid.web.api import actor, build_api
from incidents import feed, states
from incidents.deadlines import clock
from incidents.models import Attachment, Category, Incident, SourceChannel
from incidents.reports import Report
from incidents.routing import GRID_LEVELS
from incidents.rows import row_of
from incidents.web.field import ReportIn

router = Router()


@router.post("/reports", auth=OrmLogin(csrf=True), response={201: Any})
def report(request: HttpRequest, body: ReportIn) -> HttpResponse:
    """Take a report and route it to the deepest grid that covers it, smaller code first."""
    asking = actor(request)
    require(asking, FIELD_ROLES)
    with transaction.atomic():
        incident = _store(body.as_report(), asking)
    row = {**row_of(incident), "sha256": incident.content_sha256, "route": incident.route}
    return JsonResponse(row, status=201)


def _store(received: Report, asking: Actor) -> Incident:
    at = timezone.now()
    category = Category.objects.get(code=received.category, active=True, major__isnull=False)
    lon, lat = received.point
    point = Point(lon, lat, srid=4326)
    boundary = (
        Boundary.objects.at(timezone.localdate(at))
        .covering(point)
        .filter(area__level__in=GRID_LEVELS)
        .select_related("area")
        .order_by("-area__level", "area__code")
        .first()
    )
    method = "covers" if boundary else "outside"
    incident = Incident(
        id=received.id,
        source=SourceChannel.WORKER,
        category=category,
        words=received.words,
        state=states.REPORTED,
        raw_lon=received.lon,
        raw_lat=received.lat,
        datum=received.datum.value,
        accuracy_m=received.accuracy_m,
        position_method=received.method,
        fixed_at=received.fixed_at,
        point=point,
        area=boundary.area if boundary else None,
        area_path=boundary.area.path if boundary else "",
        boundary=boundary,
        route_method=method,
        route={"method": method},
        reporter=asking.worker,
        recorded_at=received.recorded_at,
        reported_at=at,
        progressed_at=at,
        routed_at=at,
        rung={},
        due_at=at,
        content_sha256=received.sha256,
    )
    clock.begin(incident, at)
    clock.enter(incident, at)
    incident.save(force_insert=True)
    Attachment.objects.bulk_create(
        [
            Attachment(id=photo.id, incident=incident, sha256=photo.sha256)
            for photo in received.photos
        ]
    )
    feed.append(incident, "report", by=asking.user, at=at, body={"route": incident.route})
    return incident


api = build_api("bench", "0", docs_decorator=login_required)
api.add_router("/field", router)

urlpatterns = [path("api/", api.urls), path("healthz", pages.healthz, name="healthz")]
