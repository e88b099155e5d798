"""The reporter's timeline: a plain page behind a signed link, without login and without script.

No cookie is needed or set. A form carries a signed sheet instead of a CSRF token: the page is sent
with `no-referrer`, and browsers then name no origin, which Django's check would refuse.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from gis_grid.errors import Conflict, GridError, Invalid, NotFound
from incidents import actions, states
from incidents.actions import MAX_NOTE, Order
from incidents.grounds import SuspendGround
from incidents.models import Incident, State
from incidents.rows import row_of
from incidents.situation import Situation, deeds_open
from incidents.telling import plain
from incidents.telling.links import incident_of, read_sheet, sheet_for, timeline_url

STARS = (
    (5, pgettext_lazy("stars", "Very satisfied")),
    (4, pgettext_lazy("stars", "Satisfied")),
    (3, pgettext_lazy("stars", "So-so")),
    (2, pgettext_lazy("stars", "Dissatisfied")),
    (1, pgettext_lazy("stars", "Very dissatisfied")),
)
THANKS = {
    "rate": _("Thank you. Your rating has arrived."),
    "reopen": _("Thank you. The case is open again; you can follow it here."),
}


@dataclass(frozen=True)
class Step:
    """One line of the timeline."""

    at: str
    iso: str
    words: str
    state: str


@csrf_exempt
@require_http_methods(["GET", "POST"])
def timeline(request: HttpRequest, token: str) -> HttpResponse:
    """Show how a case goes on; take the reporter's stars, or their word that it is not settled."""
    with translation.override(language_of(request)):
        try:
            incident = incident_of(token, timezone.now())
        except NotFound as error:
            return private(
                render(request, "incidents/timeline_none.html", _page(error), status=404)
            )
        if request.method == "POST":
            return private(_take(request, incident))
        return private(_show(request, incident))


def _take(request: HttpRequest, incident: Incident) -> HttpResponse:
    """Do the deed of a form and lead back to the page, so that a reload sends nothing again."""
    try:
        deed = _do(request, incident)
    except (Conflict, Invalid) as error:
        incident = incident_of(request.resolver_match.kwargs["token"], timezone.now())  # type: ignore[union-attr]
        return _show(request, incident, error)
    lang = request.GET.get("lang")
    query = f"?said={deed}" + (f"&lang={lang}" if lang in dict(settings.LANGUAGES) else "")
    return redirect(f"{timeline_url(incident.pk)}{query}")


def _do(request: HttpRequest, incident: Incident) -> str:
    form = request.POST
    sheet = read_sheet(form.get("sheet", ""), incident)
    order = Order(
        by=None,
        at=timezone.now(),
        deed_id=sheet.deed_id,
        seen_version=sheet.seen_version,
        note=_words(form.get("words", "")),
        side=states.REPORTER,
    )
    if form.get("deed") == "reopen":
        actions.DEEDS["reopen"](incident.pk, order)
        return "reopen"
    actions.DEEDS["rate"](incident.pk, order, stars=_stars(form.get("stars", "")))
    return "rate"


def _words(text: str) -> str:
    if "\x00" in text or len(text) > MAX_NOTE:
        raise Invalid("words_not_allowed", _("Please say it in fewer words."))
    return text.replace("\r\n", "\n")


def _stars(text: str) -> int:
    if text not in {"1", "2", "3", "4", "5"}:
        raise Invalid("stars_missing", _("Please choose 1 to 5 stars."))
    return int(text)


def _show(request: HttpRequest, incident: Incident, error: GridError | None = None) -> HttpResponse:
    situation = Situation(incident, None, timezone.now(), states.REPORTER)
    context = {
        **_page(error),
        "incident": incident,
        "state_name": State(incident.state).label,
        "now": _now(incident),
        "steps": _steps(incident),
        "deeds": deeds_open(situation),
        "stars": STARS,
        "given": incident.ratings.filter(closing=incident.reopenings).first(),
        "reopen_until": _reopen_until(incident),
        "sheet": sheet_for(incident),
        "thanks": THANKS.get(request.GET.get("said", "")) if error is None else None,
        "chosen": request.POST.get("stars", ""),
        "words": request.POST.get("words", ""),
        "deed": request.POST.get("deed", ""),
        "max_words": MAX_NOTE,
    }
    status = error.status if error else 200
    return render(request, "incidents/timeline.html", context, status=status)


def _page(error: GridError | None) -> dict[str, Any]:
    return {"error": error.message if error else None, "languages": settings.LANGUAGES}


def _steps(incident: Incident) -> list[Step]:
    """Return what happened, the newest first."""
    told = [(event, plain.step(event)) for event in incident.events.order_by("-pk")]
    return [
        Step(plain.moment(event.at), event.at.isoformat(), words, event.state_after)
        for event, words in told
        if words
    ]


def _now(incident: Incident) -> str:
    """Return in a sentence what can be expected next, empty when it is over."""
    if incident.merged_into:
        return _("It is dealt with as %(number)s, which is now: %(state)s.") % {
            "number": incident.merged_into.number,
            "state": State(incident.merged_into.state).label,
        }
    if not incident.is_open:
        return ""
    if incident.suspended_at:
        return _("The work pauses for now: %(reason)s. The time does not run meanwhile.") % {
            "reason": _why_suspended(incident)
        }
    if incident.registered_at:
        return str(_("It cannot be settled soon. It is looked at again from time to time."))
    who = row_of(incident)["holder"]
    values = {"due": plain.moment(incident.due_at), "who": who}
    if incident.due_at < timezone.now():
        return _("It should have been settled by %(due)s. The command centre sees that.") % values
    if who:
        return _("%(who)s is working on it, to be settled by %(due)s.") % values
    return _("To be settled by about %(due)s.") % values


def _why_suspended(incident: Incident) -> str:
    event = incident.events.filter(kind="suspend").order_by("pk").last()
    code = event.body.get("reason", "") if event else ""
    return str(SuspendGround(code).label) if code in SuspendGround.values else ""


def _reopen_until(incident: Incident) -> str:
    closed_at = incident.closed_at
    return plain.moment(closed_at + timedelta(days=settings.REOPEN_DAYS)) if closed_at else ""


def language_of(request: HttpRequest) -> str:
    """Return the language of a page that sets no cookie: by its address, else the browser's."""
    wanted = request.GET.get("lang", "")
    if wanted in dict(settings.LANGUAGES):
        return wanted
    return translation.get_language() or settings.LANGUAGE_CODE


def private(response: HttpResponse) -> HttpResponse:
    """Keep the link to whoever has it: not stored, not passed on, not found by a search."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
