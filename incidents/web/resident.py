"""Behind the QR code of a notice board: a report without login, and without script if need be.

No cookie is needed or set, no name or number is asked for. A form carries a signed sheet instead
of a CSRF token: nobody's login stands behind it that another site could borrow, and the page is
sent with `no-referrer`, after which browsers name no origin. The sheet holds the report's id, so
that a form sent twice is one report.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import uuid5

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods
from PIL import Image

from gis_grid.errors import GridError, Invalid, NotFound, TooLarge, TooMany, Unreadable
from gis_grid.geo.datum import Datum
from gis_grid.people import throttle
from gis_grid.people.throttle import Limit
from gis_grid.web.numbers import lonlat_point
from incidents import actions, boards, photos, pictures
from incidents.access import is_reported
from incidents.actions.residents import MAX_PHOTOS
from incidents.boards import Place, Sheet
from incidents.models import Category, PositionMethod
from incidents.reports import MAX_WORDS, Photo, Report
from incidents.telling.links import incident_of, timeline_url, token_of
from incidents.web.pages import datum_of
from incidents.web.public import language_of, private

HOUR = timedelta(hours=1)
LEAST_WORDS = 2
FIELDS_BYTES = 64 * 1024  # all that is no photo
LONGEST_ACCURACY_M = 10_000_000


@csrf_exempt
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form of a notice board; take what it says and lead on to the receipt."""
    with translation.override(language_of(request)):
        try:
            place = boards.place_of(token, timezone.now())
        except NotFound as error:
            return _no_board(request, error)
        if request.method == "GET":
            return _kept_for_going_back(private(_form(request, place)))
        try:
            sent = _take(request, place)
        except GridError as error:
            return private(_form(request, place, error))
        return private(HttpResponseRedirect(f"{sent}{_language(request)}"))


@require_GET
def sent(request: HttpRequest, token: str, link: str) -> HttpResponse:
    """Show the number of what was reported and the link under which it goes on."""
    with translation.override(language_of(request)):
        try:
            now = timezone.now()
            place, incident = boards.place_of(token, now), incident_of(link, now)
        except NotFound as error:
            return _no_board(request, error)
        context = {
            **_shared(place),
            "incident": incident,
            "progress": absolute(request, timeline_url(incident.pk)),
            "again": f"{reverse('resident', args=[token])}{_language(request)}",
        }
        return private(render(request, "incidents/resident_sent.html", context))


def absolute(request: HttpRequest, path: str) -> str:
    """Return an address as residents reach it."""
    if settings.PUBLIC_URL:
        return f"{settings.PUBLIC_URL}{path}"
    return request.build_absolute_uri(path)


# --- taking ------------------------------------------------------------------------------------


def _take(request: HttpRequest, place: Place) -> str:
    """Store the report of a form; returns the address of its receipt."""
    form, files = _read(request)
    sheet = boards.read_sheet(form.get("sheet", ""), place)
    now = timezone.now()
    if not is_reported(sheet.report_id):  # what has come is answered again, however often
        _knock(request, place, now)
    brought = _pictures(files, sheet)
    report = _report(request, place, sheet, [photo for photo, _picture in brought])
    try:
        stored = actions.report_by_resident(report, board=place.area, at=now)
    except GridError as error:
        error.extra["sent"] = _receipt(request, sheet) if error.code == "id_reused" else ""
        raise
    arrived = set(stored.incident.attachments.stored().ids())
    for photo, picture in brought:
        if photo.id not in arrived:
            photos.keep(photo.id, picture, by=None, at=now)
    return _receipt(request, sheet)


def _read(request: HttpRequest) -> tuple[Any, Sequence[Any]]:
    """Return fields and files of the form; refuse more than it can hold before reading it."""
    declared = request.headers.get("Content-Length", "")
    most = MAX_PHOTOS * settings.PHOTO_MAX_BYTES + FIELDS_BYTES
    if declared.isdigit() and int(declared) > most:
        raise _too_large()
    try:
        form, files = request.POST, request.FILES.getlist("photos")
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent) as error:
        raise _too_large() from error
    except (MultiPartParserError, UnreadablePostError) as error:
        raise Unreadable("request_cut", _("The request broke off half-way.")) from error
    chosen = [file for file in files if file.size]  # an empty field is sent as an empty file
    if len(chosen) > MAX_PHOTOS:
        raise Invalid(
            "too_many_photos",
            _("At most %(limit)d photos go with a report.") % {"limit": MAX_PHOTOS},
        )
    return form, chosen


def _knock(request: HttpRequest, place: Place, at: datetime) -> None:
    address = throttle.address_of(request)
    by_board = Limit("report by board", settings.RESIDENT_REPORTS, HOUR)
    by_address = Limit("report by address", settings.RESIDENT_REPORTS_FROM_ADDRESS, HOUR)
    throttle.count(by_board, f"{place.area.pk} {address}", at)
    throttle.count(by_address, address, at)


def _pictures(files: Sequence[Any], sheet: Sheet) -> list[tuple[Photo, Image.Image]]:
    """Return the photos, each once, named by the report and their bytes, with what they show."""
    brought: dict[str, tuple[Photo, Image.Image]] = {}
    for file in files:
        if file.size > settings.PHOTO_MAX_BYTES:
            raise TooLarge("photo_too_large", _("A photo is too large. Please choose another."))
        content = file.read()
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 not in brought:
            photo = Photo(uuid5(sheet.report_id, sha256), sha256)
            brought[sha256] = photo, pictures.decode(content, file.content_type or "")
    return list(brought.values())


def _report(request: HttpRequest, place: Place, sheet: Sheet, brought: list[Photo]) -> Report:
    form = request.POST
    words = form.get("words", "").replace("\r\n", "\n").strip()
    if not LEAST_WORDS <= len(words) <= MAX_WORDS or "\x00" in words:
        raise Invalid(
            "words_missing",
            _("Please say in a few words what it is and where."),
            {"words": _("missing")},
        )
    lon, lat, accuracy_m = _position(request)
    own = lon is not None and lat is not None
    return Report(
        id=sheet.report_id,
        category=form.get("category", "")[:40].replace("\x00", ""),
        lon=place.lon if lon is None else lon,
        lat=place.lat if lat is None else lat,
        datum=datum_of(request.headers.get("User-Agent", "")) if own else Datum.WGS84,
        accuracy_m=accuracy_m,
        method=PositionMethod.GPS if own else PositionMethod.BOARD,
        fixed_at=None,
        recorded_at=sheet.opened_at,
        words=words,
        photos=tuple(brought),
    )


def _position(request: HttpRequest) -> tuple[float | None, float | None, float | None]:
    """Return lon, lat and accuracy in metres, all None where the page was not allowed to ask."""
    told, accuracy = request.POST.get("position", ""), request.POST.get("accuracy_m", "")
    if not told:
        return None, None, None
    try:
        lon, lat = lonlat_point(told)
        metres = float(accuracy)
    except (Unreadable, ValueError) as error:
        raise _not_a_place() from error
    if not 0 <= metres <= LONGEST_ACCURACY_M:
        raise _not_a_place()
    return lon, lat, metres


def _receipt(request: HttpRequest, sheet: Sheet) -> str:
    token = request.resolver_match.kwargs["token"]  # type: ignore[union-attr]
    return reverse("resident-sent", args=[token, token_of(sheet.report_id)])


# --- showing -----------------------------------------------------------------------------------


def _form(request: HttpRequest, place: Place, error: GridError | None = None) -> HttpResponse:
    unread = error is None or isinstance(error, TooLarge | Unreadable)
    form = {} if unread else request.POST
    again = error is not None and error.code == "id_reused"
    chosen = form.get("category", "")
    context = {
        **_shared(place),
        "error": error.message if error else None,
        "fields": error.fields if error else {},
        "sent": error.extra.get("sent") if error else None,
        "action": f"{_language(request) or '?'}&send",
        "sheet": (not again and form.get("sheet")) or boards.sheet_for(place),
        "words": form.get("words", ""),
        "chosen": chosen,
        "position": form.get("position", ""),
        "accuracy_m": form.get("accuracy_m", ""),
        "majors": _categories(),
        "max_words": MAX_WORDS,
        "max_photos": MAX_PHOTOS,
        "photos_lost": bool(not unread and request.FILES),
    }
    response = render(
        request, "incidents/resident.html", context, status=error.status if error else 200
    )
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.extra["retry_after_s"])
    return response


def _kept_for_going_back(response: HttpResponse) -> HttpResponse:
    """Let who goes back find the same form with the same sheet: sent again, it is the same report.

    Nothing in it is anybody's. Whoever comes anew gets a new one. The form is sent to an address
    of its own (`send`), because browsers forget the page of an address that is posted to.
    """
    response.headers["Cache-Control"] = "private, max-age=0"
    return response


def _categories() -> list[tuple[Category, list[Category]]]:
    """Return the two-level list of what residents may report."""
    known = Category.objects.minors().for_residents()
    by_major = groupby(known, key=lambda category: category.major)
    return [(major, list(minors)) for major, minors in by_major if major]


def _shared(place: Place) -> dict[str, Any]:
    return {"area": place.area, "languages": settings.LANGUAGES}


def _no_board(request: HttpRequest, error: NotFound) -> HttpResponse:
    context = {"error": error.message, "languages": settings.LANGUAGES}
    return private(render(request, "incidents/resident_none.html", context, status=404))


def _language(request: HttpRequest) -> str:
    lang = request.GET.get("lang")
    return f"?lang={lang}" if lang in dict(settings.LANGUAGES) else ""


def _too_large() -> TooLarge:
    return TooLarge("too_large", _("That is more than the server takes at once."))


def _not_a_place() -> Invalid:
    return Invalid("position_not_readable", _("The place could not be read. Please send it again."))
