"""What every page of the administration shares: dates, maps, history, and who may look only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.gis.db.models import GeometryField
from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import ValidationError
from django.db.models import Field, Model
from django.http import HttpRequest, HttpResponse
from leaflet.admin import LeafletGeoAdminMixin

from gis_grid.errors import GridError
from gis_grid.web.days import DaysField
from gis_grid.web.history import changes_of
from gis_grid.web.shapes import ShapeField, ShapeWidget


class Registry(LeafletGeoAdminMixin, admin.ModelAdmin):  # type: ignore[misc, type-arg]
    """A page of the administration that writes down who changed what."""

    widget = ShapeWidget
    map_template = ShapeWidget.template_name
    formfield_overrides = {DateRangeField: {"form_class": DaysField}}
    object_history_template = "gis_grid/registry_history.html"
    show_full_result_count = False

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Return the form field; shapes are read by our own."""
        if isinstance(db_field, GeometryField):
            kwargs["form_class"] = ShapeField
        field: forms.Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)
        return field

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Refuse spatial lookups in the address: some can make the database open files."""
        shapes = {field.name for field in self.opts.fields if isinstance(field, GeometryField)}
        if lookup.partition("__")[0] in shapes:
            return False
        return bool(super().lookup_allowed(lookup, value, request))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Add or change, with the administrator's name in the history."""
        with pghistory.context(by=request.user.get_username()):
            return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """List, or act on several, with the administrator's name in the history."""
        with pghistory.context(by=request.user.get_username()):
            return super().changelist_view(request, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what the row held and when, beside Django's own log."""
        row = self.get_object(request, unquote(object_id))
        changes = changes_of(row) if row is not None else []
        return super().history_view(
            request, object_id, {**(extra_context or {}), "changes": changes}
        )


class ReadOnly(Registry):
    """A page where nobody adds, changes or deletes: deeds and imports write these rows."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody."""
        return False


class MapShown:
    """Mixed into a page that only shows a shape: brings the map's scripts."""

    @property
    def media(self) -> forms.Media:
        """The page's own scripts and the map's."""
        return super().media + ShapeWidget().media  # type: ignore[misc, no-any-return]


@contextmanager
def refusals_on(form: forms.BaseForm) -> Iterator[None]:
    """Turn a rule's refusal into an error of the form, at the field it names."""
    try:
        yield
    except GridError as refusal:
        at = next((name for name in refusal.fields if name in form.fields), None)
        form.add_error(at, ValidationError(str(refusal.message), code=refusal.code))
