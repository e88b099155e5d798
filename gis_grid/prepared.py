"""Statements that every request repeats: planned once for a connection, not once for a request."""

from typing import Any

from django.db import InterfaceError, OperationalError, connections
from psycopg import Cursor
from psycopg.abc import Params
from psycopg.pq import Format

Rows = list[tuple[Any, ...]]


def ask(statement: str, parameters: Params = (), *, binary: bool = False) -> Rows:
    """Run written-out SQL that is asked often, and return its rows.

    Django's own cursors write the values into the text, and PostgreSQL plans each text anew,
    which for the statements of one report is more work than running them. Here values travel
    apart, and psycopg prepares what it has seen five times. A bare `%s` may need a cast. `binary`
    asks for rows that are not written out as text, which spares bytes half their way.

    The first question of a request shows by itself whether the kept connection still lives, so
    Django need not ask `SELECT 1` before it; it is asked again on a fresh one. Nothing can be
    done twice by that: whoever writes begins a transaction, and that makes Django ask.
    """
    database: Any = connections["default"]
    unproven = database.health_check_enabled and not database.health_check_done
    database.health_check_done = True
    try:
        return _rows(database, statement, parameters, binary)
    except (OperationalError, InterfaceError):
        if not unproven or database.is_usable():
            raise
    database.close()
    return _rows(database, statement, parameters, binary)


def _rows(database: Any, statement: str, parameters: Params, binary: bool) -> Rows:
    database.ensure_connection()
    cursor = _cursor(database, statement)
    wrap = database.make_debug_cursor if database.queries_logged else database.make_cursor
    cursor.format = Format.BINARY if binary else Format.TEXT
    wrap(cursor).execute(statement, parameters)
    return cursor.fetchall()


def _cursor(database: Any, statement: str) -> Cursor[tuple[Any, ...]]:
    """Return this statement's own cursor: psycopg remembers in it how its values are written."""
    kept: dict[str, Cursor[tuple[Any, ...]]] = database.__dict__.setdefault("_kept_cursors", {})
    cursor = kept.get(statement)
    if cursor is None or cursor.connection is not database.connection:
        cursor = kept[statement] = Cursor(database.connection)
    return cursor
