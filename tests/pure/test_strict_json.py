"""What is refused before anybody looks at the meaning."""

import time
import tracemalloc

import pytest

from gis_grid.errors import GridError, Invalid, TooLarge, Unreadable
from gis_grid.geo.strict_json import strict_json


def test_plain_json_is_read() -> None:
    assert strict_json('{"a": [1, -2.5, "网格", null, true]}'.encode()) == {
        "a": [1, -2.5, "网格", None, True]
    }


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        (b"", Unreadable, "not_json"),
        (b"{", Unreadable, "not_json"),
        (b"{} {}", Unreadable, "not_json"),
        (b"[1,]", Unreadable, "not_json"),
        (b"[NaN]", Unreadable, "not_json"),
        (b"[-Infinity]", Unreadable, "not_json"),
        (b'{"a": "\x00"}', Unreadable, "not_json"),
        (b'{"a": 1, "a": 2}', Unreadable, "duplicate_key"),
        (b'[{"b": {"a": 1, "a": 1}}]', Unreadable, "duplicate_key"),
        (b"[" * 3_000 + b"]" * 3_000, Unreadable, "too_deep"),
        (b"[" * 100_000, Unreadable, "too_deep"),
        ('{"name": "第一网格"}'.encode("gbk"), Unreadable, "not_utf8"),
        (b"\xef\xbb\xbf{}", Unreadable, "not_utf8"),
        ('{"a": 1}'.encode("utf-16"), Unreadable, "not_utf8"),
        ('{"a": 1}'.encode("utf-16-le"), Unreadable, "not_utf8"),
        (b"[" + b"9" * 5_000 + b"]", Invalid, "number_too_large"),
        (b"[9223372036854775808]", Invalid, "number_too_large"),
        (b'{"a": "x\\u0000y"}', Invalid, "text_not_allowed"),
        (b'{"a\\u0000": 1}', Invalid, "text_not_allowed"),
        (b'{"a": ["\\ud800"]}', Invalid, "text_not_allowed"),
        (b'{"a": "\\udfff\\ud800"}', Invalid, "text_not_allowed"),
        (b" " * 1_000_001, TooLarge, "too_large"),
    ],
)
def test_what_is_refused(body: bytes, kind: type[GridError], code: str) -> None:
    with pytest.raises(kind) as refusal:
        strict_json(body)
    assert refusal.value.code == code


def test_nested_collections_are_wrong_in_meaning() -> None:
    nested = b'{"type": "GeometryCollection", "geometries": [' * 500 + b"]}" * 500
    with pytest.raises(Invalid) as refusal:
        strict_json(nested)
    assert refusal.value.code == "too_deep"


def test_a_bad_character_is_named_by_its_place() -> None:
    with pytest.raises(Invalid) as refusal:
        strict_json(b'{"properties": {"tags": ["ok", "a\\u0000"]}}')
    assert list(refusal.value.fields) == ["properties.tags[1]"]


def test_a_whole_surrogate_pair_is_a_letter() -> None:
    assert strict_json(b'["\\ud83d\\ude00", "\\\\u0000"]') == ["\U0001f600", "\\u0000"]


def test_the_largest_whole_numbers_are_read() -> None:
    numbers = [2**63 - 1, -(2**63)]
    assert strict_json(f"{numbers}".encode()) == numbers


def test_brackets_in_text_are_not_depth() -> None:
    text = "[{" * 200 + '\\"['
    assert strict_json(f'["{text}"]'.encode())[0].startswith("[{[{")


def test_a_number_beyond_floats_is_left_to_the_caller() -> None:
    assert strict_json(b"[1e400]") == [float("inf")]


def test_fifty_megabytes_are_refused_without_reading_them() -> None:
    body = b" " * 50_000_000
    tracemalloc.start()
    with pytest.raises(TooLarge):
        strict_json(body)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_unclosed_strings_do_not_take_quadratic_time() -> None:
    started = time.perf_counter()
    with pytest.raises(Unreadable):
        strict_json(b'["' + b'\\"' * 400_000)
    assert time.perf_counter() - started < 2
