"""The web or the live process of the product, started with the very words of `./gridctl up`."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

from django.conf import settings
from psycopg import Connection

from bench import behind, scratch
from ops.layout import Layout
from ops.supervisor import programs

READY_S = 60.0
BIND = "127.0.0.1"


@contextmanager
def web(settings_module: str = "gis_grid.settings") -> Iterator[int]:
    """Run the web process on the scratch database until the block ends; yields its port."""
    with _web(settings_module) as (port, _):
        yield port


@contextmanager
def web_behind() -> Iterator[tuple[int, Callable[[], bool]]]:
    """Run the web process so that a browser on this machine does not wait for it.

    Yields its port, and a call that puts it and PostgreSQL's backends behind all others, to be made
    again when there may be new ones; False if it was not allowed.
    """
    with _web() as (port, process), scratch.connect() as own:
        yield port, lambda: behind.put_behind([process, *_backends(own)])


def _backends(connection: Connection[tuple[Any, ...]]) -> list[int]:
    found = connection.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    )
    return [pid for (pid,) in found]


@contextmanager
def _web(settings_module: str = "gis_grid.settings") -> Iterator[tuple[int, int]]:
    port = _free_port()
    program = programs(Layout(settings.BASE_DIR), port, BIND)[0]
    health = f"http://{BIND}:{port}/healthz"
    with _running(program.argv, health, settings_module) as process:
        yield port, process


@contextmanager
def live() -> Iterator[int]:
    """Run the live process on the scratch database until the block ends; yields its port."""
    port = _free_port()
    program = programs(Layout(settings.BASE_DIR), port - 1, BIND)[1]
    with _running(program.argv, f"http://{BIND}:{port}/live/healthz"):
        yield port


@contextmanager
def _running(
    argv: Sequence[str], health: str, settings_module: str = "gis_grid.settings"
) -> Iterator[int]:
    # As an installation runs: without the log of queries that DEBUG keeps.
    environment = {
        "DJANGO_SETTINGS_MODULE": settings_module,
        "GRID_DEBUG": "false",
        "GRID_HOSTS": BIND,
    }
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, *argv[1:]],
            cwd=settings.BASE_DIR,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # what shares the processor counts by sessions
        )
        try:
            _wait(process, health, log)
            yield process.pid
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    # The system's pick: granian would share a port with another server without a word.
    with socket.socket() as probe:
        probe.bind((BIND, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: "subprocess.Popen[bytes]", health: str, log: IO[bytes]) -> None:
    deadline = time.monotonic() + READY_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(health, timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    log.seek(0)
    raise RuntimeError("the process is not ready:\n" + log.read().decode(errors="replace"))
