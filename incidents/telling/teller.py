"""Who is told of what: stamped events become notices, and messages that leave the house.

The mark, the notices and the messages are written in one transaction, so a crash neither loses
nor doubles. What a notice says is made when it is read: `notices.py`.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from incidents import states
from incidents.models import Event, Notice, Told, ToldAs
from incidents.telling import messages
from incidents.telling.audience import Audience

BATCH = 500
MARK = 1  # the one row's key

HOLDER, ASSISTING, LEAD = ToldAs.HOLDER, ToldAs.ASSISTING, ToldAs.LEAD
AREA, ABOVE, DESK = ToldAs.AREA, ToldAs.ABOVE, ToldAs.DESK
REPORTER, LEFT = ToldAs.REPORTER, ToldAs.LEFT
NEXT = "next"  # whoever has to take the next step in the state the event leads to

# Besides, the reporter is told whenever the state changes, and the desk instead of an area where
# no grid owns the place. An event that is not named here (a photo, a past brought in) is not news.
TABLE: dict[str, tuple[str, ...]] = {
    "report": (AREA,),
    "settle": (),
    "accept": (),
    "ask_check": (AREA,),
    "check": (DESK,),
    "refuse": (),
    "merge": (LEFT,),
    "restore": (NEXT,),
    "dispatch": (HOLDER, LEFT),
    "whistle": (HOLDER, ASSISTING, LEFT),
    "decide": (HOLDER, LEFT),
    "start": (),
    "sign": (),
    "arrive": (),
    "return": (DESK,),
    "answer": (DESK,),
    "ask_extension": (DESK,),
    "grant_extension": (HOLDER, REPORTER),
    "refuse_extension": (HOLDER,),
    "suspend": (HOLDER, REPORTER),
    "resume": (HOLDER, REPORTER),
    "report_in": (DESK,),
    "assist": (HOLDER, DESK),
    "register": (HOLDER, REPORTER),
    "ask_verify": (AREA,),
    "pass": (HOLDER,),
    "fail": (HOLDER, LEAD, DESK),
    "close": (HOLDER,),
    "rate": (HOLDER,),
    "call_back": (),
    "rate_help": (),
    "reopen": (LEAD, DESK),
    "hand_over": (AREA, LEFT),
    "move": (NEXT, AREA, LEFT),
    "correct": (NEXT, LEFT),
    "reroute": (AREA, LEFT),
    "escalate": (ABOVE,),
    "press": (HOLDER, LEAD),
    "name_lead": (LEAD,),
    "remark": (NEXT, LEAD),
    "remind": (NEXT, LEAD),
    "overdue": (NEXT, LEAD, DESK),
    "stuck": (NEXT, LEAD, ABOVE, DESK),
}
# Who has several parts in an event is told once, in the first of these.
RANK = tuple(ToldAs)
# Done without a login only by the reporter with the signed link; the product itself never does it.
BY_LINK = frozenset({"rate", "reopen"})


def tell_new(limit: int = BATCH, *, at: datetime | None = None) -> int:
    """Tell of up to `limit` stamped events after the mark; returns how many were gone through.

    Waits for another process that is telling: two never tell of the same event.
    """
    if not _anything_new():  # asked twice a second: an idle night takes no lock and writes nothing
        return 0
    at = at or timezone.now()
    with transaction.atomic():
        mark, _ = Told.objects.select_for_update().get_or_create(pk=MARK)
        events = _after(mark.sequence, limit)
        if not events:
            return 0
        news = [event for event in events if event.kind in TABLE]
        if news:
            notices = _notices(news, at)
            Notice.objects.bulk_create(notices)
            messages.put_out(news, notices, at)
        mark.sequence = events[-1].sequence or mark.sequence
        mark.save(update_fields=["sequence"])
    return len(events)


def told(event: Event, audience: Audience) -> dict[int, ToldAs]:
    """Return users and the part in which each is told of an event. Never the doer, nobody twice."""
    parts = _parts(event)
    heard: dict[int, ToldAs] = {}
    for part in RANK:
        if part in parts:
            for user in audience.told_as(part, event):
                heard.setdefault(user, part)
    doer = _doer(event)
    return {user: part for user, part in heard.items() if user != doer}


def _anything_new() -> bool:
    mark = Told.objects.filter(pk=MARK).values_list("sequence", flat=True).first()
    return Event.objects.after(mark or 0).exists()


def _after(sequence: int, limit: int) -> list[Event]:
    events = Event.objects.after(sequence).select_related(
        "incident__category", "incident__area", "incident__reporter__user", "incident__lead"
    )
    return list(events[:limit])


def _notices(events: list[Event], at: datetime) -> list[Notice]:
    audience = Audience.around(events, timezone.localdate(at))
    return [
        Notice(user_id=user, event=event, told_as=part, at=at)
        for event in events
        for user, part in told(event, audience).items()
    ]


def _parts(event: Event) -> set[str]:
    """Return the parts that are told of an event: the table's line and what holds for all."""
    parts = {_next(event) if part == NEXT else part for part in TABLE[event.kind]}
    if event.state_before != event.state_after and event.kind != "report":
        parts.add(REPORTER)
    if AREA in parts and not event.path_after:
        parts = (parts - {AREA}) | {DESK}
    return parts


def _next(event: Event) -> str:
    if event.state_after in states.WITH_HOLDER:
        return HOLDER
    return AREA if event.state_after in states.UNFILED else DESK


def _doer(event: Event) -> int | None:
    if event.by_id is None and event.kind in BY_LINK and event.incident.reporter:
        return event.incident.reporter.user_id
    return event.by_id
