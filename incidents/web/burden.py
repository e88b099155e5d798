"""The page for administrators: what the product asks of workers, so that it can ask for less."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from gis_grid.access import actor_of
from gis_grid.web.api import no_store
from incidents.burden import MIN_WORKERS, TAPS_PER_REPORT, WEEKS, burden
from incidents.forms import MOST_BY_HAND, worker_forms
from incidents.web.deeds import BODIES, DeedIn
from incidents.web.field import ReportIn


@require_GET
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """Required fields, forms a week, refusals, repeats, taps. No worker is named."""
    asking = actor_of(request.user)
    if not asking.user.is_staff and not asking.user.is_superuser:
        raise PermissionDenied
    context = {
        "burden": burden(asking.territory, timezone.now()),
        "forms": worker_forms(ReportIn, BODIES, DeedIn),
        "taps": TAPS_PER_REPORT,
        "most_by_hand": MOST_BY_HAND,
        "min_workers": MIN_WORKERS,
        "weeks": WEEKS,
    }
    return no_store(render(request, "incidents/burden.html", context))
