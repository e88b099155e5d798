"""What the tests need beside Python: a Chromium that starts, a Chinese font, Node."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from ops import apt, say, shell
from ops.layout import Layout
from ops.say import Failed

# Larger than fonts-wqy-microhei (56 MB to 1.6), but the pictures look as they do on people's desks.
FONT_PACKAGE = "fonts-noto-cjk"
# Chromium without its windows, which nobody sees: a quarter less work for the same pages.
SHELL_PACKAGE = "chromium-headless-shell"


def candidates() -> Iterator[Path]:
    """Yield the places of a Chromium, the preferred first."""
    if chosen := os.environ.get("GRID_CHROMIUM"):
        yield Path(chosen)
        return  # who names one wants that one
    yield from _from_playwright()
    yield Path("/usr/lib/chromium", SHELL_PACKAGE)  # the program, not the script that starts it
    yield Path("/usr/bin/chromium")
    for name in ("chromium", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            yield Path(found)
    yield Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")


def _from_playwright() -> Iterator[Path]:
    home = Path.home()
    stores = [Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or home / ".cache" / "ms-playwright")]
    if sys.platform == "darwin":
        stores.append(home / "Library" / "Caches" / "ms-playwright")
    for store in stores:
        for pattern in (
            "chromium_headless_shell-*/*/headless_shell",
            "chromium_headless_shell-*/*/chrome-headless-shell",
            "chromium-*/chrome-linux*/chrome",
            "chromium-*/chrome-mac*/*/Contents/MacOS/*",
        ):
            yield from sorted(store.glob(pattern), reverse=True)


def version(program: Path) -> str | None:
    """Return what the browser says of itself, None when it does not start (Ubuntu's snap stub)."""
    said = shell.answer([program, "--version"]) if program.exists() else None
    return said if said and any(letter.isdigit() for letter in said) else None


def find() -> Path | None:
    """Return the first Chromium that starts."""
    return next((program for program in candidates() if version(program)), None)


def has_chinese_font() -> bool:
    """Tell whether fontconfig knows a font for Chinese."""
    return bool(shell.answer(["fc-list", ":lang=zh", "family"])) or sys.platform == "darwin"


def missing_packages(*, with_browser: bool) -> list[str]:
    """Return the Debian packages that the tests still need."""
    missing = [] if shutil.which("node") else ["nodejs"]
    if not with_browser:
        return missing
    if not find() and not os.environ.get("GRID_CHROMIUM") and not apt.is_ubuntu():
        missing.append(apt.first_known(SHELL_PACKAGE, "chromium"))
    if not has_chinese_font():
        missing += ["fontconfig", FONT_PACKAGE]
    return missing


def ensure(layout: Layout) -> Path:
    """Return a Chromium that starts, fetched by Playwright if need be; Failed for none."""
    found = find()
    if not found and not os.environ.get("GRID_CHROMIUM"):
        _fetch(layout)
        found = find()
    if not found:
        wrong = os.environ.get("GRID_CHROMIUM")
        why = f"GRID_CHROMIUM={wrong} does not start" if wrong else "none was found that starts"
        raise Failed(
            "browser", why, "install Chromium, set GRID_CHROMIUM to it, or add --no-browser"
        )
    say.ok("browser", f"{version(found)} at {found}")
    return found


def _fetch(layout: Layout) -> None:
    """Let Playwright download its Chromium: the way for Ubuntu, whose package is a snap."""
    say.note("fetching Chromium through Playwright")
    with_deps = ["--with-deps"] if apt.become_root() is not None and apt.is_debian() else []
    shell.logged(
        "browser",
        [layout.python, "-m", "playwright", "install", *with_deps, "--only-shell", "chromium"],
        log=layout.log / "setup.log",
        fix="install Chromium by hand and set GRID_CHROMIUM to it, or add --no-browser",
    )
