"""The administration's pages of what was told: notices, and messages with the faults they met."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gis_grid.web.registry import ReadOnly
from incidents.models import Message, Notice


class HowItStands(admin.SimpleListFilter):
    """Sent, waiting, or given up."""

    title = _("how it stands")
    parameter_name = "stands"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        """Return the three ways a message can stand."""
        return [("sent", _("Sent")), ("waiting", _("Waiting")), ("given_up", _("Given up"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        """Return the messages that stand so."""
        conditions = {
            "sent": {"sent_at__isnull": False},
            "waiting": {"next_at__isnull": False},
            "given_up": {"sent_at__isnull": True, "next_at__isnull": True},
        }
        return queryset.filter(**conditions.get(self.value() or "", {}))


@admin.register(Message)
class MessageAdmin(ReadOnly):
    """What leaves the installation. A fault stays until the message is taken."""

    list_display = ("made_at", "channel", "event", "tries", "next_at", "sent_at", "fault")
    list_filter = (HowItStands, "channel")
    list_select_related = ("event",)
    search_fields = ("=event__incident__serial", "fault")
    ordering = ("-made_at",)


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    """Who was told of what, and whether they have read it."""

    list_display = ("at", "user", "event", "told_as", "read_at")
    list_filter = ("told_as",)
    list_select_related = ("user", "event")
    search_fields = ("user__username", "=event__incident__serial")
    ordering = ("-pk",)
