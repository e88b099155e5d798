"""The people and party organisations that answer for areas. Counts, never member names."""

from importlib import import_module
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from gis_grid.people.queries import (
    AssignmentQuerySet,
    HandlingUnitQuerySet,
    PartyOrganisationQuerySet,
    WorkerQuerySet,
)
from gis_grid.territory.models import Area, Level, always


class Role(models.TextChoices):
    """What somebody does in an area. Field roles report and handle; desk roles watch and plan."""

    GRID_CHIEF = "grid_chief", _("Grid chief")
    GRID_WORKER = "grid_worker", _("Full-time grid worker")
    PART_TIME_WORKER = "part_time_worker", _("Part-time grid worker")
    GRID_INSTRUCTOR = "grid_instructor", _("Grid instructor")
    MICRO_GRID_LEAD = "micro_grid_lead", _("Micro-grid lead")
    BUILDING_LEAD = "building_lead", _("Building lead")
    OPERATOR = "operator", _("Command-centre operator")
    LEADER = "leader", _("Leader")
    PLANNER = "planner", _("Planner")


FIELD_ROLES = frozenset(
    {
        Role.GRID_CHIEF,
        Role.GRID_WORKER,
        Role.PART_TIME_WORKER,
        Role.GRID_INSTRUCTOR,
        Role.MICRO_GRID_LEAD,
        Role.BUILDING_LEAD,
    }
)
DESK_ROLES = frozenset({Role.OPERATOR, Role.LEADER})


@pghistory.track()
class Worker(models.Model):
    """A person who answers for areas; `code` is the stable key of imports."""

    code = models.CharField(_("staff number"), max_length=40, unique=True)
    name = models.CharField(_("full name"), max_length=60)
    phone = models.CharField(_("work phone"), max_length=30, blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("login"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="worker",
    )

    objects = WorkerQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class Assignment(models.Model):
    """Worker x area x role x days; many-to-many, because cities differ from 1 to 3 per grid."""

    worker = models.ForeignKey(
        Worker, verbose_name=_("worker"), on_delete=models.CASCADE, related_name="assignments"
    )
    area = models.ForeignKey(
        Area, verbose_name=_("area"), on_delete=models.PROTECT, related_name="assignments"
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    during = DateRangeField(_("during"), default=always)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["area", "role"]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "area", "role", "during"], name="assignment_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.worker} · {self.area} · {self.get_role_display()}"


class PartyKind(models.TextChoices):
    """The forms of party organisation, from the street's working committee to a group."""

    WORKING_COMMITTEE = "working_committee", _("Party working committee")
    COMMITTEE = "committee", _("Party committee")
    GENERAL_BRANCH = "general_branch", _("General party branch")
    BRANCH = "branch", _("Party branch")
    GROUP = "group", _("Party group")


class SetupMode(models.TextChoices):
    """How an organisation was set up."""

    ALONE = "alone", _("Alone")
    JOINT = "joint", _("Jointly")
    POSTED = "posted", _("By posting a member")
    ATTACHED = "attached", _("Attached")


@pghistory.track()
class PartyOrganisation(models.Model):
    """A party organisation attached to areas, or to an industry or organisation."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("form"), max_length=20, choices=PartyKind.choices)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    setup_mode = models.CharField(
        _("set up"), max_length=10, choices=SetupMode.choices, default=SetupMode.ALONE
    )
    areas = models.ManyToManyField(
        Area,
        verbose_name=_("areas"),
        blank=True,
        related_name="party_organisations",
        help_text=_("A joint branch stands for several; an industry committee for none."),
    )
    attached_to = models.CharField(_("industry or organisation"), max_length=120, blank=True)
    formal_members = models.PositiveIntegerField(_("formal members"), default=0)
    probationary_members = models.PositiveIntegerField(_("probationary members"), default=0)
    established = models.DateField(_("established"), null=True, blank=True)
    term_ends = models.DateField(_("term ends"), null=True, blank=True)

    objects = PartyOrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("party organisation")
        verbose_name_plural = _("party organisations")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class UnitKind(models.TextChoices):
    """What sort of unit handles cases."""

    DEPARTMENT = "department", _("Department")
    STREET = "street", _("Street office")
    COMMUNITY = "community", _("Community office")
    ENTERPRISE = "enterprise", _("Enterprise")


@pghistory.track()
class HandlingUnit(models.Model):
    """A department or other unit that cases are dispatched to (承办单位).

    `level` is the level it works for; the grid matter list speaks of it. Without `areas` it serves
    everywhere. A unit that is gone is made inactive, never deleted while cases name it.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=UnitKind.choices)
    level = models.PositiveSmallIntegerField(
        _("level"), choices=Level.choices, default=Level.DISTRICT
    )
    areas = models.ManyToManyField(
        Area, verbose_name=_("areas"), blank=True, related_name="handling_units"
    )
    phone = models.CharField(_("work phone"), max_length=30, blank=True)
    active = models.BooleanField(_("active"), default=True)

    objects = HandlingUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("handling unit")
        verbose_name_plural = _("handling units")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


@pghistory.track()
class UnitMember(models.Model):
    """A worker who acts for a unit, for some days."""

    unit = models.ForeignKey(
        HandlingUnit,
        verbose_name=_("handling unit"),
        on_delete=models.CASCADE,
        related_name="members",
    )
    worker = models.ForeignKey(
        Worker, verbose_name=_("worker"), on_delete=models.CASCADE, related_name="units"
    )
    during = DateRangeField(_("during"), default=always)

    class Meta:
        verbose_name = _("member of a unit")
        verbose_name_plural = _("members of units")
        ordering = ["unit", "worker"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "worker", "during"], name="unit_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.worker} · {self.unit}"


class Session(AbstractBaseSession):
    """Django's session, with its user in a column too, so that one query can read both."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("login"),
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
    )

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Return what reads and writes the rows."""
        return import_module(settings.SESSION_ENGINE).SessionStore


class Attempts(models.Model):
    """How often something was tried at a door without a key, until when that counts.

    `key` names the door and who knocks, hashed anew each day; see `throttle.py`.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("attempts")
        verbose_name_plural = _("attempts")

    def __str__(self) -> str:
        return f"{self.count} until {self.until:%H:%M}"
