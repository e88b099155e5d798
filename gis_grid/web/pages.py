"""The front page, the planner's page, health, and what every page's script is told."""

import shutil
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from gis_grid.access import Actor, actor_of, works_in_the_field
from gis_grid.basemap import layers as basemap
from gis_grid.people.models import DESK_ROLES, Role
from gis_grid.territory.layers import bounds_of
from gis_grid.territory.paths import Territory

BASE_TILES = "/tiles/base/{z}/{x}/{y}.pbf"  # `tiles.base`, as a template for scripts
LOW_DISK_BYTES = 200 * 1024 * 1024


def page_config(request: HttpRequest, asking: Actor) -> dict[str, Any]:
    """Return what every page's script knows: language, user, server time."""
    return {
        "lang": translation.get_language(),
        "user": {"name": asking.name, "username": asking.user.get_username()},
        "now": timezone.now().isoformat(),
        "timeZone": settings.TIME_ZONE,
    }


def map_config(territory: Territory) -> dict[str, Any]:
    """Return what every map knows: where to look, what to draw, what to credit."""
    return {
        "basemaps": settings.BASEMAPS,
        "attribution": settings.MAP_ATTRIBUTION,
        "approvalNumber": settings.MAP_APPROVAL_NUMBER,
        "bounds": bounds_of(territory, timezone.localdate()) or basemap.bounds(),
    }


@require_GET
@ensure_csrf_cookie
def front(request: HttpRequest) -> HttpResponse:
    """A plain page that sends each role to its place."""
    asking = actor_of(request.user) if request.user.is_authenticated else None
    return render(
        request,
        "gis_grid/front.html",
        {
            "actor": asking,
            "is_field": bool(asking and works_in_the_field(asking)),
            "is_desk": bool(asking and (asking.is_any_of(DESK_ROLES) or asking.user.is_superuser)),
            "planning_url": reverse("planning"),
            "is_planner": bool(asking and may_plan(asking)),
        },
    )


def may_plan(asking: Actor) -> bool:
    """Return whether somebody may see the planner's pages."""
    planners = DESK_ROLES | {Role.PLANNER}
    return asking.is_any_of(planners) or asking.user.is_superuser


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return JsonResponse({"ok": True})


@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether the database is there and migrated, and the disk not full."""
    checks = {"database": _database_ready(), "disk": _disk_ready()}
    ready = all(checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


def _database_ready() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return False


def _disk_ready() -> bool:
    return shutil.disk_usage(settings.BASE_DIR).free > LOW_DISK_BYTES
