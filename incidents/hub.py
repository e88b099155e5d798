"""One listener per live process, any number of streams: the database's bell, handed round.

The hub reads each new change once and puts it into every stream's bounded queue. A stream that
does not keep up is told to take a fresh snapshot; it never slows the others.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import psycopg
from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection

from incidents import feed
from incidents.feed import Change
from incidents.relay import CHANNEL

T = TypeVar("T")
logger = logging.getLogger(__name__)
QUEUE_LIMIT = 256
GATHER_S = 0.05  # rings that come together are read together
QUIET_S = 5.0  # without a ring for so long, look anyway: a lost bell costs seconds, no events
RETRY_S = 1.0


@dataclass(eq=False)
class Stream:
    """One reader's queue; `lost` is set when it overflowed."""

    queue: asyncio.Queue[list[Change]] = field(default_factory=lambda: asyncio.Queue(QUEUE_LIMIT))
    lost: bool = False

    def offer(self, changes: list[Change]) -> None:
        """Queue changes, or mark the stream as lost when it is full."""
        try:
            self.queue.put_nowait(changes)
        except asyncio.QueueFull:
            self.lost = True


class Hub:
    """Listens while anybody is there. `healthy` tells streams whether silence means peace."""

    def __init__(self) -> None:
        """Start without streams."""
        self.streams: set[Stream] = set()
        self.last = 0
        self.healthy = False
        self._started = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def stream(self) -> AsyncIterator[Stream]:
        """Join for the length of a `with`; changes from now on arrive in the stream's queue."""
        stream = Stream()
        self.streams.add(stream)
        if self._task is None:
            self.last = 0
            self._started.clear()
            self._task = asyncio.create_task(self._run())
        try:
            # Until the hub knows from where it hands round, a change could fall between what the
            # stream reads for itself and what the hub brings.
            await self._started.wait()
            yield stream
        finally:
            self.streams.discard(stream)
            if not self.streams and self._task is not None:
                # Nobody is left to tell; the next one starts from the log as it is then.
                self._task.cancel()
                self._task = None

    async def _run(self) -> None:
        """Listen until cancelled; reconnect when the database went away."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                logger.warning("live: database away (%s)", type(error).__name__)
                await asyncio.sleep(RETRY_S)
            finally:
                self.healthy = False

    async def _listen(self) -> None:
        parameters = await sync_to_async(_connection_parameters)()
        async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as bell:
            await bell.execute(f"LISTEN {CHANNEL}")
            self.last = self.last or await _read(feed.last_sequence)
            self.healthy = True
            self._started.set()
            while True:
                await self._hand_round()
                async for _ring in bell.notifies(timeout=QUIET_S, stop_after=1):
                    await asyncio.sleep(GATHER_S)

    async def _hand_round(self) -> None:
        while changes := await _read(feed.changes_after, self.last):
            self.last = changes[-1].sequence
            for stream in list(self.streams):
                stream.offer(changes)


async def _read(function: Callable[..., T], *arguments: Any) -> T:
    """Run a database read in a thread, with a connection that is checked first."""

    def read() -> T:
        close_old_connections()
        return function(*arguments)

    try:
        return await sync_to_async(read)()
    except Exception as error:
        if isinstance(error.__cause__, psycopg.Error):
            raise error.__cause__ from error
        raise


def _connection_parameters() -> dict[str, Any]:
    parameters: dict[str, Any] = connection.get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    return parameters


HUB = Hub()
