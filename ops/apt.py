"""System packages: what is missing goes in by one apt run, or the user gets the one line to run."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ops import say
from ops.layout import Layout
from ops.say import Failed
from ops.shell import answer, log_tail

INSTALL = ("install", "-y", "--no-install-recommends")
# Another apt run (unattended upgrades) would make ours fail at once; wait for it instead.
OPTIONS = ("-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3")


def release() -> dict[str, str]:
    """Return /etc/os-release, {} where there is none."""
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}


def is_debian() -> bool:
    """Tell whether apt installs things here (Debian, Ubuntu and their kin)."""
    return shutil.which("apt-get") is not None


def is_ubuntu() -> bool:
    """Tell Ubuntu, whose chromium package only points at a snap."""
    return release().get("ID") == "ubuntu"


def postgis_package() -> str:
    """Return the name of the newest PostGIS server package that apt knows."""
    names = (answer(["apt-cache", "pkgnames", "postgresql-"]) or "").split()
    majors = [
        int(m[1]) for name in names if (m := re.fullmatch(r"postgresql-(\d+)-postgis-3", name))
    ]
    # Without package lists: a name that apt resolves once it has them.
    return f"postgresql-{max(majors)}-postgis-3" if majors else "postgresql-postgis"


def first_known(*packages: str) -> str:
    """Return the first package that apt knows; the first of all while its lists are empty."""
    return next((name for name in packages if _lists_know([name])), packages[0])


def become_root() -> list[str] | None:
    """Return what to put before a command for root's rights, None when we cannot have them."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and answer(["sudo", "-n", "true"]) is not None:
        return ["sudo", "-n"]
    return None


def line_to_run(packages: Sequence[str]) -> str:
    """Return the one line that installs the packages, for people to paste."""
    if sys.platform == "darwin":
        return f"brew install {' '.join(packages)}"
    return f"sudo apt-get update && sudo apt-get {' '.join(INSTALL)} {' '.join(packages)}"


def ensure(layout: Layout, packages: Sequence[str]) -> None:
    """Install the packages that the callers found missing."""
    if not packages:
        say.skipped("system packages", "nothing is missing")
        return
    names = " ".join(packages)
    prefix = become_root() if is_debian() else None
    if prefix is None:
        raise Failed("system packages", f"missing: {names}", f"run: {line_to_run(packages)}")
    say.note(f"installing {names}{' through sudo' if prefix else ''}")
    log = layout.log / "setup.log"
    if not _lists_know(packages):
        _apt(prefix, log, "update")
    if _apt(prefix, log, *INSTALL, *packages) != 0:
        # A run that was cut off leaves dpkg half-way; old lists name files that are gone.
        _run([*prefix, "dpkg", "--configure", "-a"], log)
        _apt(prefix, log, "update")
        if _apt(prefix, log, *INSTALL, *packages) != 0:
            fix = f"read the lines above, then run: {line_to_run(packages)}"
            raise Failed(
                "system packages", f"apt-get failed for {names}", fix, detail=log_tail(log)
            )
    say.ok("system packages", f"installed {names}")


def _lists_know(packages: Sequence[str]) -> bool:
    return all(answer(["apt-cache", "show", "--no-all-versions", name]) for name in packages)


def _apt(prefix: list[str], log: Path, *arguments: str) -> int:
    variables = ["env", "DEBIAN_FRONTEND=noninteractive"]
    return _run([*prefix, *variables, "apt-get", *OPTIONS, *arguments], log)


def _run(argv: list[str], log: Path) -> int:
    with log.open("a", encoding="utf-8") as out:
        print(f"$ {' '.join(argv)}", file=out, flush=True)
        # Its own session: Ctrl-C ends our waiting, never dpkg in the middle of a package.
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )
        return process.wait()
