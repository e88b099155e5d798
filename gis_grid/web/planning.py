"""The planner's pages: which grids lack a worker or a party organisation."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gis_grid.access import Actor, actor_of
from gis_grid.exchange.writers import write_csv
from gis_grid.people.staffing import Staffing, staffing
from gis_grid.reports.staffing import GridCard, staffing_page
from gis_grid.web.api import no_store
from gis_grid.web.pages import may_plan

# A folium page is built of inline scripts: it gets a sandbox of its own and no network at all.
MAP_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; frame-ancestors 'self'; sandbox allow-scripts"
)


@require_GET
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Counts, the list of what is missing, and the map beside it."""
    rows = _rows(request)
    context = {
        "rows": [row for row in rows if not (row.workers and row.party)],
        "total": len(rows),
        "without_worker": sum(not row.workers for row in rows),
        "without_party": sum(not row.party for row in rows),
    }
    return no_store(render(request, "gis_grid/staffing.html", {**context, "here": "staffing"}))


@require_GET
@login_required
def staffing_map(request: HttpRequest) -> HttpResponse:
    """The map as one self-contained page: framed in the overview, or kept as a file."""
    cards = [
        GridCard(row.code, row.name, row.community, row.workers, row.party, row.geometry)
        for row in _rows(request)
        if row.geometry
    ]
    response = HttpResponse(staffing_page(cards, _("Who answers for which grid")))
    response.headers["Content-Security-Policy"] = MAP_POLICY
    if "download" in request.GET:
        response.headers["Content-Disposition"] = 'attachment; filename="staffing.html"'
    return no_store(response)


@require_GET
@login_required
def staffing_table(request: HttpRequest) -> HttpResponse:
    """Every grid as CSV that a spreadsheet opens as text."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="staffing.csv"'
    header = [_("Code"), _("Grid"), _("Community"), _("Workers"), _("Party organisations")]
    lines = ([r.code, r.name, r.community, r.workers, r.party] for r in _rows(request))
    write_csv(response, header, lines, bom=True)  # type: ignore[arg-type]
    return no_store(response)


def _rows(request: HttpRequest) -> list[Staffing]:
    return staffing(_planner(request).territory, timezone.localdate())


def _planner(request: HttpRequest) -> Actor:
    asking = actor_of(request.user)
    if not may_plan(asking):
        raise PermissionDenied
    return asking
