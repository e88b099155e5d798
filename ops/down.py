"""The commands `down` and `reset`."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time

from ops import running, say
from ops.cluster import Cluster
from ops.guard import only_one
from ops.layout import Layout
from ops.running import Running
from ops.say import Failed

DOWN_S = 10.0


def down(layout: Layout) -> int:
    """End web, live, worker and the private cluster."""
    if not layout.local.exists():
        say.skipped("down", "nothing has run here yet")
        return 0
    layout.prepare()
    work, tests = Cluster(layout), Cluster(layout, "pgtest")
    ran = work.is_running()  # the supervisor may stop it before we do
    _stop_programs(layout)
    with only_one(layout.local / "lock", "down"):
        if work.stop() or ran:
            say.ok("cluster", "stopped")
        else:
            say.skipped("cluster", "it does not run")
        if not tests.users.is_held() and tests.stop():
            say.ok("test cluster", "stopped")
    return 0


def _stop_programs(layout: Layout) -> None:
    record = running.find(layout)
    if record:
        _ask_to_end(record)
        deadline = time.monotonic() + DOWN_S
        while record.supervisor.is_alive() and time.monotonic() < deadline:
            time.sleep(0.1)
        if record.supervisor.is_alive():
            os.kill(record.supervisor.pid, signal.SIGKILL)
    left = running.kill_leftovers(layout)
    if record or left:
        say.ok("programs", f"ended{' by force: ' + ', '.join(left) if left else ''}")
    else:
        say.skipped("programs", "none runs")


def _ask_to_end(record: Running) -> None:
    try:
        with contextlib.suppress(ProcessLookupError):
            os.kill(record.supervisor.pid, signal.SIGTERM)
    except PermissionError as error:
        raise Failed("down", "it was started by another user", "run as that user") from error


def reset(layout: Layout, *, yes: bool) -> int:
    """Delete all that this installation holds: clusters, secrets, logins, logs, media."""
    if not layout.local.exists():
        say.skipped("reset", "there is nothing to remove")
        return 0
    if not yes:
        raise Failed(
            "reset",
            "it deletes the private database, photos, secrets and logins in .local",
            "run ./gridctl reset --yes when you mean it",
        )
    down(layout)
    with only_one(layout.local / "lock", "reset"):
        for name in ("pg", "pgtest"):
            Cluster(layout, name).remove()
        shutil.rmtree(layout.local)
    say.ok("reset", ".local and its clusters are gone; .venv stays")
    return 0
