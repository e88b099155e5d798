"""The Python packages: .venv filled from a hashed lock by uv, and the locks made anew."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ops import say, shell
from ops.guard import only_one
from ops.layout import Layout
from ops.say import Failed

BASE, DEV = "requirements.lock", "requirements-dev.lock"
FIX = "see .local/log/setup.log, check the network, run again"


def missing_packages() -> list[str]:
    """Return the Debian packages without which this Python cannot make a .venv."""
    if importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv"):
        return []
    return [f"python{sys.version_info.major}.{sys.version_info.minor}-venv"]


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _stamp(layout: Layout) -> Path:
    return layout.venv / "gridctl.json"


def _installed(layout: Layout) -> dict[str, str]:
    """Return what was synced last: {"lock": name, "sha256": digest}; {} for nothing."""
    try:
        stamp: dict[str, str] = json.loads(_stamp(layout).read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return stamp


def ensure(layout: Layout, *, dev: bool) -> None:
    """Bring .venv to its lock. One that holds the test tools keeps them: they come on top."""
    installed = _installed(layout)
    lock = DEV if dev or _has_test_tools(layout) else BASE
    wanted = {"lock": lock, "sha256": _digest(layout.root / lock)}
    if installed == wanted and shell.answer([layout.python, "-c", "import django"]) is not None:
        say.skipped("python packages", f".venv holds {lock}")
        return
    say.note(f"installing {lock} into .venv")
    _make_venv(layout)
    _stamp(layout).unlink(missing_ok=True)
    _install_uv(layout)
    _uv_log(layout, "pip", "sync", "--require-hashes", "--python", layout.python, lock)
    _stamp(layout).write_text(json.dumps(wanted) + "\n", "utf-8")
    say.ok("python packages", f"{lock} into .venv")


def _has_test_tools(layout: Layout) -> bool:
    return any(layout.venv.glob("lib/python*/site-packages/pytest"))


def _make_venv(layout: Layout) -> None:
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    if shell.answer([layout.python, "-c", check]) is not None:
        return
    shutil.rmtree(layout.venv, ignore_errors=True)
    shell.logged(
        ".venv",
        [sys.executable, "-m", "venv", layout.venv],
        log=layout.log / "setup.log",
        fix=f"install {' '.join(missing_packages()) or 'a complete Python'}, run again",
    )


def _install_uv(layout: Layout) -> None:
    lock = layout.root / "ops" / "installer.lock"
    pin = lock.read_text("utf-8").split("uv==", 1)[1].split()[0]
    if pin in (shell.answer([layout.python, "-m", "uv", "--version"]) or ""):
        return
    pip = [
        str(layout.python),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "-r",
        str(lock),
    ]
    shell.logged("uv", pip, log=layout.log / "setup.log", fix=FIX)


def _uv_log(layout: Layout, *arguments: str | Path) -> None:
    shell.logged(
        "python packages",
        [layout.python, "-m", "uv", *arguments],
        log=layout.log / "setup.log",
        fix=FIX,
        env={**os.environ, "UV_NO_PROGRESS": "1", "UV_NO_CONFIG": "1"},
        cwd=layout.root,
    )


def relock(layout: Layout, *, upgrade: bool) -> int:
    """Write the locks anew from pyproject.toml: names, versions and hashes, never an address."""
    layout.prepare()
    with only_one(layout.local / "lock", "lock"):
        _relock(layout, upgrade=upgrade)
    return 0


def _relock(layout: Layout, *, upgrade: bool) -> None:
    _make_venv(layout)
    _install_uv(layout)
    options = ["--quiet", "--universal", "--generate-hashes", "--python-version", "3.11"]
    options += ["--no-emit-index-url", "--no-emit-find-links"]
    options += ["--custom-compile-command", "./gridctl lock", *(["--upgrade"] if upgrade else [])]
    for name, source in (
        (BASE, ["pyproject.toml"]),
        (DEV, ["pyproject.toml", "--group", "dev"]),
        ("ops/installer.lock", ["ops/installer.in"]),
    ):
        _uv_log(layout, "pip", "compile", *source, *options, "-o", name)
        if "://" in (layout.root / name).read_text("utf-8"):
            raise Failed(name, "it names an address", "unset the index settings of uv, run again")
        say.ok(name, "written")


def versions(layout: Layout) -> dict[str, str]:
    """Return the versions of what .venv carries; {} when it is not ready."""
    program = (
        "import json, django, shapely, pyogrio, pyproj; print(json.dumps({"
        "'Django': django.__version__, 'GEOS': shapely.geos_version_string,"
        "'GDAL': pyogrio.__gdal_version_string__, 'PROJ': pyproj.proj_version_str}))"
    )
    try:
        result = subprocess.run(
            [layout.python, "-c", program], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return {}
    found: dict[str, str] = json.loads(result.stdout)
    return found
