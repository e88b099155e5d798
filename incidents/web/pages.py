"""The pages of the happening, and the photos."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET

from gis_grid.access import Actor, actor_of, works_in_the_field
from gis_grid.errors import GridError, NotFound
from gis_grid.facilities.gaps import latest_run
from gis_grid.geo.datum import Datum
from gis_grid.people.models import DESK_ROLES, FIELD_ROLES
from gis_grid.territory.models import Area
from gis_grid.web.api import no_store
from gis_grid.web.errors import answer
from gis_grid.web.pages import BASE_TILES, map_config, page_config
from gis_grid.web.whose import mark_of, say_whose
from incidents import photos
from incidents.access import access_photo
from incidents.models import SourceChannel
from incidents.sought import categories_to_filter
from incidents.web import installed
from incidents.web.notices import bell_config


@require_GET
@login_required
@ensure_csrf_cookie
def field(request: HttpRequest) -> HttpResponse:
    """The page of grid workers, and of units' members, who have tasks but report nothing."""
    asking = actor_of(request.user)
    if not works_in_the_field(asking):
        raise PermissionDenied
    config = {
        **page_config(request, asking),
        **map_config(asking.territory),
        "bell": bell_config(),
        "datum": datum_of(request.headers.get("User-Agent", "")),
        "whose": mark_of(asking.user),
        "reports": asking.is_any_of(FIELD_ROLES),
        "urls": {
            "tiles": BASE_TILES,
            "me": reverse("api:me"),
            "duty": reverse("api:duty"),
            "pack": reverse("api:pack"),
            "worker": reverse("field-worker"),
            "page": reverse("field"),
            "route": reverse("api:where"),
            "similar": reverse("api:similar"),
            "reports": reverse("api:report"),
            "photo": _template("api:photo", report_id="id", photo_id="photo_id"),
            "mine": reverse("api:mine"),
            "tasks": reverse("api:tasks"),
            "incident": _template("api:detail", incident_id="id"),
            "choices": _template("api:choices", incident_id="id"),
            "choice_areas": _template("api:choice-areas", incident_id="id"),
            "deed": _deed_url(),
            "login": f"{reverse('login')}?next={reverse('field')}",
            "logout": reverse("logout"),
            "front": reverse("front"),
        },
    }
    page = no_store(render(request, "incidents/field.html", {"config": config}))
    # Whose it is and which files it names: what the service worker has to know to keep it.
    page.headers["X-Field-User"] = mark_of(asking.user)
    page.headers["X-Field-Version"] = installed.version()
    say_whose(page, asking.user)
    return page


@require_GET
@login_required
@ensure_csrf_cookie
def command(request: HttpRequest) -> HttpResponse:
    """The command centre's page."""
    asking = actor_of(request.user)
    if not (asking.is_any_of(DESK_ROLES) or asking.user.is_superuser):
        raise PermissionDenied
    config = {
        **page_config(request, asking),
        **map_config(asking.territory),
        "bell": bell_config(),
        "live": {"port": settings.LIVE_PORT or None, "path": "/live/events"},
        "categories": categories_to_filter(),
        "sources": [{"code": code, "name": str(name)} for code, name in SourceChannel.choices],
        "gaps": latest_run(asking.territory, timezone.localdate()) is not None,
        "urls": {
            "tiles": BASE_TILES,
            "snapshot": reverse("api:snapshot"),
            "events": reverse("api:events"),
            "areas": reverse("api:areas"),
            "incident_tiles": "/tiles/incidents/{z}/{x}/{y}.pbf",
            "area_tiles": "/tiles/areas/{z}/{x}/{y}.pbf",
            "area_shape": "/tiles/areas/{level}/{code}.json",
            "sought": reverse("api:sought"),
            "around": reverse("api:index"),
            "replay": reverse("api:replay"),
            "roster": reverse("api:roster"),
            "on_call": reverse("api:on-call"),
            "gap_areas": reverse("api:gap-areas"),
            "views": reverse("api:views"),
            "view": _template("api:view", view_id="view_id"),
            "incident": _template("api:detail", incident_id="id"),
            "photo": _template("api:photo", report_id="id", photo_id="photo_id"),
            "choices": _template("api:choices", incident_id="id"),
            "choice_areas": _template("api:choice-areas", incident_id="id"),
            "deed": _deed_url(),
            "openings": reverse("api:deeds-open"),
            "gaps": _template("api:gaps", incident_id="id"),
            "planning": reverse("planning"),
            "posters": reverse("posters", args=["CODE"]).replace("CODE", "{code}"),
            "login": f"{reverse('login')}?next={reverse('command')}",
            "logout": reverse("logout"),
            "front": reverse("front"),
        },
    }
    context = {"config": config, "territory": _watched(asking)}
    return no_store(render(request, "incidents/command.html", context))


@require_GET
def photo(request: HttpRequest, photo_id: UUID) -> HttpResponseBase:
    """A stored photo (`?size=thumb` for the small one), for whoever may see its incident."""
    try:
        stored = access_photo(_viewer(request), photo_id)
        path = photos.path_of(stored, thumb=request.GET.get("size") == "thumb")
        if not path.is_file():
            raise NotFound("photo_not_found", "")
    except GridError as error:
        return answer(request, error)
    response = FileResponse(path.open("rb"), content_type="image/jpeg")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def datum_of(user_agent: str) -> Datum:
    """Return what the positions of this browser are in, as far as the settings name it."""
    named = (datum for pattern, datum in settings.PHONE_DATUMS if pattern.search(user_agent))
    return next(named, Datum.WGS84)


def _viewer(request: HttpRequest) -> Actor:
    return actor_of(request.user)


def _watched(asking: Actor) -> str:
    """Return the name of what somebody watches over, empty when it is more than one area."""
    names = list(Area.objects.roots_of(asking.territory)[:2])
    return names[0].name if len(names) == 1 else ""


def _deed_url() -> str:
    """Return the address of any deed, with its name still to be filled in."""
    url = _template("api:deed-accept", incident_id="id")
    return f"{url.removesuffix('accept')}{{deed}}"


def _template(name: str, **marks: str) -> str:
    """Return a URL with `{mark}` in place of each argument, for a script to fill.

    Each argument gets a value of its own to find again: a UUID, which every part accepts.
    """
    values = {argument: UUID(int=number) for number, argument in enumerate(marks)}
    url = reverse(name, kwargs=values)
    for argument, mark in marks.items():
        url = url.replace(str(values[argument]), f"{{{mark}}}")
    return url
