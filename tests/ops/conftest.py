"""Installations to test ops/ with: real clusters, and a stand-in project for gridctl to run."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from ops.cluster import Cluster
from ops.layout import Layout
from tests.ports import free_pair

PROJECT = Path(__file__).resolve().parents[2]
STAND_IN = Path(__file__).resolve().parent / "stand_in"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    """An empty installation in a folder that only we may enter."""
    made = Layout(tmp_path)
    made.prepare()
    return made


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may pass through, with a space in its name and a long path."""
    with _open_folder() as folder:
        yield folder


@contextmanager
def _open_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="grid tests ") as name:
        Path(name).chmod(0o755)
        folder = Path(name) / ("a rather long folder name " * 4).strip() / "网格"
        folder.mkdir(parents=True)
        yield folder


@pytest.fixture
def cluster(layout: Layout) -> Iterator[Cluster]:
    """A cluster that does not exist yet; gone afterwards."""
    made = Cluster(layout, "pgtest")
    yield made
    made.remove()


@dataclass
class Installation:
    """A stand-in project with the real gridctl, ops and locks, and the packages of the tests."""

    root: Path
    port: int

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start gridctl as people do; no variable of the running test reaches it."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GRID_") and name != "DATABASE_URL"
        }
        return subprocess.Popen(
            [self.root / "gridctl", *arguments],
            env={**inherited, "GRID_PYTHON": sys.executable, **variables},
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run gridctl to its end, which must come within two minutes."""
        with self.start(*arguments, **variables) as process:
            try:
                out, err = process.communicate(timeout=120)
            except BaseException:
                process.kill()
                raise
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def up(self, *more: str) -> subprocess.CompletedProcess[str]:
        return self.run("up", "--detach", "--port", str(self.port), *more)

    def status(self) -> dict[str, Any]:
        result: dict[str, Any] = json.loads(self.run("status", "--json").stdout)
        return result

    def record(self) -> dict[str, Any]:
        """Return what the supervisor wrote about itself and its programs."""
        result: dict[str, Any] = json.loads(Layout(self.root).state.read_text("utf-8"))
        return result

    def asked(self) -> list[str]:
        """Return the management commands that were run, in order."""
        path = self.root / "asked.txt"
        return path.read_text("utf-8").splitlines() if path.exists() else []

    @contextmanager
    def get(self, path: str, *, live: bool = False) -> Iterator[HTTPResponse]:
        """Ask the web or the live process; the answer can be read while the block lasts."""
        with closing(HTTPConnection("127.0.0.1", self.port + live, timeout=10)) as connection:
            connection.request("GET", path)
            with connection.getresponse() as response:
                yield response

    def processes(self) -> list[int]:
        """Return the numbers of all processes that run from this folder."""
        marks = (os.fsencode(self.root), str(self.port).encode(), str(self.port + 1).encode())
        return [pid for pid, line in _command_lines() if any(mark in line for mark in marks)]


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """A stand-in project; everything of it is gone afterwards."""
    with _open_folder() as root:
        shutil.copytree(STAND_IN, root, dirs_exist_ok=True)
        without_caches = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / "ops", root / "ops", ignore=without_caches)
        for name in ("gridctl", "requirements.lock", "requirements-dev.lock"):
            shutil.copy(PROJECT / name, root)
        (root / "static").mkdir()
        _lend_venv(root)
        made = Installation(root, free_pair())
        yield made
        made.run("reset", "--yes")


def _command_lines() -> Iterator[tuple[int, bytes]]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has just ended
            yield int(path.parent.name), path.read_bytes()


def _lend_venv(root: Path) -> None:
    """Give the stand-in the packages of the Python that runs the tests, marked as up to date."""
    venv, real = root / ".venv", Path(sys.prefix)
    venv.mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        (venv / name).symlink_to(real / name)
    lock = root / "requirements-dev.lock"
    stamp = {"lock": lock.name, "sha256": hashlib.sha256(lock.read_bytes()).hexdigest()}
    (venv / "gridctl.json").write_text(json.dumps(stamp), "utf-8")
