"""Running other programs: their output goes to a log and is shown when they fail."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.layout import tail
from ops.say import Failed


@dataclass(frozen=True)
class Owner:
    """The user that a program runs as."""

    uid: int
    gid: int
    name: str

    @classmethod
    def of(cls, uid: int) -> Owner:
        """Return the user with this number, who need not be in the password file."""
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            return cls(uid, os.getegid(), f"user {uid}")
        return cls(uid, entry.pw_gid, entry.pw_name)

    @classmethod
    def me(cls) -> Owner:
        return cls.of(os.geteuid())

    def arguments(self) -> dict[str, Any]:
        """Return what subprocess needs to run as this user; no sudo is involved."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "cwd": "/"}


def answer(argv: Sequence[str | Path], owner: Owner | None = None) -> str | None:
    """Return what a short question prints, stripped; None when it fails."""
    as_owner = owner.arguments() if owner else {}
    try:
        result = subprocess.run(
            argv, capture_output=True, text=True, timeout=60, check=False, **as_owner
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return result.stdout.strip() if result.returncode == 0 else None


def logged(
    what: str,
    argv: Sequence[str | Path],
    *,
    log: Path,
    fix: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Run a program to its end with its output in a log; Failed shows the log's end."""
    with log.open("a", encoding="utf-8") as out:
        print(f"$ {' '.join(map(str, argv))}", file=out, flush=True)
        start = out.tell()
        result = subprocess.run(
            argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env, cwd=cwd, check=False
        )
    if result.returncode:
        with log.open("rb") as written:
            written.seek(start)
            detail = "\n".join(written.read().decode("utf-8", "replace").splitlines()[-20:])
        raise Failed(what, f"the command ended with {result.returncode}", fix, detail=detail)


def log_tail(path: Path) -> str:
    """Return a log's last lines under its name, for the detail of a failure."""
    return f"--- {path.name} ---\n{tail(path)}"
