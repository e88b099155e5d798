"""The working calendar of the installation, as rows people can edit."""

from typing import Any

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_grid.people.models import HandlingUnit


class DayKind(models.TextChoices):
    """What is different on a day."""

    HOLIDAY = "holiday", _("Holiday")
    WORKDAY = "workday", _("Make-up workday")


def office_hours() -> dict[str, Any]:
    """Return Monday to Friday, 9 to 12 and 13 to 17."""
    return {str(day): [["09:00", "12:00"], ["13:00", "17:00"]] for day in range(1, 6)}


@pghistory.track()
class CalendarDay(models.Model):
    """A day that is not what its weekday says: a holiday, or a make-up workday."""

    day = models.DateField(_("day"), unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=DayKind.choices)
    name = models.CharField(_("name"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("special day")
        verbose_name_plural = _("working calendar")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"


@pghistory.track()
class WorkingHours(models.Model):
    """A week's working hours: of one unit or, without a unit, of the installation.

    `week` = {"1": [["09:00", "12:00"], …], …}: ISO weekday to spans of local time.
    """

    unit = models.OneToOneField(
        HandlingUnit,
        verbose_name=_("handling unit"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="working_hours",
        help_text=_("Empty: everybody else."),
    )
    week = models.JSONField(_("week"), default=office_hours)

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering = ["unit"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(unit__isnull=True),
                nulls_distinct=False,
                name="working_hours_one_for_all",
            )
        ]

    def __str__(self) -> str:
        return str(self.unit or _("everybody else"))
