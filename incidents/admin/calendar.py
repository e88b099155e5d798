"""The administration's pages of the working calendar."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from gis_grid.web.registry import Registry
from incidents.admin.hours import DAYS, WeekForm, week_text
from incidents.deadlines import calendars
from incidents.models import CalendarDay, WorkingHours


class ChangesTheCalendar(Registry):
    """A page that changes the working calendar: this process then reads it anew.

    The other processes do so within `calendars.FRESH_S`. Stored deadlines stay as they are.
    """

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Add or change."""
        return _read_anew(super().changeform_view(request, *args, **kwargs))

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """List, or delete several."""
        return _read_anew(super().changelist_view(request, *args, **kwargs))

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete one."""
        return _read_anew(super().delete_view(request, *args, **kwargs))


def _read_anew(answer: HttpResponse) -> HttpResponse:
    # After the view: its transaction has ended, so nobody reads what was there before.
    calendars.forget()
    return answer


@admin.register(CalendarDay)
class CalendarDayAdmin(ChangesTheCalendar):
    """Holidays and make-up workdays; `load_calendar` brings the published ones."""

    list_display = ("day", "kind", "name", "source")
    list_filter = ("kind",)
    search_fields = ("name", "source")
    date_hierarchy = "day"
    ordering = ("-day",)


@admin.register(WorkingHours)
class WorkingHoursAdmin(ChangesTheCalendar):
    """A week's hours of a unit, or of everybody else."""

    form = WeekForm
    list_display = ("whose", "hours")
    list_select_related = ("unit",)
    search_fields = ("unit__name", "unit__code")
    autocomplete_fields = ("unit",)
    fields = ("unit", *(f"day_{day}" for day in DAYS))

    @admin.display(description=_("handling unit"), ordering="unit")
    def whose(self, hours: WorkingHours) -> str:
        """The unit, or everybody else."""
        return str(hours)

    @admin.display(description=_("week"))
    def hours(self, hours: WorkingHours) -> str:
        """The week in one line."""
        return week_text(hours.week)
