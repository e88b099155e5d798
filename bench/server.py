"""The web or the live process of the product, started with the very words of `./gridctl up`."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from django.conf import settings

from ops.layout import Layout
from ops.supervisor import programs

READY_S = 60.0
BIND = "127.0.0.1"


@contextmanager
def web(settings_module: str = "gis_grid.settings") -> Iterator[int]:
    """Run the web process on the scratch database until the block ends; yields its port."""
    port = _free_port()
    program = programs(Layout(settings.BASE_DIR), port, BIND)[0]
    with _running(program.argv, f"http://{BIND}:{port}/healthz", settings_module):
        yield port


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
) -> Iterator[None]:
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
        )
        try:
            _wait(process, health, log)
            yield
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
