"""One listener per live process, any number of streams: the database's bell, handed round.

The hub reads each new change once and gives it to every stream. A first change goes out at once;
what follows within `GAP_S` goes out together. A stream that does not keep up is told to take a
fresh snapshot; it never slows the others.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import psycopg
from asgiref.sync import sync_to_async
from django.db import close_old_connections, connection

from incidents import feed
from incidents.feed import Change
from incidents.relay import CHANNEL

T = TypeVar("T")
logger = logging.getLogger(__name__)
GAP_S = 0.25  # under load a frame at most so often
QUIET_S = 5.0  # without a ring for so long, look anyway: a lost bell costs seconds, no events
RETRY_S = 1.0


class Stream:
    """What one reader has still to be told; `lost` when that is more than a snapshot costs."""

    def __init__(self) -> None:
        """Start with nothing waiting."""
        self.lost = False
        self._waiting: list[Change] = []
        self._bell = asyncio.Event()

    def offer(self, changes: list[Change]) -> None:
        """Add changes, or give up on a reader that is too far behind."""
        self.lost = self.lost or len(self._waiting) + len(changes) > feed.MAX_REPLAY
        # Nothing more is kept for somebody who will start anew.
        self._waiting = [] if self.lost else self._waiting + changes
        self._bell.set()

    async def take(self, patience_s: float) -> list[Change]:
        """Wait for changes and take all there are; empty after so many seconds, or when lost."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._bell.wait(), patience_s)
        self._bell.clear()
        taken, self._waiting = self._waiting, []
        return taken


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
        """Join for the length of a `with`; changes from now on are offered to the stream."""
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
        parameters = await in_thread(_connection_parameters)
        async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as bell:
            await bell.execute(f"LISTEN {CHANNEL}")
            self.last = self.last or await in_thread(feed.last_sequence)
            self.healthy = True
            self._started.set()
            clock = asyncio.get_running_loop().time
            while True:
                began = clock()
                await self._hand_round()
                async for _ring in bell.notifies(timeout=QUIET_S, stop_after=1):
                    # The first ring after a pause waits for nothing.
                    await asyncio.sleep(max(0.0, began + GAP_S - clock()))

    async def _hand_round(self) -> None:
        while changes := await in_thread(feed.changes_after, self.last):
            self.last = changes[-1].sequence
            for stream in list(self.streams):
                stream.offer(changes)


THREADS = ThreadPoolExecutor(4, "live")  # as many connections, whoever runs the loop


async def in_thread(function: Callable[..., T], *arguments: Any) -> T:
    """Run what asks the database in one of the process's few threads.

    Never in a thread of the request: a stream would keep that, and a database connection with
    it, for as long as somebody watches.
    """

    def run() -> T:
        close_old_connections()
        return function(*arguments)

    try:
        return await sync_to_async(run, thread_sensitive=False, executor=THREADS)()
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
