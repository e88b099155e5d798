"""What belongs to a desk: the views its operators keep, and who is on emergency duty."""

from uuid import uuid4

from django.conf import settings
from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

from gis_grid.people.models import Worker


class SavedView(models.Model):
    """A view somebody keeps: the part of the desk's address after #, under a name.

    At most one of a user's is the `default`, with which their desk opens.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(_("name"), max_length=60)
    hash = models.CharField(max_length=8000)
    default = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_view_named_once"),
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(default=True),
                name="saved_view_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EmergencyDuty(models.Model):
    """A worker who has switched on emergency duty, and where their phone was last.

    One row per worker, overwritten, deleted at switch-off: there is no trail. `point` is EPSG:4326,
    `accuracy_m` metres; both empty until the phone knows its place.
    """

    worker = models.OneToOneField(
        Worker, on_delete=models.CASCADE, primary_key=True, related_name="emergency_duty"
    )
    since = models.DateTimeField(db_index=True)
    point = models.PointField(srid=4326, null=True, blank=True, spatial_index=False)
    accuracy_m = models.FloatField(null=True, blank=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("emergency duty")
        verbose_name_plural = _("emergency duties")
        ordering = ["since"]

    def __str__(self) -> str:
        return str(self.worker)
