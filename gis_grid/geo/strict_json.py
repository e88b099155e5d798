"""JSON as the standard means it, read from bytes nobody vouches for. A leaf; pure.

Python's own reader accepts NaN, lets the last of two equal keys win, recurses as deep as it is
told to, and hands on text that PostgreSQL cannot store. Each of those is refused here, by name.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import GridError, Invalid, TooLarge, Unreadable

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 32
INT64: Final = range(-(2**63), 2**63)

# Possessive, and an unclosed string counts to the end: the search never goes back to try again.
_STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))
_SUSPECT_ESCAPE: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_BAD_TEXT: Final = re.compile("[\x00\ud800-\udfff]")


def strict_json(body: bytes, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """Parse UTF-8 JSON or raise.

    TooLarge: `too_large`. Unreadable: `not_utf8`, `not_json`, `too_deep`, `duplicate_key`.
    Invalid: `number_too_large`, `text_not_allowed` (NUL or half a surrogate pair), `too_deep` for
    collections of geometries. A literal such as 1e400 becomes inf: what a number may be is the
    caller's to say. Memory stays within a few times the body. Pure.
    """
    if len(body) > max_bytes:
        raise TooLarge("too_large", _("More than %(limit)d bytes.") % {"limit": max_bytes})
    text = _decode(body)
    # Most bodies have fewer brackets than could ever nest too deep.
    if body.count(b"[") + body.count(b"{") > max_depth and _depth(body) > max_depth:
        raise _too_deep(body, max_depth)
    try:
        document = json.loads(
            text, parse_constant=_no_constant, parse_int=_int64, object_pairs_hook=_unique
        )
    except json.JSONDecodeError as error:
        raise Unreadable(
            "not_json",
            _("Not JSON: line %(line)d, column %(column)d.")
            % {"line": error.lineno, "column": error.colno},
        ) from None
    if _SUSPECT_ESCAPE.search(body):
        _refuse_bad_text(document)
    return document


def _decode(body: bytes) -> str:
    refusal = Unreadable("not_utf8", _("Please use UTF-8 without a byte order mark."))
    # UTF-16 text is often valid UTF-8 with a NUL beside every letter.
    if body.startswith(b"\xef\xbb\xbf") or b"\x00" in body[:4]:
        raise refusal
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise refusal from None


def _depth(body: bytes) -> int:
    """Return how deep the brackets outside strings nest, without recursing."""
    brackets = np.frombuffer(_STRING.sub(b"", body).translate(None, _NOT_BRACKETS), np.uint8)
    opens = (brackets == ord("[")) | (brackets == ord("{"))
    steps = np.where(opens, np.int8(1), np.int8(-1))
    return int(np.cumsum(steps, dtype=np.int32).max(initial=0))


def _too_deep(body: bytes, limit: int) -> GridError:
    if b'"GeometryCollection"' in body:
        return Invalid("too_deep", _("Collections of geometries are not accepted."))
    return Unreadable("too_deep", _("Nested more than %(limit)d deep.") % {"limit": limit})


def _no_constant(word: str) -> None:
    raise Unreadable("not_json", _("%(word)s is not a JSON number.") % {"word": word})


def _int64(digits: str) -> int:
    # Length first: turning a million digits into an int is quadratic.
    if len(digits) > 20 or (number := int(digits)) not in INT64:
        raise Invalid("number_too_large", _("A whole number has more than 64 bits."))
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(key for key, _value in pairs).most_common(1)[0][0]
        raise Unreadable("duplicate_key", _("The key %(key)s appears twice.") % {"key": twice[:80]})
    return found


def _refuse_bad_text(document: Any) -> None:
    for path, text in _strings(document):
        if _BAD_TEXT.search(text):
            raise Invalid(
                "text_not_allowed",
                _("A text holds a character that cannot be stored (NUL or half a surrogate)."),
                fields={path: _("This character is not allowed.")},
            )


def _strings(document: Any) -> Iterator[tuple[str, str]]:
    """Yield every key and string with its place; the place never repeats a bad character."""
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, list):
            waiting.extend((f"{path}[{i}]", item) for i, item in enumerate(value))
        elif isinstance(value, dict):
            for key, item in value.items():
                yield path, key
                place = f"{path}.{key}" if path else key
                waiting.append((_BAD_TEXT.sub("?", place), item))
