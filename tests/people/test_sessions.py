"""Who is logged in: read with the session in one query, and nobody else's business."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session as StockSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gis_grid.people.models import Session
from gis_grid.prepared import ask
from ops.database import connect
from tests.product import database_url
from tests.world import World

ME = "/api/field/me"


def test_the_session_and_its_user_are_one_query(world: World, login) -> None:  # type: ignore[no-untyped-def]
    li = login("li")

    with CaptureQueriesContext(connection) as queries:
        assert li.get("/").status_code == 200

    assert len(queries) == 1
    assert Session.objects.get().user == User.objects.get(username="li")
    assert not StockSession.objects.exists()


def test_who_is_deactivated_is_out_at_once(world: World, login) -> None:  # type: ignore[no-untyped-def]
    li = login("li")
    User.objects.filter(username="li").update(is_active=False)

    assert li.get(ME).status_code == 401


def test_a_new_password_ends_the_other_sessions(world: World, login) -> None:  # type: ignore[no-untyped-def]
    li = login("li")
    user = User.objects.get(username="li")
    user.set_password("a new one, long enough")
    user.save()

    assert li.get(ME).status_code == 401
    assert not Session.objects.filter(user=user).exists()


def test_an_expired_session_is_nobodys(world: World, login) -> None:  # type: ignore[no-untyped-def]
    li = login("li")
    Session.objects.update(expire_date=timezone.now())

    assert li.get(ME).status_code == 401


def test_the_column_alone_lets_nobody_in(world: World, login) -> None:  # type: ignore[no-untyped-def]
    """What counts is the signed content; a row moved to another user is refused."""
    li = login("li")
    Session.objects.update(user=User.objects.get(username="chen"))

    assert li.get(ME).json()["worker"]["username"] == "li"


def test_logging_out_deletes_the_session(world: World, login) -> None:  # type: ignore[no-untyped-def]
    li = login("li")

    li.post("/logout/")

    assert not Session.objects.exists()


def test_who_is_deleted_leaves_no_session(world: World, client: Client) -> None:
    user = User.objects.create(username="short")
    client.force_login(user)

    user.delete()

    assert not Session.objects.exists()


@pytest.mark.django_db(transaction=True)
class TestLostConnection:
    """The server went away between two requests; the first question finds out."""

    def test_the_first_question_is_asked_again(self) -> None:
        self._lose(told=False)

        assert ask("SELECT 1") == [(1,)]

    def test_a_later_one_is_not(self) -> None:
        self._lose(told=True)

        with pytest.raises(Exception, match="terminating connection"):
            ask("SELECT 1")

        connection.close()

    def _lose(self, *, told: bool) -> None:
        """End the connection; `told`: Django believes it was found alive in this request."""
        database: Any = connection
        database.ensure_connection()
        database.health_check_enabled, database.health_check_done = True, told
        with connect(database_url()) as other:
            pid = database.connection.info.backend_pid
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
