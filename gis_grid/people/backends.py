"""Log-in: Django's own passwords, and the user's seats loaded in the same query."""

from datetime import date

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from gis_grid.people.models import Assignment


def with_seats(when: date | None = None) -> QuerySet[User]:
    """Users with `seats`: [{role, path, parent, area}] of that day (today), in one query."""
    seats = (
        Assignment.objects.at(when or timezone.localdate())
        .filter(worker__user=OuterRef("pk"))
        .order_by("pk")
        .values(
            json=JSONObject(
                role="role",
                path="area__path",
                parent="area__parent_id",
                area="area_id",
            )
        )
    )
    return User.objects.select_related("worker").annotate(seats=ArraySubquery(seats))


class PeopleBackend(ModelBackend):
    """Every request asks who is there and where; one query answers both."""

    def get_user(self, user_id: int) -> User | None:
        """Return the active user with their seats, or None."""
        user = with_seats().filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
