"""The addresses of the live process."""

from django.urls import path

from gis_grid.web import errors
from incidents.web import stream

urlpatterns = [
    path("live/events", stream.events, name="live-events"),
    path("live/healthz", stream.healthz, name="live-healthz"),
]

handler400 = errors.bad_request
handler404 = errors.page_not_found
handler500 = errors.server_error
