"""The command `up`, in the foreground and behind."""

from __future__ import annotations

import subprocess
import sys
import time

from ops import env, logs, ports, running, say, steps, supervisor, wheels
from ops.guard import Lock, only_one
from ops.layout import Layout
from ops.running import Running
from ops.say import Failed
from ops.status import announce
from ops.supervisor import Supervisor


def up(layout: Layout, *, port: int | None, detach: bool, with_demo: bool) -> int:
    """Bring everything up, and stay with it unless detached."""
    steps.preflight(layout)
    with only_one(layout.local / "lock", "up") as lock:
        if record := running.find(layout):
            return _already(layout, record, port)
        if left := running.kill_leftovers(layout):
            say.ok("leftovers", f"ended {', '.join(left)} of a run that was cut off")
        bind = env.bind(layout)
        chosen = ports.choose(port, bind)
        steps.system_packages(layout)
        wheels.ensure(layout, dev=False)
        steps.secrets(layout)
        with steps.database(layout) as base:
            steps.migrate(layout, base)
            steps.static_files(layout, base.url)
            steps.demo(layout, base, wanted=with_demo)
            if detach:
                _run_behind(layout, chosen)
                return 0
            return _run_here(layout, base.url, lock, port=chosen, bind=bind)


def _already(layout: Layout, record: Running, wanted_port: int | None) -> int:
    if wanted_port not in (None, record.port):
        raise Failed(
            f"port {wanted_port}", f"it runs already at {record.url}", "run ./gridctl down first"
        )
    say.skipped("up", "it runs already")
    announce(layout, record)
    return 0


def _run_here(layout: Layout, url: str, lock: Lock, *, port: int, bind: str) -> int:
    keeper = Supervisor(layout, env.django(layout, url, port=port, bind=bind), port=port, bind=bind)
    with keeper.started():
        if keeper.wait_ready():
            announce(layout, keeper.record())
            say.plain("Ctrl-C ends it.")
            lock.release()  # others may run commands now
            with logs.followed(layout, keeper.ending):
                keeper.watch()
        say.note("ending")
    return 0


def _run_behind(layout: Layout, port: int) -> None:
    log = logs.path(layout, "up")
    logs.keep_small(log)
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, layout.root / "ops", "supervise", str(port)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        record = _wait_for(layout, process)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    announce(layout, record)


def _wait_for(layout: Layout, process: subprocess.Popen[bytes]) -> Running:
    while process.poll() is None:
        record = running.find(layout)
        if record and all(record.answers().values()):
            return record
        time.sleep(0.25)
    raise supervisor.not_ready("up", logs.path(layout, "up"), "the programs did not start")


def supervise(layout: Layout, port: int) -> int:
    """Be the supervisor of a detached installation; everything is prepared."""
    bind = env.bind(layout)
    with steps.database(layout) as base:
        variables = env.django(layout, base.url, port=port, bind=bind)
        keeper = Supervisor(layout, variables, port=port, bind=bind)
        with keeper.started():
            if keeper.wait_ready():
                keeper.watch()
    return 0
