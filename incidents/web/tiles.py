"""Map tiles of the happening over HTTP: incidents and areas, each within the viewer's territory.

They are kept by the browser and asked for each time: 304 while nothing in the tile has changed.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from pydantic import ValidationError

from gis_grid.access import Actor, access_area, actor_of, require
from gis_grid.errors import GridError, NotFound, Unreadable
from gis_grid.people.models import DESK_ROLES
from gis_grid.territory import simplified
from gis_grid.territory.models import Boundary, Level
from gis_grid.web.compact import compact, packed, tag_of
from gis_grid.web.errors import answer
from incidents import bins, tiles
from incidents.sought import Sought, SoughtIn, sought_of
from incidents.tiles import Tile

CONTENT_TYPE = "application/vnd.mapbox-vector-tile"
VERSION = "v"  # a mark in the address, for whoever wants a tile anew; it says nothing here
AS = "as"  # `as=bins`: counts only, however few, for the layer of hot spots

View = Callable[..., HttpResponse]


def for_desks(view: View) -> Callable[..., HttpResponseBase]:
    """Open a view to those at a desk and to administrators; refusals are answered as JSON."""

    @require_GET
    @wraps(view)
    def run(request: HttpRequest, **place: Any) -> HttpResponse:
        try:
            asking = actor_of(request.user)
            if not asking.user.is_superuser:
                require(asking, DESK_ROLES)
            return view(request, asking, **place)
        except GridError as error:
            return answer(request, error)

    return run


@for_desks
def incidents(request: HttpRequest, asking: Actor, *, z: int, x: int, y: int) -> HttpResponse:
    """A tile of incidents, of those that the filter in the address means."""
    tile = _tile(z, x, y)
    sought = _sought(request, asking)
    scopes = tiles.scopes_of(sought, asking.territory)
    now = timezone.now()
    standing = bins.standing(*tile, scopes)
    # What stands near a deadline, or closed a day ago, is so without any event: by the minute.
    minute = now.replace(second=0, microsecond=0) if tiles.is_timed(sought) else None
    tag = tag_of(request, standing, scopes, minute)
    english, most = translation.get_language() == "en", _most(request)
    return _answer(
        request,
        tag,
        lambda: tiles.draw(tile, sought, asking.territory, now, english=english, most=most),
    )


@for_desks
def areas(request: HttpRequest, asking: Actor, *, z: int, x: int, y: int) -> HttpResponse:
    """A tile of areas: `?level=` (else by zoom), and outlines of the level `?above=`."""
    tile = _tile(z, x, y)
    if unknown := sorted(set(request.GET) - {"level", "above", VERSION}):
        raise _unknown(unknown)
    level = _level(request.GET["level"]) if "level" in request.GET else simplified.level_at(z)
    above = _level(request.GET["above"]) if "above" in request.GET else 0
    scopes = bins.scopes_of(asking.territory)
    today = timezone.localdate()
    mark, ready = simplified.marks()
    return _answer(
        request,
        tag_of(request, mark, ready, scopes, today),
        lambda: simplified.tile(tile, scopes, (level, above), today, simplified=ready),
    )


@for_desks
def area(request: HttpRequest, asking: Actor, *, level: str, code: str) -> HttpResponse:
    """The exact shape of one area today, as GeoJSON; null where it has none."""
    wanted = access_area(asking, code, level=_level(level))
    boundary = (
        Boundary.objects.within(asking.territory)
        .at(timezone.localdate())
        .filter(area=wanted)
        .first()
    )
    return compact(
        request,
        lambda: {
            "type": "Feature",
            "properties": {"code": wanted.code, "level": level},
            "geometry": _geometry(boundary),
        },
        tag_of(request, wanted.pk, boundary.pk if boundary else None),
    )


def _geometry(boundary: Boundary | None) -> dict[str, Any] | None:
    if boundary is None:
        return None
    return {"type": "MultiPolygon", "coordinates": boundary.shape.coords}


def _answer(request: HttpRequest, tag: str, draw: Callable[[], bytes]) -> HttpResponse:
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        response = packed(request, draw(), CONTENT_TYPE)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"  # kept, but asked for each time
    response.headers["Vary"] = "Accept-Encoding, Accept-Language, Cookie"
    return response


def _tile(z: int, x: int, y: int) -> Tile:
    tile = Tile(z, x, y)
    if not tile.exists:
        raise NotFound("tile_not_found", _("There is no such map tile."))
    return tile


def _level(slug: str) -> Level:
    try:
        return Level.from_slug(slug)
    except ValueError as error:
        raise NotFound("level_not_found", _("There is no such level of areas.")) from error


def _most(request: HttpRequest) -> int | None:
    """Return how many points a tile may have: as many as ever, or none for `as=bins`."""
    shape = request.GET.get(AS)
    if shape not in (None, "bins"):
        raise _unknown([AS])
    return 0 if shape else None


def _sought(request: HttpRequest, asking: Actor) -> Sought:
    """Return the filter in the address, or Unreadable with the names that cannot be read."""
    values = {name: value for name, value in request.GET.items() if name not in (VERSION, AS)}
    try:
        query = SoughtIn.model_validate(values)
    except ValidationError as error:
        raise _unknown(sorted({str(fault["loc"][0]) for fault in error.errors()})) from error
    return sought_of(query, asking.territory)


def _unknown(names: list[str]) -> Unreadable:
    return Unreadable(
        "filter_unreadable",
        _("The filter cannot be read."),
        {name: _("not known here") for name in names},
    )
