"""App: the happening."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """Incidents, their events and their photos."""

    name = "incidents"
    verbose_name = _("Incidents")
