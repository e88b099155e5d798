"""How often something may be tried at a door that needs no login, or is the login itself.

One row for each who knocks at each door, counted by the database in one statement. Names and
addresses are not stored: a row's key is a hash that nobody can turn back without the
installation's key, and it is another one tomorrow. A row is deleted when its time is over.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import ngettext

from gis_grid.errors import TooMany
from gis_grid.people.models import Attempts
from gis_grid.prepared import ask

HOME_PREFIX = 64  # an IPv6 household has a whole network to choose its addresses from

# A window begins with the first attempt and is not moved by those that follow: whoever waits for
# its end is let in, however often somebody else went on trying.
_COUNT = """
INSERT INTO people_attempts AS a (key, count, until)
VALUES (%(key)s, 1, %(at)s::timestamptz + %(window)s::interval)
ON CONFLICT (key) DO UPDATE
   SET count = CASE WHEN a.until <= %(at)s THEN 1 ELSE a.count + 1 END,
       until = CASE WHEN a.until <= %(at)s THEN excluded.until ELSE a.until END
RETURNING count, until
"""
_TAKE_BACK = """
UPDATE people_attempts SET count = greatest(count - 1, 0) WHERE key = %(key)s RETURNING 1
"""


@dataclass(frozen=True)
class Limit:
    """So many attempts of one kind by one knocker within a time."""

    door: str
    most: int
    window: timedelta


def count(limit: Limit, knocker: str, at: datetime) -> None:
    """Count an attempt; TooMany with `retry_after_s` once there are more than the limit.

    Counted before anything is tried, so that many at once are not all let through.
    """
    parameters = {"key": _key(limit, knocker, at), "at": at, "window": limit.window}
    number, until = ask(_COUNT, parameters)[0]
    if number > limit.most:
        raise too_many(until - at)


def take_back(limit: Limit, knocker: str, at: datetime) -> None:
    """Let an attempt that turned out to be in order not count."""
    ask(_TAKE_BACK, {"key": _key(limit, knocker, at)})


def forget(limit: Limit, knocker: str, at: datetime) -> None:
    """Let a knocker begin anew."""
    Attempts.objects.filter(key=_key(limit, knocker, at)).delete()


def sweep(at: datetime) -> int:
    """Delete the rows whose time is over; returns how many."""
    deleted: int = Attempts.objects.filter(until__lte=at).delete()[0]
    return deleted


def too_many(left: timedelta) -> TooMany:
    """Return the refusal that says when to try again."""
    seconds = max(1, ceil(left.total_seconds()))
    minutes = ceil(seconds / 60)
    words = ngettext(
        "Too many attempts. Please try again in a minute.",
        "Too many attempts. Please try again in %(minutes)d minutes.",
        minutes,
    )
    return TooMany("too_many_attempts", words % {"minutes": minutes}, retry_after_s=seconds)


def address_of(request: HttpRequest) -> str:
    """Return the network address a request came from; of an IPv6 address the household's part.

    `X-Forwarded-For` is believed only as far as our own proxies have written it: anybody can
    send one, but what stands left of the last `GRID_PROXIES` entries is hearsay.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.PROXIES:
        told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
        if len(told) >= settings.PROXIES:
            address = told[-settings.PROXIES]
    try:
        known = ip_address(address)
    except ValueError:
        return "unknown"  # a socket, or a proxy that is not set up: they share one count
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or ip_network((known, HOME_PREFIX), strict=False))
    return str(known)


def _key(limit: Limit, knocker: str, at: datetime) -> str:
    day = timezone.localdate(at).isoformat()
    told = "\n".join(("throttle", day, limit.door, knocker))
    return hmac.new(settings.SECRET_KEY.encode(), told.encode(), sha256).hexdigest()
