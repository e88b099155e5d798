"""Times as files write them -> moments. A time without an offset is on a clock that is named. Pure.

Twice a year such a clock skips an hour or has one twice: those times are refused, not guessed at.
"""

from datetime import UTC, datetime, time, tzinfo
from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_grid.exchange.values import Unusable

# Besides what ISO 8601 knows; / is read as -.
FORMS: Final = (
    "%Y-%m-%d %H:%M:%S",  # of a spreadsheet: without leading zeros
    "%Y-%m-%d %H:%M",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日%H时%M分",
)
DAY_FORMS: Final = ("%Y-%m-%d", "%Y%m%d", "%Y年%m月%d日")
YEARS: Final = range(1949, 2101)
LONGEST_DAY: Final = len("2024年12月31日")
LAST_SECOND: Final = time(23, 59, 59)


def moment(text: str, zone: tzinfo, form: str | None = None, *, day_ends: bool = False) -> datetime:
    """Return the moment a text names, in UTC; without an offset it is by the clock of `zone`.

    `form` is a pattern of strptime, instead of guessing. A day without a time is its beginning
    or, with `day_ends`, its last second. Raises Unusable: `not_a_time`, `time_implausible`,
    `time_ambiguous` (an hour that comes twice), `time_nonexistent` (one that is skipped).
    """
    wall = _with_form(text, form) if form else _guessed(text, day_ends)
    if wall is None:
        raise Unusable("not_a_time", _("This is not a time."))
    if wall.year not in YEARS:
        raise Unusable("time_implausible", _("The year is not between 1949 and 2100."))
    return (wall if wall.tzinfo else _placed(wall, zone)).astimezone(UTC)


def _with_form(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return None


def _guessed(text: str, day_ends: bool) -> datetime | None:
    text = text.strip().replace("/", "-")
    day = _first(text, DAY_FORMS) if len(text) <= LONGEST_DAY else None
    if day is not None:
        return datetime.combine(day, LAST_SECOND) if day_ends else day
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _first(text, FORMS)


def _first(text: str, forms: tuple[str, ...]) -> datetime | None:
    return next((found for form in forms if (found := _with_form(text, form))), None)


def _placed(wall: datetime, zone: tzinfo) -> datetime:
    """Put a wall clock's time into its zone; midnight is just the beginning of the day."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset() or wall.time() == time.min:
        return first
    if first.utcoffset() < second.utcoffset():  # type: ignore[operator]
        raise Unusable("time_nonexistent", _("The clocks skipped this time; give an offset."))
    raise Unusable("time_ambiguous", _("The clocks showed this time twice; give an offset."))
