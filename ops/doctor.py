"""A look at everything: versions, places, ports, and what is wrong with the fix beside it."""

from __future__ import annotations

import platform
import shutil
import stat
import sys
from collections.abc import Iterator

from ops import apt, browser, env, ports, postgres, running, say, wheels
from ops.cluster import Cluster
from ops.layout import Layout
from ops.say import Failed
from ops.shell import Owner


def facts(layout: Layout) -> Iterator[tuple[str, str]]:
    """Yield what there is, name and value."""
    system = apt.release().get("PRETTY_NAME", platform.platform())
    yield "system", f"{system}, user {Owner.me().name}"
    yield "Python", f"{platform.python_version()} at {sys.executable}"
    found = postgres.find()
    yield "PostgreSQL", f"{found.version} at {found.bin}" if found else "none with PostGIS"
    inside = wheels.versions(layout)
    yield "packages", ", ".join(f"{k} {v}" for k, v in inside.items()) or ".venv is not ready"
    yield "Chromium", str(browser.find() or "none: ./gridctl test installs it")
    yield "project", str(layout.root)
    yield "disk", f"{shutil.disk_usage(layout.root).free / 2**30:.1f} GiB free"
    yield "database", env.without_password(env.database_url(layout))
    for name in ("pg", "pgtest"):
        cluster = Cluster(layout, name)
        if cluster.exists():
            state = "runs" if cluster.is_running() else "stopped"
            yield f"cluster {name}", f"{state}, {cluster.data}, socket {cluster.socket}"
    record = running.find(layout)
    yield "running", f"{record.url}, live stream at {record.port + 1}" if record else "no"


def problems(layout: Layout) -> Iterator[Failed]:
    """Yield what is wrong, each with its fix."""
    if missing := wheels.missing_packages():
        yield Failed("Python", f"no {missing[0]}", apt.line_to_run(missing))
    if not env.external_database(layout) and not postgres.find():
        package = apt.postgis_package()
        yield Failed("PostgreSQL", "none with PostGIS", apt.line_to_run([package]))
    if not wheels.versions(layout):
        yield Failed("packages", ".venv is not ready", "./gridctl up")
    yield from _open_files(layout)
    yield from _processes(layout)


def _open_files(layout: Layout) -> Iterator[Failed]:
    for path in (layout.settings, layout.accounts):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Failed(str(path), "others may read it", f"chmod 600 {path}")


def _processes(layout: Layout) -> Iterator[Failed]:
    record = running.read(layout)
    if record and not running.find(layout):
        left = [name for name, process in record.programs.items() if process.is_alive()]
        state = f"{', '.join(left)} still run" if left else "nothing of it runs"
        yield Failed("up", f"its supervisor was killed and {state}", "./gridctl down")
    elif record:
        for name, well in record.answers().items():
            if not well:
                yield Failed(name, "it does not answer well", f"./gridctl logs {name}")
    elif not ports.is_free_pair(ports.FIRST, env.bind(layout)):
        say.note(f"port {ports.FIRST} or {ports.FIRST + 1} is in use; `up` will take another")


def run(layout: Layout) -> int:
    """Print facts and problems; 1 when there is a problem."""
    for name, value in facts(layout):
        say.plain(f"{name:<14} {value}")
    found = list(problems(layout))
    for problem in found:
        say.failed(problem)
    if not found:
        say.ok("doctor", "nothing is wrong")
    return 1 if found else 0
