"""Keeps web, live and worker running, and ends them all within ten seconds."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from ops import logs, running, say
from ops.layout import Layout
from ops.process import Process
from ops.running import Running
from ops.say import Failed
from ops.shell import log_tail

READY_S = 90.0
# The promise is ten seconds for everything; the cluster needs its share after the programs.
KIND_S = 7.0
LONGEST_PAUSE_S = 30.0
STEADY_S = 60.0  # who ran this long starts again without a pause
GIVE_UP_AFTER = 3  # deaths before the first answer


@dataclass(frozen=True)
class Program:
    """One of the installation's programs."""

    name: str
    argv: Sequence[str]


def programs(layout: Layout, port: int, bind: str) -> list[Program]:
    """Return the three programs: pages and API, live stream, worker."""
    python = str(layout.python)
    web = [python, "-m", "granian", "--interface", "wsgi", "--host", bind, "--port", str(port)]
    web += ["--workers", "2", "--blocking-threads", str(min(8, 2 * (os.cpu_count() or 1)))]
    # A thread takes its database connection with it when it ends, so let them live long.
    web += ["--blocking-threads-idle-timeout", "600", "--no-ws", "--log-level", "warning"]
    web += ["--respawn-failed-workers", "--workers-kill-timeout", "3"]
    live = [python, "-m", "uvicorn", "--host", bind, "--port", str(port + 1), "--lifespan", "off"]
    # An open stream never ends by itself; without the limit it would block the stop for good.
    live += ["--timeout-graceful-shutdown", "2", "--no-access-log", "--log-level", "warning"]
    return [
        Program("web", [*web, "gis_grid.wsgi:application"]),
        Program("live", [*live, "gis_grid.asgi:application"]),
        Program("worker", [python, str(layout.root / "manage.py"), "work"]),
    ]


class Child:
    """A program while it is watched over: started, restarted with growing pauses, ended."""

    def __init__(self, program: Program, log: Path, env: Mapping[str, str], cwd: Path) -> None:
        self.program = program
        self.log = log
        self.deaths = 0
        self._env = env
        self._cwd = cwd
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._next_start = 0.0

    @property
    def name(self) -> str:
        return self.program.name

    def identity(self) -> Process | None:
        return Process.of(self._process.pid) if self._process else None

    def start(self) -> None:
        with self.log.open("ab") as out:
            # Its own process group, so that what it starts can be ended with it; appended
            # output, so that the log can be cut while it is written.
            self._process = subprocess.Popen(
                self.program.argv,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=self._env,
                cwd=self._cwd,
                start_new_session=True,
            )
        self._started = time.monotonic()

    def keep_alive(self) -> bool:
        """Start the program again when it has ended and its pause is over; True when started."""
        now = time.monotonic()
        if self._process is not None:
            status = self._process.poll()
            if status is None:
                return False
            self.kill_group()  # what it left behind would hold the port
            self._process = None
            self.deaths = 1 if now - self._started > STEADY_S else self.deaths + 1
            pause = min(2.0 ** (self.deaths - 1), LONGEST_PAUSE_S)
            self._next_start = now + pause
            say.note(f"{self.name} ended ({status}), starts again in {pause:.0f} s: see {self.log}")
        if now < self._next_start:
            return False
        self.start()
        return True

    def terminate(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def wait(self, seconds: float) -> None:
        if self._process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(max(0.0, seconds))

    def kill_group(self) -> None:
        if self._process:
            Process(self._process.pid, "").kill_group()
            self._process.wait()


class Supervisor:
    """The running installation. It holds the `up` lock and keeps the record of what runs."""

    def __init__(self, layout: Layout, env: Mapping[str, str], *, port: int, bind: str) -> None:
        self.layout = layout
        self.port = port
        self.bind = bind
        self.ending = threading.Event()
        self.children = [
            Child(program, logs.path(layout, program.name), env, layout.root)
            for program in programs(layout, port, bind)
        ]

    def record(self) -> Running:
        identities = {child.name: child.identity() for child in self.children}
        alive = {name: process for name, process in identities.items() if process}
        return Running(Process.of(os.getpid()), self.port, self.bind, alive)

    @contextmanager
    def started(self) -> Iterator[None]:
        """Run the programs; a signal or the end of the block ends them all."""
        lock = running.lock(self.layout)
        lock.take("up")
        running.kill_leftovers(self.layout)
        # The first signal asks for the end; the next ones must not disturb it.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._end)
        try:
            for child in self.children:
                logs.keep_small(child.log)
                child.start()
            self.record().write(self.layout)
            yield
        finally:
            self.stop()
            self.layout.state.unlink(missing_ok=True)
            lock.release()

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.ending.set()

    def watch(self, until: Callable[[], bool] = lambda: False) -> bool:
        """Keep the programs running; True when `until` came true, False at the end of all."""
        rounds = 0
        while not self.ending.wait(0.25):
            restarted = [child.name for child in self.children if child.keep_alive()]
            if restarted:
                self.record().write(self.layout)
            rounds += 1
            if rounds % 240 == 0:
                for child in self.children:
                    logs.keep_small(child.log)
            if until():
                return True
        return False

    def stop(self) -> None:
        """End every program: kindly, and after a while with its whole group."""
        deadline = time.monotonic() + KIND_S
        for child in self.children:
            child.terminate()
        for child in self.children:
            child.wait(deadline - time.monotonic())
        for child in self.children:
            child.kill_group()

    def wait_ready(self) -> bool:
        """Wait until web and live answer; False when told to end, Failed when they do not."""
        deadline = time.monotonic() + READY_S
        record = self.record()

        def settled() -> bool:
            self._check_start(deadline)
            return all(record.answers().values())

        return self.watch(settled)

    def _check_start(self, deadline: float) -> None:
        for child in self.children:
            if child.deaths >= GIVE_UP_AFTER:
                raise not_ready(child.name, child.log, "it ends as soon as it starts")
        if time.monotonic() > deadline:
            silent = [name for name, well in self.record().answers().items() if not well]
            log = logs.path(self.layout, silent[0] if silent else "web")
            raise not_ready(" and ".join(silent), log, f"no good answer within {READY_S:.0f} s")


def not_ready(name: str, log: Path, why: str) -> Failed:
    """Return the failure of a program that did not come up, with its log's end."""
    return Failed(name, why, "read the lines above or ./gridctl logs", detail=log_tail(log))
