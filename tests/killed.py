"""A phone whose browser dies: Chromium with a profile on disk, killed as a whole, opened again."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Error, Page

from ops import browser

GONE_S = 10.0


class Handset:
    """One phone: its profile stays, its browser comes and goes."""

    def __init__(self, alike: Browser, profile: Path, script: str = "", **options: Any) -> None:
        """`alike`: its kind and program are used. `script`: runs in each page before its own."""
        self._kind = alike.browser_type
        self._profile = profile
        self._script = script
        self._options = options
        self._context: BrowserContext | None = None
        self.cookies: list[Any] = []

    def start(self) -> Page:
        """Start the browser, with the cookies it had: it writes them only twice a minute."""
        self._context = self._kind.launch_persistent_context(
            self._profile, executable_path=chromium_path(), **self._options
        )
        self._context.add_init_script(self._script)
        self._context.add_cookies(self.cookies)
        return self._context.pages[0]

    def kill(self) -> None:
        """SIGKILL to the browser and all its processes at once; returns when they are gone."""
        assert self._context
        self.cookies = self._context.cookies()
        group = _group_of(self._profile)
        os.killpg(group, signal.SIGKILL)
        until = time.monotonic() + GONE_S
        while _alive(group):
            if time.monotonic() > until:
                raise AssertionError("the browser does not die")
            time.sleep(0.01)
        self.close()

    def close(self) -> None:
        """Let go of a browser, whether it lives or not."""
        if self._context:
            with suppress(Error):
                self._context.close()
            self._context = None


@cache
def chromium_path() -> Path | None:
    """Return the program that the `chromium` fixture starts too, None where there is none."""
    return browser.find()


def _group_of(profile: Path) -> int:
    """Return the process group of the browser on this profile; it must be its own."""
    mark = f"--user-data-dir={profile}".encode()
    for folder in _processes():
        with suppress(OSError):
            if mark in (folder / "cmdline").read_bytes().split(b"\0"):
                group = os.getpgid(int(folder.name))
                assert group != os.getpgid(0), "the browser has no process group of its own"
                return group
    raise AssertionError("no browser to kill")


def _alive(group: int) -> bool:
    """Return whether any process of the group still runs."""
    for folder in _processes():
        with suppress(OSError):
            state, _, its_group = (folder / "stat").read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state != "Z":
                return True
    return False


def _processes() -> Iterator[Path]:
    return (path for path in Path("/proc").iterdir() if path.name.isdigit())
