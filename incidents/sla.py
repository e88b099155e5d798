"""Deadlines as pure arithmetic on aware datetimes."""

from datetime import datetime, timedelta


def deadline(start: datetime, limit_hours: float) -> datetime:
    """Return when an incident is due: `limit_hours` of natural time after `start`."""
    return start + timedelta(hours=limit_hours)
