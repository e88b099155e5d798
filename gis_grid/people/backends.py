"""Log-in: Django's own passwords, and who the user is, loaded in one query."""

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.db.models import Model
from django.utils import timezone

from gis_grid.people.models import Worker
from gis_grid.prepared import ask

# Every request asks this. Written out, because the ORM takes longer to build these lines anew
# each time (2.5 ms) than all the rest of a report takes together.
_SEATED = """
SELECT {user}, {worker}, (
       SELECT jsonb_agg(jsonb_build_object(
                  'role', p.role, 'path', a.path, 'parent', a.parent_id, 'area', a.id
              ) ORDER BY p.id)
         FROM people_assignment AS p JOIN territory_area AS a ON a.id = p.area_id
        WHERE p.worker_id = w.id AND p.during @> %(when)s::date){more}
  FROM {users} LEFT JOIN people_worker AS w ON w.user_id = u.id
 WHERE {condition}
"""


def seated(user_id: int, when: date | None = None) -> User | None:
    """Return a user with their `worker`, if any, and their `seats` on a day (today), or None.

    `seats` is a list of {role, path, parent, area}. One query.
    """
    statement = seated_sql("auth_user AS u", "u.id = %(user)s")
    rows = ask(statement, {"user": user_id, "when": when or timezone.localdate()})
    return seated_user(rows[0]) if rows else None


@cache
def seated_sql(users: str, condition: str, more: str = "") -> str:
    """Return the statement whose rows `seated_user` reads: one for each `u` of the tables `users`.

    It asks for the day `when`; `more` are columns that follow.
    """
    return _SEATED.format(
        user=_columns(User, "u"),
        worker=_columns(Worker, "w"),
        users=users,
        condition=condition,
        more=more,
    )


def seated_user(row: Sequence[Any]) -> User:
    """Return the user that a row of `seated_sql` tells of."""
    worker_at = len(_names(User))
    seats_at = worker_at + len(_names(Worker))
    user = User.from_db("default", _names(User), row[:worker_at])
    if row[worker_at] is None:
        User._meta.get_field("worker").set_cached_value(user, None)
    else:
        worker = Worker.from_db("default", _names(Worker), row[worker_at:seats_at])
        worker.user = user  # and so user.worker, without another query
    user.seats = json.loads(row[seats_at] or "[]")  # type: ignore[attr-defined]
    return user


class PeopleBackend(ModelBackend):
    """Every request asks who is there and where; one query answers both."""

    def get_user(self, user_id: int) -> User | None:
        """Return the active user with their seats, or None."""
        user = seated(user_id)
        return user if user and self.user_can_authenticate(user) else None


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _columns(model: type[Model], alias: str) -> str:
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)
