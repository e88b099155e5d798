"""The administration's pages of incidents, their log and their photos, all to look at."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from gis_grid.web.registry import MapShown, ReadOnly
from gis_grid.web.shapes import map_of
from incidents.models import Attachment, Event, Incident
from incidents.reasons import sentence


@admin.register(Incident)
class IncidentAdmin(MapShown, ReadOnly):
    """Incidents, to look at: only the deeds in the field and at the desk write them."""

    list_display = ("number", "state", "category", "area", "reported_at", "due_at", "route_method")
    list_filter = ("state", "route_method", "source", "category")
    list_select_related = ("category", "area")
    search_fields = ("=serial", "words")
    date_hierarchy = "reported_at"
    fields = (
        ("number", "state", "version"),
        ("category", "source", "reporter"),
        "words",
        ("area", "route_method"),
        "reason",
        "place",
        ("raw_lon", "raw_lat", "datum", "accuracy_m", "position_method", "fixed_at"),
        ("recorded_at", "reported_at", "due_at", "closed_at"),
        "flags",
        "log",
    )
    readonly_fields = ("number", "reason", "place", "log")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Incident]:
        """With the names that a page shows."""
        return super().get_queryset(request).select_related("category", "area", "reporter")

    @admin.display(description=_("number"), ordering="serial")
    def number(self, incident: Incident) -> str:
        """The number people quote."""
        return incident.number

    @admin.display(description=_("why this area"))
    def reason(self, incident: Incident) -> str:
        """The route in one sentence."""
        return sentence(incident.route)

    @admin.display(description=_("place"))
    def place(self, incident: Incident) -> str:
        """The converted point on a map."""
        return map_of(incident.point)

    @admin.display(description=_("events and photos"))
    def log(self, incident: Incident) -> str:
        """The ways to everything that belongs to the incident."""
        return format_html(
            '<a href="{}?incident={}">{}</a> · <a href="{}?incident={}">{}</a>',
            reverse("admin:incidents_event_changelist"),
            incident.pk,
            Event._meta.verbose_name_plural,
            reverse("admin:incidents_attachment_changelist"),
            incident.pk,
            Attachment._meta.verbose_name_plural,
        )


@admin.register(Event)
class EventAdmin(ReadOnly):
    """The log. Append-only: it is the history and the feed."""

    list_display = ("sequence", "at", "kind", "incident", "state_before", "state_after", "by")
    list_filter = ("kind",)
    list_select_related = ("incident", "by")
    search_fields = ("=incident__serial",)
    ordering = ("-pk",)


@admin.register(Attachment)
class AttachmentAdmin(ReadOnly):
    """Photos, announced and stored."""

    list_display = ("id", "incident", "stored_at", "width", "height", "seen")
    list_select_related = ("incident",)
    search_fields = ("=incident__serial",)
    ordering = ("-stored_at",)

    @admin.display(description=_("photo"))
    def seen(self, photo: Attachment) -> str:
        """The way to the picture, once it has arrived."""
        if photo.stored_at is None:
            return "–"
        return format_html('<a href="{}">{}</a>', reverse("photo", args=[photo.pk]), _("open"))
