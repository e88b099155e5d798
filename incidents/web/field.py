"""The grid worker's API: where am I, what can I report, here it is, what is mine to do."""

import hashlib
import json
import re
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from gis_grid.access import Actor, require, units_of, works_in_the_field
from gis_grid.errors import Forbidden, Invalid
from gis_grid.geo.datum import Datum
from gis_grid.geo.geojson import parse_geometry, parse_point
from gis_grid.people.models import FIELD_ROLES
from gis_grid.territory.models import Area, Level
from gis_grid.web.api import Strict, actor, no_store
from incidents import actions, photos
from incidents.layers import borders
from incidents.models import Category, Incident
from incidents.offered import categories_for
from incidents.offline import pack_of
from incidents.reasons import sentence
from incidents.reports import MAX_WORDS, Photo, Report, wgs84_point
from incidents.routing import Route, route
from incidents.rows import row_of, rows_of
from incidents.similar import similar_to
from incidents.tasks import tasks_of

router = Router(tags=["field"])
LIST_LIMIT = 200
ISO_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T", re.ASCII)  # a bare number would pass for seconds


def _written(value: Any) -> Any:
    if not isinstance(value, str) or not ISO_TIME.match(value):
        raise ValueError(_("not a time like 2026-03-05T14:30:00+08:00"))
    return value


def _plausible(value: datetime) -> datetime:
    if not 2000 <= value.year <= 2100:
        raise ValueError(_("the year is not between 2000 and 2100"))
    return value


When = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_plausible)]
Metres = Annotated[float, Field(strict=True, ge=0, le=10_000_000)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PhotoIn(Strict):
    """A photo that will be uploaded after the report."""

    id: UUID
    sha256: Sha256
    role: Literal["report", "before", "after"] = "report"


class ReportIn(Strict):
    """A report. `position` is a GeoJSON Point in degrees of `datum`."""

    id: UUID
    category: Annotated[str, Field(max_length=40)]
    position: Any
    datum: Datum = Datum.WGS84
    accuracy_m: Metres | None = None
    method: Literal["gps", "network", "manual"]
    fixed_at: When | None = None
    recorded_at: When
    words: Annotated[str, Field(max_length=MAX_WORDS)] = ""
    chosen_area: Annotated[str, Field(max_length=40)] | None = None
    photos: list[PhotoIn] = []
    settled: bool = False

    def as_report(self) -> Report:
        """Return the report with its position checked."""
        lon, lat = parse_point(self.position)
        return Report(
            id=self.id,
            category=self.category,
            lon=lon,
            lat=lat,
            datum=self.datum,
            accuracy_m=self.accuracy_m,
            method=self.method,
            fixed_at=self.fixed_at,
            recorded_at=self.recorded_at,
            words=self.words,
            chosen_area=self.chosen_area,
            photos=tuple(Photo(photo.id, photo.sha256, photo.role) for photo in self.photos),
            settled=self.settled,
        )


class PlaceIn(Strict):
    """A place to ask about."""

    lon: float
    lat: float
    datum: Datum = Datum.WGS84
    accuracy_m: Annotated[float, Field(ge=0, le=10_000_000)] | None = None


class SimilarIn(PlaceIn):
    """A place, and what is about to be reported there."""

    category: Annotated[str, Field(max_length=40)]


def _worker(request: HttpRequest) -> Actor:
    asking = actor(request)
    require(asking, FIELD_ROLES)
    return asking


def _on_the_phone(request: HttpRequest) -> Actor:
    asking = actor(request)
    if not works_in_the_field(asking):
        raise Forbidden("role_required", _("Your role does not include this."))
    return asking


@router.get("/me")
def me(request: HttpRequest) -> dict[str, Any]:
    """Who I am, my areas and units, and what I can report: what I used lately comes first."""
    return _me(_on_the_phone(request))


def _me(asking: Actor) -> dict[str, Any]:
    areas = Area.objects.within(asking.territory).filter(pk__in=asking.own_areas)
    return {
        "worker": {"name": asking.name, "username": asking.user.get_username()},
        "areas": [{"code": a.code, "name": a.name, "level": Level(a.level).slug} for a in areas],
        "units": list(units_of(asking).values("code", "name")),
        "categories": categories_for(asking, timezone.now()),
    }


@router.get("/pack")
def pack(request: HttpRequest) -> HttpResponse:
    """Everything the phone works from without a network; 304 while it has the same already."""
    asking = _on_the_phone(request)
    at = timezone.now()
    carried = {"me": _me(asking), **pack_of(asking, at)}
    facts = json.dumps(carried, cls=DjangoJSONEncoder, ensure_ascii=False)
    etag = f'"{hashlib.sha256(facts.encode()).hexdigest()}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    body = f'{{"now": "{at.isoformat()}", {facts[1:]}'
    return no_store(HttpResponse(body, content_type="application/json", headers={"ETag": etag}))


@router.get("/route")
def where(request: HttpRequest, place: Query[PlaceIn]) -> dict[str, Any]:
    """Which grid answers for a place, with the borders to draw."""
    asking = _worker(request)
    point = parse_geometry({"type": "Point", "coordinates": [place.lon, place.lat]})
    lon, lat = wgs84_point(point.x, point.y, place.datum)
    found = route(
        lon,
        lat,
        when=timezone.localdate(),
        accuracy_m=place.accuracy_m,
        own=asking.own_areas,
    )
    return {"point": [lon, lat], "route": _route(found), "borders": borders(found.boundary_ids)}


@router.get("/similar")
def similar(request: HttpRequest, place: Query[SimilarIn]) -> dict[str, Any]:
    """What may be the same incident, reported before: told, never in the way of a report."""
    asking = _worker(request)
    category = Category.objects.minors().filter(code=place.category).first()
    if category is None:
        raise Invalid(
            "category_unknown", _("Please choose a category."), {"category": _("unknown")}
        )
    point = parse_geometry({"type": "Point", "coordinates": [place.lon, place.lat]})
    lon, lat = wgs84_point(point.x, point.y, place.datum)
    return similar_to(category, lon, lat, by=asking, at=timezone.now())


@router.post("/reports", response={200: Any, 201: Any})
def report(request: HttpRequest, body: ReportIn) -> HttpResponse:
    """Take a report. 201 the first time, 200 for the same again, 409 for other content."""
    received = body.as_report()
    asking, now = actor(request), timezone.now()
    stored = actions.report(received, by=asking, at=now)
    came_before = photos.claim(received.id, by=asking, at=now) if received.photos else set()
    receipt = _receipt(stored, received, came_before)
    return JsonResponse(receipt, status=201 if stored.created else 200)


@router.put("/reports/{uuid:report_id}/photos/{uuid:photo_id}")
def photo(request: HttpRequest, report_id: UUID, photo_id: UUID) -> HttpResponse:
    """Take the bytes of a photo that this person announced with a report or a deed.

    201 the first time, 200 for the same again. 202 with `waiting` when its report is still to
    come; once that has come with the photo's SHA-256, the photo is there.
    """
    kept = photos.store(
        report_id,
        photo_id,
        request.body,
        request.content_type or "",
        by=actor(request),
        at=timezone.now(),
    )
    told = {"id": str(kept.id), "sha256": kept.sha256}
    if kept.waiting:
        return JsonResponse({**told, "waiting": True}, status=202)
    return JsonResponse(told, status=201 if kept.created else 200)


@router.get("/reports")
def mine(request: HttpRequest) -> dict[str, Any]:
    """What I reported, newest first."""
    asking = _on_the_phone(request)
    incidents = Incident.objects.visible_to(asking).filter(reporter=asking.worker)
    return {"items": rows_of(incidents.order_by("-reported_at")[:LIST_LIMIT])}


@router.get("/tasks")
def tasks(request: HttpRequest) -> dict[str, Any]:
    """What is asked of me, what else is open on my ground, and what I have just handled."""
    return {"items": tasks_of(_on_the_phone(request), timezone.now(), LIST_LIMIT)}


def _route(found: Route) -> dict[str, Any]:
    stored = found.as_json
    return {**stored, "reason": sentence(stored)}


def _receipt(stored: actions.Reported, report: Report, arrived: set[UUID]) -> dict[str, Any]:
    """What the phone needs to know before it forgets the report."""
    incident = stored.incident
    if not stored.created:
        arrived = set(incident.attachments.stored().ids())
    return {
        **row_of(incident),
        "sha256": incident.content_sha256,
        "area": incident.route["area"],
        "route": {**incident.route, "reason": sentence(incident.route)},
        "photos": [{"id": str(p.id), "stored": p.id in arrived} for p in report.photos],
    }
