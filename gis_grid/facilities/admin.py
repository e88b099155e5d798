"""The administration's pages for facilities and their categories."""

from django.contrib import admin

from gis_grid.facilities.models import Facility, FacilityCategory
from gis_grid.web.registry import Registry


@admin.register(FacilityCategory)
class FacilityCategoryAdmin(Registry):
    """Kinds of facility."""

    list_display = ("code", "name", "name_en", "required", "source")
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
