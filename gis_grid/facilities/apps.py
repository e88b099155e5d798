"""App: the facilities people walk to."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FacilitiesConfig(AppConfig):
    """Facility categories and facilities."""

    name = "gis_grid.facilities"
    label = "facilities"
    verbose_name = _("Facilities")
