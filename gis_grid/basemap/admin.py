"""The administration's page for the base map: to look at, because it is loaded as a whole."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gis_grid.basemap.models import MapFeature
from gis_grid.web.registry import MapShown, ReadOnly
from gis_grid.web.shapes import map_of


@admin.register(MapFeature)
class MapFeatureAdmin(MapShown, ReadOnly):
    """What the base map draws. One feature changed alone would leave old tiles in the browsers."""

    list_display = ("__str__", "kind", "klass", "name")
    list_filter = ("kind", "klass")
    search_fields = ("name",)
    fields = ("kind", "klass", "name", "attributes", "drawn")
    readonly_fields = ("drawn",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[MapFeature]:
        """Leave the shapes in the database until one is looked at."""
        return super().get_queryset(request).defer("shape")

    @admin.display(description=_("shape"))
    def drawn(self, feature: MapFeature) -> str:
        """The shape on a map."""
        return map_of(feature.shape)
