"""Statements that every request repeats: planned once for a connection, not once for a request."""

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper


def prepared() -> CursorWrapper:
    """Return a cursor (`with prepared() as cursor`) for written-out SQL that is asked often.

    Django's own cursors write the values into the text, and PostgreSQL plans each text anew,
    which for the statements of one report is more work than running them. Here values travel
    apart, and psycopg prepares what it has seen five times. A bare `%s` may need a cast.
    """
    wrapper = connection.cursor()  # with Django's checks, log and translation of errors
    wrapper.cursor = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]
    return wrapper
