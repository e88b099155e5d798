"""What hangs on a grid's notice board: which printing of its QR code still counts."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_grid.territory.models import Area

FIRST_EDITION = 1


class Board(models.Model):
    """The QR code of an area's notice board, once it was replaced; the first needs no row.

    A code names its edition, so a lost or defaced poster ends when the next edition is made.
    """

    area = models.OneToOneField(
        Area,
        verbose_name=_("area"),
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="board",
    )
    edition = models.PositiveIntegerField(_("edition"), default=FIRST_EDITION)
    replaced_at = models.DateTimeField(_("replaced at"))
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("notice board")
        verbose_name_plural = _("notice boards")

    def __str__(self) -> str:
        return f"{self.area_id} · {self.edition}"
