"""Map tiles over HTTP."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from gis_grid.basemap import layers
from gis_grid.errors import NotFound, Unauthenticated
from gis_grid.web.errors import answer

CONTENT_TYPE = "application/vnd.mapbox-vector-tile"


@require_GET
def base(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """One tile of the base map; 304 while the map has not changed, 404 for no such tile."""
    if not request.user.is_authenticated:
        return answer(request, Unauthenticated("login_required", _("Please log in.")))
    if z > layers.MAX_ZOOM or x >= 2**z or y >= 2**z:
        return answer(request, NotFound("tile_not_found", _("There is no such map tile.")))
    etag = f'"{layers.version()}-{z}-{x}-{y}"'
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers={"ETag": etag})
    return HttpResponse(
        layers.tile(z, x, y),
        content_type=CONTENT_TYPE,
        headers={"ETag": etag, "Cache-Control": "private, max-age=60"},
    )
