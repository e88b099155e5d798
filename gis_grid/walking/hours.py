"""Opening hours of a gate: `06:00-22:30`, several with a comma, over midnight too, `24/7`.

A walk is asked for at a time of day, not on a day: weekdays in front, as OpenStreetMap writes
them, are read over.
"""

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid

Spans = tuple[tuple[int, int], ...]

DAY: Final = 24 * 60
ALWAYS: Final = "24/7"
DAYS: Final = re.compile(r"^\s*(Mo|Tu|We|Th|Fr|Sa|Su|PH)([-,](Mo|Tu|We|Th|Fr|Sa|Su|PH))*\s+")
CLOCK: Final = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
# What Chinese keyboards write for : - and ,
AS_ASCII: Final = str.maketrans("：－—–～~，、；;", ":-----,,,,")


def minute_of(text: str) -> int:
    """Return a time like 23:00 as minutes since midnight, to 24:00; Invalid `bad_time`."""
    found = CLOCK.fullmatch(text.translate(AS_ASCII).strip())
    minute = int(found[1]) * 60 + int(found[2]) if found else DAY + 1
    if minute > DAY:
        raise Invalid("bad_time", _("%(text)s is no time like 23:00.") % {"text": text})
    return minute


def spans_of(text: str) -> Spans:
    """Return the open times as pairs of minutes, none for a gate that is always open.

    What goes over midnight becomes two pairs. Invalid `bad_hours` with an example.
    """
    spans: list[tuple[int, int]] = []
    plain = DAYS.sub("", text.translate(AS_ASCII)).strip()
    if plain in ("", ALWAYS):
        return ()
    for part in plain.split(","):
        try:
            opens, closes = (minute_of(each) for each in part.split("-"))
        except ValueError as error:
            raise _bad(text) from error
        except Invalid as refusal:
            raise _bad(text) from refusal
        if opens == closes:
            raise _bad(text)
        spans += [(opens, closes)] if opens < closes else [(opens, DAY), (0, closes)]
    return tuple(sorted(spans))


def _bad(text: str) -> Invalid:
    return Invalid(
        "bad_hours",
        _("%(text)s are no opening hours. Write them like 06:00-22:30.") % {"text": text},
        {"hours": _("like 06:00-22:30")},
    )
