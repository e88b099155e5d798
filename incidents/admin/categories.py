"""The administration's pages of what can be reported, who may get it, and at which level."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid
from gis_grid.web.registry import Registry
from incidents.deadlines import sla
from incidents.dispatching import rulebook
from incidents.models import Category, Competence, MatterListEntry


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    """A category; the list has two levels and no third."""

    class Meta:
        model = Category
        fields = (
            "code",
            "name",
            "name_en",
            "major",
            "position",
            "active",
            "for_residents",
            "emergency",
            "limit_amount",
            "limit_kind",
            "photo",
            "verify",
            "duplicate_m",
            "duplicate_hours",
            "source",
        )

    def clean_limit_amount(self) -> float:
        """Refuse a limit the clock cannot count."""
        amount: float = self.cleaned_data["limit_amount"]
        try:
            sla.Limit(amount, sla.LimitKind.HOURS)
        except Invalid as refusal:
            raise ValidationError(str(refusal.message), code=refusal.code) from refusal
        return amount

    def clean_major(self) -> Category | None:
        """Refuse a major that is itself below another, and a minor for what has minors."""
        major: Category | None = self.cleaned_data["major"]
        if major is None:
            return None
        if major.major_id is not None or major.pk == self.instance.pk:
            raise ValidationError(_("Choose a major category."), code="major_is_minor")
        if self.instance.pk and self.instance.minors.exists():
            raise ValidationError(
                _("It has minor categories itself, so it cannot be one."), code="has_minors"
            )
        return major


class MatterLines(admin.TabularInline):  # type: ignore[type-arg]
    """The levels whose matter list has the category."""

    model = MatterListEntry
    extra = 0
    classes = ("collapse",)


class Receivers(admin.TabularInline):  # type: ignore[type-arg]
    """The units that may receive the category."""

    model = Competence
    autocomplete_fields = ("unit",)
    extra = 0
    classes = ("collapse",)


@admin.register(Category)
class CategoryAdmin(Registry):
    """Categories with their time limits, and who may receive them."""

    form = CategoryForm
    list_display = ("code", "name", "name_en", "major", "limit", "photo", "verify", "active")
    list_filter = ("active", "photo", "verify", ("major", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("major",)
    search_fields = ("code", "name", "name_en")
    autocomplete_fields = ("major",)
    inlines = (MatterLines, Receivers)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "code",
                    ("name", "name_en"),
                    "major",
                    ("position", "active", "for_residents", "emergency"),
                )
            },
        ),
        (_("Time limit"), {"fields": (("limit_amount", "limit_kind"),)}),
        (_("Evidence"), {"fields": (("photo", "verify"),)}),
        (_("Duplicates"), {"fields": (("duplicate_m", "duplicate_hours"),)}),
        (None, {"fields": ("source",)}),
    )

    @admin.display(description=_("time limit"), ordering="limit_amount")
    def limit(self, category: Category) -> str:
        """Amount and kind together."""
        return f"{category.limit_amount:g} {category.get_limit_kind_display()}"

    def save_model(
        self, request: HttpRequest, obj: Category, form: forms.ModelForm[Any], change: bool
    ) -> None:
        """Save, and rank anew the rules of a category that moved."""
        super().save_model(request, obj, form, change)
        if change and "major" in form.changed_data:
            rulebook.store_again(obj.dispatchrule_set.all())


@admin.register(MatterListEntry)
class MatterListAdmin(Registry):
    """The grid matter list: what may be given to which level."""

    list_display = ("category", "major", "level", "source")
    list_filter = ("level", ("category__major", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("category__major",)
    search_fields = ("category__code", "category__name", "category__name_en")
    autocomplete_fields = ("category",)

    @admin.display(description=_("major category"))
    def major(self, line: MatterListEntry) -> str:
        """The category's major, a dash for a major itself."""
        return str(line.category.major or "–")


@admin.register(Competence)
class CompetenceAdmin(Registry):
    """Which unit may receive what, searched from either end."""

    list_display = ("unit", "category")
    list_filter = (("unit", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("unit", "category")
    search_fields = ("unit__code", "unit__name", "category__code", "category__name")
    autocomplete_fields = ("unit", "category")
