"""The nested areas: who each one is (`Area`), and where it ran and when (`Boundary`)."""

import pghistory
from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex, OpClass
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Func, Q
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from gis_grid.territory.queries import AreaQuerySet, BoundaryQuerySet


class Level(models.IntegerChoices):
    """The levels of the tree; a deeper level has the larger number."""

    CITY = 10, _("City")
    DISTRICT = 20, _("District")
    STREET = 30, _("Street / town")
    COMMUNITY = 40, _("Community / village")
    GRID = 50, _("Grid")
    MICRO_GRID = 60, _("Micro-grid")

    @property
    def slug(self) -> str:
        """The name used in JSON and on the command line, e.g. `micro-grid`."""
        return self.name.lower().replace("_", "-")

    @classmethod
    def from_slug(cls, slug: str) -> "Level":
        """Return the level with this slug; ValueError for any other word."""
        for level in cls:
            if level.slug == slug:
                return level
        raise ValueError(slug)


class Kind(models.TextChoices):
    """A general grid tiles its community; an exclusive one (park, market) lies over others."""

    GENERAL = "general", _("General")
    EXCLUSIVE = "exclusive", _("Exclusive")


def always() -> DateRange:
    """Return the unbounded range of dates."""
    return DateRange(None, None)


class _Ordinate(Func):
    """One side of a shape's envelope, in degrees."""

    output_field = models.FloatField()


def within_the_globe(field: str) -> Q:
    """A condition that also refuses nothing, NaN and infinity, which PostGIS would store."""
    sides = (
        ("ST_XMin", GreaterThanOrEqual, -180),
        ("ST_YMin", GreaterThanOrEqual, -90),
        ("ST_XMax", LessThanOrEqual, 180),
        ("ST_YMax", LessThanOrEqual, 90),
    )
    condition = Q(**{f"{field}__isempty": False})
    for function, lookup, limit in sides:
        condition &= Q(lookup(_Ordinate(models.F(field), function=function), float(limit)))
    return condition


@pghistory.track()
class Area(models.Model):
    """An area somebody answers for: its code, its place in the tree, its days of existence.

    Codes are free text; one code names one area per level at any time.
    """

    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.GENERAL)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    path = models.CharField(max_length=255, editable=False, db_index=False)
    during = DateRangeField(_("exists during"), default=always)

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["level", "code"]
        indexes = [
            models.Index(OpClass("path", name="text_pattern_ops"), name="area_path_prefix"),
            models.Index(fields=["parent"], name="area_parent"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["path"], name="area_path_unique"),
            models.CheckConstraint(condition=~Q(code=""), name="area_code_not_blank"),
            ExclusionConstraint(
                name="area_code_once_per_level_and_time",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    ("level", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_code="code_taken",
                violation_error_message=_("This level already has an area with this code."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Boundary(models.Model):
    """Where an area ran during a range of days. Never edited: redrawing ends one, starts one.

    `shape` is a valid MultiPolygon in EPSG:4326; several pieces are normal.
    """

    area = models.ForeignKey(
        Area, verbose_name=_("area"), on_delete=models.PROTECT, related_name="boundaries"
    )
    shape = models.MultiPolygonField(_("shape"), srid=4326, spatial_index=False)
    during = DateRangeField(_("valid during"), default=always)
    source = models.CharField(_("source"), max_length=200, blank=True)
    drawn_at = models.DateTimeField(_("drawn at"), auto_now_add=True)

    objects = BoundaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("boundary")
        verbose_name_plural = _("boundaries")
        ordering = ["area", "during"]
        indexes = [GistIndex(fields=["shape"], name="boundary_shape_gist")]
        constraints = [
            models.CheckConstraint(
                condition=Q(shape__isvalid=True),
                name="boundary_shape_is_valid",
                violation_error_message=_("The shape crosses or touches itself."),
            ),
            models.CheckConstraint(
                condition=within_the_globe("shape"), name="boundary_shape_on_the_globe"
            ),
            ExclusionConstraint(
                name="boundary_no_overlap_in_time",
                expressions=[
                    ("area", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_code="dates_overlap",
                violation_error_message=_("The area already has a boundary on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        first, end = self.during.lower, self.during.upper
        return f"{self.area} [{first or '…'}, {end or '…'})"


class Simplified(models.Model):
    """A boundary as a map draws it from afar: fewer corners, the same ones as its neighbours.

    `shape` is in EPSG:3857, good for tiles up to zoom `up_to`, on the days of `during`, in which no
    neighbour changes. Computed by `simplified.py`; never to decide by.
    """

    boundary = models.ForeignKey(Boundary, on_delete=models.CASCADE, related_name="+")
    up_to = models.PositiveSmallIntegerField()
    during = DateRangeField()
    shape = models.MultiPolygonField(srid=3857, spatial_index=False)

    class Meta:
        indexes = [GistIndex(fields=["shape"], name="simplified_shape_gist")]

    def __str__(self) -> str:
        return f"{self.boundary_id} up to zoom {self.up_to}"


class SimplifiedOf(models.Model):
    """Which state of the layer the simplified shapes were computed from: one row, or none."""

    mark = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.mark
