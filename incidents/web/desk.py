"""What a desk asks besides the live feed: lists by filter, a day told again, who is on duty."""

from datetime import date
from typing import Annotated, Any, Literal

from django.db.models import F
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router
from pydantic import Field

from gis_grid.access import access_area
from gis_grid.errors import Unreadable
from gis_grid.web.api import SearchText, Strict
from incidents import on_duty
from incidents.replay import replay
from incidents.rows import rows_of
from incidents.sought import SoughtIn, find, sought_of
from incidents.web.command import desk

router = Router(tags=["command"])
ORDERS: dict[str, tuple[Any, ...]] = {
    "new": ("-reported_at", "-pk"),
    "due": (Coalesce(F("stage_due_at"), F("due_at")), "pk"),
}


class ListIn(SoughtIn):
    """The filter, the order and the page."""

    order: Literal["new", "due"] = "new"
    page: Annotated[int, Field(ge=1, le=1000)] = 1
    page_size: Annotated[int, Field(ge=1, le=200)] = 100


@router.get("/incidents", url_name="sought")
def index(request: HttpRequest, query: Query[ListIn]) -> dict[str, Any]:
    """A page of the incidents a filter means, and how many there are in all."""
    asking = desk(request)
    found = find(sought_of(query, asking.territory), asking.territory, timezone.now())
    start = (query.page - 1) * query.page_size
    ordered = found.order_by(*ORDERS[query.order]).values_list("pk", flat=True)
    page = list(ordered[start : start + query.page_size])
    # By id: with its photos counted, every row found would be grouped before the page is cut out.
    rows = {row["id"]: row for row in rows_of(found.filter(pk__in=page))}
    return {
        "items": [rows[str(pk)] for pk in page if str(pk) in rows],
        "page": query.page,
        "count": found.count(),
    }


class DayIn(Strict):
    """Which local day, perhaps of one area only."""

    day: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
    area: SearchText | None = None


@router.get("/replay", url_name="replay")
def day_again(request: HttpRequest, query: Query[DayIn]) -> dict[str, Any]:
    """A day's incidents and each change of a state, compactly; see `incidents.replay`."""
    asking = desk(request)
    try:
        day = date.fromisoformat(query.day)
    except ValueError as error:
        message = _("no day of the calendar")
        raise Unreadable("filter_unreadable", message, {"day": message}) from error
    within = access_area(asking, query.area).path if query.area else ""
    return replay(asking.territory, day, within)


@router.get("/roster", url_name="roster")
def roster(request: HttpRequest) -> dict[str, Any]:
    """Who is on duty now, by area, and who is on emergency duty, with their last position."""
    return on_duty.roster(desk(request).territory, timezone.localtime())
