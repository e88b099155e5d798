"""Sessions: Django's own, read in one query together with the user and their seats.

Every request asks for all three, and each question of its own would take as long as routing.
"""

from functools import partial
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from gis_grid.people.backends import PeopleBackend, seated_sql, seated_user
from gis_grid.people.models import Session
from gis_grid.prepared import ask

_BACKEND = f"{PeopleBackend.__module__}.{PeopleBackend.__qualname__}"
_USERS = "people_session AS s LEFT JOIN auth_user AS u ON u.id = s.user_id"
_LIVE = "s.session_key = %(key)s AND s.expire_date > %(now)s"


class SessionStore(DatabaseSessions):
    """Reads without the ORM; writes, expires and deletes as Django does.

    `user` is whose session was read, with their seats; whether they may use it is not yet said.
    """

    user: User | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Return the row to save: Django's, and the user in a column."""
        session: Any = super().create_model_instance(data)
        session.user_id = data.get(SESSION_KEY)
        return session

    def load(self) -> dict[str, Any]:
        """Return what the session holds; a key that is unknown or expired is forgotten."""
        row = self._row()
        if row is None:
            self._session_key = None  # never write under a key that somebody else may have made up
            return {}
        *user, data = row
        self.user = seated_user(user) if user[0] is not None else None
        return self.decode(data)

    def _row(self) -> tuple[Any, ...] | None:
        key = self.session_key or ""
        if not (key.isascii() and key.isalnum()):  # none of ours: it may not even be storable text
            return None
        statement = seated_sql(_USERS, _LIVE, ", s.session_data")
        rows = ask(statement, {"key": key, "now": timezone.now(), "when": timezone.localdate()})
        return rows[0] if rows else None


class Authentication(AuthenticationMiddleware):
    """Django's, with the user that came along with the session."""

    def process_request(self, request: HttpRequest) -> None:
        """Set `request.user`, to be looked up when it is first used."""
        super().process_request(request)
        request.user = SimpleLazyObject(partial(user_of, request))  # type: ignore[assignment]


def user_of(request: HttpRequest) -> User | AnonymousUser:
    """Return who is logged in. What is not plainly in order is left to Django to judge."""
    session: Any = request.session
    claims = session.get(SESSION_KEY), session.get(BACKEND_SESSION_KEY)
    user: User | None = session.user
    if (
        user
        and user.is_active
        and claims == (str(user.pk), _BACKEND)
        and constant_time_compare(session.get(HASH_SESSION_KEY), user.get_session_auth_hash())
    ):
        return user
    return get_user(request)


def alive(keys: set[str]) -> set[str]:
    """Return which of these sessions are still logged in; one query."""
    found = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    return set(found.values_list("session_key", flat=True))
