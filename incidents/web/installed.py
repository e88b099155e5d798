"""The phone page as something that stays on the phone: its service worker and its manifest."""

import hashlib
import json
from functools import cache

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gis_grid.web.static import are_hashed, file_of, with_all_they_need

SCRIPT = "field/sw.js"
# What the template names; the rest follows from what these import.
ENTRIES = (
    "field/field.css",
    "field/icons/192.png",
    "field/main.js",
    "field/map.css",
    "shared/base.css",
    "shared/bell.css",
    "shared/deeds/deeds.css",
    "shared/icons.svg",
    "shared/mark.svg",
    "shared/tokens.css",
    "vendor/leaflet/leaflet.js",
    "vendor/protomaps-leaflet/protomaps-leaflet.js",
)
COLOUR = "#1652b4"  # of mark.svg


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of /field/, with the files that the page needs without a network."""
    about = {
        "version": version(),
        "hashed": are_hashed(),
        "files": _urls(),
        "page": reverse("field"),
        "tiles": "/tiles/base/",
        "photos": "/photos/",
        "nobody": _("No network, and nobody is logged in on this phone. Log in once it is back."),
    }
    script = file_of(SCRIPT).read_text("utf-8")
    answer = HttpResponse(
        f"self.FIELD = {json.dumps(about)};\n{script}", content_type="text/javascript"
    )
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to keep the page beside its apps."""
    sizes = [("192", "any"), ("512", "any"), ("512-maskable", "maskable")]
    about = {
        "id": reverse("field"),
        "start_url": reverse("field"),
        "scope": reverse("field"),
        "name": _("Grid map"),
        "short_name": _("Grid map"),
        "lang": request.LANGUAGE_CODE,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": COLOUR,
        "icons": [
            {
                "src": static(f"field/icons/{name}.png"),
                "sizes": f"{name[:3]}x{name[:3]}",
                "type": "image/png",
                "purpose": purpose,
            }
            for name, purpose in sizes
        ],
    }
    return JsonResponse(about, content_type="application/manifest+json")


def version() -> str:
    """Return a mark that changes with any file of the page and with the worker's own script.

    Hashed names change with what is in them; in development there are none, so the files are read.
    """
    return _collected()[0] if are_hashed() else _digest(_names())


def _urls() -> list[str]:
    return [static(name) for name in (_collected()[1] if are_hashed() else _names())]


@cache
def _collected() -> tuple[str, list[str]]:
    """Return version and names, which stay while a process lives."""
    names = _names()
    return _digest(names), names


def _names() -> list[str]:
    return with_all_they_need(ENTRIES)


def _digest(names: list[str]) -> str:
    digest = hashlib.sha256(file_of(SCRIPT).read_bytes())
    for name in names:
        digest.update(static(name).encode() if are_hashed() else file_of(name).read_bytes())
    return digest.hexdigest()[:12]
