"""What people walk to: clinics, canteens, party-service centres and the like."""

import pghistory
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _


@pghistory.track()
class FacilityCategory(models.Model):
    """A kind of facility, as data: the eight centre kinds are required, others are not."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    required = models.BooleanField(_("required"), default=False)
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
    floor_area_m2 = models.FloatField(_("floor area (m²)"), null=True, blank=True)
    opening_hours = models.CharField(_("opening hours"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
