"""Who is asking, told by the ORM alone: Django's sessions, its user, the worker and their seats."""

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from bench.district import Phone
from gis_grid.access import Actor, actor_of
from gis_grid.people.models import Assignment
from gis_grid.web.api import Login


class OrmBackend(ModelBackend):
    """The product's answer in two queries of the ORM: the user with their worker, their seats."""

    def get_user(self, user_id: int) -> User | None:
        """Return the active user with their seats, or None."""
        user = User.objects.select_related("worker").filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        posts = Assignment.objects.filter(
            worker__user=user, during__contains=timezone.localdate()
        ).select_related("area")
        user.seats = [  # type: ignore[attr-defined]
            {
                "role": post.role,
                "path": post.area.path,
                "parent": post.area.parent_id,
                "area": post.area_id,
            }
            for post in posts
        ]
        return user


class OrmLogin(Login):
    """The product's log-in by way of `request.user`."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor:
        """Return who is asking; Unauthenticated for nobody."""
        return actor_of(request.user)


def log_in(phones: Iterable[Phone]) -> None:
    """Store each phone's session in Django's own table too, under the same key."""
    until = timezone.now() + timedelta(days=1)
    users = User.objects.in_bulk([phone.user for phone in phones])
    for phone in phones:
        user = users[phone.user]
        session = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: f"{OrmBackend.__module__}.{OrmBackend.__qualname__}",
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        Session.objects.save(phone.session, session, until)
