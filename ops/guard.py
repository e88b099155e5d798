"""Locks between runs of gridctl. The kernel frees them when a holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops import say


class Lock:
    """A file lock, exclusive or shared, whose file tells who holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = -1

    def take(self, purpose: str = "", *, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock; return False when wait is off and somebody else has it."""
        mode = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
        while True:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(file, mode)
            except BlockingIOError:
                os.close(file)
                return False
            except BaseException:
                os.close(file)
                raise
            if self._is_current(file):
                break
            os.close(file)  # `reset` removed the file while we waited for it
        if purpose:
            os.ftruncate(file, 0)
            os.write(
                file, f"{purpose}, process {os.getpid()}, since {time.strftime('%T')}".encode()
            )
        self._file = file
        return True

    def _is_current(self, file: int) -> bool:
        try:
            return os.fstat(file).st_ino == os.stat(self.path).st_ino
        except FileNotFoundError:
            return False

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def is_held(self) -> bool:
        """Tell whether any process, this one included, holds the lock."""
        if not self.path.exists():
            return False
        probe = Lock(self.path)
        taken = probe.take(wait=False)
        probe.release()
        return not taken

    def holder(self) -> str:
        """Return who took the lock last, in words."""
        try:
            return self.path.read_text("utf-8") or "another run"
        except OSError:
            return "another run"


@contextmanager
def only_one(path: Path, purpose: str) -> Iterator[Lock]:
    """Hold the lock at path for a piece of work; say whom we wait for."""
    lock = Lock(path)
    if not lock.take(purpose, wait=False):
        say.note(f"waiting for {lock.holder()}")
        lock.take(purpose)
    try:
        yield lock
    finally:
        lock.release()
