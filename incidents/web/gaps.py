"""Between the service circles and the cases: gaps around a case, and a case made of a gap."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from gis_grid.facilities.gaps import Beyond, facts_of, gaps_around, latest_run
from gis_grid.facilities.models import FacilityCategory
from gis_grid.facilities.stamps import stamp_of
from gis_grid.geo.datum import Datum
from gis_grid.territory.models import Area, Boundary
from gis_grid.web.api import Strict, actor
from gis_grid.web.compact import compact, tag_of
from incidents import actions
from incidents.access import access_incident
from incidents.models import PositionMethod
from incidents.reports import MAX_WORDS, Report
from incidents.web.command import desk
from incidents.web.field import When

router = Router(tags=["incidents"])
layer = Router(tags=["command"])
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


class KindIn(Strict):
    """A kind of facility by its code; without one, that which most people cannot walk to."""

    kind: Annotated[str, Field(min_length=1, max_length=60)] | None = None


@layer.get("/gaps", url_name="gap-areas")
def areas(request: HttpRequest, query: Query[KindIn]) -> HttpResponse:
    """Where in my territory those live who cannot walk to a kind, by the latest run.

    `run` is null where there is none. Areas to look at, as on the planner's map.
    """
    asking, today = desk(request), timezone.localdate()
    run = latest_run(asking.territory, today)

    def told() -> dict[str, Any]:
        if run is None:
            return {"run": None, "kinds": [], "kind": None, "areas": []}
        beyond = Beyond.of(run, asking.territory, today)
        kinds = beyond.kinds()
        kind = query.kind or kinds[0]["code"]
        facts = {**facts_of(run), "id": str(run.pk), "at": run.at.isoformat()}
        return {"run": facts, "kinds": kinds, "kind": kind, "areas": beyond.areas(kind)}

    whose = (sorted(asking.territory.paths), asking.territory.everywhere)
    stamp = stamp_of(FacilityCategory, Area, Boundary)
    return compact(request, told, tag_of(request, run and run.pk, today, stamp, *whose))


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
