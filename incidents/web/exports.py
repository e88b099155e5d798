"""Files of what the filter shows: asked for, watched, cancelled, fetched."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET
from ninja import Router, Status
from pydantic import Field, ValidationError

from gis_grid.access import Actor, actor_of
from gis_grid.errors import GridError, Invalid, NotFound
from gis_grid.facilities import jobs
from gis_grid.facilities.models import Job
from gis_grid.people.models import DESK_ROLES
from gis_grid.web.api import SearchText, Strict, no_store
from gis_grid.web.errors import field_errors, refusal_page
from gis_grid.web.jobs import job_row
from gis_grid.web.pages import page_config
from incidents import exports
from incidents.exports import export_of, is_done, path_of
from incidents.sought import SoughtIn, find, sought_of
from incidents.web.command import desk

router = Router(tags=["exports"])
_SAY_WHY = _("Say what the names are needed for.")
_GONE = _("This file is no longer kept. Please ask for it again.")
REASON_LENGTH: Final = 5
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "pdf": "application/pdf",
}


class ExportIn(Strict):
    """Which file of what. `full`: with words and reporters; for the administrator, who says why."""

    form: Literal["csv", "xlsx", "geojson", "gpkg", "pdf"]
    filter: SoughtIn = SoughtIn()
    full: bool = False
    reason: Annotated[SearchText, Field(max_length=100)] = ""


@router.post("", response={201: Any}, url_name="export-ask")
def ask(request: HttpRequest, body: ExportIn) -> Any:
    """Ask for a file; the same open one again is answered with the job there is."""
    if body.full and len(body.reason.strip()) < REASON_LENGTH:
        raise Invalid("reason_missing", _SAY_WHY, {"reason": str(_SAY_WHY)})
    job = exports.ask(
        desk(request), body.form, body.filter, full=body.full, reason=body.reason.strip()
    )
    return Status(201, export_row(job))


@router.get("/{uuid:job_id}", url_name="export")
def how_far(request: HttpRequest, job_id: UUID) -> dict[str, Any]:
    """One of my exports: how far it is, and where its file is when it is done."""
    return export_row(export_of(desk(request), job_id))


@router.post("/{uuid:job_id}/cancel", url_name="export-cancel")
def cancel(request: HttpRequest, job_id: UUID) -> dict[str, Any]:
    """End it; a running one ends within seconds and leaves no file."""
    job = export_of(desk(request), job_id)
    jobs.cancel(job)
    return export_row(job)


@require_GET
@login_required
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """The page to take a file from; its address carries the filter, as the desk's does."""
    asking = _desk_of(request)
    try:
        query = _filter(request)
        count = find(sought_of(query, asking.territory), asking.territory, timezone.now()).count()
    except GridError as refusal:
        return refusal_page(request, refusal)
    config = {
        **page_config(request, asking),
        "filter": query.model_dump(exclude_none=True),
        "urls": {
            "ask": reverse("api:export-ask"),
            "export": _with_id("api:export"),
            "cancel": _with_id("api:export-cancel"),
        },
    }
    context = {"config": config, "count": count, "full": asking.user.is_superuser}
    return no_store(render(request, "incidents/export.html", context))


@require_GET
@login_required
def file(request: HttpRequest, job_id: UUID) -> HttpResponseBase:
    """The file of one of my exports, for a day."""
    try:
        job = export_of(_desk_of(request), job_id)
        if not (is_done(job) and job.result):
            raise NotFound("no_such_file", _GONE)
        name = job.result["name"]
    except GridError as refusal:
        return refusal_page(request, refusal)
    response = FileResponse(
        path_of(job).open("rb"),
        as_attachment=True,
        filename=name,
        content_type=TYPES[job.question["form"]],
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def export_row(job: Job) -> dict[str, Any]:
    """Return an export as JSON; `file` is its address once it is there."""
    done = reverse("export-file", args=[job.pk]) if is_done(job) else None
    return {**job_row(job), "file": done}


def _filter(request: HttpRequest) -> SoughtIn:
    try:
        return SoughtIn.model_validate({k: v for k, v in request.GET.items() if v})
    except ValidationError as error:
        raise field_errors([{**e, "loc": ("query", *e["loc"])} for e in error.errors()]) from error


def _desk_of(request: HttpRequest) -> Actor:
    asking = actor_of(request.user)
    if not (asking.user.is_superuser or asking.is_any_of(DESK_ROLES)):
        raise PermissionDenied
    return asking


def _with_id(name: str) -> str:
    nil = UUID(int=0)
    return reverse(name, args=[nil]).replace(str(nil), "{id}")
