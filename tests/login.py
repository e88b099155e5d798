"""Being logged in, for tests of what lies behind the door; the door itself has tests of its own."""

from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.test import Client

from gis_grid.people.sessions import SessionStore
from gis_grid.web import whose
from tests.world import World


def client_of(user: User) -> Client:
    """Return a client that is logged in, by a third of the queries of `force_login`."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = _session_of(user)
    return client


def cookies_of(world: World, name: str, url: str) -> list[Any]:
    """Return what logging in as one of the cast leaves in a browser."""
    user = world.users[name]
    return [
        {"name": settings.SESSION_COOKIE_NAME, "value": _session_of(user), "url": url},
        {"name": whose.COOKIE, "value": whose.mark_of(user), "url": url},
    ]


def _session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    assert session.session_key
    return session.session_key
