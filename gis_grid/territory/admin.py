"""The administration's pages for areas and boundaries; founding and redrawing are the deeds'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminDateWidget
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import GridError
from gis_grid.territory import actions as deeds
from gis_grid.territory.models import Area, Boundary
from gis_grid.web.days import SinceField, days_text
from gis_grid.web.registry import MapShown, ReadOnly, Registry, refusals_on
from gis_grid.web.shapes import map_of


class FoundingForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new area. Where it lies in the tree is decided once: its path hangs on it."""

    during = SinceField(label=_("Exists from"), help_text=_("Empty: it has always been there."))

    class Meta:
        model = Area
        fields = ["code", "name", "level", "kind", "parent", "during"]

    def clean(self) -> dict[str, Any] | None:
        """Check what founding would refuse."""
        cleaned = super().clean() or {}
        if "level" in cleaned:
            with refusals_on(self):
                deeds.check_parent(cleaned.get("parent"), cleaned["level"])
        return cleaned


class BoundaryInline(admin.TabularInline):  # type: ignore[type-arg]
    """The boundaries an area has had, to look at."""

    model = Boundary
    fields = readonly_fields = ("valid", "source", "drawn_at")
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Area | None = None) -> bool:
        """Drawing needs a map of its own: the boundary's page."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Boundary]:
        """Leave the shapes in the database."""
        return super().get_queryset(request).defer("shape")

    @admin.display(description=_("valid during"))
    def valid(self, boundary: Boundary) -> str:
        """The days in words."""
        return days_text(boundary.during)


@admin.register(Area)
class AreaAdmin(Registry):
    """Areas. Level and parent are fixed; an area ends by being retired, not by deletion."""

    list_display = ["code", "name", "level", "kind", "parent", "exists"]
    list_filter = ["level", "kind"]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["parent"]
    inlines = [BoundaryInline]
    actions = ["retire"]

    def get_fields(self, request: HttpRequest, obj: Area | None = None) -> list[Any]:
        """A new area says where it lies; an old one only shows it."""
        own = ["code", "name", "level", "kind", "parent"]
        return [*own, "during"] if obj is None else [*own, "exists", "draw", "poster"]

    def get_readonly_fields(self, request: HttpRequest, obj: Area | None = None) -> list[str]:
        """Fix the place in the tree: every path below would have to move with it."""
        return [] if obj is None else ["level", "parent", "exists", "draw", "poster"]

    def get_inlines(self, request: HttpRequest, obj: Area | None) -> list[Any]:
        """A new area has no boundaries yet."""
        return self.inlines if obj else []

    def get_form(
        self, request: HttpRequest, obj: Area | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Area]]:
        """Use the founding form for a new area."""
        if obj is None:
            kwargs["form"] = FoundingForm
        form: type[forms.ModelForm[Area]] = super().get_form(request, obj, change, **kwargs)
        return form

    def save_model(self, request: HttpRequest, obj: Area, form: Any, change: bool) -> None:
        """Found a new area by the deed; change code, name and kind of an old one."""
        if change:
            obj.save(update_fields=["code", "name", "kind"])
            return
        draft = deeds.AreaDraft(obj.code, obj.name, obj.level, obj.parent, obj.kind)
        founded = deeds.found(draft, valid_from=obj.during.lower)
        obj.pk, obj.path, obj._state.adding = founded.pk, founded.path, False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: incidents and people point here."""
        return False

    @admin.action(description=_("Retire the selected areas as of today"), permissions=["change"])
    def retire(self, request: HttpRequest, areas: QuerySet[Area]) -> None:
        """End areas, the deepest first, and say which could not."""
        for area in areas.order_by("-level"):
            try:
                deeds.retire(area, on=timezone.localdate())
            except GridError as refusal:
                self.message_user(request, f"{area}: {refusal.message}", messages.ERROR)
            else:
                self.message_user(request, f"{area}: {_('retired')}", messages.SUCCESS)

    @admin.display(description=_("exists during"), ordering="during")
    def exists(self, area: Area) -> str:
        """The days in words."""
        return days_text(area.during)

    @admin.display(description=_("boundary"))
    def draw(self, area: Area) -> str:
        """The way to the page that draws a new one."""
        url = f"../../../boundary/add/?area={area.pk}"
        return format_html('<a href="{}">{}</a>', url, _("Draw a new boundary"))

    @admin.display(description=_("notice board"))
    def poster(self, area: Area) -> str:
        """The way to the poster with the QR code, or to those of all grids below."""
        url = reverse("posters", args=[area.code])
        return format_html('<a href="{}">{}</a>', url, _("Print the poster for the notice board"))


class RedrawingForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new boundary for an area; one that has a boundary needs the day the new one starts."""

    valid_from = forms.DateField(
        label=_("Valid from"),
        required=False,
        widget=AdminDateWidget,
        help_text=_("The old boundary ends the day before."),
    )

    class Meta:
        model = Boundary
        fields = ["area", "source", "shape"]

    def clean(self) -> dict[str, Any] | None:
        """Check what redrawing would refuse, and hold the area until it is done."""
        cleaned = super().clean() or {}
        if not self.errors:
            with refusals_on(self):
                deeds.check_place(cleaned["area"], cleaned["shape"])
                deeds.succession(cleaned["area"], cleaned["valid_from"])
        return cleaned


@admin.register(Boundary)
class BoundaryAdmin(MapShown, ReadOnly):
    """Boundaries: one can be added, which ends the one before; none is ever edited."""

    form = RedrawingForm
    list_display = ["area", "valid", "square_metres", "pieces", "source", "drawn_at"]
    list_filter = ["area__level"]
    list_select_related = ["area"]
    search_fields = ["area__code", "area__name"]
    autocomplete_fields = ["area"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever Django's own permissions let."""
        return Registry.has_add_permission(self, request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Boundary]:
        """Measure in the database; a list does not need the shapes themselves."""
        return super().get_queryset(request).defer("shape").measured()  # type: ignore[attr-defined, no-any-return]

    def get_fields(self, request: HttpRequest, obj: Boundary | None = None) -> list[Any]:
        """Draw a new one, look at an old one."""
        if obj is None:
            return ["area", "valid_from", "source", "shape"]
        return ["area", "valid", "source", "square_metres", "pieces", "drawn_at", "drawn"]

    def get_readonly_fields(self, request: HttpRequest, obj: Boundary | None = None) -> list[str]:
        """What a page to look at shows besides the columns."""
        return [] if obj is None else self.get_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: Boundary, form: Any, change: bool) -> None:
        """Redraw by the deed."""
        valid_from = form.cleaned_data["valid_from"]
        drawn = deeds.redraw(obj.area, obj.shape, valid_from=valid_from, source=obj.source)
        obj.pk, obj.during, obj._state.adding = drawn.pk, drawn.during, False

    @admin.display(description=_("valid during"), ordering="during")
    def valid(self, boundary: Boundary) -> str:
        """The days in words."""
        return days_text(boundary.during)

    @admin.display(description=_("area (m²)"), ordering="area_m2")
    def square_metres(self, boundary: Any) -> str:
        """On the spheroid."""
        return f"{boundary.area_m2:,.0f}"

    @admin.display(description=_("pieces"), ordering="pieces")
    def pieces(self, boundary: Any) -> int:
        """How many polygons."""
        return int(boundary.pieces)

    @admin.display(description=_("shape"))
    def drawn(self, boundary: Boundary) -> str:
        """The shape on a map."""
        return map_of(boundary.shape)
