"""What happened, in plain words for whoever reported it. Nothing personal: no names, no notes.

Names of units and areas are told, they are no persons; what others wrote is not.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from incidents.grounds import NoCase, SuspendGround
from incidents.models import Event

Words = str | Promise

STEPS: dict[str, Words] = {
    "report": gettext_lazy("We have the report."),
    "settle": gettext_lazy("It was settled on the spot and closed."),
    "accept": gettext_lazy("It is accepted: it will be dealt with."),
    "ask_check": gettext_lazy("Somebody nearby is asked to look at the place first."),
    "check": gettext_lazy("Somebody has looked at the place."),
    "refuse": gettext_lazy("It is not taken up: %(reason)s."),
    "merge": gettext_lazy("The same was reported before; both are dealt with as %(into)s."),
    "restore": gettext_lazy("It is being dealt with again."),
    "dispatch": gettext_lazy("Given to %(to)s, to be settled by %(due)s."),
    "whistle": gettext_lazy("Several units work together, led by %(to)s; due %(due)s."),
    "decide": gettext_lazy("Given to %(to)s, to be settled by %(due)s."),
    "start": gettext_lazy("Work has begun, to be settled by %(due)s."),
    "sign": gettext_lazy("Work has begun."),
    "return": gettext_lazy("It was given back; somebody else is being found for it."),
    "answer": gettext_lazy("The work is done and will be checked."),
    "grant_extension": gettext_lazy("It takes longer than planned: now until %(due)s."),
    "suspend": gettext_lazy("The work has to pause: %(reason)s."),
    "resume": gettext_lazy("The work goes on, to be settled by %(due)s."),
    "register": gettext_lazy("It cannot be settled soon; it stays on the list of open problems."),
    "ask_verify": gettext_lazy("A second person is asked to check the place."),
    "pass": gettext_lazy("It was checked and is closed."),
    "close": gettext_lazy("It is closed."),
    "fail": gettext_lazy("The check found that it is not settled; the work goes on."),
    "reopen": gettext_lazy("It is open again and will be dealt with anew."),
    "rate": gettext_lazy("It was rated with %(stars)s of 5 stars."),
    "correct": gettext_lazy("The category was corrected."),
}
PASSED_ON = gettext_lazy("It was passed on to the area that answers for the place.")
PLACE_CORRECTED = gettext_lazy("The place was corrected.")


def step(event: Event) -> str | None:
    """Return one sentence on an event, None for what is nobody's business outside."""
    template = _template(event)
    return str(template) % told_in(event.body) if template else None


def told_in(body: dict[str, Any]) -> dict[str, str]:
    """Return what sentences may say of an event's body, each as words, empty where it has none."""
    return {
        "to": _name(body.get("to")),
        "into": (body.get("into") or {}).get("number", ""),
        "due": moment(body.get("due_at")),
        "reason": _reason(body.get("reason", "")),
        "stars": str(body.get("stars", "")),
    }


def moment(at: datetime | str | None) -> str:
    """Return a moment as people say it, `11月25日 17:00`; with the year when it is not this one."""
    known = parse_datetime(at) if isinstance(at, str) else at
    if known is None:
        return ""
    local = timezone.localtime(known)
    if local.year == timezone.localtime().year:
        return date_format(local, pgettext("date and time this year", "j F, H:i"))
    return date_format(local, pgettext("date and time", "j F Y, H:i"))


def _template(event: Event) -> Words | None:
    if event.kind in ("hand_over", "move", "reroute"):
        if event.path_before != event.path_after:
            return PASSED_ON
        return PLACE_CORRECTED if event.kind == "move" else None
    if event.kind == "call_back" and event.body.get("reached"):
        return _("You were asked by telephone whether it is settled.")
    return STEPS.get(event.kind)


def _name(to: dict[str, Any] | None) -> str:
    return str((to or {}).get("name", ""))


def _reason(code: str) -> str:
    """Return the words of a reason that a reporter is told."""
    known = {choice.value: choice.label for choice in (*NoCase, *SuspendGround)}
    return str(known.get(code, ""))
