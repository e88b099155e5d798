"""Make a database ready for the project: database, extensions, versions. Runs inside .venv.

Called as a program because psycopg lives in .venv and gridctl does not. Reads DATABASE_URL and
prints one JSON object: {"postgres", "postgis", "made": bool, "empty": bool, "applied": digest}, or
{"why", "fix"} with exit status 1.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import errors, sql

EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")
FIRST_ANSWER_S = 30.0


class NotReady(Exception):
    """The database cannot be used: why, and what to do."""


def connect(url: str, name: str | None = None) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect to the URL's server, to another of its databases when a name is given."""
    parts = urlsplit(url)._replace(scheme="postgresql")
    if name:
        parts = parts._replace(path=f"/{name}")
    return psycopg.connect(urlunsplit(parts), autocommit=True, connect_timeout=5)


def first_connection(url: str, *, may_make: bool) -> bool:
    """Wait for the server's first answer and return whether the database had to be made."""
    deadline = time.monotonic() + FIRST_ANSWER_S
    while True:
        try:
            connect(url).close()
            return False
        except psycopg.OperationalError as error:
            # A failed connection carries no error code, only the server's words.
            if "does not exist" in str(error) and may_make:
                break
            # A container's server restarts once after its first set-up.
            if "refused" not in str(error) and "starting up" not in str(error):
                raise
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)
    name = urlsplit(url).path.lstrip("/")
    with connect(url, "postgres") as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return True


def ensure_extensions(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Create the extensions that are missing; NotReady carries the administrator's line."""
    rows = connection.execute("SELECT extname FROM pg_extension").fetchall()
    missing = [name for name in EXTENSIONS if (name,) not in rows]
    statements = [f"CREATE EXTENSION IF NOT EXISTS {name}" for name in missing]
    try:
        for statement in statements:
            connection.execute(statement.encode())
    except errors.InsufficientPrivilege as error:
        line = f'psql -d {connection.info.dbname} -c "{"; ".join(statements)}"'
        raise NotReady(
            f"the role {connection.info.user} may not create {', '.join(missing)}",
            f"let a database administrator run: {line}",
        ) from error
    except (errors.UndefinedFile, errors.FeatureNotSupported) as error:
        raise NotReady(
            f"the server has no {', '.join(missing)}", "install PostGIS and contrib on it"
        ) from error


def is_empty(connection: psycopg.Connection[tuple[Any, ...]]) -> bool:
    """Tell whether no area has been loaded yet, also before the first migration."""
    row = connection.execute("SELECT to_regclass('territory_area') IS NULL").fetchone()
    if row and row[0]:
        return True
    row = connection.execute("SELECT NOT EXISTS (SELECT FROM territory_area)").fetchone()
    return bool(row and row[0])


def applied(connection: psycopg.Connection[tuple[Any, ...]]) -> str:
    """Return a digest of the migrations that were applied, "" for none."""
    row = connection.execute("SELECT to_regclass('django_migrations') IS NULL").fetchone()
    if row and row[0]:
        return ""
    rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2").fetchall()
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def make_ready(url: str, *, may_make: bool) -> dict[str, object]:
    """Return what the database is, after making it usable."""
    made = first_connection(url, may_make=may_make)
    with connect(url) as connection:
        ensure_extensions(connection)
        row = connection.execute("SELECT postgis_lib_version()").fetchone()
        number = connection.info.server_version
        return {
            "postgres": f"{number // 10000}.{number % 10000}",
            "postgis": str(row[0]) if row else "?",
            "made": made,
            "empty": is_empty(connection),
            "applied": applied(connection),
        }


def main(arguments: list[str]) -> int:
    """Print the answer as JSON; `--may-make` allows to create the database itself."""
    try:
        found = make_ready(os.environ["DATABASE_URL"], may_make="--may-make" in arguments)
    except NotReady as error:
        print(json.dumps({"why": error.args[0], "fix": error.args[1]}))
        return 1
    except psycopg.Error as error:
        why = " ".join(str(error).split())
        print(json.dumps({"why": why, "fix": "check DATABASE_URL and that the server is up"}))
        return 1
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
