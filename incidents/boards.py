"""The QR code on a grid's notice board: what it names, and what a form behind it carries.

The code names an area and the edition of its poster, signed with the installation's key. It does
not end by itself, because paper hangs for years; it ends when the poster is replaced.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.contrib.gis.db.models.functions import PointOnSurface
from django.core import signing
from django.db.models import F, Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid, NotFound
from gis_grid.people.models import FIELD_ROLES, Assignment
from gis_grid.territory.models import Area, Boundary, Level
from incidents.models import FIRST_EDITION, Board

SALT = "incidents.board"
FORM_SALT = "incidents.board.form"
SEPARATOR = "."  # some messengers end a link at a colon


@dataclass(frozen=True)
class Place:
    """An area with a notice board. Reports without a place go to `lon`, `lat` (WGS84)."""

    area: Area
    edition: int
    lon: float
    lat: float


@dataclass(frozen=True)
class Sheet:
    """What a form carries unseen: the id of the report to come, and when it was opened."""

    report_id: UUID
    opened_at: datetime


def board_url(area: Area) -> str:
    """Return the path that the present QR code of an area leads to."""
    name = f"{area.pk}-{edition_of(area)}"
    return reverse("resident", args=[signing.Signer(salt=SALT, sep=SEPARATOR).sign(name)])


def place_of(token: str, at: datetime) -> Place:
    """Return the place that a QR code names.

    NotFound for a code that is none of ours, or was replaced, and for an area that is no more.
    """
    try:
        name = signing.Signer(salt=SALT, sep=SEPARATOR).unsign(token)
    except signing.BadSignature as error:
        raise _no_board() from error
    area_id, edition = map(int, name.split("-"))
    place = _place(area_id, at)
    if place is None or place.edition != edition:
        raise _no_board()
    return place


def posters(area: Area, at: datetime) -> list[Area]:
    """Return the areas whose posters are printed together: a grid, or the grids of a community.

    Only those with a boundary today, by code, each with `on_duty`: who answers for it.
    """
    day = timezone.localdate(at)
    drawn = Boundary.objects.at(day).values("area")
    grids = Area.objects.under(area).at(day).filter(pk__in=drawn).select_related("parent", "board")
    together = {"level": Level.GRID} if area.level < Level.GRID else {"pk": area.pk}
    on_duty = Assignment.objects.at(day).filter(role__in=sorted(FIELD_ROLES))
    people = on_duty.select_related("worker").order_by("role", "worker__code")
    return list(
        grids.filter(**together)
        .order_by("code")
        .prefetch_related(Prefetch("assignments", people, to_attr="on_duty"))
    )


def replace(area: Area, *, by: User, at: datetime) -> None:
    """Let the present QR code of an area end; the next poster has another."""
    row = {"edition": FIRST_EDITION + 1, "replaced_at": at, "replaced_by": by}
    board, created = Board.objects.get_or_create(area=area, defaults=row)
    if not created:
        row["edition"] = F("edition") + 1
        Board.objects.filter(pk=board.pk).update(**row)


def edition_of(area: Area) -> int:
    """Return which edition of its poster counts."""
    board: Board | None = getattr(area, "board", None)
    return board.edition if board else FIRST_EDITION


def sheet_for(place: Place) -> str:
    """Return what a new form carries, signed."""
    content = [place.area.pk, str(uuid4()), int(time.time())]
    return signing.dumps(content, salt=FORM_SALT, compress=False)


def read_sheet(text: str, place: Place) -> Sheet:
    """Return what a form carried; Invalid when it was not made here for this board."""
    try:
        area_id, report_id, opened_at = signing.loads(text, salt=FORM_SALT)
    except signing.BadSignature as error:
        raise _foreign_form() from error
    if area_id != place.area.pk:
        raise _foreign_form()
    return Sheet(UUID(report_id), datetime.fromtimestamp(opened_at, UTC))


def _place(area_id: int, at: datetime) -> Place | None:
    day = timezone.localdate(at)
    drawn: Any = (
        Boundary.objects.at(day)
        .filter(area=area_id, area__during__contains=day)
        .select_related("area__parent", "area__board")
        .defer("shape")
        .annotate(inner=PointOnSurface("shape"))
        .first()
    )
    if drawn is None:
        return None
    lon, lat = round(drawn.inner.x, 7), round(drawn.inner.y, 7)
    return Place(drawn.area, edition_of(drawn.area), lon, lat)


def _no_board() -> NotFound:
    return NotFound("board_not_found", _("This code does not count any more, or never did."))


def _foreign_form() -> Invalid:
    return Invalid("form_not_ours", _("The page was too old. Please look once more and try again."))
