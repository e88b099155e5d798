"""Photos that came before the report that announces them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class WaitingPhoto(models.Model):
    """A photo whose report is still on its way; only `by`, who sent it, can announce it.

    `report` and `photo` are ids that the phone has minted, `sha256` and `size` those of the bytes
    it sent. What lies in `file` is the re-encoded picture, as with every photo.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    report = models.UUIDField()
    photo = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    file = models.CharField(max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    received_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("waiting photo")
        verbose_name_plural = _("waiting photos")
        constraints = [
            models.UniqueConstraint(fields=["by", "report", "photo"], name="waiting_photo_once")
        ]

    def __str__(self) -> str:
        return str(self.photo)
