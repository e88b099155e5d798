"""居民扫码上报: a report by the QR code of a notice board, from somebody without a login."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid
from gis_grid.territory.models import Area
from incidents.actions.doing import photo_ids_are_new
from incidents.actions.reporting import Reported, category_of, new_incident, store
from incidents.models import Category, Incident, PositionMethod, SourceChannel
from incidents.reports import Report
from incidents.routing import Route, by_board, route

MAX_PHOTOS = 3


def report_by_resident(received: Report, *, board: Area, at: datetime) -> Reported:
    """Store what a resident says, for the desk to accept or refuse; nobody is named.

    A place of its own is routed like every place, the board's area being the reporter's own;
    without one (`received.method` is `board`) the board's area has it. The same report again
    returns the stored one, Conflict `id_reused` when its id came with other content. Invalid
    `category_unknown` for what residents may not report.
    """
    category = category_of(received)
    if not _is_for_residents(category):
        raise Invalid(
            "category_unknown", _("Please choose a category."), {"category": _("unknown")}
        )
    with photo_ids_are_new(), transaction.atomic():
        found = _routed(received, board, at)
        incident = _incident(received, category, found, at)
        return store(incident, found, received, by=None)


def _is_for_residents(category: Category) -> bool:
    return Category.objects.minors().for_residents().filter(pk=category.pk).exists()


def _routed(received: Report, board: Area, at: datetime) -> Route:
    lon, lat = received.point
    when = timezone.localdate(at)
    if received.method == PositionMethod.BOARD:
        return by_board(board.pk, board.level, lon, lat, when=when)
    return route(lon, lat, when=when, accuracy_m=received.accuracy_m, own=(board.pk,))


def _incident(received: Report, category: Category, found: Route, at: datetime) -> Incident:
    # When the form was opened is a part of what names it, not of what happened: whoever takes
    # their time over it is not late.
    incident = new_incident(replace(received, recorded_at=at), category, found, at)
    incident.source = SourceChannel.RESIDENT
    incident.content_sha256 = received.sha256
    return incident
