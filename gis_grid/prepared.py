"""Statements that every request repeats: planned once for a connection, not once for a request."""

from django.db import connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper


def prepared() -> CursorWrapper:
    """Return a cursor (`with prepared() as cursor`) for written-out SQL that is asked often.

    Django's own cursors write the values into the text, and PostgreSQL plans each text anew,
    which for the statements of one report is more work than running them. Here values travel
    apart, and psycopg prepares what it has seen five times. A bare `%s` may need a cast.
    """
    database = connections["default"]
    # As `connection.cursor()` does it.
    database.close_if_health_check_failed()
    database.ensure_connection()
    cursor = ServerBindingCursor(database.connection)
    logged = database.queries_logged
    return database.make_debug_cursor(cursor) if logged else database.make_cursor(cursor)
