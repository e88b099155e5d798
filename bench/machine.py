"""What the numbers were measured on, and in what company."""

import os
from typing import Any

from django.db import connection


def machine() -> dict[str, Any]:
    """Return the cores, the load average of the last minute, and what commits cost the server."""
    return {
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "postgres": _setting("server_version"),
        "fsync": _setting("fsync"),
        "synchronous_commit": _setting("synchronous_commit"),
    }


def _setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return str(cursor.fetchone()[0])
