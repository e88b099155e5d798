"""The product's settings with the log-in as Django brings it: sessions and users by the ORM."""

from gis_grid.settings import *  # noqa: F403
from gis_grid.settings import MIDDLEWARE as OURS

ROOT_URLCONF = "bench.orm"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
AUTHENTICATION_BACKENDS = ["bench.orm_login.OrmBackend"]
STOCK = {
    "gis_grid.people.sessions.Authentication": (
        "django.contrib.auth.middleware.AuthenticationMiddleware"
    ),
}
MIDDLEWARE = [STOCK.get(name, name) for name in OURS]
