"""Bad reports: each is refused in the contract's shape, and nothing is stored.

The numbers in the test ids are the rows of the list of bad inputs the product was built against.
"""

import json
import socket
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from incidents.models import Attachment, Event, Incident
from tests.web.contract import refused
from tests.world import World, body_of, inside, make_report

Login = Callable[[str], Client]
REPORTS = "/api/field/reports"
LON, LAT = inside()


def send(client: Client, body: bytes | str, content_type: str = "application/json") -> Any:
    """POST bytes as they are."""
    return client.generic("POST", REPORTS, body, content_type=content_type)


def report(**changes: Any) -> dict[str, Any]:
    """Return the body of a good report with some of it changed."""
    return {**body_of(make_report()), **changes}


def at(position: str) -> str:
    """Return a report as text, with any text where the position's JSON belongs."""
    return json.dumps(report(position="here")).replace('"here"', position)


def point(*coordinates: str) -> str:
    return f'{{"type":"Point","coordinates":[{",".join(coordinates)}]}}'


@pytest.fixture
def li(login: Login) -> Client:
    """Li's client, warmed up: the first request of a process also imports."""
    client = login("li")
    client.get("/healthz")
    return client


@pytest.fixture(autouse=True)
def nothing_is_stored(world: World) -> Iterator[None]:
    """Hold every test to empty tables."""
    yield
    assert (Incident.objects.count(), Event.objects.count()) == (0, 0)
    assert Attachment.objects.count() == 0


DEEP_COLLECTION = '{"type":"GeometryCollection","geometries":['
POSITIONS = [
    ("01-nan", point("NaN", "31"), 400, "not_json"),
    ("01-infinity", point("Infinity", "31"), 400, "not_json"),
    ("02-1e400", point("1e400", "31"), 422, "coordinate_not_finite"),
    ("02-minus-1e999", point("105", "-1e999"), 422, "coordinate_not_finite"),
    ("03-500-500", point("500", "500"), 422, "out_of_range"),
    ("04-1e300", point("1e300", "31"), 422, "out_of_range"),
    ("06-swapped", point("39.9", "116.4"), 422, "axes_swapped"),
    ("06-swapped-here", point(str(LAT), str(LON)), 422, "axes_swapped"),
    ("07-strings", point('"105"', '"31"'), 422, "not_a_number"),
    ("07-true", point("true", "31"), 422, "not_a_number"),
    ("08-empty", point(), 422, "empty"),
    ("08-missing", "{}", 422, "wrong_type"),
    ("08-no-coordinates", '{"type":"Point"}', 422, "empty"),
    ("08-null", "null", 422, "missing"),
    ("08-one-number", point("105"), 422, "not_coordinates"),
    (
        "09-polygon",
        '{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,1]]]}',
        422,
        "wrong_type",
    ),
    ("10-wkt", '"SRID=999999;POINT(1 1)"', 422, "wrong_type"),
    ("11-wkt-1e999", '"POINT(1e999 1)"', 422, "wrong_type"),
    ("11-wkt-nan", '"POINT(nan nan)"', 422, "wrong_type"),
    (
        "12-crs-3857",
        '{"type":"Point","coordinates":[1,1],'
        '"crs":{"type":"name","properties":{"name":"EPSG:3857"}}}',
        422,
        "crs_not_allowed",
    ),
    ("21-pole", point("-105", "90"), 422, "out_of_range"),
    ("22-collections-500", DEEP_COLLECTION * 500 + "]}" * 500, 422, "too_deep"),
    ("22-collections-5000", DEEP_COLLECTION * 5000 + "]}" * 5000, 422, "too_deep"),
    ("24-measure", point("105", "31", "5", "6"), 422, "measure_not_allowed"),
    (
        "26-feature",
        '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[105,31]}}',
        422,
        "wrong_type",
    ),
    ("26-collection", '{"type":"FeatureCollection","features":[]}', 422, "wrong_type"),
    (
        "27-duplicate-key",
        '{"type":"Point","coordinates":[105,31],"coordinates":[106,32]}',
        400,
        "duplicate_key",
    ),
    ("28-deep-3000", "[" * 3000 + "]" * 3000, 400, "too_deep"),
    ("30-5000-digits", point("9" * 5000, "31"), 422, "number_too_large"),
]


@pytest.mark.parametrize(
    ("position", "status", "code"),
    [row[1:] for row in POSITIONS],
    ids=[row[0] for row in POSITIONS],
)
def test_bad_positions(li: Client, position: str, status: int, code: str) -> None:
    started = time.monotonic()

    answer = send(li, at(position))

    assert time.monotonic() - started < 1
    refused(answer, status, code)


def test_06_swapped_axes_come_with_the_hint_in_chinese(li: Client) -> None:
    body = refused(send(li, at(point("39.9", "116.4"))), 422, "axes_swapped")

    assert body["message"].startswith("经纬度可能颠倒")


def test_13_a_crs_that_links_elsewhere_is_never_followed(li: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        link = f"http://127.0.0.1:{listener.getsockname()[1]}/crs"
        crs = f'{{"type":"link","properties":{{"href":"{link}","type":"proj4"}}}}'
        position = f'{{"type":"Point","coordinates":[105,31],"crs":{crs}}}'

        refused(send(li, at(position)), 422, "crs_not_allowed")

        with pytest.raises(TimeoutError):
            listener.accept()


BODIES: list[tuple[str, bytes, int, str]] = [
    ("28-deep-100000", b"[" * 100_000, 400, "too_deep"),
    ("29-300-kB", b" " * 300_000, 413, "too_large"),
    ("30-id-of-20-digits", json.dumps(report(id=10**20)).encode(), 422, "number_too_large"),
    ("30-1e30-metres", json.dumps(report(accuracy_m=1e30)).encode(), 422, "field_invalid"),
    ("31-nul", json.dumps(report(words="a\0b")).encode(), 422, "text_not_allowed"),
    ("32-nul-in-a-key", b'{"a\\u0000b":1}', 422, "text_not_allowed"),
    ("33-surrogate-in-a-key", b'{"\\ud800":1}', 422, "text_not_allowed"),
    ("34-surrogate", json.dumps(report(words="\ud800")).encode(), 422, "text_not_allowed"),
    ("35-gbk", json.dumps(report(), ensure_ascii=False).encode("gbk"), 400, "not_utf8"),
    ("35-bom", json.dumps(report()).encode("utf-8-sig"), 400, "not_utf8"),
    ("35-utf16", json.dumps(report()).encode("utf-16"), 400, "not_utf8"),
    ("35-utf32", json.dumps(report()).encode("utf-32-le"), 400, "not_utf8"),
    ("38-proto", b'{"__proto__":{"admin":true}}', 422, "field_missing"),
    ("empty", b"", 422, "field_missing"),
    ("cut", json.dumps(report()).encode()[:-10], 400, "not_json"),
    ("list", b"[]", 422, "field_invalid"),
    ("null", b"null", 422, "field_invalid"),
    ("49-gzip", b"\x1f\x8b\x08\x00" + bytes(200), 400, "not_utf8"),
]


@pytest.mark.parametrize(
    ("body", "status", "code"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES]
)
def test_bad_bodies(li: Client, body: bytes, status: int, code: str) -> None:
    refused(send(li, body), status, code)


def test_29_fifty_megabytes_are_refused_unread(li: Client) -> None:
    body = b" " * 50_000_000
    tracemalloc.start()
    answer = send(li, body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    refused(answer, 413, "too_large")
    assert peak < len(body) + 10_000_000  # the client's own copy, and little else


def test_29_a_legal_body_takes_a_few_times_its_size(li: Client) -> None:
    body = b"[" + b"[],{}," * 40_000 + b"0]"
    tracemalloc.start()
    answer = send(li, body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    refused(answer, 422, "field_invalid")
    assert peak < 30_000_000


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/json-patch+json",
        "application/xml",
        "",
    ],
)
def test_49_only_json_is_read(li: Client, kind: str) -> None:
    refused(send(li, json.dumps(report()), kind), 415, "not_json_type")


FIELDS = [
    ("36-year-0", {"recorded_at": "0000-01-01T00:00:00Z"}),
    ("36-year-9999", {"recorded_at": "9999-12-31T23:59:59-12:00"}),
    ("36-infinity", {"recorded_at": "infinity"}),
    ("36-29-february", {"recorded_at": "2026-02-29T10:00:00Z"}),
    ("36-24-o-clock", {"recorded_at": "2026-03-05T24:00:00Z"}),
    ("36-leap-second", {"recorded_at": "2026-03-05T06:30:60Z"}),
    ("36-no-zone", {"recorded_at": "2026-03-05T06:30:00"}),
    ("36-zone-of-99-hours", {"recorded_at": "2026-03-05T06:30:00+99:00"}),
    ("36-day-only", {"recorded_at": "2026-03-05"}),
    ("36-seconds-since-1970", {"recorded_at": 1772692200}),
    ("36-seconds-as-text", {"recorded_at": "1772692200"}),
    ("36-full-width", {"recorded_at": "２０２６-03-05T06:30:00Z"}),
    ("36-fix-without-zone", {"fixed_at": "2026-03-05T06:30:00"}),
    ("47-id-no-uuid", {"id": "../../etc/passwd"}),
    ("accuracy-negative", {"accuracy_m": -1}),
    ("accuracy-text", {"accuracy_m": "8"}),
    ("accuracy-true", {"accuracy_m": True}),
    ("datum", {"datum": "xian80"}),
    ("method", {"method": "magic"}),
    ("words-too-long", {"words": "x" * 1001}),
    ("words-null", {"words": None}),
    ("category-list", {"category": ["street_lamp"]}),
    ("photos-text", {"photos": "all"}),
    ("photo-hash", {"photos": [{"id": str(UUID(int=1)), "sha256": "z" * 64}]}),
    ("photo-hash-upper-case", {"photos": [{"id": str(UUID(int=1)), "sha256": "A" * 64}]}),
]


@pytest.mark.parametrize("changes", [row[1] for row in FIELDS], ids=[row[0] for row in FIELDS])
def test_bad_fields_are_named(li: Client, changes: dict[str, Any]) -> None:
    body = refused(send(li, json.dumps(report(**changes))), 422, "field_invalid")

    (field,) = changes
    assert all(name.startswith(field) for name in body["fields"])


def test_02_an_infinite_accuracy_is_refused(li: Client) -> None:
    text = json.dumps(report(accuracy_m=-5.25)).replace("-5.25", "1e400")

    assert refused(send(li, text), 422, "not_finite")["fields"].keys() == {"accuracy_m"}


@pytest.mark.parametrize(
    "extra",
    [
        {"status": "closed"},
        {"state": "closed"},
        {"reporter": 1},
        {"reporter_id": 1},
        {"area": "A2"},
        {"grid_id": 2},
        {"created_at": "2026-01-01T00:00:00Z"},
        {"is_staff": True},
        {"__proto__": {"admin": True}},
        {"constructor": {"prototype": {}}},
    ],
    ids=lambda extra: next(iter(extra)),
)
def test_38_39_what_a_report_may_not_say_is_refused(li: Client, extra: dict[str, Any]) -> None:
    body = refused(send(li, json.dumps(report(**extra))), 422, "unknown_field")

    assert body["fields"].keys() == extra.keys()


def test_35_other_encodings_are_told_what_to_use(li: Client) -> None:
    body = json.dumps(report(), ensure_ascii=False).encode("gbk")

    assert refused(send(li, body), 400, "not_utf8")["message"].startswith("请用 UTF-8")


def test_unknown_category_is_refused(li: Client) -> None:
    refused(send(li, json.dumps(report(category="nothing"))), 422, "category_unknown")


@pytest.mark.parametrize(
    ("photos", "code"),
    [
        ([{"id": str(uuid4()), "sha256": "a" * 64} for _ in range(6)], "too_many_photos"),
        ([{"id": str(UUID(int=7)), "sha256": "a" * 64}] * 2, "photo_twice"),
    ],
    ids=["six", "twice"],
)
def test_photo_lists_have_limits(li: Client, photos: list[dict[str, str]], code: str) -> None:
    refused(send(li, json.dumps(report(photos=photos))), 422, code)
