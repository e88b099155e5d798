"""The administration's pages for people, their assignments and party organisations."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.postgres.fields import DateRangeField
from django.utils.translation import gettext_lazy as _

from gis_grid.people.models import Assignment, PartyOrganisation, UnitMember, Worker
from gis_grid.web.days import DaysField, days_text
from gis_grid.web.registry import Registry


class AssignmentInline(admin.TabularInline):  # type: ignore[type-arg]
    """What a worker answers for, and when."""

    model = Assignment
    autocomplete_fields = ("area",)
    formfield_overrides = {DateRangeField: {"form_class": DaysField}}
    extra = 0


class UnitInline(admin.TabularInline):  # type: ignore[type-arg]
    """The handling units a worker acts for, and when."""

    model = UnitMember
    autocomplete_fields = ("unit",)
    formfield_overrides = {DateRangeField: {"form_class": DaysField}}
    extra = 0


@admin.register(Worker)
class WorkerAdmin(Registry):
    """Workers with their assignments and the units they act for."""

    list_display = ("code", "name", "phone", "user")
    list_select_related = ("user",)
    search_fields = ("code", "name", "phone")
    autocomplete_fields = ("user",)
    inlines = (AssignmentInline, UnitInline)


@admin.register(Assignment)
class AssignmentAdmin(Registry):
    """Worker x area x role x days, searched from either end."""

    list_display = ("worker", "area", "role", "days")
    list_filter = ("role", "area__level")
    list_select_related = ("worker", "area")
    search_fields = ("worker__code", "worker__name", "area__code", "area__name")
    autocomplete_fields = ("worker", "area")

    @admin.display(description=_("during"), ordering="during")
    def days(self, seat: Assignment) -> str:
        """The days in words."""
        return days_text(seat.during)


@admin.register(PartyOrganisation)
class PartyOrganisationAdmin(Registry):
    """Party organisations: counts of members, never names."""

    list_display = ("code", "name", "kind", "parent", "formal_members", "probationary_members")
    list_filter = ("kind", "setup_mode")
    list_select_related = ("parent",)
    search_fields = ("code", "name", "attached_to")
    autocomplete_fields = ("parent", "areas")
