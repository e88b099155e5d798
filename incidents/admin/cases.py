"""The administration's pages of what is asked of whom while a case is handled, all to look at."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from gis_grid.web.registry import ReadOnly
from incidents.models import CallBack, Dispatch, Extension, Rating


@admin.register(Dispatch)
class DispatchAdmin(ReadOnly):
    """Whom cases were given to, by which rule and why, and how that ended."""

    list_display = ("incident", "part", "holder", "rule", "at", "due_at", "ended_at", "outcome")
    list_filter = (
        "outcome",
        "part",
        "final",
        "return_upheld",
        ("unit", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("incident", "unit", "area", "rule")
    search_fields = ("=incident__serial", "unit__name", "area__name")
    date_hierarchy = "at"
    ordering = ("-at",)

    @admin.display(description=_("given to"))
    def holder(self, given: Dispatch) -> str:
        """The unit or area."""
        return given.holder


@admin.register(Extension)
class ExtensionAdmin(ReadOnly):
    """More time, asked for and granted or refused."""

    list_display = ("incident", "dispatch", "amount", "kind", "asked_at", "decided_at", "granted")
    list_filter = ("granted",)
    list_select_related = ("dispatch__incident", "dispatch__unit", "dispatch__area")
    search_fields = ("=dispatch__incident__serial", "reason")
    ordering = ("-asked_at",)

    @admin.display(description=_("incident"))
    def incident(self, extension: Extension) -> str:
        """The number of the case."""
        return extension.dispatch.incident.number


@admin.register(Rating)
class RatingAdmin(ReadOnly):
    """What reporters say of a closing."""

    list_display = ("incident", "stars", "words", "at")
    list_filter = ("stars",)
    list_select_related = ("incident",)
    search_fields = ("=incident__serial", "words")
    ordering = ("-at",)


@admin.register(CallBack)
class CallBackAdmin(ReadOnly):
    """What reporters say on the telephone."""

    list_display = ("incident", "at", "reached", "resolved", "satisfied")
    list_filter = ("reached", "resolved", "satisfied")
    list_select_related = ("incident",)
    search_fields = ("=incident__serial", "note")
    ordering = ("-at",)
