"""The steps that commands share, in their order. Each looks at what is there before it acts."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ops import apt, browser, cluster, env, logs, postgres, say, shell, wheels
from ops.cluster import Cluster
from ops.layout import Layout
from ops.say import Failed

GIB = 2**30
FRESH_BYTES, WARM_BYTES = 2 * GIB, GIB // 4
MIGRATIONS = ("gis_grid/**/migrations/*.py", "incidents/migrations/*.py")
STATIC = ("static/**/*", "gis_grid/**/static/**/*", "incidents/static/**/*")


@dataclass(frozen=True)
class Database:
    """A database that is up and has its extensions."""

    url: str
    private: bool
    empty: bool
    applied: str  # digest of its migrations


def preflight(layout: Layout) -> None:
    """Check what no later step could mend."""
    needed = WARM_BYTES if layout.python.exists() else FRESH_BYTES
    free = shutil.disk_usage(layout.root).free
    if free < needed:
        raise Failed(
            "disk",
            f"{free / GIB:.1f} GiB free at {layout.root}, {needed / GIB:.1f} needed",
            "free some space",
        )
    layout.prepare()


def system_packages(layout: Layout, *, for_tests: bool = False, with_browser: bool = True) -> None:
    """Install the system packages that are missing, all in one go."""
    missing = wheels.missing_packages() if not layout.python.exists() else []
    if not env.external_database(layout) and not postgres.find():
        missing.append("postgis" if sys.platform == "darwin" else apt.postgis_package())
    if for_tests:
        missing += browser.missing_packages(with_browser=with_browser)
    apt.ensure(layout, missing)


@contextmanager
def database(layout: Layout, *, for_tests: bool = False) -> Iterator[Database]:
    """Have the database up for a while: the user's own, or the private cluster's."""
    if url := env.external_database(layout):
        say.skipped("cluster", f"DATABASE_URL names {env.without_password(url)}")
        yield ready_database(layout, url, private=False)
        return
    private = Cluster(layout, "pgtest" if for_tests else "pg")
    with private.in_use():
        cluster.report_start(private)
        yield ready_database(layout, private.url, private=True)


def ready_database(layout: Layout, url: str, *, private: bool) -> Database:
    """Make the database and its extensions unless they are there."""
    found = _ask_database(layout, url, private=private)
    name = f"PostgreSQL {found['postgres']}, PostGIS {found['postgis']}"
    if found["made"]:
        say.ok("database", f"made in {name}")
    else:
        say.skipped("database", f"{name} is there")
    return Database(url, private, found["empty"], found["applied"])


def _ask_database(layout: Layout, url: str, *, private: bool) -> dict[str, Any]:
    command = [str(layout.python), "-m", "ops.database"]
    if private:
        command.append("--may-make")
    variables = {**os.environ, "DATABASE_URL": url}
    result = subprocess.run(
        command, capture_output=True, text=True, env=variables, cwd=layout.root, check=False
    )
    try:
        found: dict[str, Any] = json.loads(result.stdout)
    except json.JSONDecodeError:
        raise Failed(
            "database", "the check did not run", "./gridctl doctor", detail=result.stderr
        ) from None
    if "why" in found:
        raise Failed("database", found["why"], found["fix"])
    return found


def secrets(layout: Layout) -> None:
    """Write this installation's secret key once."""
    if env.ensure_secrets(layout):
        say.ok("settings", "secret key written to .local/env")
    else:
        say.skipped("settings", ".local/env is there")


def manage(layout: Layout, what: str, url: str, *arguments: str) -> None:
    """Run a management command as a step, its output in the set-up log."""
    shell.logged(
        what,
        [layout.python, layout.root / "manage.py", *arguments],
        log=logs.path(layout, "setup"),
        fix="read the lines above; ./gridctl doctor looks further",
        env=env.django(layout, url),
        cwd=layout.root,
    )


def migrate(layout: Layout, base: Database) -> None:
    """Bring the tables to the code. Django takes seconds to find nothing to do, a digest none."""
    stamp, code = layout.run / "migrated", _digest_of(layout, *MIGRATIONS)
    if stamp.exists() and stamp.read_text("utf-8") == code + base.applied:
        say.skipped("tables", "no migration is new")
        return
    stamp.unlink(missing_ok=True)
    manage(layout, "tables", base.url, "migrate", "--no-input")
    manage(layout, "tables", base.url, "load_calendar")  # days that people changed stay
    applied = _ask_database(layout, base.url, private=base.private)["applied"]
    stamp.write_text(code + applied, "utf-8")
    say.ok("tables", "every migration is applied")


def static_files(layout: Layout, url: str) -> None:
    """Collect the pages' files under their hashed names, when one of them changed."""
    stamp, code = layout.run / "collected", _digest_of(layout, *STATIC)
    if stamp.exists() and layout.static.exists() and stamp.read_text("utf-8") == code:
        say.skipped("static files", "none has changed")
        return
    manage(layout, "static files", url, "collectstatic", "--no-input")
    stamp.write_text(code, "utf-8")
    say.ok("static files", "collected in .local/static")


def _digest_of(layout: Layout, *patterns: str) -> str:
    """Return a digest of our files that match, of the packages and of the settings."""
    files = [layout.root / wheels.BASE, layout.root / "gis_grid" / "settings.py"]
    for pattern in patterns:
        files += layout.root.glob(pattern)
    digest = hashlib.sha256()
    for path in sorted(path for path in files if path.is_file()):
        digest.update(f"{path.relative_to(layout.root)} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def demo(layout: Layout, base: Database, *, wanted: bool) -> None:
    """Load the invented district and its logins into an empty database."""
    if not wanted:
        say.skipped("demo", "--no-demo; make a login with ./gridctl manage createsuperuser")
        return
    if not base.empty:
        say.skipped("demo", "the database holds areas")
        return
    fresh = env.ensure_accounts(layout)
    say.note("loading the demo district")
    try:
        manage(layout, "demo", base.url, "seed_demo")
    except BaseException:
        if fresh:  # else `status` would show logins that nobody has
            layout.accounts.unlink()
        raise
    say.ok("demo", "logins are in .local/demo_accounts.json")
