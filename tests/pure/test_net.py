"""The link that lies to the phone (tests/net.py) does what it is told, no more."""

import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from tests.net import (
    CAPTIVE,
    CUT_AFTER,
    CUT_BEFORE,
    CUT_IN_THE_ANSWER,
    CUT_IN_THE_REQUEST,
    SILENT_AFTER,
    WELL,
    Asked,
    Fate,
    Net,
    Weather,
    altered,
    only,
    refused,
)

BODY = b"x" * 4000


class Upstream(ThreadingHTTPServer):
    """A server that keeps every whole request and answers with JSON."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got: list[bytes] = []


class Handler(BaseHTTPRequestHandler):
    server: Upstream

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) < length:
            return
        self.server.got.append(body)
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"id": "1", "sha256": "ab"}')

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def net(upstream: Upstream) -> Iterator[Net]:
    with Net(f"http://127.0.0.1:{upstream.server_address[1]}") as link:
        yield link


def post(net: Net, path: str = "/api/x", timeout: float = 5) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(net.url).netloc, timeout=timeout)
    try:
        connection.request("POST", path, BODY)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_well_is_byte_for_byte(net: Net, upstream: Upstream) -> None:
    assert post(net) == (201, b'{"id": "1", "sha256": "ab"}')
    assert upstream.got == [BODY]
    assert [asked.body for asked in net.taken("POST")] == [BODY]


@pytest.mark.parametrize(
    ("fate", "arrives"),
    [(CUT_BEFORE, 0), (CUT_IN_THE_REQUEST, 0), (CUT_AFTER, 1), (CUT_IN_THE_ANSWER, 1)],
)
def test_a_cut_is_a_broken_line(net: Net, upstream: Upstream, fate: Fate, arrives: int) -> None:
    net.judge = lambda _: fate
    with pytest.raises((OSError, http.client.HTTPException)):
        post(net)
    assert len(upstream.got) == arrives
    assert net.met(fate) == 1


def test_silence_lasts_until_the_phone_gives_up(net: Net, upstream: Upstream) -> None:
    net.judge = lambda _: SILENT_AFTER
    with pytest.raises(TimeoutError):
        post(net, timeout=0.3)
    assert len(upstream.got) == 1


def test_a_canned_answer_is_told_behind_the_server_s_back(net: Net, upstream: Upstream) -> None:
    net.judge = lambda _: CAPTIVE
    status, page = post(net)
    assert (status, b"Wi-Fi" in page) == (200, True)
    net.judge = lambda _: refused(413, "too_large")
    assert post(net)[0] == 413
    assert (upstream.got, net.taken("POST")) == ([], [])


def test_an_answer_is_altered_on_the_way(net: Net) -> None:
    net.judge = lambda _: altered(id="2")
    assert post(net) == (201, b'{"id": "2", "sha256": "ab"}')


def test_only_what_is_named_has_a_fate(net: Net) -> None:
    net.judge = only("POST", "/reports$", CUT_BEFORE)
    assert post(net, "/api/photos")[0] == 201
    with pytest.raises((OSError, http.client.HTTPException)):
        post(net, "/api/reports")


def test_weather_comes_from_its_seed() -> None:
    asked = Asked("POST", "/api/x", b"")
    days = [Weather(seed, {CUT_BEFORE: 0.5}, 0.1) for seed in (1, 1, 2)]
    first, same, other = ([day(asked) for _ in range(50)] for day in days)
    assert first == same != other
    assert Weather(1, {CUT_BEFORE: 1}, 0)(Asked("GET", "/static/x", b"")) == WELL
