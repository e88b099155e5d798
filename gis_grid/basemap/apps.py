"""App: what the base map draws, from our own data."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BasemapConfig(AppConfig):
    """Water, streets, buildings, walls, gates."""

    name = "gis_grid.basemap"
    label = "basemap"
    verbose_name = _("Base map")
