"""App: the nested areas."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerritoryConfig(AppConfig):
    """Areas and their boundaries."""

    name = "gis_grid.territory"
    label = "territory"
    verbose_name = _("Territory")
