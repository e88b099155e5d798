"""Incidents for whoever may see them: lists, one in full, and the deeds on it."""

from typing import Annotated, Any
from uuid import UUID

from django.contrib.gis.geos import Point, Polygon
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from gis_grid.web.api import SearchText, Strict, actor
from gis_grid.web.numbers import lonlat_box, lonlat_point
from incidents.access import access_incident
from incidents.choices import areas_named, choices_of
from incidents.details import detail_of
from incidents.models import Incident, State
from incidents.queries import IncidentQuerySet
from incidents.rows import rows_of

router = Router(tags=["incidents"])
MAX_WITHIN_M = 50_000


class ListIn(Strict):
    """What to list. `bbox` = west,south,east,north and `near` = lon,lat in WGS84 degrees."""

    bbox: str | None = None
    near: str | None = None
    within_m: Annotated[float, Field(gt=0, le=MAX_WITHIN_M)] = 250
    state: State | None = None
    category: SearchText | None = None
    q: SearchText | None = None
    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=200)] = 50

    def narrow(self, incidents: IncidentQuerySet) -> IncidentQuerySet:
        """Return the incidents that fit every filter."""
        if self.bbox is not None:
            incidents = incidents.in_box(Polygon.from_bbox(lonlat_box(self.bbox)))
        if self.near is not None:
            lon, lat = lonlat_point(self.near)
            incidents = incidents.near(Point(lon, lat, srid=4326), self.within_m)
        if self.state is not None:
            incidents = incidents.filter(state=self.state)
        if self.category is not None:
            incidents = incidents.filter(category__code=self.category)
        if self.q:
            incidents = incidents.filter(words__icontains=self.q)
        return incidents


@router.get("")
def index(request: HttpRequest, query: Query[ListIn]) -> dict[str, Any]:
    """A page of incidents I may see, newest (or nearest) first."""
    found = query.narrow(Incident.objects.visible_to(actor(request)))
    start = (query.page - 1) * query.page_size
    rows = rows_of(found[start : start + query.page_size + 1])
    return {
        "items": rows[: query.page_size],
        "page": query.page,
        "more": len(rows) > query.page_size,
    }


@router.get("/{uuid:incident_id}")
def detail(request: HttpRequest, incident_id: UUID) -> dict[str, Any]:
    """One incident with its route, photos, history and the deeds open to me."""
    asking = actor(request)
    return detail_of(access_incident(asking, incident_id), asking)


@router.get("/{uuid:incident_id}/choices")
def choices(request: HttpRequest, incident_id: UUID) -> dict[str, Any]:
    """What the forms of the deeds open to me offer: reasons, units, areas, people, duplicates."""
    asking = actor(request)
    return choices_of(access_incident(asking, incident_id), asking, timezone.now())


class AreasIn(Strict):
    """Which areas to find."""

    q: Annotated[SearchText, Field(min_length=1)]


@router.get("/{uuid:incident_id}/choices/areas", url_name="choice-areas")
def choice_areas(request: HttpRequest, incident_id: UUID, query: Query[AreasIn]) -> dict[str, Any]:
    """Areas the incident could be handed over to, by name or code."""
    asking = actor(request)
    return {"items": areas_named(access_incident(asking, incident_id), asking, query.q)}
