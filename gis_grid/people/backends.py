"""Log-in: Django's own passwords, and who the user is, loaded in one query."""

import json
from datetime import date
from functools import cache

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from gis_grid.people.models import Worker
from gis_grid.prepared import prepared

# Every request asks this. Written out, because the ORM takes longer to build these lines anew
# each time (2.5 ms) than all the rest of a report takes together.
_SEATED = """
SELECT {user}, {worker}, (
       SELECT jsonb_agg(jsonb_build_object(
                  'role', s.role, 'path', a.path, 'parent', a.parent_id, 'area', a.id
              ) ORDER BY s.id)
         FROM people_assignment AS s JOIN territory_area AS a ON a.id = s.area_id
        WHERE s.worker_id = w.id AND s.during @> %(when)s::date)
  FROM auth_user AS u LEFT JOIN people_worker AS w ON w.user_id = u.id
 WHERE u.id = %(user)s
"""


def seated(user_id: int, when: date | None = None) -> User | None:
    """Return a user with their `worker`, if any, and their `seats` on a day (today), or None.

    `seats` is a list of {role, path, parent, area}. One query.
    """
    with prepared() as cursor:
        cursor.execute(_sql(), {"user": user_id, "when": when or timezone.localdate()})
        row = cursor.fetchone()
    if row is None:
        return None
    width = len(_names(User))
    user = User.from_db(connection.alias, _names(User), row[:width])
    if row[width] is None:
        User._meta.get_field("worker").set_cached_value(user, None)
    else:
        worker = Worker.from_db(connection.alias, _names(Worker), row[width:-1])
        worker.user = user  # and so user.worker, without another query
    user.seats = json.loads(row[-1] or "[]")  # type: ignore[attr-defined]
    return user


class PeopleBackend(ModelBackend):
    """Every request asks who is there and where; one query answers both."""

    def get_user(self, user_id: int) -> User | None:
        """Return the active user with their seats, or None."""
        user = seated(user_id)
        return user if user and self.user_can_authenticate(user) else None


@cache
def _sql() -> str:
    return _SEATED.format(user=_columns(User, "u"), worker=_columns(Worker, "w"))


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _columns(model: type[Model], alias: str) -> str:
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)
