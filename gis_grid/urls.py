"""The addresses of the web process, and the API put together. Names both packages."""

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LogoutView
from django.urls import include, path, register_converter
from django.utils.translation import gettext_lazy as _

from gis_grid import __version__
from gis_grid.web import (
    circles,
    circles_page,
    errors,
    jobs,
    login,
    pages,
    place,
    planning,
    run_files,
    runs,
    scenarios,
    tiles,
)
from gis_grid.web.api import build_api
from gis_grid.web.converters import AreaCode, TileNumber
from incidents.web import (
    burden,
    command,
    deeds,
    desk,
    duty,
    exports,
    field,
    figures,
    gaps,
    incidents,
    installed,
    notices,
    posters,
    public,
    rates,
    resident,
    views,
)
from incidents.web import pages as incident_pages
from incidents.web import tiles as incident_tiles

admin.site.site_header = admin.site.site_title = _("Grid map")
admin.site.index_title = _("Administration")

register_converter(TileNumber, "tile")
register_converter(AreaCode, "code")

api = build_api("gis-grid", __version__, docs_decorator=login_required)
api.add_router("/field", field.router)
api.add_router("/field", duty.router)
api.add_router("/command", command.router)
api.add_router("/command", figures.router)
api.add_router("/command", desk.router)
api.add_router("/command", views.router)
api.add_router("/command", gaps.layer)
api.add_router("/command", duty.watch)
api.add_router("/incidents", incidents.router)
api.add_router("/incidents", deeds.router)
api.add_router("/incidents", gaps.router)
api.add_router("/notices", notices.router)
api.add_router("/exports", exports.router)
api.add_router("/place", place.router)
api.add_router("/rates", rates.router)
api.add_router("/planning", circles.router)
api.add_router("/planning", scenarios.router)
api.add_router("/planning", jobs.router)

urlpatterns = [
    path("", pages.front, name="front"),
    path("login/", login.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("field/", incident_pages.field, name="field"),
    path("field/sw.js", installed.worker, name="field-worker"),
    path("field/app.webmanifest", installed.manifest, name="field-manifest"),
    path("command/", incident_pages.command, name="command"),
    path("command/wall", figures.wall, name="wall"),
    path("command/figures/", figures.page, name="figures"),
    path("command/export/", exports.page, name="export-page"),
    path("command/export/<uuid:job_id>/file", exports.file, name="export-file"),
    path("notices/", notices.page, name="notices"),
    path("t/<str:token>", public.timeline, name="timeline"),
    path("r/<str:token>", resident.page, name="resident"),
    path("r/<str:token>/sent/<str:link>", resident.sent, name="resident-sent"),
    path("posters/<code:code>/", posters.page, name="posters"),
    path("planning/", circles_page.page, name="planning"),
    path("planning/areas.csv", circles_page.areas_csv, name="areas-csv"),
    path("planning/areas.xlsx", circles_page.areas_xlsx, name="areas-xlsx"),
    path("planning/staffing/", planning.overview, name="staffing"),
    path("planning/runs/", runs.page, name="runs"),
    path("planning/runs/<uuid:run_id>/cells.csv", run_files.cells_table, name="run-cells"),
    path("planning/runs/<uuid:run_id>/cells.gpkg", run_files.package, name="run-package"),
    path("planning/runs/<uuid:run_id>/map.html", run_files.offline_map, name="run-map"),
    path("planning/runs/<uuid:run_id>/print", run_files.to_print, name="run-print"),
    path("planning/staffing/map", planning.staffing_map, name="staffing-map"),
    path("planning/staffing.csv", planning.staffing_table, name="staffing-table"),
    path("rates/", rates.page, name="rates"),
    path("rates/table.csv", rates.csv_file, name="rates-csv"),
    path("rates/table.xlsx", rates.xlsx_file, name="rates-xlsx"),
    path("burden/", burden.page, name="burden"),
    path("photos/<uuid:photo_id>", incident_pages.photo, name="photo"),
    path("tiles/base/<tile:z>/<tile:x>/<tile:y>.pbf", tiles.base, name="base-tile"),
    path(
        "tiles/incidents/<tile:z>/<tile:x>/<tile:y>.pbf",
        incident_tiles.incidents,
        name="incident-tile",
    ),
    path("tiles/areas/<tile:z>/<tile:x>/<tile:y>.pbf", incident_tiles.areas, name="area-tile"),
    path("tiles/areas/<slug:level>/<code:code>.json", incident_tiles.area, name="area-shape"),
    path("api/", api.urls),
    path("healthz", pages.healthz, name="healthz"),
    path("readyz", pages.readyz, name="readyz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/login/", login.admin_login),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
