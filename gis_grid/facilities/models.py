"""What people walk to, where people live, the streets between, and what was found out."""

from uuid import uuid4

import pghistory
from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _


@pghistory.track()
class FacilityCategory(models.Model):
    """A kind of facility, as data: the eight centre kinds are required, others are not."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    required = models.BooleanField(_("required"), default=False)
    minutes = models.PositiveSmallIntegerField(
        _("minutes on foot"), choices=[(5, "5"), (10, "10"), (15, "15")], default=15
    )
    metres = models.PositiveIntegerField(_("metres"), default=1000)
    floor_area_m2 = models.FloatField(_("least floor area (m²)"), null=True, blank=True)
    capacity_basis = models.CharField(_("capacity is counted by"), max_length=120, blank=True)
    osm_tags = models.CharField(
        _("OpenStreetMap tags"),
        max_length=300,
        blank=True,
        help_text=_("What counts as one in an extract: key=value, several with a semicolon."),
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("facility category")
        verbose_name_plural = _("facility categories")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Facility(models.Model):
    """A place of service. `point` is EPSG:4326; floor area in square metres."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    category = models.ForeignKey(
        FacilityCategory,
        verbose_name=_("category"),
        on_delete=models.PROTECT,
        related_name="facilities",
    )
    point = models.PointField(_("place"), srid=4326)
    entrances = models.MultiPointField(
        _("entrances"),
        srid=4326,
        null=True,
        blank=True,
        help_text=_("Where people walk in; without any, the place itself."),
    )
    level = models.CharField(_("level"), max_length=40, blank=True)
    functions = models.CharField(_("functions"), max_length=300, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    floor_area_m2 = models.FloatField(_("floor area (m²)"), null=True, blank=True)
    opening_hours = models.CharField(_("opening hours"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class PopulationCell(models.Model):
    """People at a place, without names: a point (EPSG:4326) that stands for a house or a cell."""

    code = models.CharField(_("code"), max_length=80, unique=True)
    point = models.PointField(_("place"), srid=4326)
    weight = models.FloatField(_("people"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("population cell")
        verbose_name_plural = _("population cells")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weight__gte=0, weight__lt=float("inf")),
                name="people_are_a_number",
            )
        ]

    def __str__(self) -> str:
        return self.code


class WalkNetwork(models.Model):
    """A walking network by name; its arrays are files, found by version. `extent` EPSG:4326."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    version = models.CharField(_("version"), max_length=16)
    rules = models.CharField(_("walking rules"), max_length=10)
    source = models.CharField(_("source"), max_length=200)
    sparse = models.BooleanField(_("sparse"), default=False)
    figures = models.JSONField(_("figures"))
    extent = models.PolygonField(_("extent"), srid=4326)
    made_at = models.DateTimeField(_("made at"))

    class Meta:
        verbose_name = _("walking network")
        verbose_name_plural = _("walking networks")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Run(models.Model):
    """A computed coverage: what went in, what came out. The same inputs give the same bytes."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    network = models.ForeignKey(
        WalkNetwork, verbose_name=_("walking network"), on_delete=models.PROTECT
    )
    network_version = models.CharField(_("version"), max_length=16)
    parameters = models.JSONField(_("parameters"))
    inputs = models.CharField(_("fingerprint of the inputs"), max_length=64, unique=True)
    results = models.JSONField(_("results"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
    )

    class Meta:
        verbose_name = _("coverage run")
        verbose_name_plural = _("coverage runs")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.network} {self.at:%Y-%m-%d %H:%M}"
