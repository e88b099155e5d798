"""Permission = role x territory. Whoever fetches, fetches through this.

Outside one's territory a thing does not exist (404); fail closed.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Forbidden, NotFound, Unauthenticated
from gis_grid.people.backends import seated
from gis_grid.people.models import DESK_ROLES, FIELD_ROLES, HandlingUnit, Role, Worker
from gis_grid.people.queries import HandlingUnitQuerySet
from gis_grid.territory.models import Area
from gis_grid.territory.paths import EVERYWHERE, NOWHERE, Territory, topmost


@dataclass(frozen=True)
class Actor:
    """Somebody at work: the login, the worker behind it, their roles and what they may see.

    `own_areas` are those they answer for as field staff, `ground` the same with all below them.
    """

    user: User
    worker: Worker | None
    roles: frozenset[str]
    territory: Territory
    own_areas: frozenset[int]
    ground: Territory = NOWHERE

    @property
    def name(self) -> str:
        """The name colleagues see."""
        return self.worker.name if self.worker else self.user.get_username()

    def is_any_of(self, roles: frozenset[Role]) -> bool:
        """Return whether one of the roles is held today."""
        return not self.roles.isdisjoint(roles)


def actor_of(user: User | AnonymousUser, at: date | None = None) -> Actor:
    """Return who the user is on a day (today); Unauthenticated for nobody."""
    known: User | None = user if isinstance(user, User) and user.is_authenticated else None
    if known and (at is not None or not hasattr(known, "seats")):
        known = seated(known.pk, at)
    if known is None:
        raise Unauthenticated("login_required", _("Please log in. What you entered is kept."))
    seats: list[dict[str, Any]] = known.seats  # type: ignore[attr-defined]
    field = [seat for seat in seats if seat["role"] in FIELD_ROLES]
    return Actor(
        user=known,
        worker=getattr(known, "worker", None),
        roles=frozenset(seat["role"] for seat in seats),
        territory=_territory(known, seats),
        own_areas=frozenset(seat["area"] for seat in field),
        ground=Territory(paths=topmost(seat["path"] for seat in field)),
    )


def works_in_the_field(actor: Actor) -> bool:
    """Return whether the phone page is theirs: by a field role, or by a unit they act for today."""
    if actor.is_any_of(FIELD_ROLES):
        return True
    return actor.worker is not None and units_of(actor).exists()


def units_of(actor: Actor) -> HandlingUnitQuerySet:
    """Return the handling units the actor acts for today."""
    return HandlingUnit.objects.of(actor.worker, timezone.localdate())


def territory_of(user: User | AnonymousUser, at: date | None = None) -> Territory:
    """Return what the user may see; NOWHERE for nobody."""
    return actor_of(user, at).territory if user.is_authenticated else NOWHERE


def _territory(user: User, seats: list[dict[str, Any]]) -> Territory:
    if user.is_superuser:
        return EVERYWHERE
    return Territory(
        paths=topmost(seat["path"] for seat in seats),
        # What no grid owns is seen by the desks that answer for a whole tree.
        unrouted=any(seat["parent"] is None and seat["role"] in DESK_ROLES for seat in seats),
    )


def require(actor: Actor, roles: frozenset[Role]) -> None:
    """Refuse an actor who holds none of the roles."""
    if not actor.is_any_of(roles):
        raise Forbidden("role_required", _("Your role does not include this."))


def access_area(actor: Actor, code: str, *, level: int | None = None) -> Area:
    """Return today's area with this code inside the actor's territory, or NotFound."""
    areas = Area.objects.within(actor.territory).at(timezone.localdate()).filter(code=code)
    areas = areas.select_related("parent")
    if level is not None:
        areas = areas.filter(level=level)
    area = areas.order_by("-level").first()
    if area is None:
        raise NotFound("area_not_found", _("There is no such area in your territory."))
    return area
