"""The place's API: the areas of my territory, one area in full, and a new boundary for it."""

import re
from datetime import date
from typing import Annotated, Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Status
from ninja.decorators import decorate_view
from pydantic import BeforeValidator, Field

from gis_grid.access import Actor, access_area
from gis_grid.errors import Forbidden, Unreadable
from gis_grid.geo.geojson import read_geometry
from gis_grid.people.models import Assignment, PartyOrganisation, Role
from gis_grid.territory import actions
from gis_grid.territory.models import Area, Boundary, Level
from gis_grid.web.api import SearchText, Strict, actor, takes
from gis_grid.web.shapes import MAX_SHAPE_BYTES, as_geos

router = Router(tags=["place"])
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _day(value: Any) -> date | None:
    """Return a day written as 2026-03-01; nothing else is guessed at."""
    if value is None:
        return None
    if not isinstance(value, str) or not ISO_DAY.fullmatch(value):
        raise ValueError(_("not a day like 2026-03-05"))
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(_("there is no such day")) from error
    if not 1900 <= day.year <= 2100:
        raise ValueError(_("the year is not between 1900 and 2100"))
    return day


class AreasIn(Strict):
    """Which areas to list."""

    level: str | None = None
    q: SearchText | None = None
    page: Annotated[int, Field(ge=1, le=10_000)] = 1
    page_size: Annotated[int, Field(ge=1, le=200)] = 50


class AreaIn(Strict):
    """Which of the areas with one code: the deepest, unless a level is named."""

    level: str | None = None

    def asked_level(self) -> Level | None:
        """Return the named level, None for whichever is deepest."""
        return None if self.level is None else _level(self.level)


class BoundaryIn(Strict):
    """A new boundary: GeoJSON Polygon or MultiPolygon in WGS84 degrees, from a day on.

    `valid_from` may be null for an area that has no boundary yet: valid always.
    """

    geometry: Any
    valid_from: Annotated[date | None, BeforeValidator(_day)] = None
    source: Annotated[str, Field(max_length=200)] = ""


@router.get("/areas", url_name="place-areas")
def areas(request: HttpRequest, query: Query[AreasIn]) -> dict[str, Any]:
    """A page of today's areas in my territory, from the top down."""
    found = Area.objects.within(actor(request).territory).at(timezone.localdate())
    if query.level is not None:
        found = found.filter(level=_level(query.level))
    if query.q:
        found = found.named_like(query.q)
    start = (query.page - 1) * query.page_size
    rows = list(found.select_related("parent")[start : start + query.page_size + 1])
    return {
        "items": [_row(area) for area in rows[: query.page_size]],
        "page": query.page,
        "more": len(rows) > query.page_size,
    }


# Before the card: a code may hold a slash, so the longer address must be tried first.
@router.post("/areas/{code:code}/boundaries", response={201: Any}, url_name="place-redraw")
@decorate_view(takes(MAX_SHAPE_BYTES))
def redraw(
    request: HttpRequest, code: str, query: Query[AreaIn], body: BoundaryIn
) -> Status[dict[str, Any]]:
    """Give an area a new boundary from a day on; for administrators."""
    asking = _administrator(request)
    area = access_area(asking, code, level=query.asked_level())
    read = read_geometry(body.geometry, ("Polygon", "MultiPolygon"))
    shape = as_geos(read.geometry)
    actions.check_place(area, shape)
    drawn = actions.redraw(area, shape, valid_from=body.valid_from, source=body.source)
    boundary = Boundary.objects.within(asking.territory).measured().get(pk=drawn.pk)
    return Status(201, {**_boundary(boundary), "notes": [str(note) for note in read.notes]})


@router.get("/areas/{code:code}", url_name="place-area")
def card(request: HttpRequest, code: str, query: Query[AreaIn]) -> dict[str, Any]:
    """One area: its place in the tree, who is on duty, its party organisations, its boundaries."""
    territory = actor(request).territory
    area = access_area(actor(request), code, level=query.asked_level())
    duty = Assignment.objects.within(territory).at(timezone.localdate()).filter(area=area)
    party = PartyOrganisation.objects.within(territory).filter(areas=area)
    boundaries = Boundary.objects.within(territory).filter(area=area).measured()
    return {
        **_row(area),
        **_days(area.during),
        "workers": [_worker(seat) for seat in duty.select_related("worker")],
        "party": [{"code": p.code, "name": p.name, "kind": p.kind} for p in party],
        "boundaries": [_boundary(boundary) for boundary in boundaries.order_by("-during")],
    }


def _administrator(request: HttpRequest) -> Actor:
    asking = actor(request)
    if not asking.user.is_superuser:
        raise Forbidden("role_required", _("Your role does not include this."))
    return asking


def _level(slug: str) -> Level:
    try:
        return Level.from_slug(slug)
    except ValueError:
        raise Unreadable("level_unknown", _("There is no such level.")) from None


def _row(area: Area) -> dict[str, Any]:
    return {
        "code": area.code,
        "name": area.name,
        "level": Level(area.level).slug,
        "kind": area.kind,
        "parent": area.parent.code if area.parent else None,
    }


def _worker(seat: Assignment) -> dict[str, Any]:
    return {
        "name": seat.worker.name,
        "phone": seat.worker.phone,
        "role": seat.role,
        "role_name": Role(seat.role).label,
    }


def _boundary(boundary: Any) -> dict[str, Any]:
    """Return a boundary that was loaded with `measured()`."""
    return {
        **_days(boundary.during),
        "source": boundary.source,
        "area_m2": round(boundary.area_m2, 1),
        "pieces": boundary.pieces,
    }


def _days(during: DateRange) -> dict[str, str | None]:
    """Return a range of days; `valid_until` is the first day it no longer holds."""
    first, end = during.lower, during.upper
    return {
        "valid_from": first.isoformat() if first else None,
        "valid_until": end.isoformat() if end else None,
    }
