"""Single values out of files: codes, names, days. Text is kept, never guessed at. Pure."""

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_FULL_WIDTH: Final = re.compile("[\u3000\uff01-\uff5e]")
_CONTROL: Final = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class Unusable(Exception):
    """A value that cannot be used; `code` and `reason` go into the rejection."""

    def __init__(self, code: str, reason: str | Promise) -> None:
        """Keep both parts."""
        super().__init__(code)
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Code:
    """A code as it will be stored; `tidied` when the file had it with spaces or full width."""

    text: str
    tidied: bool = False


def text_of(value: Any) -> str:
    """Return a value from a file as text: 8 and 8.0 are "8", nothing is "". Spaces are kept."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)


def plain_code(value: Any, limit: int = 40) -> Code:
    """Return a code without outer spaces and full-width letters; raises Unusable.

    `blank_code`, `code_too_long`, `text_not_allowed`, `wrong_type` (a list, a truth value).
    """
    if isinstance(value, bool | list | dict | bytes):
        raise Unusable("wrong_type", _("A code is text or a whole number."))
    given = text_of(value)
    text = unicodedata.normalize("NFKC", given) if _FULL_WIDTH.search(given) else given
    text = text.strip()
    if not text:
        raise Unusable("blank_code", _("The code is missing."))
    return Code(_checked(text, "code_too_long", limit), tidied=text != given)


def plain_name(value: Any, limit: int = 120) -> str:
    """Return a name without outer spaces; raises Unusable.

    `blank_name`, `name_too_long`, `text_not_allowed`, `wrong_type`.
    """
    if isinstance(value, bool | list | dict | bytes):
        raise Unusable("wrong_type", _("A name is text."))
    text = text_of(value).strip()
    if not text:
        raise Unusable("blank_name", _("The name is missing."))
    return _checked(text, "name_too_long", limit)


def plain_text(value: Any, limit: int) -> str:
    """Return optional text without outer spaces; raises Unusable `too_long`, `text_not_allowed`."""
    return _checked(text_of(value).strip(), "too_long", limit)


def plain_day(value: Any) -> date | None:
    """Return a day written 2024-02-29, 2024/2/29 or 20240229, None for nothing; else Unusable."""
    text = text_of(value).strip()
    if not text:
        return None
    found = re.fullmatch(r"(\d{4})(?:[-/.年]?)(\d{1,2})(?:[-/.月]?)(\d{1,2})日?", text)
    if found is None or (text.isdecimal() and len(text) != 8):
        raise Unusable("not_a_day", _("Write days like 2024-02-29."))
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        raise Unusable("not_a_day", _("There is no such day.")) from None


def plain_count(value: Any) -> int:
    """Return a whole number of 0 or more, 0 for nothing; else Unusable `not_a_count`."""
    text = text_of(value).strip() or "0"
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise Unusable("not_a_count", _("This must be a whole number, 0 or more."))
    return int(text)


def _checked(text: str, code: str, limit: int) -> str:
    if _CONTROL.search(text):
        raise Unusable("text_not_allowed", _("There is an invisible character in it."))
    if len(text) > limit:
        raise Unusable(code, _("More than %(limit)d characters.") % {"limit": limit})
    return text
