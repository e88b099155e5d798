"""Posters for notice boards, to print: the QR code behind which residents report."""

import segno
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from gis_grid.access import Actor, access_area, actor_of
from gis_grid.errors import NotFound
from gis_grid.people.models import DESK_ROLES
from gis_grid.territory.models import Area
from gis_grid.web.api import no_store
from incidents import boards
from incidents.web.resident import absolute

# Paper gets wet, torn and drawn on: a quarter of the code may be unreadable.
CORRECTION = "q"
HERE_ONLY = ("localhost", "127.0.0.1", "[::1]")


@require_http_methods(["GET", "POST"])
@login_required
def page(request: HttpRequest, code: str) -> HttpResponse:
    """Show the posters of a grid, or of all grids of an area; replace those that are lost."""
    asking = actor_of(request.user)
    if not (asking.is_any_of(DESK_ROLES) or asking.user.is_superuser):
        raise PermissionDenied
    try:
        area = access_area(asking, code)
    except NotFound as error:
        raise Http404 from error
    if request.method == "POST":
        _replace(asking, request.POST.get("area", ""))
        return redirect("posters", code=code)
    grids = boards.posters(area, timezone.now())
    posters = [_poster(request, grid) for grid in grids]
    host = request.get_host().rpartition(":")[0] or request.get_host()
    context = {
        "area": area,
        "posters": posters,
        "here_only": host in HERE_ONLY and not absolute(request, "").startswith("https"),
    }
    return no_store(render(request, "incidents/posters.html", context))


def _replace(asking: Actor, code: str) -> None:
    try:
        grid = access_area(asking, code)
    except NotFound as error:
        raise Http404 from error
    boards.replace(grid, by=asking.user, at=timezone.now())


def _poster(request: HttpRequest, grid: Area) -> dict[str, object]:
    address = absolute(request, boards.board_url(grid))
    code = segno.make(address, error=CORRECTION, micro=False)
    return {
        "area": grid,
        "qr": code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass="qr-ink"),
        "site": address.split("/")[2],
        "edition": boards.edition_of(grid),
    }
