"""The deeds' doors: one address for each, with the body its form fills in.

Every body has the deed's own id (the same again changes nothing), the version its doer looked at,
words and announced photos; what else a deed asks stands in its class. The answer repeats the id and
the SHA-256 of the body's bytes: then the phone may forget it.
"""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Router
from pydantic import Field

from gis_grid.access import Actor
from gis_grid.errors import Conflict, NotFound, Unreadable
from gis_grid.geo.datum import Datum
from gis_grid.geo.geojson import parse_geometry
from gis_grid.web.api import Strict, actor
from incidents import actions
from incidents.access import access_incident
from incidents.actions import Order, Spot, To
from incidents.deadlines.sla import Limit
from incidents.deadlines.sla import LimitKind as Kind
from incidents.details import detail_of
from incidents.grounds import Finding, NoCase, ReturnGround, SuspendGround
from incidents.models import LimitKind
from incidents.openings import openings
from incidents.reports import MAX_PHOTOS, Photo

router = Router(tags=["deeds"])

Code = Annotated[str, Field(min_length=1, max_length=40)]
Stars = Annotated[int, Field(ge=1, le=5, strict=True)]
Metres = Annotated[float, Field(ge=0, le=10_000_000)]
MAX_ASKED = 500
PhotoRoles = Literal["before", "after", "check", "verify"]


class PhotoOf(Strict):
    """A photo that will be uploaded after the deed, and what it shows."""

    id: UUID
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    role: PhotoRoles = "after"


class DeedIn(Strict):
    """What every deed says."""

    asks: ClassVar[tuple[str, ...]] = ()

    id: UUID
    seen_version: Annotated[int, Field(ge=1, lt=2**31, strict=True)]
    note: Annotated[str, Field(max_length=actions.MAX_NOTE)] = ""
    photos: Annotated[list[PhotoOf], Field(max_length=MAX_PHOTOS)] = []

    def details(self) -> dict[str, Any]:
        """Return what only this deed asks, as its function takes it."""
        return {}


class LimitIn(Strict):
    """A time: so many hours, working hours, working days or natural days."""

    amount: Annotated[float, Field(gt=0, le=1000)]
    kind: LimitKind

    def limit(self) -> Limit:
        """Return it as the clock counts it."""
        return Limit(self.amount, Kind(self.kind.value))


class ToIn(Strict):
    """A unit's or an area's code."""

    unit: Code | None = None
    area: Code | None = None

    def to(self) -> To:
        """Return it as the deed takes it."""
        return To(self.unit, self.area)


class SpotIn(Strict):
    """Where the phone was: WGS84 or the datum it speaks, accuracy in metres."""

    position: Any
    datum: Datum = Datum.WGS84
    accuracy_m: Metres | None = None

    def spot(self) -> Spot:
        """Return the place in WGS84 degrees."""
        point = parse_geometry(self.position, ("Point",))
        return Spot.of(point.x, point.y, self.datum, self.accuracy_m)


class CheckIn(DeedIn):
    """What a pre-check found."""

    finding: Finding

    def details(self) -> dict[str, Any]:
        return {"finding": self.finding}


class RefuseIn(DeedIn):
    """Why it is not a case."""

    reason: NoCase

    def details(self) -> dict[str, Any]:
        return {"reason": self.reason}


class MergeIn(DeedIn):
    """Which incident it repeats."""

    into: UUID

    def details(self) -> dict[str, Any]:
        return {"into": self.into}


class DispatchIn(DeedIn):
    """Whom it goes to, by rule when nobody is named; the category's limit when none is given."""

    to: ToIn | None = None
    limit: LimitIn | None = None

    def details(self) -> dict[str, Any]:
        return {
            "to": self.to.to() if self.to else actions.BY_RULE,
            "limit": self.limit.limit() if self.limit else None,
        }


class DecideIn(DeedIn):
    """Whose it is, for good."""

    to: ToIn

    def details(self) -> dict[str, Any]:
        return {"to": self.to.to()}


class WhistleIn(DeedIn):
    """The lead unit and the assisting ones, by code."""

    lead: Code
    assisting: Annotated[list[Code], Field(min_length=1, max_length=20)]
    limit: LimitIn | None = None

    def details(self) -> dict[str, Any]:
        return {
            "lead": self.lead,
            "assisting": tuple(self.assisting),
            "limit": self.limit.limit() if self.limit else None,
        }


class ReturnIn(DeedIn):
    """Why it is given back and whose it is instead."""

    reason: ReturnGround
    proposed: ToIn

    def details(self) -> dict[str, Any]:
        return {"reason": self.reason, "proposed": self.proposed.to()}


class MoreIn(DeedIn):
    """How much more time."""

    more: LimitIn

    def details(self) -> dict[str, Any]:
        return {"more": self.more.limit()}


class SuspendIn(DeedIn):
    """Why the clock stops."""

    reason: SuspendGround

    def details(self) -> dict[str, Any]:
        return {"reason": self.reason}


class LookIn(DeedIn):
    """Where the verifier stands."""

    spot: SpotIn | None = None

    def details(self) -> dict[str, Any]:
        return {"spot": self.spot.spot() if self.spot else None}


class ArriveIn(DeedIn):
    """Where the one who has arrived stands."""

    spot: SpotIn

    def details(self) -> dict[str, Any]:
        return {"spot": self.spot.spot()}


class RateIn(DeedIn):
    """How good it was."""

    stars: Stars

    def details(self) -> dict[str, Any]:
        return {"stars": self.stars}


class RateHelpIn(DeedIn):
    """How good a whistle was: which unit's part, and how many stars."""

    unit: Code
    stars: Stars

    def details(self) -> dict[str, Any]:
        return {"unit": self.unit, "stars": self.stars}


class CallBackIn(DeedIn):
    """What the reporter said on the telephone."""

    reached: bool
    resolved: bool | None = None
    satisfied: bool | None = None

    def details(self) -> dict[str, Any]:
        return {"reached": self.reached, "resolved": self.resolved, "satisfied": self.satisfied}


class HandOverIn(DeedIn):
    """The area that gets it."""

    area: Code

    def details(self) -> dict[str, Any]:
        return {"area": self.area}


class MoveIn(DeedIn):
    """Where it really is."""

    position: Any
    datum: Datum = Datum.WGS84
    accuracy_m: Metres | None = None

    def details(self) -> dict[str, Any]:
        point = parse_geometry(self.position, ("Point",))
        return {
            "lon": point.x,
            "lat": point.y,
            "datum": self.datum,
            "accuracy_m": self.accuracy_m,
        }


class CorrectIn(DeedIn):
    """The right category."""

    category: Code

    def details(self) -> dict[str, Any]:
        return {"category": self.category}


class NameLeadIn(DeedIn):
    """Who sees it through, by staff number."""

    worker: Code

    def details(self) -> dict[str, Any]:
        return {"worker": self.worker}


class OpeningsIn(Strict):
    """One deed, and the incidents it shall be done to."""

    deed: Code
    ids: Annotated[list[UUID], Field(min_length=1, max_length=MAX_ASKED)]


BODIES: dict[str, type[DeedIn]] = {
    "arrive": ArriveIn,
    "call_back": CallBackIn,
    "check": CheckIn,
    "correct": CorrectIn,
    "decide": DecideIn,
    "dispatch": DispatchIn,
    "fail": LookIn,
    "ask_extension": MoreIn,
    "hand_over": HandOverIn,
    "merge": MergeIn,
    "move": MoveIn,
    "name_lead": NameLeadIn,
    "pass": LookIn,
    "rate": RateIn,
    "rate_help": RateHelpIn,
    "refuse": RefuseIn,
    "return": ReturnIn,
    "suspend": SuspendIn,
    "whistle": WhistleIn,
}


def _door(deed: str) -> Callable[..., dict[str, Any]]:
    body_type = BODIES.get(deed, DeedIn)

    def door(request: HttpRequest, incident_id: UUID, body: DeedIn) -> dict[str, Any]:
        asking = actor(request)
        order = Order(
            by=asking,
            at=timezone.now(),
            deed_id=body.id,
            seen_version=body.seen_version,
            note=body.note,
            photos=tuple(Photo(photo.id, photo.sha256, photo.role) for photo in body.photos),
        )
        try:
            actions.DEEDS[deed](incident_id, order, **body.details())
        except Conflict as conflict:
            conflict.extra["current"] = _as_it_is(asking, incident_id)
            raise
        return {
            "id": str(body.id),
            "sha256": hashlib.sha256(request.body).hexdigest(),
            "incident": _as_it_is(asking, incident_id),
        }

    door.__annotations__["body"] = body_type
    door.__name__, door.__doc__ = deed, f"{body_type.__doc__} 409 has `current`."
    return door


def _as_it_is(asking: Actor, incident_id: UUID) -> dict[str, Any] | None:
    """Return the incident in full, None when it has just left the asker's sight."""
    try:
        return detail_of(access_incident(asking, incident_id), asking)
    except NotFound:
        return None


@router.post("/deeds/open", url_name="deeds-open")
def open_for(request: HttpRequest, body: OpeningsIn) -> dict[str, Any]:
    """For which of these a deed is open to me, by id, why not, and whom a dispatch would go to."""
    if body.deed not in actions.DEEDS:
        message = _("There is no such step.")
        raise Unreadable("deed_unknown", message, {"deed": message})
    return {"items": openings(actor(request), body.deed, body.ids, timezone.now())}


for _deed in actions.DEEDS:
    router.post(f"/{{uuid:incident_id}}/deeds/{_deed}", url_name=f"deed-{_deed}")(_door(_deed))
