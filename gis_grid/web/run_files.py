"""A run to hand out: its table, a GeoPackage, a map that works offline, a page to print."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

import shapely
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gis_grid.errors import GridError
from gis_grid.exchange.writers import write_csv
from gis_grid.facilities.coverage import Verdict
from gis_grid.facilities.exports import area_rows, facilities_of, geopackage
from gis_grid.facilities.models import Run
from gis_grid.facilities.results import Seen, category_names, run_of
from gis_grid.reports.coverage import Found, RunReport, coverage_page, legend
from gis_grid.reports.paper import paper_map
from gis_grid.territory.models import Boundary, Level
from gis_grid.web.api import no_store
from gis_grid.web.errors import refusal_page
from gis_grid.web.jobs import run_row
from gis_grid.web.planning import MAP_POLICY
from gis_grid.web.runs import planner_of, with_percents

WORST = 12
GPKG = "application/geopackage+sqlite3"
HEADER = (
    *("cell_id", "lon", "lat", "weight", "category"),
    *("seconds", "straight_m", "facility_id", "verdict"),
)

View = Callable[[HttpRequest, Seen], HttpResponse]


def _of_a_run(view: View) -> Callable[..., HttpResponse]:
    """Give a view what its reader sees of the run in the address."""

    @require_GET
    @login_required
    @wraps(view)
    def run_view(request: HttpRequest, run_id: UUID) -> HttpResponse:
        asking = planner_of(request)
        try:
            seen = Seen.of(run_of(run_id), asking.territory, timezone.localdate())
        except GridError as refusal:
            return refusal_page(request, refusal)
        return no_store(view(request, seen))

    return run_view


@_of_a_run
def cells_table(request: HttpRequest, seen: Seen) -> HttpResponse:
    """Every cell and category as CSV."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    _attached(response, seen.run, "csv")
    cells = seen.cells
    rows = (
        (
            code,
            f"{cells.lonlat[k, 0]:.7f}",
            f"{cells.lonlat[k, 1]:.7f}",
            f"{cells.weight[k]:g}",
            name,
            _number(column.seconds[k]),
            _number(column.straight_m[k]),
            str(column.facility[k]),
            str(column.verdict[k]),
        )
        for name, column in cells.columns.items()
        for k, code in enumerate(cells.codes)
    )
    write_csv(response, HEADER, rows, bom=True)  # type: ignore[arg-type]
    return response


@_of_a_run
def package(request: HttpRequest, seen: Seen) -> HttpResponse:
    """Cells, facilities and areas as a GeoPackage."""
    response = HttpResponse(geopackage(seen), content_type=GPKG)
    _attached(response, seen.run, "gpkg")
    return response


@_of_a_run
def offline_map(request: HttpRequest, seen: Seen) -> HttpResponse:
    """One page that needs nothing else; with `download` it is kept as a file."""
    response = HttpResponse(coverage_page(_report(seen)))
    response.headers["Content-Security-Policy"] = MAP_POLICY
    if "download" in request.GET:
        _attached(response, seen.run, "html")
    return response


@_of_a_run
def to_print(request: HttpRequest, seen: Seen) -> HttpResponse:
    """A page for A4: figures, the map of one category, method, age of the data, assumptions."""
    report, row = _report(seen), with_percents(run_row(seen.run))
    asked = request.GET.get("category", "")
    worst = max(row["categories"], key=lambda each: each["gap"])["category"]
    category = asked if asked in report.found else worst
    context = {
        "run": row,
        "report": report,
        "category": category,
        "figures": [(report.found[each["category"]].name, each) for each in row["categories"]],
        "choices": [(code, one.name) for code, one in report.found.items()],
        "found": report.found[category],
        "map": paper_map(report, category) if seen.cells.codes else None,
        "legend": legend(),
        "areas": _worst(seen, category),
        "printed_at": timezone.now(),
        "territory_only": len(seen.cells.codes) < row["cells"],
    }
    return render(request, "gis_grid/run_print.html", context)


def _report(seen: Seen) -> RunReport:
    """Return the run as plain data, in the reader's language."""
    names = category_names()
    places: dict[str, list[tuple[str, float, float]]] = {}
    for place in facilities_of(seen.run):
        spot = (place.name, place.point.x, place.point.y)
        places.setdefault(place.category.code, []).append(spot)
    shares = {each["category"]: each for each in seen.run.results["categories"]}
    found = {
        code: Found(
            name=names.get(code, code),
            minutes=column.seconds / 60,
            verdict=column.verdict,
            places=places.get(code, []),
            summary=_summary(shares[code]),
        )
        for code, column in seen.cells.columns.items()
    }
    paths = [a.path for a, _cells in seen.residents.rows(seen.territory) if a.level != Level.GRID]
    borders = Boundary.objects.within(seen.territory).at(seen.day).filter(area__path__in=paths)
    return RunReport(
        title=_("Service circles: %(network)s") % {"network": seen.run.network.name},
        method=_method(seen.run),
        lonlat=seen.cells.lonlat,
        weight=seen.cells.weight,
        found=found,
        borders=[shapely.from_wkb(bytes(each.shape.wkb)) for each in borders],
    )


def _summary(share: dict[str, float]) -> str:
    return _(
        "On foot in time: %(walked)s %%. By the circle: %(circle)s %%, of whom %(wrong)s %% "
        "cannot walk there in time."
    ) % {
        "walked": _percent(share["covered_share"]),
        "circle": _percent(share["circle_share"]),
        "wrong": _percent(share["circle_gap_share"]),
    }


def _method(run: Run) -> str:
    asked = run.parameters
    gates = _("Gates all open.") if asked["gates_open"] else _("Gates all shut.")
    if asked.get("gates_at"):
        gates = _("Gates as at %(at)s.") % {"at": asked["gates_at"]}
    return _(
        "%(minutes)g minutes at %(speed)g m/s along the streets, door to door. %(gates)s Circle of "
        "%(circle)g m. Streets: %(source)s, of %(made)s. Computed %(at)s."
    ) % {
        "minutes": asked["minutes"],
        "speed": asked["speed"],
        "gates": gates,
        "circle": asked["circle_m"],
        "source": run.network.source,
        "made": date_format(timezone.localtime(run.network.made_at), "DATE_FORMAT"),
        "at": date_format(timezone.localtime(run.at), "DATETIME_FORMAT"),
    }


def _worst(seen: Seen, category: str) -> list[dict[str, object]]:
    """Return the areas with most people who cannot walk there in time."""
    rows: list[dict[str, object]] = [
        {
            "name": row["name"],
            "code": row["code"],
            "level": Level.from_slug(str(row["level"])).label,
            "people": row["people"],
            "gap": row[f"{category}_{Verdict.GAP}"],
            "no_street": row[f"{category}_{Verdict.NO_STREET}"],
        }
        for row in area_rows(seen)
        if row[f"{category}_{Verdict.GAP}"]
    ]
    rows.sort(key=lambda row: (-float(str(row["gap"])), str(row["code"])))
    return rows[:WORST]


def _attached(response: HttpResponse, run: Run, kind: str) -> None:
    name = f"run-{str(run.pk)[:8]}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'


def _percent(share: float | None) -> str:
    return "–" if share is None else number_format(100 * share, 1)


def _number(value: float) -> str:
    return f"{value:.2f}" if value != float("inf") else ""
