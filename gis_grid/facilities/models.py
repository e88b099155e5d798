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


class ChangeKind(models.TextChoices):
    """What is known on the spot and not (or wrongly) in the extract."""

    PATH = "path", _("surveyed path")
    WALL = "wall", _("wall")
    GATE = "gate", _("gate")
    CLOSURE = "closure", _("closure")


@pghistory.track()
class StreetChange(models.Model):
    """A piece of the overlay on an extract's streets, EPSG:4326.

    A path, a wall and a closure are lines; a gate is a point on a wall, through which one walks
    while it is open. Days outside `valid_from` to `valid_until` (excluded) do not know of it.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=ChangeKind)
    shape = models.GeometryField(_("shape"), srid=4326)
    hours = models.CharField(
        _("opening hours"),
        max_length=120,
        blank=True,
        help_text=_("Of a gate, like 06:00-22:30; without any it is always open."),
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("change of streets")
        verbose_name_plural = _("changes of streets")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"


class Scenario(models.Model):
    """A planner's what-if under a name: changes on top of a network, never in it.

    `content`: `added` [{category, lon, lat}], `removed` [facility codes], and what the map asks
    (`minutes`, `speed`, `gates_open`). Who has the link and may plan can open it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=60)
    network = models.ForeignKey(
        WalkNetwork, verbose_name=_("walking network"), on_delete=models.CASCADE
    )
    content = models.JSONField(_("content"))
    version = models.PositiveIntegerField(_("version"), default=1)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL
    )
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("scenario")
        verbose_name_plural = _("scenarios")
        ordering = ["-changed_at"]

    def __str__(self) -> str:
        return self.name


class JobState(models.TextChoices):
    """Where a long computation stands."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("cancelled")


class Job(models.Model):
    """A long computation asked for on a page; the worker does one at a time."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=10)
    question = models.JSONField(_("question"))
    state = models.CharField(
        _("state"), max_length=10, choices=JobState, default=JobState.WAITING, db_index=True
    )
    done = models.PositiveSmallIntegerField(_("done (%)"), default=0)
    stage = models.CharField(_("stage"), max_length=120, blank=True)
    cancel = models.BooleanField(_("to be cancelled"), default=False)
    tries = models.PositiveSmallIntegerField(_("times begun"), default=0)
    run = models.ForeignKey(
        Run, verbose_name=_("coverage run"), null=True, blank=True, on_delete=models.SET_NULL
    )
    result = models.JSONField(_("result"), null=True, blank=True)
    fault = models.JSONField(_("fault"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL
    )
    asked_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    beat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.get_state_display()}"
