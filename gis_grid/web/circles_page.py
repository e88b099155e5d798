"""The page of the service circles, and its table as files."""

from io import BytesIO, StringIO
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET
from pydantic import ValidationError

from gis_grid.access import Actor, actor_of
from gis_grid.errors import GridError
from gis_grid.exchange.workbooks import Sheet, write_xlsx
from gis_grid.exchange.writers import write_csv
from gis_grid.facilities import picture
from gis_grid.territory.models import Level
from gis_grid.web.api import no_store
from gis_grid.web.circles import AskedIn
from gis_grid.web.pages import BASE_TILES, map_config, may_plan, page_config

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NIL = UUID(int=0)


@require_GET
@login_required
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """The map and the panel beside it; everything on them comes by the API."""
    asking = _planner(request)
    config = {
        **page_config(request, asking),
        **map_config(asking.territory),
        "urls": {
            "tiles": BASE_TILES,
            "start": reverse("api:start"),
            "people": reverse("api:people"),
            "streets": reverse("api:streets"),
            "walk": reverse("api:walk"),
            "reach": reverse("api:reach"),
            "what_if": reverse("api:what_if"),
            "sites": reverse("api:sites"),
            "report_gap": reverse("api:report-gap"),
            "outline": reverse("api:outline"),
            "scenarios": reverse("api:scenarios"),
            "scenario": reverse("api:scenario", args=[NIL]).replace(str(NIL), "{id}"),
            "compare": reverse("api:compare"),
            "jobs": reverse("api:jobs"),
            "runs": reverse("runs"),
            "areas_csv": reverse("areas-csv"),
            "areas_xlsx": reverse("areas-xlsx"),
        },
    }
    return no_store(render(request, "gis_grid/circles.html", {"config": config, "here": "circles"}))


@require_GET
@login_required
def areas_csv(request: HttpRequest) -> HttpResponse:
    """The table of the page as CSV that a spreadsheet opens as text."""
    out = StringIO(newline="")
    write_csv(out, _header(), _rows(request), bom=True)
    return _file(out.getvalue().encode(), "text/csv; charset=utf-8", "csv")


@require_GET
@login_required
def areas_xlsx(request: HttpRequest) -> HttpResponse:
    """The same as a workbook."""
    out, rows = BytesIO(), _rows(request)
    formats = [None, None, None, None, "#,##0", "#,##0", "#,##0", "#,##0", "0.0%"]
    widths = [12, 24, 18, 18, 10, 10, 10, 14, 10]
    write_xlsx(out, [Sheet(_("Service circles"), _header(), rows, formats, widths)])
    return _file(out.getvalue(), XLSX, "xlsx")


def _header() -> list[str]:
    return [
        _("Level"),
        _("Name"),
        _("Code"),
        _("Part of"),
        _("People"),
        _("Within reach"),
        _("Beyond reach"),
        _("No street nearby"),
        _("Share beyond reach"),
    ]


def _rows(request: HttpRequest) -> list[list[Any]]:
    """Return the lines, worst first; a file is only asked for from a page that shows the same."""
    asking = _planner(request)
    try:
        areas = picture.areas(_query(request).looked_at(asking))
    except (GridError, ValidationError) as error:
        raise Http404 from error
    return [
        [
            str(Level.from_slug(row["level"]).label),
            *(row[name] for name in ("name", "code", "parent", "people")),
            *(row[name] for name in ("covered", "gap", "no_street")),
            row["gap"] / row["people"] if row["people"] else None,
        ]
        for row in areas
    ]


def _query(request: HttpRequest) -> AskedIn:
    given: dict[str, Any] = dict(request.GET.items())
    for name in ("add", "remove"):
        given.pop(name, None)
        given[name] = request.GET.getlist(name)
    return AskedIn.model_validate(given)


def _file(content: bytes, kind: str, ending: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="service-circles.{ending}"'
    return no_store(response)


def _planner(request: HttpRequest) -> Actor:
    asking = actor_of(request.user)
    if not may_plan(asking):
        raise PermissionDenied
    return asking
