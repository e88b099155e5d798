"""App: the people and party organisations that answer for areas."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Workers, assignments and party organisations."""

    name = "gis_grid.people"
    label = "people"
    verbose_name = _("People")
