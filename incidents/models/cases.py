"""What is asked of whom while a case is handled: dispatches, extensions, ratings, call-backs."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_grid.people.models import HandlingUnit
from gis_grid.territory.models import Area
from incidents.deadlines import sla
from incidents.models.categories import LimitKind
from incidents.models.incidents import Incident
from incidents.models.rules import DispatchRule
from incidents.queries import DispatchQuerySet


class Part(models.TextChoices):
    """What somebody who is dispatched does in a case."""

    LEAD = "lead", _("Lead")
    ASSIST = "assist", _("Assisting")


class Outcome(models.TextChoices):
    """How a dispatch ended."""

    ANSWERED = "answered", _("Answered")
    RETURNED = "returned", _("Returned")
    REDIRECTED = "redirected", _("Given to somebody else")
    CLOSED = "closed", _("Closed with the case")


class Dispatch(models.Model):
    """One unit, or the people of one area, asked to act, with their own clock and answer.

    The lead has the case; assisting units are whistled for. `started_at` is when the clock began:
    the dispatch itself, or, for who returned it before and was overruled, the first dispatch.
    `why` holds who chose and by which rule, as the screen tells it.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="dispatches")
    part = models.CharField(_("part"), max_length=8, choices=Part.choices, default=Part.LEAD)
    unit = models.ForeignKey(
        HandlingUnit,
        verbose_name=_("handling unit"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="dispatches",
    )
    area = models.ForeignKey(
        Area, verbose_name=_("area"), on_delete=models.PROTECT, null=True, blank=True
    )
    rule = models.ForeignKey(DispatchRule, on_delete=models.SET_NULL, null=True, blank=True)
    why = models.JSONField(default=dict)
    whistle = models.UUIDField(_("whistle"), null=True, blank=True)
    final = models.BooleanField(_("decided after objections"), default=False)

    at = models.DateTimeField(_("dispatched at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    started_at = models.DateTimeField(_("clock started at"))
    limit_amount = models.FloatField()
    limit_kind = models.CharField(max_length=16, choices=LimitKind.choices)
    due_at = models.DateTimeField(_("due"))
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    return_reason = models.CharField(max_length=24, blank=True)
    proposed_unit = models.ForeignKey(
        HandlingUnit, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # None until somebody has dispatched the returned case again.
    return_upheld = models.BooleanField(null=True, blank=True)

    # The whistle rates both ways: the street the unit, the unit the street.
    stars_for_unit = models.PositiveSmallIntegerField(null=True, blank=True)
    stars_for_caller = models.PositiveSmallIntegerField(null=True, blank=True)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispatch")
        verbose_name_plural = _("dispatches")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=True) ^ Q(area__isnull=True),
                name="dispatch_to_a_unit_or_an_area",
            ),
            models.UniqueConstraint(
                fields=["incident"],
                condition=Q(part=Part.LEAD, ended_at__isnull=True),
                name="dispatch_one_lead_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.at:%Y-%m-%d %H:%M}"

    @property
    def holder(self) -> str:
        """The name of the unit or area."""
        return str(self.target["name"])

    @property
    def limit(self) -> sla.Limit:
        """The time that was given."""
        return sla.Limit(self.limit_amount, sla.LimitKind(self.limit_kind))

    @property
    def target(self) -> dict[str, Any]:
        """Who it is, as JSON tells it."""
        if self.unit:
            return {"unit": self.unit.code, "name": self.unit.name}
        assert self.area is not None, "a constraint says so"
        return {"area": self.area.code, "name": self.area.name}


class Extension(models.Model):
    """More time, asked for by who has the case and granted or refused by the desk."""

    dispatch = models.ForeignKey(Dispatch, on_delete=models.PROTECT, related_name="extensions")
    amount = models.FloatField()
    kind = models.CharField(max_length=16, choices=LimitKind.choices)
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    granted = models.BooleanField(null=True, blank=True)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dispatch"],
                condition=Q(granted__isnull=True),
                name="extension_one_question_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount:g} {self.get_kind_display()}"

    @property
    def limit(self) -> sla.Limit:
        """The time asked for."""
        return sla.Limit(self.amount, sla.LimitKind(self.kind))


class Rating(models.Model):
    """1 to 5 stars by the reporter for one closing; a case that is reopened may be rated anew."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="ratings")
    closing = models.PositiveSmallIntegerField()  # the number of reopenings before it
    stars = models.PositiveSmallIntegerField(_("stars"))
    words = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "closing"], name="rating_once_a_closing"),
            models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="rating_1_to_5"),
        ]

    def __str__(self) -> str:
        return "★" * self.stars


class CallBack(models.Model):
    """A call to the reporter after the closing. None: the question was not answered."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="call_backs")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reached = models.BooleanField(_("reached"))
    resolved = models.BooleanField(_("resolved"), null=True, blank=True)
    satisfied = models.BooleanField(_("satisfied"), null=True, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        verbose_name = _("call-back")
        verbose_name_plural = _("call-backs")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
