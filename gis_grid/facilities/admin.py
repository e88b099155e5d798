"""The administration's pages for facilities and their categories."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gis_grid.facilities import jobs, networks
from gis_grid.facilities.models import (
    Facility,
    FacilityCategory,
    Job,
    PopulationCell,
    Run,
    Scenario,
    StreetChange,
    WalkNetwork,
)
from gis_grid.facilities.overlay import check_hours, fits
from gis_grid.web.registry import ReadOnly, Registry, refusals_on


@admin.register(FacilityCategory)
class FacilityCategoryAdmin(Registry):
    """Kinds of facility."""

    list_display = ("code", "name", "name_en", "required", "minutes", "metres", "source")
    list_filter = ("required",)
    search_fields = ("code", "name", "name_en")


@admin.register(Facility)
class FacilityAdmin(Registry):
    """Facilities, each a point on the map."""

    list_display = ("code", "name", "category", "floor_area_m2", "opening_hours")
    list_filter = ("category",)
    list_select_related = ("category",)
    search_fields = ("code", "name")
    autocomplete_fields = ("category",)


@admin.register(PopulationCell)
class PopulationCellAdmin(ReadOnly):
    """How many people live where; loaded from a file."""

    list_display = ("code", "weight", "source")
    search_fields = ("code",)


class StreetChangeForm(forms.ModelForm):  # type: ignore[type-arg]
    """A change of streets: shape and hours fit its kind, its days have an order."""

    class Meta:
        model = StreetChange
        fields = ["code", "kind", "hours", "valid_from", "valid_until", "source", "shape"]

    def clean(self) -> dict[str, Any] | None:
        """Check what belongs together."""
        cleaned = super().clean() or {}
        kind, shape = cleaned.get("kind"), cleaned.get("shape")
        if kind and shape and not fits(kind, shape):
            self.add_error("shape", ValidationError(_WRONG_SHAPE, code="wrong_type"))
        if kind and "hours" in cleaned:
            with refusals_on(self):
                check_hours(kind, cleaned["hours"])
        first, end = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and end and end <= first:
            self.add_error("valid_until", ValidationError(_WRONG_DAYS, code="wrong_order"))
        return cleaned


_WRONG_SHAPE = _("A gate is a point; a path, a wall and a closure are lines.")
_WRONG_DAYS = _("The end lies before the beginning.")


@admin.register(StreetChange)
class StreetChangeAdmin(Registry):
    """What is known on the spot. It counts when the network has been built anew."""

    form = StreetChangeForm
    list_display = ("code", "kind", "hours", "valid_from", "valid_until", "source")
    list_filter = ("kind",)
    search_fields = ("code", "source")

    def save_model(self, request: HttpRequest, obj: StreetChange, form: Any, change: bool) -> None:
        """Save, and say which networks do not know of it yet."""
        super().save_model(request, obj, form, change)
        _tell_due(request)

    def delete_model(self, request: HttpRequest, obj: StreetChange) -> None:
        """Delete, and say which networks still know of it."""
        super().delete_model(request, obj)
        _tell_due(request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[StreetChange]) -> None:
        """Delete several, likewise."""
        super().delete_queryset(request, queryset)
        _tell_due(request)


def _tell_due(request: HttpRequest) -> None:
    due = [each.name for each in networks.all_networks() if networks.is_due(each)]
    if due:
        messages.warning(
            request,
            gettext("To be built anew with this change, under walking networks: %(names)s.")
            % {"names": ", ".join(due)},
        )


@admin.register(WalkNetwork)
class WalkNetworkAdmin(ReadOnly):
    """Walking networks, how full their extracts are, whether they know all changes of streets."""

    list_display = ("name", "version", "sparse", "up_to_date", "source", "made_at")
    actions = ("build_anew",)

    @admin.display(description=_("knows all changes"), boolean=True)
    def up_to_date(self, network: WalkNetwork) -> bool:
        """Return whether it was built with today's changes of streets."""
        return not networks.is_due(network)

    @admin.action(description=_("Build anew with today's changes of streets"))
    def build_anew(self, request: HttpRequest, chosen: QuerySet[WalkNetwork]) -> None:
        """Ask the worker to build them."""
        for network in chosen:
            jobs.ask("rebuild", {"network": network.name}, request.user)  # type: ignore[arg-type]
        self.message_user(request, gettext("The worker builds them; see the planner's runs."))


@admin.register(Job)
class JobAdmin(ReadOnly):
    """Long computations."""

    list_display = ("kind", "state", "done", "asked_at", "ended_at", "by")
    list_filter = ("state", "kind")
    list_select_related = ("by",)


@admin.register(Scenario)
class ScenarioAdmin(ReadOnly):
    """What planners try out."""

    list_display = ("name", "network", "changed_at", "by")
    list_filter = ("network",)
    list_select_related = ("network", "by")


@admin.register(Run)
class RunAdmin(ReadOnly):
    """What was computed, from what."""

    list_display = ("network", "network_version", "at", "by")
    list_filter = ("network",)
    list_select_related = ("network", "by")
