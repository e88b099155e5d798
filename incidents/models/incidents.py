"""The incident: what was reported, where it stands, and the facts the figures count."""

from datetime import datetime

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from gis_grid.geo.datum import Datum
from gis_grid.people.models import Worker
from gis_grid.territory.models import Area, Boundary, within_the_globe
from incidents import states
from incidents.models.categories import Category
from incidents.queries import Doubled, IncidentQuerySet


class State(models.TextChoices):
    """The words for the states of `states.py`."""

    REPORTED = states.REPORTED, _("Reported")
    PRE_CHECK = states.PRE_CHECK, _("Pre-check")
    ACCEPTED = states.ACCEPTED, _("Accepted")
    DISPATCHED = states.DISPATCHED, _("Dispatched")
    IN_PROGRESS = states.IN_PROGRESS, _("In progress")
    ANSWERED = states.ANSWERED, _("Answered")
    VERIFYING = states.VERIFYING, _("Verifying")
    CLOSED = states.CLOSED, _("Closed")
    VOID = states.VOID, _("Void")


class SourceChannel(models.TextChoices):
    """Where a report came from."""

    WORKER = "worker", _("Grid worker")
    RESIDENT = "resident", _("Resident")
    HOTLINE = "hotline", _("Hotline")
    DEVICE = "device", _("Device")
    INSPECTION = "inspection", _("Inspection")
    PAST = "past", _("Old records")
    PLANNING = "planning", _("Planning")


class PositionMethod(models.TextChoices):
    """How the position was found."""

    GPS = "gps", _("Satellite")
    NETWORK = "network", _("Network")
    MANUAL = "manual", _("Set by hand")
    BOARD = "board", _("Somewhere in the grid")


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
    BY_HAND = "by_hand", _("handed over")
    BOARD = "board", _("by its notice board")


RETURNS_TO_OBJECTION = 2


def number_of(reported_at: datetime, serial: int) -> str:
    """Return the number people quote, e.g. `2026-000123`."""
    return f"{reported_at:%Y}-{serial:06d}"


def in_objection(state: str, returns: int, outcome: str | None) -> bool:
    """Return whether so many holders gave a case back that a leader has to decide whose it is.

    `outcome` is that of its last dispatch: once decided, a case may come back for another reason.
    """
    return state == states.ACCEPTED and returns >= RETURNS_TO_OBJECTION and outcome == "returned"


class NextNumber(Func):
    """The next running number of this installation."""

    template = "nextval('incidents_number')"
    arity = 0
    output_field = models.BigIntegerField()


class Incident(models.Model):
    """One incident. The phone mints `id`, so a report sent twice is one row.

    `raw_lon`, `raw_lat`, `datum`, `accuracy_m` (metres) and `position_method` are as the device
    said; `point` is the converted place in EPSG:4326. `area_path` is the owner's path when it
    was routed (empty: unrouted) and is what permission looks at. Only `actions` writes here.

    `due_at` is the case's deadline: provisional from the report, stored for good at dispatch, moved
    by extensions and suspensions. `stage_due_at` is when the present state should have been left.
    `alarm` and `alarm_at` say what the clock does next, `rung` when each alarm rang last (ISO).
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
    routed_at = models.DateTimeField(_("routed at"), null=True, blank=True)

    reporter = models.ForeignKey(
        Worker, verbose_name=_("reporter"), on_delete=models.PROTECT, null=True, blank=True
    )
    recorded_at = models.DateTimeField(_("recorded on the phone at"))
    reported_at = models.DateTimeField(_("reported at"))
    due_at = models.DateTimeField(_("due"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    dispatched_at = models.DateTimeField(_("first dispatched at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    progressed_at = models.DateTimeField(_("last step by people at"), null=True, blank=True)

    stage_due_at = models.DateTimeField(_("this step is due"), null=True, blank=True)
    amber_at = models.DateTimeField(null=True, blank=True)
    alarm = models.CharField(max_length=10, blank=True, db_default="")
    alarm_at = models.DateTimeField(null=True, blank=True)
    rung = models.JSONField(db_default=Value({}, models.JSONField()))
    suspended_at = models.DateTimeField(_("suspended at"), null=True, blank=True)
    resumed_at = models.DateTimeField(null=True, blank=True)
    registered_at = models.DateTimeField(_("open problem since"), null=True, blank=True)

    dispatch = models.ForeignKey(
        "Dispatch", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    escalated_to = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lead = models.ForeignKey(
        Worker,
        verbose_name=_("lead"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    settled = models.BooleanField(_("settled on the spot"), db_default=False)
    closed_level = models.PositiveSmallIntegerField(null=True, blank=True)
    returns = models.PositiveSmallIntegerField(_("returns"), db_default=0)
    hand_overs = models.PositiveSmallIntegerField(_("hand-overs"), db_default=0)
    reworks = models.PositiveSmallIntegerField(_("reworks"), db_default=0)
    reopenings = models.PositiveSmallIntegerField(_("reopenings"), db_default=0)
    # When the automatic rules were last asked in vain; see `autodispatch`.
    rules_asked_at = models.DateTimeField(null=True, blank=True)
    external_id = models.CharField(_("number elsewhere"), max_length=80, null=True, blank=True)
    flags = models.JSONField(default=list, blank=True)
    content_sha256 = models.CharField(max_length=64)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-reported_at"]
        indexes = [
            GistIndex(fields=["point"], name="incident_point_gist"),
            # Of the bare field GeoDjango would make it without the condition.
            GistIndex(
                OpClass("point", name="gist_geometry_ops_2d"),
                name="incident_open_place",
                condition=Q(state__in=sorted(states.OPEN_STATES)),
            ),
            models.Index(
                OpClass("area_path", name="text_pattern_ops"),
                name="incident_open_by_area",
                condition=Q(state__in=sorted(states.OPEN_STATES)),
            ),
            models.Index(fields=["reporter", "-reported_at"], name="incident_by_reporter"),
            models.Index(fields=["-reported_at", "-id"], name="incident_by_report"),
            models.Index(fields=["-closed_at"], name="incident_by_closing"),
            GinIndex(
                OpClass(Upper(Doubled("words")), name="gin_trgm_ops"), name="incident_words_trigram"
            ),
            models.Index(fields=["due_at"], name="incident_by_deadline"),
            models.Index(
                fields=["alarm_at"], name="incident_alarms", condition=Q(alarm_at__isnull=False)
            ),
            models.Index(
                fields=["rules_asked_at"],
                name="incident_waits_for_rules",
                condition=Q(state=states.ACCEPTED, dispatched_at__isnull=True),
            ),
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
            models.UniqueConstraint(fields=["source", "external_id"], name="incident_known_once"),
            models.CheckConstraint(
                condition=~Q(merged_into=F("pk")), name="incident_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number people quote, e.g. `2026-000123`."""
        return number_of(self.reported_at, self.serial)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in states.OPEN_STATES

    @property
    def in_objection(self) -> bool:
        """Whether so many holders gave it back that a leader has to decide whose it is."""
        if self.returns < RETURNS_TO_OBJECTION:
            return False  # nearly all; their dispatch need not be fetched for it
        outcome = self.dispatch.outcome if self.dispatch else None
        return in_objection(self.state, self.returns, outcome)
