"""The commands `manage` and `test`: another program's work, with what it needs around it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ops import browser, env, say, steps, wheels
from ops.guard import only_one
from ops.layout import Layout

# The whole suite in processes, each with its own database and its own product: one more than
# cores, because a browser's user waits a good deal; four at most.
PROCESSES = min(4, (os.cpu_count() or 1) + 1)
IN_PARALLEL = ("-n", str(PROCESSES), "--dist", "worksteal")


def manage(layout: Layout, arguments: Sequence[str]) -> int:
    """Run a management command with the database up; its output is all that is printed."""
    say.aside()
    steps.preflight(layout)
    with only_one(layout.local / "lock", "manage") as lock:
        steps.system_packages(layout)
        wheels.ensure(layout, dev=False)
        steps.secrets(layout)
        with steps.database(layout) as base:
            lock.release()
            # In the user's folder, so that file names mean what they meant to the user.
            command = [str(layout.python), str(layout.root / "manage.py"), *arguments]
            return _attend(command, env.django(layout, base.url))


def test(layout: Layout, arguments: Sequence[str]) -> int:
    """Run the whole suite, or what the arguments choose, on the test cluster."""
    with_browser = "--no-browser" not in arguments
    chosen = [argument for argument in arguments if argument != "--no-browser"] or [*IN_PARALLEL]
    steps.preflight(layout)
    with only_one(layout.local / "lock", "test") as lock:
        steps.system_packages(layout, for_tests=True, with_browser=with_browser)
        wheels.ensure(layout, dev=True)
        steps.secrets(layout)
        chromium = browser.ensure(layout) if with_browser else None
        if not chromium:
            say.skipped("browser", "--no-browser: its tests are left out")
            chosen = ["-m", "not browser", *chosen]
        with steps.database(layout, for_tests=True) as base:
            steps.static_files(layout, base.url)
            lock.release()
            variables = env.for_tests(layout, base.url, chromium)
            return _attend([str(layout.python), "-m", "pytest", *chosen], variables, layout.root)


def _attend(command: Sequence[str], variables: dict[str, str], cwd: Path | None = None) -> int:
    """Run a program that has the terminal to itself; return its exit status."""
    process = subprocess.Popen(command, env=variables, cwd=cwd)
    while True:
        try:
            status = process.wait()
        except KeyboardInterrupt:
            continue  # the terminal has told the program too; it decides
        except SystemExit:
            process.terminate()
            process.wait()  # the database must outlive it
            raise
        return status if status >= 0 else 128 - status
