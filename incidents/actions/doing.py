"""How every deed is done: lock, look, change, write, log. One transaction, exactly one event."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from gis_grid.access import Actor
from gis_grid.errors import Conflict, Invalid, NotFound
from incidents import feed, states
from incidents.access import lock_incident
from incidents.deadlines import clock
from incidents.models import Attachment, Dispatch, Event, Incident
from incidents.reports import Photo
from incidents.situation import Situation, allowed
from incidents.states import Transition

MAX_NOTE = 1000

# What deeds write on an incident; the report's own words and place only `moving.py` touches.
WRITTEN = (
    "state",
    "version",
    "category",
    "raw_lon",
    "raw_lat",
    "datum",
    "accuracy_m",
    "position_method",
    "point",
    "area",
    "area_path",
    "boundary",
    "route_method",
    "route",
    "routed_at",
    "accepted_at",
    "dispatched_at",
    "answered_at",
    "closed_at",
    "progressed_at",
    "suspended_at",
    "resumed_at",
    "registered_at",
    "dispatch",
    "merged_into",
    "escalated_to",
    "lead",
    "settled",
    "closed_level",
    "returns",
    "hand_overs",
    "reworks",
    "reopenings",
    "flags",
    *clock.FIELDS,
)


@dataclass(frozen=True)
class Order:
    """Who does a deed, when, and what they looked at.

    `by` None: nobody with a login, but `side`: the product itself (SYSTEM), or a reporter with
    the signed link. `seen_version` None: they did not look, as the clock does not.
    """

    by: Actor | None
    at: datetime
    deed_id: UUID
    seen_version: int | None = None
    note: str = ""
    photos: tuple[Photo, ...] = ()
    side: str = states.SYSTEM


@dataclass
class Case:
    """A deed while it is being done. A change writes on `incident` and tells the log in `body`."""

    incident: Incident
    order: Order
    row: Transition
    situation: Situation
    body: dict[str, Any] = field(default_factory=dict)
    target: str = ""
    clock_moved: bool = False  # the deadline is another one though the state is not
    only_told: bool = False  # nothing a form shows is different: who has it open may send it

    @property
    def at(self) -> datetime:
        """When it is done."""
        return self.order.at

    @property
    def user(self) -> Any:
        """Who does it, None for nobody with a login."""
        return self.order.by.user if self.order.by else None

    @property
    def current(self) -> Dispatch:
        """The present holder's dispatch."""
        current = self.situation.current
        assert current is not None, "the table lets only a dispatched case come here"
        return current

    def photos_as(self, role: str) -> list[Photo]:
        """Return the photos that came with the deed and show this."""
        return [photo for photo in self.order.photos if photo.role == role]


Change = Callable[[Case], None]


def do(deed: str, incident_id: UUID, order: Order, change: Change | None = None) -> Incident:
    """Do a deed of the table and return the incident as it is then.

    The same deed again (by `deed_id`) changes nothing. NotFound outside the doer's sight,
    Forbidden when it is not theirs to do, Conflict `stale` when somebody was first, `not_now`
    when the table has no such move, and what the guards of `situation.py` and `change` refuse.
    """
    with photo_ids_are_new(), transaction.atomic():
        # 1. Lock what the doer may see: who press at once are served one after the other.
        incident = _locked(deed, incident_id, order)
        # 2. The same deed again: answer as the first time.
        if _done_before(deed, incident, order):
            return incident
        # 3. May it happen now, and by this person?
        case = _opened(deed, incident, order)
        # 4. What only this deed does.
        before, path_before = incident.state, incident.area_path
        if change is not None:
            change(case)
        # 5. Write and log.
        _finish(case, deed, before, path_before)
    return incident


def _locked(deed: str, incident_id: UUID, order: Order) -> Incident:
    try:
        return lock_incident(order.by, incident_id)
    except NotFound:
        # A hand-over takes the incident out of the doer's sight; its repeat has an answer still.
        theirs = Event.objects.filter(deed_id=order.deed_id, incident=incident_id, kind=deed)
        if order.by is None or not theirs.filter(by=order.by.user).exists():
            raise
        return lock_incident(None, incident_id)


def _done_before(deed: str, incident: Incident, order: Order) -> bool:
    first = Event.objects.filter(deed_id=order.deed_id).first()
    if first is None:
        return False
    if first.incident_id == incident.pk and first.kind == deed:
        return True
    raise Conflict("id_reused", _("This id was used for another step before."))


def _opened(deed: str, incident: Incident, order: Order) -> Case:
    situation = Situation(incident, order.by, order.at, order.side)
    if situation.sides and order.seen_version not in (None, incident.version):
        raise Conflict(
            "stale", _("Somebody was first: the incident has changed since you opened it.")
        )
    row = allowed(deed, situation)
    if row.needs_note and not order.note.strip() and states.SYSTEM not in situation.sides:
        raise Invalid("note_missing", _("Please say it in a few words."), {"note": _("missing")})
    return Case(incident, order, row, situation, target=row.target or incident.state)


def _finish(case: Case, deed: str, before: str, path_before: str) -> None:
    incident, order = case.incident, case.order
    if incident.area_path != path_before and case.row.on_new_owner and incident.dispatch_id:
        case.target = case.row.on_new_owner
    incident.state = case.target
    if not case.only_told:
        incident.version += 1
    if incident.state not in states.WITH_HOLDER:
        incident.suspended_at = None  # a pause is its holder's
    if states.SYSTEM not in case.situation.sides:
        incident.progressed_at = order.at
    if clock.runs_on(before, incident.state) and not case.clock_moved:
        clock.wind(incident, order.at)
    else:
        clock.enter(incident, order.at)
    incident.save(update_fields=WRITTEN)
    _announce(case)
    feed.append(
        incident,
        deed,
        by=case.user,
        at=order.at,
        deed_id=order.deed_id,
        state_before=before,
        path_before=path_before,
        note=order.note.strip(),
        body=case.body,
    )


def _announce(case: Case) -> None:
    order = case.order
    Attachment.objects.bulk_create(
        Attachment(
            id=photo.id,
            incident=case.incident,
            sha256=photo.sha256,
            role=photo.role,
            deed_id=order.deed_id,
            by=case.user,
        )
        for photo in order.photos
    )
    if order.photos:
        case.body["photos"] = [str(photo.id) for photo in order.photos]


@contextmanager
def photo_ids_are_new() -> Iterator[None]:
    """Turn the one unique key that statements leave to the database into a refusal."""
    try:
        yield
    except IntegrityError as error:
        if "attachment" not in str(error):
            raise
        raise Conflict(
            "photo_id_reused", _("A photo of this report was already sent with another one.")
        ) from error
