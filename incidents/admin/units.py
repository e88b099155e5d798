"""The administration's page of handling units: members, competences, areas, hours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.postgres.fields import DateRangeField
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gis_grid.people.models import HandlingUnit, UnitMember
from gis_grid.web.days import DaysField
from incidents.admin.calendar import ChangesTheCalendar
from incidents.admin.hours import DAYS, WeekForm
from incidents.dispatching import rulebook
from incidents.models import Competence, WorkingHours


class Members(admin.TabularInline):  # type: ignore[type-arg]
    """Who acts for the unit, and when."""

    model = UnitMember
    autocomplete_fields = ("worker",)
    formfield_overrides = {DateRangeField: {"form_class": DaysField}}
    extra = 0


class Competences(admin.TabularInline):  # type: ignore[type-arg]
    """What the unit may receive; without a line, everything."""

    model = Competence
    autocomplete_fields = ("category",)
    extra = 0


class Hours(admin.StackedInline):  # type: ignore[type-arg]
    """The unit's own week; without it, the installation's."""

    model = WorkingHours
    form = WeekForm
    fields = tuple(f"day_{day}" for day in DAYS)
    extra = 0
    max_num = 1


@admin.register(HandlingUnit)
class HandlingUnitAdmin(ChangesTheCalendar):
    """Departments and other units. One that is gone is made inactive; rules that name it say so."""

    list_display = ("code", "name", "kind", "level", "serves", "members_count", "active")
    list_filter = ("active", "kind", "level")
    search_fields = ("code", "name")
    autocomplete_fields = ("areas",)
    inlines = (Members, Competences, Hours)
    fieldsets = (
        (None, {"fields": (("code", "name"), ("kind", "level"), "areas", ("phone", "active"))}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[HandlingUnit]:
        """With the areas and the number of members that the list shows."""
        units: QuerySet[HandlingUnit] = super().get_queryset(request)
        return units.prefetch_related("areas").annotate(member_count=Count("members"))

    @admin.display(description=_("areas"))
    def serves(self, unit: HandlingUnit) -> str:
        """The areas it serves."""
        names = [area.name for area in unit.areas.all()]
        return str(_(", ")).join(names) if names else str(_("everywhere"))

    @admin.display(description=_("members"), ordering="member_count")
    def members_count(self, unit: HandlingUnit) -> int:
        """How many people act, or acted, for it."""
        count: int = unit.member_count  # type: ignore[attr-defined]
        return count

    def save_model(
        self, request: HttpRequest, obj: HandlingUnit, form: forms.ModelForm[Any], change: bool
    ) -> None:
        """Save; its rules learn its name, and somebody is told when they are broken now."""
        super().save_model(request, obj, form, change)
        if not change:
            return
        if "name" in form.changed_data:
            rulebook.store_again(obj.rules.all())
        live = obj.rules.filter(live=True).count()
        if live and "active" in form.changed_data and not obj.active:
            told = _("%(count)d live rules name this unit and are broken now.")
            messages.warning(request, told % {"count": live})
