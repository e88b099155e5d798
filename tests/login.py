"""Being logged in, for tests in a real browser; the door itself has tests of its own."""

from typing import Any

from django.conf import settings
from django.test import Client

from gis_grid.web import whose
from tests.world import World


def cookies_of(world: World, name: str, url: str) -> list[Any]:
    """Return what logging in as one of the cast leaves in a browser."""
    user = world.users[name]
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return [
        {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url},
        {"name": whose.COOKIE, "value": whose.mark_of(user), "url": url},
    ]
