"""Dispatch rules as data: category x area x time -> unit or role."""

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_grid.people.models import HandlingUnit, Role
from gis_grid.territory.models import Area
from incidents.models.categories import Category


class RuleTime(models.TextChoices):
    """When a rule holds."""

    ANY = "any", _("At any time")
    WORKING = "working", _("In working time")
    OFF = "off", _("Outside working time")


@pghistory.track()
class DispatchRule(models.Model):
    """Whom an accepted case goes to. An empty category or area stands for all.

    The target is a unit, or the people who hold `role` in the case's own area or the nearest one
    above. `rank` is stored when the rule is saved; the highest wins, then the older rule.
    `unit_name` keeps the name of a unit that is gone, so that a broken rule can say what it meant.
    `tried_at`: when it was last tried on past cases as it stands now; None: it was not.
    Only `rules.py` writes here.
    """

    name = models.CharField(_("name"), max_length=80)
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.CASCADE, null=True, blank=True
    )
    area = models.ForeignKey(
        Area, verbose_name=_("area"), on_delete=models.CASCADE, null=True, blank=True
    )
    time = models.CharField(_("time"), max_length=8, choices=RuleTime.choices, default=RuleTime.ANY)
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("weekdays"),
        blank=True,
        default=list,
        help_text=_("1 Monday to 7 Sunday; empty: every day."),
    )
    unit = models.ForeignKey(
        HandlingUnit,
        verbose_name=_("handling unit"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="rules",
    )
    unit_name = models.CharField(max_length=120, blank=True, editable=False)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, blank=True)
    rank = models.PositiveIntegerField(_("rank"), default=0, editable=False)
    automatic = models.BooleanField(
        _("automatic"), default=False, help_text=_("Dispatch at once, without a click.")
    )
    live = models.BooleanField(_("live"), default=False)
    tried_at = models.DateTimeField(_("tried at"), null=True, blank=True)

    class Meta:
        verbose_name = _("dispatch rule")
        verbose_name_plural = _("dispatch rules")
        ordering = ["-rank", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=True) | Q(role=""), name="rule_names_a_unit_or_a_role"
            )
        ]

    def __str__(self) -> str:
        return self.name
