"""Between the service circles and the cases: gaps around a case, and a case made of a gap."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from ninja import Router
from pydantic import Field

from gis_grid.facilities.gaps import gaps_around
from gis_grid.geo.datum import Datum
from gis_grid.web.api import Strict, actor
from incidents import actions
from incidents.access import access_incident
from incidents.models import PositionMethod
from incidents.reports import MAX_WORDS, Report
from incidents.web.field import When

router = Router(tags=["incidents"])
WITHIN_M = 1000.0
CATEGORY = "service_gap"  # of the pack that ships with the product


class GapIn(Strict):
    """A gap to report, in WGS84 degrees. Id and time are the page's: a repeat has the same."""

    id: UUID
    category: Annotated[str, Field(max_length=40)] = CATEGORY
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    recorded_at: When
    words: Annotated[str, Field(max_length=MAX_WORDS)] = ""


@router.get("/{uuid:incident_id}/gaps", url_name="gaps")
def gaps(request: HttpRequest, incident_id: UUID) -> dict[str, Any]:
    """Who within 1 km of an incident cannot walk to what, by the latest run."""
    incident = access_incident(actor(request), incident_id)
    return gaps_around(incident.point, WITHIN_M)


@router.post("/gaps", url_name="report-gap", response={200: Any, 201: Any})
def report_gap(request: HttpRequest, body: GapIn) -> JsonResponse:
    """Make an incident of a gap. 201 the first time, 200 for the same again."""
    received = Report(
        id=body.id,
        category=body.category,
        lon=body.lon,
        lat=body.lat,
        datum=Datum.WGS84,
        accuracy_m=None,
        method=PositionMethod.MANUAL,
        fixed_at=None,
        recorded_at=body.recorded_at,
        words=body.words,
    )
    stored = actions.report_gap(received, by=actor(request), at=timezone.now())
    incident = stored.incident
    receipt = {
        "id": str(incident.pk),
        "number": incident.number,
        "state": incident.state,
        "area": {"code": incident.area.code, "name": incident.area.name} if incident.area else None,
    }
    return JsonResponse(receipt, status=201 if stored.created else 200)
