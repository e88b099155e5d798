"""The notice centre: what one person was told, in their language, and what they have read.

Words are made when a notice is read, from the kind and body of its event: a correction of the
words, or another language, reaches old notices too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis_grid.access import Actor
from gis_grid.territory.models import Area
from gis_grid.territory.paths import ancestors_of
from incidents.grounds import Finding, ReturnGround
from incidents.models import Event, Incident, LimitKind, Notice, ToldAs
from incidents.telling import plain

MOST_COUNTED = 100  # more unread than this is shown as “99+”

HOLDER, ASSISTING, LEAD = ToldAs.HOLDER, ToldAs.ASSISTING, ToldAs.LEAD
AREA, ABOVE, DESK = ToldAs.AREA, ToldAs.ABOVE, ToldAs.DESK
LEFT = ToldAs.LEFT
ANY = ""

SENTENCES: dict[tuple[str, str], str | Promise] = {
    ("report", AREA): _("%(case)s is new in %(area)s: please accept it."),
    ("report", DESK): _("%(case)s is new and in no grid: please give it to one."),
    ("ask_check", AREA): _("%(case)s: please go and look whether it is there."),
    ("check", DESK): _("%(case)s was pre-checked: %(finding)s."),
    ("merge", LEFT): _("%(case)s is dealt with as %(into)s; nothing is left to do here."),
    ("restore", ANY): _("%(case)s is open again."),
    ("dispatch", HOLDER): _("%(case)s is given to you (%(to)s), due %(due)s."),
    ("decide", HOLDER): _("%(case)s was decided to be yours (%(to)s), due %(due)s."),
    ("whistle", HOLDER): _("%(case)s: you lead (%(to)s), with other units; due %(due)s."),
    ("whistle", ASSISTING): _("%(case)s: your unit is called to help. Please report in."),
    ("return", DESK): _("%(case)s was returned by %(by)s: %(reason)s."),
    ("answer", DESK): _("%(case)s is answered: please have it verified."),
    ("ask_extension", DESK): _("%(case)s: %(more)s more are asked for."),
    ("grant_extension", HOLDER): _("%(case)s: more time is granted, until %(due)s."),
    ("refuse_extension", HOLDER): _("%(case)s: no more time is granted."),
    ("suspend", HOLDER): _("%(case)s: the clock stands still (%(reason)s)."),
    ("resume", HOLDER): _("%(case)s: the clock runs again, due %(due)s."),
    ("report_in", DESK): _("%(case)s: %(unit)s has reported in."),
    ("assist", ANY): _("%(case)s: %(unit)s has given its answer."),
    ("register", HOLDER): _("%(case)s is on the list of open problems now."),
    ("ask_verify", AREA): _("%(case)s is answered: please go and verify it."),
    ("pass", HOLDER): _("%(case)s was verified and is closed."),
    ("close", HOLDER): _("%(case)s is closed."),
    ("fail", HOLDER): _("%(case)s was not settled: please see to it again."),
    ("fail", ANY): _("%(case)s failed its verification."),
    ("rate", HOLDER): _("%(case)s was rated with %(stars)s of 5 stars."),
    ("reopen", ANY): _("%(case)s was reopened: please dispatch it anew."),
    ("hand_over", AREA): _("%(case)s was handed over to %(area)s."),
    ("hand_over", DESK): _("%(case)s is in no grid now: please give it to one."),
    ("reroute", AREA): _("%(case)s belongs to %(area)s now: a boundary has changed."),
    ("reroute", DESK): _("%(case)s is in no grid now: please give it to one."),
    ("move", AREA): _("%(case)s: the place was corrected, it lies in %(area)s."),
    ("move", ANY): _("%(case)s: the place was corrected."),
    ("correct", ANY): _("%(case)s: the category was corrected."),
    ("escalate", ABOVE): _("%(case)s was escalated to %(to)s."),
    ("press", ANY): _("%(case)s is pressed: please see to it at once."),
    ("name_lead", LEAD): _("%(case)s: you were named to see it through."),
    ("remark", ANY): _("%(case)s has a new remark."),
    ("remind", ANY): _("%(case)s is due soon: %(due)s."),
    ("overdue", ANY): _("%(case)s is overdue since %(due)s."),
    ("stuck", ANY): _("%(case)s has not moved for %(days)s days."),
}
TAKEN_AWAY = _("%(case)s was given to somebody else; it is not yours any more.")
MOVED_AWAY = _("%(case)s has left your grid; another one answers for it.")
OBJECTION = _("%(case)s was returned for the second time: a leader has to decide.")
FOR_THE_REPORTER = _("%(case)s: %(step)s")
OTHER = _("%(case)s has changed.")


@dataclass(frozen=True)
class Told:
    """A notice as its reader sees it. `incident` is None once it has left their sight."""

    id: int
    at: datetime
    kind: str
    told_as: str
    text: str
    note: str
    number: str
    state: str
    unread: bool
    incident: UUID | None
    lon: float
    lat: float


def unread_count(actor: Actor) -> int:
    """Return how many notices somebody has not read, at most MOST_COUNTED. One index, one query."""
    return _of(actor).filter(read_at__isnull=True)[:MOST_COUNTED].count()


def page_of(
    actor: Actor, *, before: int | None = None, unread: bool = False, size: int = 50
) -> tuple[list[Told], bool]:
    """Return somebody's notices, newest first, before a notice's id; and whether more follow."""
    notices = _of(actor).select_related("event__incident__category").order_by("-pk")
    if before is not None:
        notices = notices.filter(pk__lt=before)
    if unread:
        notices = notices.filter(read_at__isnull=True)
    found = list(notices[: size + 1])
    return _as_told(found[:size], actor), len(found) > size


def notice_of(actor: Actor, notice_id: int) -> Told | None:
    """Return one of somebody's notices, None when there is no such or it is another's."""
    found = _of(actor).select_related("event__incident__category").filter(pk=notice_id)
    return next(iter(_as_told(list(found), actor)), None)


def mark_read(
    actor: Actor, at: datetime, *, ids: Sequence[int] = (), up_to: int | None = None
) -> int:
    """Mark as read, by id or all up to an id; returns how many were not. Never another's."""
    notices = _of(actor).filter(read_at__isnull=True)
    notices = notices.filter(pk__in=ids) if up_to is None else notices.filter(pk__lte=up_to)
    return notices.update(read_at=at)


def sentence(event: Event, told_as: str, *, area: str = "", decides: bool = False) -> str:
    """Return what somebody is told of an event, in the language of the moment.

    `area`: the name of the area that has it after the event; `decides`: a leader's word is awaited.
    """
    values = {**plain.told_in(event.body), **_for_staff(event), "area": area}
    if told_as == ToldAs.REPORTER:
        values["step"] = plain.step(event) or ""
    template = _template(event, told_as, decides=decides)
    return str(template) % values


def _of(actor: Actor) -> QuerySet[Notice]:
    return Notice.objects.filter(user=actor.user)


def _as_told(notices: list[Notice], actor: Actor) -> list[Told]:
    incidents = {notice.event.incident_id for notice in notices}
    seen = set(
        Incident.objects.visible_to(actor).filter(pk__in=incidents).values_list("pk", flat=True)
    )
    areas = _area_names(notices)
    return [_told(notice, areas, in_sight=notice.event.incident_id in seen) for notice in notices]


def _told(notice: Notice, areas: dict[int, str], *, in_sight: bool) -> Told:
    event, incident = notice.event, notice.event.incident
    area = areas.get(_last(event.path_after), "")
    may_read_note = in_sight and notice.told_as != ToldAs.REPORTER
    return Told(
        id=notice.pk,
        at=event.at,
        kind=event.kind,
        told_as=notice.told_as,
        text=sentence(event, notice.told_as, area=area, decides=in_sight and incident.in_objection),
        note=event.note if may_read_note else "",
        number=incident.number,
        state=event.state_after,
        unread=notice.read_at is None,
        incident=incident.pk if in_sight else None,
        lon=incident.point.x,
        lat=incident.point.y,
    )


def _template(event: Event, told_as: str, *, decides: bool) -> str | Promise:
    if told_as == ToldAs.REPORTER:
        return FOR_THE_REPORTER if plain.step(event) else OTHER
    if told_as == LEFT and event.kind != "merge":
        return MOVED_AWAY if event.path_before != event.path_after else TAKEN_AWAY
    if event.kind == "return" and decides:
        return OBJECTION
    return SENTENCES.get((event.kind, told_as)) or SENTENCES.get((event.kind, ANY)) or OTHER


def _for_staff(event: Event) -> dict[str, str]:
    """Return what only colleagues are told."""
    body, incident = event.body, event.incident
    more = body.get("more") or {}
    told = {
        "case": f"{incident.number} {incident.category.label}",
        "by": str((body.get("by") or {}).get("name", "")),
        "unit": str((body.get("unit") or {}).get("name", "")) if _is_named(body) else "",
        "finding": _label(Finding, body.get("finding", "")),
        "more": f"{more['amount']:g} {LimitKind(more['kind']).label}" if more else "",
        "days": str(body.get("idle_days", "")),
    }
    if event.kind == "return":
        told["reason"] = _label(ReturnGround, body.get("reason", ""))
    return told


def _is_named(body: dict[str, object]) -> bool:
    return isinstance(body.get("unit"), dict)


def _label(choices: type[Finding] | type[ReturnGround], code: str) -> str:
    return str(choices(code).label) if code in choices.values else code


def _area_names(notices: list[Notice]) -> dict[int, str]:
    last = {_last(notice.event.path_after) for notice in notices} - {0}
    return dict(Area.objects.filter(pk__in=last).values_list("pk", "name"))


def _last(path: str) -> int:
    """Return the id of the area a path leads to, 0 for none."""
    return ancestors_of(path)[-1] if path else 0
