"""Processes by number and start time, so that a reused number is never mistaken for an old one."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from ops.shell import answer


@dataclass(frozen=True)
class Process:
    """A process by number and start time, so that a reused number is not mistaken for it."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> Process:
        return cls(pid, start_time(pid) or "")

    def is_alive(self) -> bool:
        return bool(self.started) and start_time(self.pid) == self.started

    def kill_group(self) -> None:
        """End the process and all its children at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def is_uncollected(pid: int) -> bool:
    """Tell whether a process has ended but its parent has not asked for its status (a zombie)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def any_process_in(folder: Path) -> bool:
    """Tell whether any process works in a folder."""
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):  # it has just ended, or is somebody else's
            if link.readlink() == folder.resolve():
                return True
    return False


def start_time(pid: int) -> str | None:
    """Return when a process started, in the system's own words; None when there is none."""
    try:
        # The name in brackets may hold spaces; the 20th field after it is the start time.
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
        return None if fields[0] in "ZX" else fields[19]
    except (FileNotFoundError, ProcessLookupError):
        return (
            None if Path("/proc/self").exists() else answer(["ps", "-o", "lstart=", "-p", str(pid)])
        )
