"""The environment that Django and its processes get: settings file, secrets, demo passwords.

`.local/env` holds NAME=value lines that people may add to (docs/settings.md lists the names).
The real environment wins over the file, the file over what is worked out here.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

from ops.cluster import Cluster
from ops.layout import Layout, write_private
from ops.say import Failed

# The demo's cast: role and user name. `seed_demo` gives each the password written here.
CAST = (
    ("worker", "li"),
    ("worker", "wang"),
    ("supervisor", "zhao"),
    ("operator", "chen"),
    ("leader", "luo"),
    ("unit", "guo"),
    ("planner", "sun"),
    ("admin", "admin"),
)
# No 0/o, 1/l/i: these passwords are read from a screen and typed on a phone.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Account(TypedDict):
    """A demo login."""

    role: str
    username: str
    password: str


def read_settings(layout: Layout) -> dict[str, str]:
    """Return the NAME=value lines of .local/env, {} when there is no file."""
    try:
        lines = layout.settings.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def ensure_secrets(layout: Layout) -> bool:
    """Write a secret key into .local/env unless there is one; return whether it was written."""
    if layout.settings.exists():
        layout.settings.chmod(0o600)
    if "GRID_SECRET_KEY" in read_settings(layout):
        return False
    old = (
        layout.settings.read_text("utf-8")
        if layout.settings.exists()
        else ("# Settings of this installation, NAME=value. docs/settings.md lists the names.\n")
    )
    write_private(layout.settings, f"{old}GRID_SECRET_KEY={secrets.token_urlsafe(48)}\n")
    return True


def read_accounts(layout: Layout) -> list[Account]:
    """Return the demo logins, [] when there is no demo."""
    try:
        accounts: list[Account] = json.loads(layout.accounts.read_text("utf-8"))
    except FileNotFoundError:
        return []
    return accounts


def ensure_accounts(layout: Layout) -> bool:
    """Write random passwords for the demo's cast unless they are there; return whether written."""
    if layout.accounts.exists():
        layout.accounts.chmod(0o600)
        return False
    accounts = [Account(role=role, username=name, password=new_password()) for role, name in CAST]
    write_private(layout.accounts, json.dumps(accounts, indent=2) + "\n")
    return True


def new_password() -> str:
    """Return twelve random letters in groups of four, about 59 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def external_database(layout: Layout) -> str | None:
    """Return the user's own DATABASE_URL, None for the private cluster."""
    url = os.environ.get("DATABASE_URL") or read_settings(layout).get("DATABASE_URL")
    if url and not url.startswith("postgis://"):
        raise Failed("DATABASE_URL", "it must start with postgis://", "correct it or unset it")
    return url or None


def database_url(layout: Layout) -> str:
    """Return the URL of the database that `up` works with."""
    return external_database(layout) or Cluster(layout).url


def without_password(url: str) -> str:
    """Return a database URL fit to be shown."""
    parts = urlsplit(url)
    if not parts.password:
        return url
    return url.replace(f":{parts.password}@", "@", 1)


def bind(layout: Layout) -> str:
    """Return the address to listen on: GRID_BIND, or this machine only."""
    return os.environ.get("GRID_BIND") or read_settings(layout).get("GRID_BIND") or "127.0.0.1"


def hosts(bind: str) -> str:
    """Return the host names that the pages answer to, comma separated."""
    names = ["127.0.0.1", "localhost", "[::1]"]
    if bind not in ("127.0.0.1", "localhost", "::1"):
        names += [bind, socket.gethostname(), *sorted(_addresses())]
    return ",".join(dict.fromkeys(names))


def _addresses() -> set[str]:
    # A datagram socket "connected" to the LAN sends nothing but learns our own address there.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return set()
        return {str(probe.getsockname()[0])}


def for_tests(layout: Layout, url: str, chromium: Path | None) -> dict[str, str]:
    """Return the environment for pytest, without the settings of this installation."""
    given = {
        "GRID_SECRET_KEY": secrets.token_urlsafe(48),
        "GRID_MEDIA": str(layout.local / "test-media"),
        "GRID_STATIC_ROOT": str(layout.static),
        **os.environ,
        **_compiled(layout),
        "DATABASE_URL": url,
    }
    return {**given, "GRID_CHROMIUM": str(chromium)} if chromium else given


def _compiled(layout: Layout) -> dict[str, str]:
    """Return where Python keeps what it has compiled: 3 s of each start, and nothing in the tree.

    Wins over an environment that forbids it, as images often do: they start Python only once.
    """
    return {"PYTHONPYCACHEPREFIX": str(layout.local / "pycache"), "PYTHONDONTWRITEBYTECODE": ""}


def django(
    layout: Layout, url: str, *, port: int | None = None, bind: str = "127.0.0.1"
) -> dict[str, str]:
    """Return the whole environment for Django's processes."""
    worked_out = {
        "GRID_DEBUG": "0",
        "GRID_HOSTS": hosts(bind),
        "GRID_MEDIA": str(layout.media),
        "GRID_STATIC_ROOT": str(layout.static),
        "GRID_DEMO_ACCOUNTS": str(layout.accounts),
        "GRID_LOG_LEVEL": "INFO",
        "PYTHONUNBUFFERED": "1",
    }
    if port:
        worked_out |= {"GRID_PORT": str(port), "GRID_LIVE_PORT": str(port + 1)}
    given = {**worked_out, **read_settings(layout), **os.environ}
    return {**given, **_compiled(layout), "DATABASE_URL": url}
