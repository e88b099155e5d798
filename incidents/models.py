"""What happened: categories, incidents, their append-only events, their photos."""

import pghistory
from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex, OpClass
from django.db.models import Func, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis_grid.geo.datum import Datum
from gis_grid.people.models import Worker
from gis_grid.territory.models import Area, Boundary, within_the_globe
from incidents import states
from incidents.queries import (
    AttachmentQuerySet,
    CategoryQuerySet,
    EventQuerySet,
    IncidentQuerySet,
)


class PhotoRule(models.TextChoices):
    """Whether a category asks for a photo."""

    REQUIRED = "required", _("Required")
    ASKED = "asked", _("Asked for")
    NONE = "none", _("Not asked for")


@pghistory.track()
class Category(models.Model):
    """A major or, with a `major`, a minor category. Codes and limits are data."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    major = models.ForeignKey(
        "self",
        verbose_name=_("major category"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="minors",
    )
    limit_hours = models.FloatField(_("time limit (hours)"), default=24)
    photo = models.CharField(
        _("photo"), max_length=10, choices=PhotoRule.choices, default=PhotoRule.ASKED
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("active"), default=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(limit_hours__gt=0), name="category_limit_is_positive"
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.name_en if get_language() == "en" and self.name_en else self.name


class State(models.TextChoices):
    """The words for the states of `states.py`."""

    REPORTED = states.REPORTED, _("Reported")
    ACCEPTED = states.ACCEPTED, _("Accepted")
    IN_PROGRESS = states.IN_PROGRESS, _("In progress")
    CLOSED = states.CLOSED, _("Closed")


class SourceChannel(models.TextChoices):
    """Where a report came from."""

    WORKER = "worker", _("Grid worker")
    RESIDENT = "resident", _("Resident")
    HOTLINE = "hotline", _("Hotline")
    DEVICE = "device", _("Device")
    INSPECTION = "inspection", _("Inspection")


class PositionMethod(models.TextChoices):
    """How the position was found."""

    GPS = "gps", _("Satellite")
    NETWORK = "network", _("Network")
    MANUAL = "manual", _("Set by hand")


class DatumChoice(models.TextChoices):
    """The coordinate systems a device may speak."""

    WGS84 = Datum.WGS84.value, "WGS84"
    CGCS2000 = Datum.CGCS2000.value, "CGCS2000"
    GCJ02 = Datum.GCJ02.value, "GCJ-02"
    BD09 = Datum.BD09.value, "BD-09"


class RouteMethod(models.TextChoices):
    """How the owner of the point was found; `gis_grid.territory.locate` has the rule."""

    COVERS = "covers", _("inside the grid")
    EDGE = "edge", _("on a shared border")
    AMBIGUOUS = "ambiguous", _("near a border")
    NEAREST = "nearest", _("nearest grid")
    OUTSIDE = "outside", _("outside all grids")


class NextNumber(Func):
    """The next running number of this installation."""

    template = "nextval('incidents_number')"
    arity = 0
    output_field = models.BigIntegerField()


class Incident(models.Model):
    """One incident. The phone mints `id`, so a report sent twice is one row.

    `raw_lon`, `raw_lat`, `datum`, `accuracy_m` (metres) and `position_method` are as the device
    said; `point` is the converted place in EPSG:4326. `area_path` is the owner's path when it
    was routed (empty: unrouted) and is what permission looks at. Only `actions.py` writes here.
    """

    id = models.UUIDField(primary_key=True)
    serial = models.BigIntegerField(_("number"), unique=True, db_default=NextNumber())
    source = models.CharField(_("source channel"), max_length=12, choices=SourceChannel.choices)
    category = models.ForeignKey(Category, verbose_name=_("category"), on_delete=models.PROTECT)
    words = models.TextField(_("words"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=State.choices)
    version = models.PositiveIntegerField(default=1)

    raw_lon = models.FloatField()
    raw_lat = models.FloatField()
    datum = models.CharField(_("datum"), max_length=10, choices=DatumChoice.choices)
    accuracy_m = models.FloatField(_("accuracy (m)"), null=True, blank=True)
    position_method = models.CharField(max_length=8, choices=PositionMethod.choices)
    fixed_at = models.DateTimeField(_("position taken at"), null=True, blank=True)
    point = models.PointField(_("place"), srid=4326, spatial_index=False)

    area = models.ForeignKey(
        Area, verbose_name=_("area"), on_delete=models.PROTECT, null=True, blank=True
    )
    area_path = models.CharField(max_length=255, blank=True)
    boundary = models.ForeignKey(Boundary, on_delete=models.PROTECT, null=True, blank=True)
    route_method = models.CharField(_("routed by"), max_length=10, choices=RouteMethod.choices)
    route = models.JSONField(_("route"))

    reporter = models.ForeignKey(
        Worker, verbose_name=_("reporter"), on_delete=models.PROTECT, null=True, blank=True
    )
    recorded_at = models.DateTimeField(_("recorded on the phone at"))
    reported_at = models.DateTimeField(_("reported at"))
    due_at = models.DateTimeField(_("due"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    flags = models.JSONField(default=list, blank=True)
    content_sha256 = models.CharField(max_length=64)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-reported_at"]
        indexes = [
            GistIndex(fields=["point"], name="incident_point_gist"),
            models.Index(
                OpClass("area_path", name="text_pattern_ops"),
                name="incident_open_by_area",
                condition=Q(state__in=sorted(states.OPEN_STATES)),
            ),
            models.Index(fields=["reporter", "-reported_at"], name="incident_by_reporter"),
            models.Index(fields=["-closed_at"], name="incident_by_closing"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=within_the_globe("point"), name="incident_point_on_the_globe"
            ),
            models.CheckConstraint(
                condition=Q(area__isnull=True, area_path="")
                | (Q(area__isnull=False) & ~Q(area_path="")),
                name="incident_path_goes_with_area",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number people quote, e.g. `2026-000123`."""
        return f"{self.reported_at:%Y}-{self.serial:06d}"


class Event(models.Model):
    """One thing that happened to an incident. Append-only: the history and the feed.

    A deed inserts its event without `sequence` and `hash`; the relay stamps both, in order,
    after the commit. `path_before` and `path_after` say who must be told.
    """

    deed_id = models.UUIDField(unique=True, null=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)
    state_before = models.CharField(max_length=16, blank=True)
    state_after = models.CharField(max_length=16)
    path_before = models.CharField(max_length=255, blank=True)
    path_after = models.CharField(max_length=255, blank=True)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    note = models.TextField(blank=True)
    body = models.JSONField(default=dict)
    sequence = models.BigIntegerField(unique=True, null=True)
    hash = models.CharField(max_length=64, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["id"], name="event_unstamped", condition=Q(sequence__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class Attachment(models.Model):
    """A photo the report announced (`sha256` of the bytes to come), stored once they arrive."""

    id = models.UUIDField(primary_key=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="attachments")
    sha256 = models.CharField(max_length=64)
    stored_at = models.DateTimeField(null=True, blank=True)
    file = models.CharField(max_length=120, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.id)
