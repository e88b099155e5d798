"""The only reader of the environment. Every name here is explained in docs/settings.md.

One file for every installation: what differs comes from the environment, and a value that
is missing or unsafe stops the start with a sentence that says what to do.
"""

import importlib.util
import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from gis_grid.geo.datum import Datum
from incidents.deadlines.sla import LONGEST, Limit, LimitKind

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _required(name: str, why: str) -> str:
    value = str(env(name, default=""))
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {why}. `./gridctl up` sets it for you.")
    return value


# --- GDAL, GEOS and PROJ: the copies inside the pyogrio and shapely wheels -----------------


def _wheel_library(package: str, pattern: str) -> str:
    """Return the one library file that the wheel carries (the name holds a build hash)."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ImproperlyConfigured(f"The package {package} is not installed.")
    home = Path(spec.submodule_search_locations[0])
    for folder in (home.parent / f"{package}.libs", home / ".dylibs"):
        found = sorted(folder.glob(pattern))
        if found:
            return str(found[0])
    raise ImproperlyConfigured(
        f"No {pattern} beside {package}: set GDAL_LIBRARY_PATH and GEOS_LIBRARY_PATH."
    )


GDAL_LIBRARY_PATH = env("GDAL_LIBRARY_PATH", default="") or _wheel_library("pyogrio", "libgdal*")
GEOS_LIBRARY_PATH = env("GEOS_LIBRARY_PATH", default="") or _wheel_library("shapely", "libgeos_c*")
_pyogrio = Path(GDAL_LIBRARY_PATH).parent.parent / "pyogrio"
if _pyogrio.is_dir():
    os.environ.setdefault("PROJ_DATA", str(_pyogrio / "proj_data"))
    os.environ.setdefault("GDAL_DATA", str(_pyogrio / "gdal_data"))

# --- who and where -----------------------------------------------------------------------

DEBUG = env.bool("GRID_DEBUG", default=False)
SECRET_KEY = _required("GRID_SECRET_KEY", "sessions and links are signed with it")
ALLOWED_HOSTS = env.list("GRID_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("GRID_ORIGINS", default=[])
HTTPS = env.bool("GRID_HTTPS", default=False)
LIVE_PORT = env.int("GRID_LIVE_PORT", default=0)  # 0: the stream has the page's own origin
MEDIA_ROOT = env("GRID_MEDIA", default=str(BASE_DIR / ".local" / "media"))
STATIC_ROOT = env("GRID_STATIC_ROOT", default=str(BASE_DIR / ".local" / "static"))
DEMO_ACCOUNTS = env("GRID_DEMO_ACCOUNTS", default="")
BASEMAPS = env.json("GRID_BASEMAPS", default=[])  # online base maps: off unless named
MAP_ATTRIBUTION = env("GRID_MAP_ATTRIBUTION", default="")
MAP_APPROVAL_NUMBER = env("GRID_MAP_APPROVAL_NUMBER", default="")

# --- the place's own numbers -----------------------------------------------------------------

EDGE_TOLERANCE_M = 0.001  # closer than any survey: exact ties and the noise of floats
NEAREST_TOLERANCE_M = env.float("GRID_NEAREST_TOLERANCE_M", default=50.0)
MAX_ACCURACY_M = env.float("GRID_MAX_ACCURACY_M", default=500.0)
PHOTO_MAX_BYTES = env.int("GRID_PHOTO_MAX_BYTES", default=12 * 1024 * 1024)
PHOTO_MAX_PIXELS = 50_000_000


def _datums(name: str) -> list[tuple[re.Pattern[str], Datum]]:
    """Return (pattern of a user agent, what its positions are in), in the order written."""
    try:
        return [(re.compile(p), Datum(d)) for p, d in env.json(name, default={}).items()]
    except (ValueError, AttributeError, re.error) as error:
        raise ImproperlyConfigured(
            f"{name}: {error}. Write a JSON object of patterns and datums ({', '.join(Datum)}), "
            'such as `{"SomeWebView": "gcj02"}`.'
        ) from error


PHONE_DATUMS = _datums("GRID_PHONE_DATUMS")

# --- the place's own clock ---------------------------------------------------------------------


def _limit(name: str, usual: str) -> Limit:
    """Return a time such as `4 working_hours`; the kinds are those of `sla.py`."""
    words = str(env(name, default=usual))
    amount, _space, kind = words.partition(" ")
    try:
        if 0 < float(amount) <= LONGEST:
            return Limit(float(amount), LimitKind(kind))
    except ValueError:
        pass
    raise ImproperlyConfigured(
        f"{name} is “{words}”: write a number above 0 and one of {', '.join(LimitKind)}, "
        f"such as `{usual}`."
    )


def _limit_or_never(name: str, usual: str) -> Limit | None:
    return None if env(name, default=usual) == "never" else _limit(name, usual)


def _number(name: str, usual: str, *, most: float = LONGEST) -> float:
    words = str(env(name, default=usual))
    try:
        if 0 <= float(words) <= most:  # false for NaN, too
            return float(words)
    except ValueError:
        pass
    raise ImproperlyConfigured(f"{name} is “{words}”: write a number from 0 to {most:g}.")


def _count(name: str, usual: str) -> int:
    number = _number(name, usual)
    if number != int(number):
        raise ImproperlyConfigured(f"{name} is “{number:g}”: write a whole number.")
    return int(number)


STAGE_LIMITS = {
    "reported": _limit("GRID_ACCEPT_WITHIN", "2 working_hours"),
    "pre_check": _limit("GRID_CHECK_WITHIN", "4 working_hours"),
    "accepted": _limit("GRID_DISPATCH_WITHIN", "2 working_hours"),
    "answered": _limit("GRID_VERIFY_WITHIN", "1 working_days"),
}
STAGE_LIMITS["verifying"] = STAGE_LIMITS["answered"]
AMBER_SHARE = _number("GRID_AMBER_SHARE", "0.8", most=1)
STEP_UP_AFTER = _limit_or_never("GRID_STEP_UP_AFTER", "1 working_days")
STUCK_AFTER = _limit_or_never("GRID_STUCK_AFTER", "3 working_days")
REOPEN_DAYS = _count("GRID_REOPEN_DAYS", "15")
MAX_EXTENSIONS = _count("GRID_MAX_EXTENSIONS", "1")
ON_THE_SPOT_M = _number("GRID_ON_THE_SPOT_M", "100")
REPEAT_DAYS = _count("GRID_REPEAT_DAYS", "30")

# --- doors without a key: how often they may be tried ------------------------------------------

PROXIES = _count("GRID_PROXIES", "0")  # of ours before the pages: so much of a header is believed
LOGIN_TRIES = _count("GRID_LOGIN_TRIES", "5")
LOGIN_TRIES_FROM_ADDRESS = _count("GRID_LOGIN_TRIES_FROM_ADDRESS", "30")
LOGIN_WAIT_MINUTES = _count("GRID_LOGIN_WAIT_MINUTES", "3")
RESIDENT_REPORTS = _count("GRID_RESIDENT_REPORTS", "20")
RESIDENT_REPORTS_FROM_ADDRESS = _count("GRID_RESIDENT_REPORTS_FROM_ADDRESS", "60")
if not all((LOGIN_TRIES, LOGIN_TRIES_FROM_ADDRESS, LOGIN_WAIT_MINUTES)):
    raise ImproperlyConfigured(
        "GRID_LOGIN_TRIES, GRID_LOGIN_TRIES_FROM_ADDRESS and GRID_LOGIN_WAIT_MINUTES must be 1 or "
        "more: else nobody could log in."
    )
PUBLIC_URL = env("GRID_PUBLIC_URL", default="").rstrip("/")
if PUBLIC_URL and not re.match("https?://[^/]", PUBLIC_URL):
    raise ImproperlyConfigured(
        "GRID_PUBLIC_URL must be a whole address, such as https://grid.example.org."
    )
WAITING_PHOTOS = _count("GRID_WAITING_PHOTOS", "60")
WAITING_PHOTO_DAYS = _count("GRID_WAITING_PHOTO_DAYS", "14")

# --- what leaves the house: off unless named; docs/webhook.md ----------------------------------


def _webhook() -> tuple[str, str]:
    """Return address and secret, both empty when it is off; an unsafe pair stops the start."""
    url, secret = env("GRID_WEBHOOK_URL", default=""), env("GRID_WEBHOOK_SECRET", default="")
    parts = urlsplit(url)
    here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1")
    if url and (parts.username or not parts.hostname or not (here or parts.scheme == "https")):
        raise ImproperlyConfigured(
            "GRID_WEBHOOK_URL must be an https:// address without a password in it "
            "(http:// only to 127.0.0.1)."
        )
    if url and len(secret) < 32:
        raise ImproperlyConfigured(
            "GRID_WEBHOOK_URL is set: set GRID_WEBHOOK_SECRET, 32 letters or more, as well."
        )
    return url, secret


def _web_push() -> tuple[str, str]:
    """Return key and contact, both empty when push is off; half a set stops the start."""
    if not env.bool("GRID_WEB_PUSH", default=False):
        return "", ""
    key, contact = env("GRID_VAPID_KEY", default=""), env("GRID_VAPID_CONTACT", default="")
    if not HTTPS:
        raise ImproperlyConfigured("GRID_WEB_PUSH needs GRID_HTTPS: browsers take it no other way.")
    if not key:
        raise ImproperlyConfigured("GRID_WEB_PUSH needs GRID_VAPID_KEY: `./gridctl manage vapid`.")
    if not contact.startswith(("mailto:", "https://")):
        raise ImproperlyConfigured(
            "GRID_WEB_PUSH needs GRID_VAPID_CONTACT, mailto:… or https://…, for the push services."
        )
    return key, contact


WEBHOOK_URL, WEBHOOK_SECRET = _webhook()
VAPID_KEY, VAPID_CONTACT = _web_push()
PUSH_SERVICES = env.list(
    "GRID_PUSH_SERVICES",
    default=[
        "fcm.googleapis.com",
        "push.services.mozilla.com",
        "notify.windows.com",
        "push.apple.com",
    ],
)
LINK_DAYS = _count("GRID_LINK_DAYS", "90")
if LINK_DAYS < REOPEN_DAYS:
    raise ImproperlyConfigured(
        f"GRID_LINK_DAYS is {LINK_DAYS}, less than GRID_REOPEN_DAYS ({REOPEN_DAYS}): "
        "a reporter who may still reopen a case needs the link."
    )

# --- Django ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "django.forms",
    "leaflet",
    "ninja",
    "pgtrigger",
    "pghistory",
    "gis_grid.territory",
    "gis_grid.people",
    "gis_grid.facilities",
    "gis_grid.basemap",
    "incidents",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gis_grid.web.errors.RequestId",
    "gis_grid.web.errors.JsonRefusals",
    "gis_grid.web.errors.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "gis_grid.people.sessions.Authentication",
    "gis_grid.web.whose.Whose",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = env("GRID_URLCONF", default="gis_grid.urls")  # asgi.py names the live one
WSGI_APPLICATION = "gis_grid.wsgi.application"
ASGI_APPLICATION = "gis_grid.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "gis_grid" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # our widgets' templates are ours

_database = env.db_url_config(
    _required("DATABASE_URL", "one PostgreSQL with PostGIS is the whole back end")
)
if _database["ENGINE"] != "django.contrib.gis.db.backends.postgis":
    raise ImproperlyConfigured("DATABASE_URL must start with postgis://")
STATEMENT_TIMEOUT_MS = env.int("GRID_STATEMENT_TIMEOUT_MS", default=15000)
DATABASES = {
    "default": {
        **_database,
        "HOST": unquote(_database["HOST"]),  # a socket folder arrives percent-encoded
        "CONN_MAX_AGE": env.int("GRID_DB_CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **_database.get("OPTIONS", {}),
            "connect_timeout": 5,
            "prepare_threshold": 5,  # for gis_grid.prepared; Django's own cursors never prepare
            # A single statement that needs longer is a mistake; compiling one costs more than our
            # short spatial statements take.
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c jit=off",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = ["gis_grid.people.backends.PeopleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "front"
LOGOUT_REDIRECT_URL = "front"
SESSION_ENGINE = "gis_grid.people.sessions"
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 30 * 24 * 3600
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
CSRF_FAILURE_VIEW = "gis_grid.web.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = PHOTO_MAX_BYTES + 1024

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "gis_grid" / "locale"]
FORMAT_MODULE_PATH = "gis_grid.formats"
TIME_ZONE = env("GRID_TIME_ZONE", default="Asia/Shanghai")
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "gis_grid.web.static.HashedModules"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

_live = [f"http://*:{LIVE_PORT}"] if LIVE_PORT else []
_tile_hosts = sorted({basemap["host"] for basemap in BASEMAPS})
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, "'unsafe-inline'"],  # Leaflet places tiles with style attributes
        "img-src": [SELF, "data:", "blob:", *_tile_hosts],
        "connect-src": [SELF, *_live, *_tile_hosts],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
    }
}

LEAFLET_CONFIG = {"TILES": [], "RESET_VIEW": False, "SCALE": "metric", "ATTRIBUTION_PREFIX": ""}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stdout"], "level": env("GRID_LOG_LEVEL", default="INFO")},
}
