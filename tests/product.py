"""Start the product for a test: the very programs of `./gridctl up`, on the test database."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from ops.layout import Layout
from ops.supervisor import Program, programs
from tests.ports import HERE, free_pair

ROOT = Path(__file__).resolve().parents[1]
READY_S = 60.0
QUIET_S = 5.0
_AT_WORK = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
   AND state IN ('active', 'idle in transaction')
"""
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass
class Product:
    """What runs: its address, its programs by name, where their output goes."""

    url: str
    port: int
    logs: Path
    media: Path
    env: dict[str, str]
    commands: dict[str, Program]
    processes: dict[str, subprocess.Popen[bytes]]

    def start(self, name: str) -> None:
        """Start one of the programs (again)."""
        with (self.logs / f"{name}.log").open("ab") as out:
            self.processes[name] = subprocess.Popen(
                self.commands[name].argv,
                env=self.env,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def stop(self, name: str) -> None:
        """End one program as an operator would, with SIGTERM; kill it when it will not."""
        process = self.processes.pop(name)
        process.terminate()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGCONT)  # it may be at rest
        with suppress(subprocess.TimeoutExpired):
            process.wait(8)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # it, or what it left behind
        process.wait()

    def kill(self, name: str) -> None:
        """End one program as a power cut would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)  # a server's workers too
        process.wait()

    def rest(self) -> None:
        """Halt the programs between two transactions: who empties the tables waits for no reader.

        A worker or a page that reads two tables while both are emptied would be a deadlock.
        """
        until = time.monotonic() + QUIET_S
        while True:
            self._signal(signal.SIGSTOP)
            if _quiet() or time.monotonic() > until:
                return
            self._signal(signal.SIGCONT)
            time.sleep(0.05)

    def _signal(self, number: signal.Signals) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, number)

    def ensure(self) -> None:
        """Let the programs go on, start what an earlier test ended, wait until all answer."""
        self._signal(signal.SIGCONT)
        for name in self.commands:
            if name not in self.processes or self.processes[name].poll() is not None:
                self.start(name)
        _wait(self)

    def said(self) -> str:
        """Return what the programs printed, for a failing test."""
        return "\n".join(path.read_text(errors="replace") for path in self.logs.glob("*.log"))


def wait_until_quiet() -> None:
    """Let the programs finish what they are at: emptying the tables waits for no reader."""
    until = time.monotonic() + QUIET_S
    while not _quiet() and time.monotonic() < until:
        time.sleep(0.05)


def end_other_sessions() -> None:
    """Disconnect whoever else uses the test database, such as a program that was killed."""
    with connection.cursor() as cursor:
        cursor.execute(_END_OTHERS)


def _quiet() -> bool:
    """Return whether nobody else is in the middle of a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_AT_WORK)
        return cursor.fetchone() == (0,)


@contextmanager
def run_product(folder: Path, url: str) -> Iterator[Product]:
    """Run web, live and worker on a database until the block ends; `folder` gets logs, media."""
    port = free_pair()
    commands = {p.name: p for p in programs(Layout(ROOT), port, HERE)}
    env = {
        **os.environ,
        "DATABASE_URL": url,
        "GRID_MEDIA": str(folder / "media"),
        "GRID_LIVE_PORT": str(port + 1),
        "PYTHONUNBUFFERED": "1",
    }
    running = Product(f"http://{HERE}:{port}", port, folder, folder / "media", env, commands, {})
    try:
        running.ensure()
        yield running
    finally:
        for name in list(running.processes):
            running.stop(name)


def database_url() -> str:
    """Return the address of the database this test uses."""
    settings = connection.settings_dict
    host = quote(settings["HOST"], safe="")
    return f"postgis://{settings['USER']}@{host}/{settings['NAME']}"


def _wait(running: Product) -> None:
    addresses = [
        f"{running.url}/readyz",
        f"http://{HERE}:{running.port + 1}/live/healthz",
    ]
    deadline = time.monotonic() + READY_S
    while addresses:
        try:
            with urllib.request.urlopen(addresses[0], timeout=2):
                addresses.pop(0)
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise AssertionError(f"the product is not ready:\n{running.said()}") from None
            time.sleep(0.1)
