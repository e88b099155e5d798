"""Who of the listeners may still listen: asked for all of them at once, every few seconds.

A stream outlives the rights it was opened with. One question for each stream would cost a process
with a thousand desks more than everything it tells them.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from django.utils import timezone

from gis_grid.access import Actor, actor_of
from gis_grid.people.backends import seated_sql, seated_user
from gis_grid.people.models import DESK_ROLES
from gis_grid.people.sessions import alive
from gis_grid.prepared import ask
from incidents.hub import in_thread

CHECK_S = 2.0  # how long a right may be gone before it is looked up again


@dataclass(eq=False)
class Listener:
    """A stream's session and who it is today; `asking` None: no longer allowed."""

    session_key: str
    asking: Actor | None


class Standing:
    """Everybody who listens to this process."""

    def __init__(self) -> None:
        """Start with nobody."""
        self._listeners: set[Listener] = set()
        self._one_at_a_time = asyncio.Lock()
        self._checked = float("-inf")

    @contextlib.asynccontextmanager
    async def watching(self, listener: Listener) -> AsyncIterator[None]:
        """Keep an eye on a listener for the length of a `with`."""
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)

    async def of(self, listener: Listener) -> Actor | None:
        """Return the listener with today's rights, None when they logged out or lost them."""
        clock = asyncio.get_running_loop().time
        async with self._one_at_a_time:
            if clock() - self._checked >= CHECK_S:
                await self._check()
                self._checked = clock()
        return listener.asking

    async def _check(self) -> None:
        listeners = list(self._listeners)
        users = {each.asking.user.pk for each in listeners if each.asking}
        alive, desks = await in_thread(_standing, {each.session_key for each in listeners}, users)
        for each in listeners:
            if each.asking:
                here = each.session_key in alive
                each.asking = desks.get(each.asking.user.pk) if here else None


def _standing(keys: set[str], users: set[int]) -> tuple[set[str], dict[int, Actor]]:
    """Return which sessions live, and who of the users has a desk today. Two queries."""
    statement = seated_sql("auth_user AS u", "u.id = ANY(%(users)s) AND u.is_active")
    rows = ask(statement, {"users": list(users), "when": timezone.localdate()})
    actors = [actor_of(seated_user(row)) for row in rows]
    return alive(keys), {
        actor.user.pk: actor
        for actor in actors
        if actor.user.is_superuser or actor.is_any_of(DESK_ROLES)
    }


STANDING = Standing()
