"""The page of past runs: jobs under way, what was computed, two runs compared."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from gis_grid.access import Actor, actor_of
from gis_grid.errors import GridError
from gis_grid.facilities import jobs, networks
from gis_grid.facilities.comparison import compare
from gis_grid.facilities.models import JobState
from gis_grid.facilities.results import all_runs, category_names, run_of
from gis_grid.web.api import no_store
from gis_grid.web.jobs import job_row, run_row
from gis_grid.web.pages import may_plan, page_config

SHOWN = 100
NIL = UUID(int=0)
KINDS = {
    "coverage": _("Who can walk there"),
    "sites": _("Where to build"),
    "rebuild": _("Streets built anew"),
}


def planner_of(request: HttpRequest) -> Actor:
    """Return who is asking; PermissionDenied for who may not plan."""
    asking = actor_of(request.user)
    if not may_plan(asking):
        raise PermissionDenied
    return asking


@require_GET
@login_required
@ensure_csrf_cookie
def page(request: HttpRequest) -> HttpResponse:
    """Jobs, runs, and two of them compared where `a` and `b` name them."""
    asking = planner_of(request)
    categories = category_names()
    stored = networks.all_networks()
    rows = [run_row(run) for run in all_runs()[:SHOWN]]
    compared, refusal = _compared(request, asking, categories)
    context = {
        "runs": [_with_names(row, categories) for row in rows],
        "networks": stored,
        "due": [each.name for each in stored if networks.is_due(each)],
        "categories": categories,
        "chosen": (request.GET.get("a", ""), request.GET.get("b", "")),
        "compared": compared,
        "refusal": refusal,
        "config": _config(request, asking),
    }
    return no_store(render(request, "gis_grid/runs.html", context))


def _config(request: HttpRequest, asking: Actor) -> dict[str, Any]:
    return {
        **page_config(request, asking),
        "jobs": [job_row(job) for job in jobs.recent()],
        "kinds": {name: str(label) for name, label in KINDS.items()},
        "states": {state.value: str(state.label) for state in JobState},
        "urls": {
            "jobs": reverse("api:jobs"),
            "cancel": _template("api:job-cancel"),
            "print": _template("run-print"),
        },
    }


def _template(name: str) -> str:
    """Return an address with {id} in it, for a script to fill in."""
    return reverse(name, args=[NIL]).replace(str(NIL), "{id}")


def _compared(
    request: HttpRequest, asking: Actor, categories: dict[str, str]
) -> tuple[dict[str, Any] | None, GridError | None]:
    """Return the comparison that is asked for, or why there is none."""
    try:
        pair = [UUID(request.GET[name]) for name in ("a", "b") if request.GET.get(name)]
    except ValueError:
        return None, None
    if len(pair) < 2:
        return None, None
    try:
        one, other = (run_of(each) for each in pair)
        found = compare(one, other, asking.territory, timezone.localdate())
    except GridError as error:
        return None, error
    for row in found["categories"]:
        row["name"] = categories.get(row["category"], row["category"])
    named = {"a": run_row(one), "b": run_row(other)}
    return {**found, **{key: _with_names(row, categories) for key, row in named.items()}}, None


def with_percents(row: dict[str, Any]) -> dict[str, Any]:
    """Return a run's row with shares as percentages."""
    for each in row["categories"]:
        each["percent"] = 100 * (each["covered_share"] or 0)
    return row


def _with_names(row: dict[str, Any], categories: dict[str, str]) -> dict[str, Any]:
    """Return a run's row with percentages and the categories' names."""
    for each in with_percents(row)["categories"]:
        each["name"] = categories.get(each["category"], each["category"])
    return row
