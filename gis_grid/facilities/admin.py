"""The administration's pages for facilities and their categories."""

from django.contrib import admin

from gis_grid.facilities.models import (
    Facility,
    FacilityCategory,
    PopulationCell,
    Run,
    WalkNetwork,
)
from gis_grid.web.registry import ReadOnly, Registry


@admin.register(FacilityCategory)
class FacilityCategoryAdmin(Registry):
    """Kinds of facility."""

    list_display = ("code", "name", "name_en", "required", "minutes", "metres", "source")
    list_filter = ("required",)
    search_fields = ("code", "name", "name_en")


@admin.register(Facility)
class FacilityAdmin(Registry):
    """Facilities, each a point on the map."""

    list_display = ("code", "name", "category", "floor_area_m2", "opening_hours")
    list_filter = ("category",)
    list_select_related = ("category",)
    search_fields = ("code", "name")
    autocomplete_fields = ("category",)


@admin.register(PopulationCell)
class PopulationCellAdmin(ReadOnly):
    """How many people live where; loaded from a file."""

    list_display = ("code", "weight", "source")
    search_fields = ("code",)


@admin.register(WalkNetwork)
class WalkNetworkAdmin(ReadOnly):
    """Walking networks and how full their extracts are."""

    list_display = ("name", "version", "sparse", "source", "made_at")


@admin.register(Run)
class RunAdmin(ReadOnly):
    """What was computed, from what."""

    list_display = ("network", "network_version", "at", "by")
    list_filter = ("network",)
    list_select_related = ("network", "by")
