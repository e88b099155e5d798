"""What belongs to an incident and is never changed: its events and its photos."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.incidents import Incident
from incidents.queries import AttachmentQuerySet, EventQuerySet


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
            models.Index(fields=["at"], name="event_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class PhotoRole(models.TextChoices):
    """What a photo shows."""

    REPORT = "report", _("As reported")
    BEFORE = "before", _("Before")
    AFTER = "after", _("After")
    CHECK = "check", _("Pre-check")
    VERIFY = "verify", _("Verification")


class Attachment(models.Model):
    """A photo that a report or a deed announced, stored once its bytes arrive.

    `sha256` names the bytes to come; `deed_id` the deed that announced it, None for the report.
    """

    id = models.UUIDField(primary_key=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="attachments")
    sha256 = models.CharField(max_length=64)
    role = models.CharField(
        _("shows"), max_length=8, choices=PhotoRole.choices, db_default=PhotoRole.REPORT.value
    )
    deed_id = models.UUIDField(null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
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
