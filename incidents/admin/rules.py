"""The administration's page of dispatch rules: drafted, tried on past cases, live, stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pghistory
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from gis_grid.access import territory_of
from gis_grid.people.models import FIELD_ROLES, HandlingUnit, Role
from gis_grid.web.registry import Registry
from incidents.dispatching import rulebook, trials
from incidents.models import DispatchRule

PAGE = "incidents_dispatchrule"
TOP = 10
CONDITIONS = ("category", "area", "time", "weekdays", "unit", "role", "automatic")


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a rule looks at, and the one unit or role it names."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("weekdays"),
        choices=[(day + 1, WEEKDAYS[day]) for day in range(7)],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: every day."),
    )

    class Meta:
        model = DispatchRule
        fields = ("name", *CONDITIONS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the roles that handle cases; nobody handles one as a planner."""
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            offered = [(role.value, role.label) for role in Role if role in FIELD_ROLES]
            self.fields["role"].choices = [("", "---------"), *offered]  # type: ignore[attr-defined]

    def clean_unit(self) -> HandlingUnit | None:
        """Refuse a unit that has closed."""
        unit: HandlingUnit | None = self.cleaned_data["unit"]
        if unit is not None and not unit.active:
            raise ValidationError(_("This unit is no longer active."), code="unit_inactive")
        return unit

    def clean(self) -> dict[str, Any] | None:
        """Ask for one receiver, a unit or a role."""
        cleaned = super().clean() or {}
        asked = {"unit", "role"} <= self.fields.keys() and not {"unit", "role"} & self.errors.keys()
        if asked and bool(cleaned.get("unit")) == bool(cleaned.get("role")):
            self.add_error(
                "unit", ValidationError(_("Choose either a unit or a role."), code="one_receiver")
            )
        return cleaned


@admin.register(DispatchRule)
class DispatchRuleAdmin(Registry):
    """Rules in the order they are asked. A live one is stopped before it is changed."""

    form = RuleForm
    change_form_template = "incidents/rule_change.html"
    list_display = ("name", "stands", "rank", "looks_at", "target", "automatic", "fault")
    list_filter = ("live", "automatic", ("category", admin.RelatedOnlyFieldListFilter))
    search_fields = ("name", "category__name", "area__name", "unit__name", "unit_name")
    autocomplete_fields = ("category", "area", "unit")
    actions = ("go_live", "stop")
    fieldsets = (
        (None, {"fields": ("name",)}),
        (_("What it looks at"), {"fields": ("category", "area", "time", "weekdays")}),
        (_("Whom it names"), {"fields": (("unit", "role"), "automatic")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[DispatchRule]:
        """In the order they are asked, with what tells the broken ones."""
        return rulebook.examined(super().get_queryset(request), timezone.now())

    def get_readonly_fields(
        self, request: HttpRequest, obj: DispatchRule | None = None
    ) -> tuple[str, ...]:
        """Only the name of a live rule may change: what decides was tried as it stands."""
        return CONDITIONS if obj is not None and obj.live else ()

    def save_model(
        self, request: HttpRequest, obj: DispatchRule, form: forms.ModelForm[Any], change: bool
    ) -> None:
        """Save the only way rules are written."""
        rulebook.store(obj)

    @admin.display(description=_("stands"), ordering="live")
    def stands(self, rule: DispatchRule) -> str:
        """Live or a draft."""
        return str(_("live")) if rule.live else str(_("draft"))

    @admin.display(description=_("looks at"))
    def looks_at(self, rule: DispatchRule) -> str:
        """Category, area and time in one line."""
        return rulebook.reason(rule)

    @admin.display(description=_("gives to"))
    def target(self, rule: DispatchRule) -> str:
        """The unit or role."""
        return rulebook.target_name(rule)

    @admin.display(description=_("broken"))
    def fault(self, rule: DispatchRule) -> str:
        """What it names that is gone."""
        words = rulebook.fault_of(rule, timezone.now())
        return format_html("<strong>⚠ {}</strong>", words) if words else "–"

    @admin.action(description=_("Go live"), permissions=["change"])
    def go_live(self, request: HttpRequest, queryset: QuerySet[DispatchRule]) -> None:
        """Let the chosen rules decide; a warning for each that was not tried."""
        for rule in queryset:
            self._go_live(request, rule)

    @admin.action(description=_("Stop"), permissions=["change"])
    def stop(self, request: HttpRequest, queryset: QuerySet[DispatchRule]) -> None:
        """Let the chosen rules decide no more."""
        for rule in queryset:
            self._stop(request, rule)

    def get_urls(self) -> list[URLPattern]:
        """Add the trial, and the two buttons on it."""
        pages = [
            ("trial", self.trial_view),
            ("live", require_POST(self.live_view)),
            ("stop", require_POST(self.stop_view)),
        ]
        wrap = self.admin_site.admin_view
        own = [path(f"<int:pk>/{name}/", wrap(view), name=f"{PAGE}_{name}") for name, view in pages]
        return [*own, *super().get_urls()]

    def trial_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what the rule would have done with the last cases of the asker's territory."""
        rule, now = self._rule(request, pk), timezone.now()
        trial = trials.try_rule(rule, territory_of(request.user), now)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Trial of “%(rule)s”") % {"rule": rule.name},
            "rule": rule,
            "looks_at": rulebook.reason(rule),
            "target": rulebook.target_name(rule),
            "fault": rulebook.fault_of(rule, now),
            "trial": trial,
            "moves": trial.moves.most_common(TOP),
            "refused": trial.refused.most_common(TOP),
            "left_to": trial.left_to.most_common(TOP),
            "instead_of": trial.instead_of.most_common(TOP),
            "by_category": trial.by_category.most_common(TOP),
            "by_area": trial.by_area.most_common(TOP),
            "stands_as": rulebook.fingerprint(rule),
            "may_change": self.has_change_permission(request, rule),
        }
        return TemplateResponse(request, "incidents/rule_trial.html", context)

    def live_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go live. `seen` says as what the rule stood in the trial that was looked at."""
        rule = self._rule(request, pk, change=True)
        seen = request.POST.get("seen") == rulebook.fingerprint(rule)
        return self._done(request, rule, self._go_live, seen=seen)

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Decide no more."""
        return self._done(request, self._rule(request, pk, change=True), self._stop)

    def _rule(self, request: HttpRequest, pk: int, *, change: bool = False) -> DispatchRule:
        rule: DispatchRule | None = self.get_object(request, str(pk))
        if rule is None:
            raise Http404
        may = self.has_change_permission if change else self.has_view_permission
        if not may(request, rule):
            raise PermissionDenied
        return rule

    def _done(
        self, request: HttpRequest, rule: DispatchRule, deed: Callable[..., None], **details: Any
    ) -> HttpResponse:
        with pghistory.context(by=request.user.get_username()):
            deed(request, rule, **details)
        return HttpResponseRedirect(reverse(f"admin:{PAGE}_change", args=[rule.pk]))

    def _go_live(self, request: HttpRequest, rule: DispatchRule, *, seen: bool = False) -> None:
        now = timezone.now()
        rulebook.go_live(rule, tried_at=now if seen else None)
        fault = rulebook.fault_of(rule, now)
        if fault:
            broken = _("“%(rule)s” is live but broken: %(fault)s")
            messages.warning(request, broken % {"rule": rule.name, "fault": fault})
        elif rule.tried_at is None:
            untried = _("“%(rule)s” went live without having been tried.")
            messages.warning(request, untried % {"rule": rule.name})
        else:
            messages.success(request, _("“%(rule)s” is live.") % {"rule": rule.name})

    def _stop(self, request: HttpRequest, rule: DispatchRule) -> None:
        rulebook.stop(rule)
        messages.success(request, _("“%(rule)s” was stopped.") % {"rule": rule.name})
