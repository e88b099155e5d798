"""Sessions: Django's own, in its own table, read by one written-out query.

Every request reads its session; building that query anew costs the ORM four times the read.
"""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.utils import timezone

from gis_grid.prepared import prepared

_LIVE = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(DatabaseSessions):
    """Reads without the ORM; writes, expires and deletes as Django does."""

    def load(self) -> dict[str, Any]:
        """Return what the session holds; a key that is unknown or expired is forgotten."""
        row = self._row()
        if row is None:
            self._session_key = None  # never write under a key that somebody else may have made up
            return {}
        return self.decode(row[0])

    def _row(self) -> tuple[str] | None:
        key = self.session_key or ""
        if not (key.isascii() and key.isalnum()):  # none of ours: it may not even be storable text
            return None
        with prepared() as cursor:
            cursor.execute(_LIVE, [key, timezone.now()])
            row: tuple[str] | None = cursor.fetchone()
            return row
