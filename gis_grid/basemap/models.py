"""What the base map draws when no outside map is allowed: one table of plain features."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.utils.translation import gettext_lazy as _


class FeatureKind(models.TextChoices):
    """The layers of the base map."""

    WATER = "water", _("Water")
    LAND = "land", _("Built-up land")
    GREEN = "green", _("Green space")
    STREET = "street", _("Street")
    PATH = "path", _("Path")
    BRIDGE = "bridge", _("Bridge")
    BUILDING = "building", _("Building")
    WALL = "wall", _("Compound wall")
    GATE = "gate", _("Gate")
    RAIL = "rail", _("Railway")
    LABEL = "label", _("Label")


class MapFeature(models.Model):
    """A thing on the ground, EPSG:4326: any geometry, its class and a few attributes.

    Streets, paths, bridges, walls and gates here are also what a walk network is built from.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=FeatureKind.choices)
    klass = models.CharField(_("class"), max_length=30, blank=True)
    name = models.CharField(_("name"), max_length=80, blank=True)
    shape = models.GeometryField(_("shape"), srid=4326, spatial_index=False)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)

    class Meta:
        verbose_name = _("map feature")
        verbose_name_plural = _("map features")
        indexes = [GistIndex(fields=["shape"], name="map_feature_shape_gist")]

    def __str__(self) -> str:
        return self.name or f"{self.get_kind_display()} {self.pk}"
