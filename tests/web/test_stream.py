"""The live stream of the running product: told in time, nothing missing or twice after a cut."""

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from gis_grid.people.models import Assignment, Session
from incidents import feed
from incidents.models import Event, Incident
from tests.product import Product
from tests.world import NOW, World, build_world, inside, make_incident

PATIENCE_S = 12


@pytest.fixture
def town(product: Product) -> World:
    return build_world()


def cookie(world: World, name: str) -> str:
    client = Client()
    client.force_login(world.users[name])
    return f"sessionid={client.cookies['sessionid'].value}"


@contextmanager
def listening(product: Product, cookies: str, after: int = 0, **headers: str) -> Iterator[Any]:
    url = f"http://127.0.0.1:{product.port + 1}/live/events?after={after}"
    request = urllib.request.Request(url, headers={"Cookie": cookies, **headers})
    with urllib.request.urlopen(request, timeout=15) as stream:
        yield stream


def frames(stream: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    name = ""
    for line in stream:
        text = line.decode().rstrip("\n")
        if text.startswith("event: "):
            name = text[7:]
        if text.startswith("data: "):
            yield name, json.loads(text[6:])


def puts(stream: Any, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    deadline = time.monotonic() + PATIENCE_S
    for name, data in frames(stream):  # beats come in any case, so the deadline is looked at
        if name == "put":
            found.append(data)
        if len(found) == count or time.monotonic() > deadline:
            return found
    return found


def test_a_report_is_told_within_two_seconds(product: Product, town: World) -> None:
    with listening(product, cookie(town, "chen")) as stream:
        assert next(frames(stream))[0] == "beat"
        start = time.monotonic()
        incident = make_incident(town)
        told = puts(stream, 1)

    assert time.monotonic() - start < 2
    assert told[0]["row"]["id"] == str(incident.pk)
    assert told[0]["row"]["area"] == "A1"


def test_after_a_cut_the_missing_is_replayed_once(product: Product, town: World) -> None:
    cookies = cookie(town, "chen")
    make_incident(town)
    with listening(product, cookies) as stream:
        first = puts(stream, 1)[0]
    for _ in range(5):
        make_incident(town)

    with listening(product, cookies, after=first["sequence"]) as stream:
        told = puts(stream, 5)

    assert [t["sequence"] for t in told] == [2, 3, 4, 5, 6]


def test_a_restarted_live_process_goes_on_from_the_last_id(product: Product, town: World) -> None:
    make_incident(town)
    with listening(product, cookie(town, "chen")) as stream:
        first = puts(stream, 1)[0]
        start = time.monotonic()
        product.stop("live")
        assert time.monotonic() - start < 8
    make_incident(town)
    product.start("live")

    told = _again(product, cookie(town, "chen"), first["sequence"])

    assert [t["sequence"] for t in told] == [2]


def test_only_own_territory_is_told(product: Product, town: World) -> None:
    wang = town.users["wang"].worker
    Assignment.objects.create(worker=wang, area=town.areas["B"], role="operator")
    with listening(product, cookie(town, "wang")) as stream:
        make_incident(town)  # in A1
        make_incident(town, by="wang", place=inside(2.5))
        told = puts(stream, 1)

    assert told[0]["row"]["area"] == "B1"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [("x", 400, "after_not_a_number"), ("-1", 400, "after_not_a_number")],
)
def test_a_wrong_position_is_refused_as_json(
    product: Product, town: World, query: str, status: int, code: str
) -> None:
    with (
        pytest.raises(urllib.error.HTTPError) as refusal,
        listening(product, cookie(town, "chen"), after=query),  # type: ignore[arg-type]
    ):
        pass

    assert refusal.value.code == status
    assert json.load(refusal.value)["code"] == code
    refusal.value.close()


def test_a_position_beyond_the_log_asks_for_a_fresh_snapshot(product: Product, town: World) -> None:
    with listening(product, cookie(town, "chen"), after=999) as stream:
        assert [name for name, _ in frames(stream)] == ["resync"]


@pytest.mark.parametrize(("name", "status"), [("li", 403), ("sun", 403), ("", 401)])
def test_who_has_no_desk_may_not_listen(
    product: Product, town: World, name: str, status: int
) -> None:
    with (
        pytest.raises(urllib.error.HTTPError) as refusal,
        listening(product, cookie(town, name) if name else "a=b"),
    ):
        pass

    assert refusal.value.code == status
    refusal.value.close()


def test_a_foreign_page_may_not_listen(product: Product, town: World) -> None:
    with (
        pytest.raises(urllib.error.HTTPError) as refusal,
        listening(product, cookie(town, "chen"), Origin="https://elsewhere.example"),
    ):
        pass

    assert refusal.value.code == 403
    refusal.value.close()


def test_the_worker_numbers_every_event_even_after_a_kill(product: Product, town: World) -> None:
    product.kill("worker")
    for _ in range(3):
        make_incident(town)
    product.start("worker")

    deadline = time.monotonic() + 60  # a worker needs a while to start on a busy machine
    while Event.objects.filter(sequence=None).exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    reports = Event.objects.filter(kind="report").order_by("pk")  # the clock says more by now
    assert list(reports.values_list("sequence", flat=True)) == [1, 2, 3]


def _again(product: Product, cookies: str, after: int) -> list[dict[str, Any]]:
    for _ in range(300):
        try:
            with listening(product, cookies, after=after) as stream:
                return puts(stream, 1)
        except urllib.error.URLError:
            time.sleep(0.2)
    raise AssertionError(product.said())


def ended(stream: Any) -> list[str]:
    """Return the names of what comes until the server ends the stream."""
    return [name for name, _ in frames(stream)]


@pytest.mark.parametrize("loss", ["log out", "role", "account"])
def test_who_loses_the_right_is_cut_off_within_five_seconds(
    product: Product, town: World, loss: str
) -> None:
    cookies = cookie(town, "chen")
    with listening(product, cookies) as stream:
        next(frames(stream))
        start = time.monotonic()
        if loss == "log out":
            Session.objects.all().delete()
        elif loss == "role":
            Assignment.objects.filter(worker__code="chen").update(role="planner")
        else:
            User.objects.filter(username="chen").update(is_active=False)
        said = ended(stream)

    assert time.monotonic() - start < 6
    assert "put" not in said


def test_whose_territory_changes_takes_a_fresh_snapshot(product: Product, town: World) -> None:
    with listening(product, cookie(town, "chen")) as stream:
        next(frames(stream))
        Assignment.objects.filter(worker__code="chen").update(area=town.areas["B"])

        assert ended(stream)[-1] == "resync"


def test_last_event_id_goes_before_the_address(product: Product, town: World) -> None:
    for _ in range(3):
        make_incident(town)
    _stamped(3)
    with listening(product, cookie(town, "chen"), **{"Last-Event-ID": "2"}) as stream:
        assert [told["sequence"] for told in puts(stream, 1)] == [3]


def test_a_stream_beats_while_nothing_happens(product: Product, town: World) -> None:
    with listening(product, cookie(town, "chen")) as stream:
        names = [name for name, _ in islice(frames(stream), 3)]

    assert names == ["beat"] * 3


def test_many_streams_share_one_listener_and_a_few_connections(
    product: Product, town: World
) -> None:
    cookies, before = cookie(town, "chen"), _asked(CONNECTED)
    with ExitStack() as stack:
        streams = [stack.enter_context(listening(product, cookies)) for _ in range(20)]
        for stream in streams:
            assert next(frames(stream))[0] == "beat"
        make_incident(town)
        assert [len(puts(stream, 1)) for stream in streams] == [1] * 20
        assert _asked(LISTENING) == 1
        assert _asked(CONNECTED) - before < 15


def test_who_comes_with_another_territorys_mark_starts_anew(product: Product, town: World) -> None:
    mark = feed.scope_of(town.actor("chen").territory)
    with listening(product, cookie(town, "chen"), after=f"0&scope={mark}") as stream:  # type: ignore[arg-type]
        assert next(frames(stream))[0] == "beat"
    with listening(product, cookie(town, "chen"), after="0&scope=other") as stream:  # type: ignore[arg-type]
        assert [name for name, _ in frames(stream)] == ["resync"]


def test_who_does_not_read_is_told_to_start_anew_and_holds_up_nobody(
    product: Product, town: World
) -> None:
    cookies = cookie(town, "chen")
    incident = make_incident(town, words="很长" * 450)
    _stamped(1)
    head = f"GET /live/events?after=1 HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n\r\n"
    with socket.socket() as slow, listening(product, cookies, after=1) as quick:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.settimeout(PATIENCE_S)
        slow.connect(("127.0.0.1", product.port + 1))
        slow.sendall(head.encode())
        said = b""
        while b"event: beat" not in said:
            said += slow.recv(100)
        for _ in range(20):  # 6,000 frames of 3 kB: more than any buffer on the way holds
            Event.objects.bulk_create([_remark(incident) for _ in range(300)])
            assert len(puts(quick, 300)) == 300

        rest = b""
        while b"event: resync" not in rest and (some := slow.recv(1 << 20)):
            rest = rest[-100:] + some

    assert b"event: resync" in rest


LISTENING = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND query LIKE 'LISTEN %'
"""
CONNECTED = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND backend_type = 'client backend'
"""


def _asked(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchone()[0])


def _remark(incident: Incident) -> Event:
    return Event(
        incident=incident,
        kind="remark",
        path_before=incident.area_path,
        path_after=incident.area_path,
        state_before=incident.state,
        state_after=incident.state,
        version=incident.version,
        at=NOW,
    )


def _stamped(number: int) -> None:
    deadline = time.monotonic() + 60
    while feed.last_sequence() < number and time.monotonic() < deadline:
        time.sleep(0.05)
