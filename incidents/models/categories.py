"""What can be reported: a two-level list as data, with limits and what each asks for."""

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis_grid.people.models import HandlingUnit
from gis_grid.territory.models import Level
from incidents.deadlines import sla
from incidents.queries import CategoryQuerySet


class PhotoRule(models.TextChoices):
    """Whether a category asks for a photo."""

    REQUIRED = "required", _("Required")
    ASKED = "asked", _("Asked for")
    NONE = "none", _("Not asked for")


class VerifyRule(models.TextChoices):
    """How an answer is verified before the case is closed."""

    ON_SITE = "on_site", _("On the spot")
    DESK = "desk", _("By the evidence sent in")


class LimitKind(models.TextChoices):
    """The words for the kinds of time in `sla.py`."""

    HOURS = sla.LimitKind.HOURS.value, _("hours")
    WORKING_HOURS = sla.LimitKind.WORKING_HOURS.value, _("working hours")
    WORKING_DAYS = sla.LimitKind.WORKING_DAYS.value, _("working days")
    DAYS = sla.LimitKind.DAYS.value, _("natural days")


def label_of(name: str, name_en: str) -> str:
    """Return the name in the reader's language."""
    return name_en if get_language() == "en" and name_en else name


@pghistory.track()
class Category(models.Model):
    """A major or, with a `major`, a minor category. Codes and limits are data.

    `limit_amount` in units of `limit_kind` is the time for handling, from dispatch.
    `duplicate_m` (metres) and `duplicate_hours`: how near and how recent an open incident of the
    same category must be to be offered as the same one.
    """

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
    limit_amount = models.FloatField(_("time limit"), default=24)
    limit_kind = models.CharField(
        _("counted in"), max_length=16, choices=LimitKind.choices, default=LimitKind.HOURS
    )
    photo = models.CharField(
        _("photo"), max_length=10, choices=PhotoRule.choices, default=PhotoRule.ASKED
    )
    verify = models.CharField(
        _("verification"), max_length=10, choices=VerifyRule.choices, default=VerifyRule.ON_SITE
    )
    duplicate_m = models.PositiveIntegerField(_("duplicates within (m)"), default=50)
    duplicate_hours = models.PositiveIntegerField(_("duplicates within (hours)"), default=72)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("active"), default=True)
    for_residents = models.BooleanField(
        _("residents may report it"),
        default=True,
        help_text=_("Offered on the page behind the QR code of a notice board."),
    )
    emergency = models.BooleanField(
        _("emergency"),
        default=False,
        db_default=False,
        help_text=_("A new report sounds the alarm at the desks that see it."),
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(limit_amount__gt=0), name="category_limit_is_positive"
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return label_of(self.name, self.name_en)

    @property
    def limit(self) -> sla.Limit:
        """The time for handling."""
        return sla.Limit(self.limit_amount, sla.LimitKind(self.limit_kind))


@pghistory.track()
class MatterListEntry(models.Model):
    """One line of the grid matter list 网格事项清单: this category may be given to this level.

    A category (or its major) with no line at all may go to any level; with lines, only to those.
    """

    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.CASCADE, related_name="levels"
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=Level.choices)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("line of the grid matter list")
        verbose_name_plural = _("grid matter list")
        ordering = ["category", "level"]
        constraints = [
            models.UniqueConstraint(fields=["category", "level"], name="matter_listed_once")
        ]

    def __str__(self) -> str:
        return f"{self.category} · {self.get_level_display()}"


@pghistory.track()
class Competence(models.Model):
    """A category, major or minor, that a unit may receive."""

    unit = models.ForeignKey(
        HandlingUnit,
        verbose_name=_("handling unit"),
        on_delete=models.CASCADE,
        related_name="competences",
    )
    category = models.ForeignKey(
        Category, verbose_name=_("category"), on_delete=models.CASCADE, related_name="competences"
    )

    class Meta:
        verbose_name = _("category it may receive")
        verbose_name_plural = _("categories it may receive")
        ordering = ["unit", "category"]
        constraints = [models.UniqueConstraint(fields=["unit", "category"], name="competence_once")]

    def __str__(self) -> str:
        return f"{self.unit} · {self.category}"
