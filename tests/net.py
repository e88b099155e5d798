"""A link between phone and server that we own: it delays, drops, cuts, stays silent and lies.

    with Net(product.url) as net:
        net.judge = only("POST", r"/reports$", CUT_AFTER)  # it arrives, the phone is not told
        …                                                   # the page is opened at net.url
        net.judge = well
        net.taken("PUT")                                    # what the server has, with its SHA-256

One exchange is one connection: what the browser does with a broken one is not left to chance.
"""

import hashlib
import json
import random
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

UPSTREAM_S = 30.0
LOOK_S = 0.05
BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "accept-encoding"}

Body = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """A request as the phone sent it."""

    method: str
    path: str
    body: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Of the body, byte for byte."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Answer:
    """A reply: what the server said, or what somebody on the way pretends."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Fate:
    """What becomes of one exchange.

    deliver  whether the server sees the request
    send     how much of its body the server gets before the line breaks, 0 to 1
    answer   what the phone is told instead of the server's words
    keep     how much of the answer comes through, 0 to 1; 0 is a cut before its first byte
    silent   nothing comes at all, and the connection stays open
    alter    changes the server's JSON on the way
    """

    delay_s: float = 0.0
    deliver: bool = True
    send: float = 1.0
    answer: Answer | None = None
    keep: float = 1.0
    silent: bool = False
    alter: Callable[[Body], Body] | None = None


@dataclass(frozen=True)
class Exchange:
    """What happened: `status` is the server's, None when it never saw the request."""

    asked: Asked
    fate: Fate
    status: int | None


Judge = Callable[[Asked], Fate]

WELL = Fate()
CUT_BEFORE = Fate(deliver=False, keep=0)
CUT_IN_THE_REQUEST = Fate(send=0.5, keep=0)
CUT_AFTER = Fate(keep=0)
CUT_IN_THE_ANSWER = Fate(keep=0.5)
SILENT_BEFORE = Fate(deliver=False, silent=True)
SILENT_AFTER = Fate(silent=True)


def told(status: int, body: Body) -> Fate:
    """Somebody else answers with JSON; the server never sees the request."""
    words = json.dumps(body, ensure_ascii=False).encode()
    kind = (("Content-Type", "application/json; charset=utf-8"),)
    return Fate(deliver=False, answer=Answer(status, words, kind))


def refused(status: int, code: str, *, retryable: bool = False) -> Fate:
    """An error in the product's own form, which the server never made."""
    words = f"试验：{status}"
    return told(status, {"code": code, "message": words, "fields": {}, "retryable": retryable})


def page(status: int, html: str) -> Fate:
    """A page for people, such as a gateway's error or a captive portal's log-in."""
    kind = (("Content-Type", "text/html; charset=utf-8"),)
    return Fate(deliver=False, answer=Answer(status, html.encode(), kind))


CAPTIVE = page(200, "<!doctype html><title>Wi-Fi</title><form>请输入手机号登录</form>")


def altered(**changes: Any) -> Fate:
    """The server's own answer with other values in it."""
    return Fate(alter=lambda body: {**body, **changes})


def well(_: Asked) -> Fate:
    """Judge: everything comes through."""
    return WELL


def down(_: Asked) -> Fate:
    """Judge: no request reaches anybody."""
    return CUT_BEFORE


def down_for_writing(asked: Asked) -> Fate:
    """Judge: what the phone sends to the API reaches nobody; what it reads still comes."""
    writes = asked.method != "GET" and asked.path.startswith("/api/")
    return CUT_BEFORE if writes else WELL


def only(method: str, path: str, fate: Fate) -> Judge:
    """Judge: this fate for these requests (`path` is searched for), all others are well."""
    pattern = re.compile(path)
    return lambda asked: fate if asked.method == method and pattern.search(asked.path) else WELL


def first(method: str, path: str, fate: Fate, after: Judge) -> Judge:
    """Judge as `only`, but from the very moment the first such request has come, as `after`."""
    before, lock = only(method, path, fate), threading.Lock()
    met = False

    def judge(asked: Asked) -> Fate:
        nonlocal met
        with lock:
            chosen = after(asked) if met else before(asked)
            met = met or chosen is fate
            return chosen

    return judge


class Weather:
    """Judge: the fate of each API request by chance, from a seed; pages and files come through."""

    def __init__(self, seed: int, odds: dict[Fate, float], most_delay_s: float) -> None:
        """`odds`: how likely each fate is; what is left of 1 is well."""
        self._chance = random.Random(seed)
        self._odds = odds
        self._most_delay_s = most_delay_s
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Fate:
        if not asked.path.startswith("/api/"):
            return WELL
        with self._lock:
            delay = self._chance.uniform(0, self._most_delay_s)
            fates = [*self._odds, WELL]
            weights = [*self._odds.values(), 1 - sum(self._odds.values())]
            return replace(self._chance.choices(fates, weights)[0], delay_s=delay)


class Net:
    """The link itself; `judge` may be changed at any time."""

    def __init__(self, upstream: str) -> None:
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname or "", parts.port or 80)
        self.judge: Judge = well
        self.log: list[Exchange] = []
        self._over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(LOOK_S,), daemon=True
        )

    @property
    def url(self) -> str:
        """Where the phone finds the server through this link."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Net":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def taken(self, method: str, path: str = "") -> list[Asked]:
        """Return the requests that the server has answered with 2xx, in order."""
        return [
            exchange.asked
            for exchange in list(self.log)
            if exchange.asked.method == method
            and re.search(path, exchange.asked.path)
            and exchange.status is not None
            and 200 <= exchange.status < 300
        ]

    def met(self, fate: Fate) -> int:
        """Return how many exchanges had this fate, however long they were held up."""
        return sum(replace(e.fate, delay_s=0) == fate for e in list(self.log))

    def _fetch(self, asked: Asked, headers: dict[str, str], send: float) -> Answer | None:
        """Return the server's words, None when the line breaks before it has heard everything."""
        connection = HTTPConnection(*self._upstream, timeout=UPSTREAM_S)
        try:
            if send == 1:
                connection.request(asked.method, asked.path, asked.body or None, headers)
                return _read(connection.getresponse())
            connection.putrequest(asked.method, asked.path, skip_host=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(asked.body)))
            connection.endheaders(asked.body[: int(len(asked.body) * send)])
            return None
        finally:
            connection.close()

    def _wait_for_the_end(self, phone: socket.socket) -> None:
        """Say nothing until the phone gives up."""
        phone.settimeout(LOOK_S)
        while not self._over.is_set():
            try:
                if not phone.recv(1, socket.MSG_PEEK):
                    return
            except TimeoutError:
                continue
            except OSError:
                return


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A phone that hangs up is what this is for."""


def _read(response: HTTPResponse) -> Answer:
    body = response.read()
    headers = tuple((k, v) for k, v in response.getheaders() if k.lower() not in BY_HOP)
    return Answer(response.status, body, headers)


def _handler_of(net: Net) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _exchange(self) -> None:
            self.close_connection = True
            length = int(self.headers.get("Content-Length") or 0)
            asked = Asked(self.command, self.path, self.rfile.read(length))
            fate = net.judge(asked)
            time.sleep(fate.delay_s)
            answer = self._answer(asked, fate)
            status = answer.status if answer and fate.deliver else None
            net.log.append(Exchange(asked, fate, status))
            if fate.silent:
                net._wait_for_the_end(self.connection)
            if fate.silent or fate.keep == 0 or answer is None:
                _reset(self.connection)
            else:
                self._tell(fate.answer or _altered(answer, fate), fate.keep)

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = _exchange

        def _answer(self, asked: Asked, fate: Fate) -> Answer | None:
            """The server's words, or None where it did not come to that."""
            if not fate.deliver:
                return fate.answer
            headers = {k: v for k, v in self.headers.items() if k.lower() not in BY_HOP}
            with suppress(OSError, HTTPException):  # nobody is listening: a reset, as by a router
                return net._fetch(asked, headers, fate.send)
            return None

        def _tell(self, answer: Answer, keep: float) -> None:
            self.send_response_only(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body[: int(len(answer.body) * keep)])

        def log_message(self, format: str, *args: Any) -> None:
            """`Net.log` has it."""

    return Handler


def _altered(answer: Answer, fate: Fate) -> Answer:
    if fate.alter is None or not 200 <= answer.status < 300:
        return answer
    return replace(answer, body=json.dumps(fate.alter(json.loads(answer.body))).encode())


def _reset(phone: socket.socket) -> None:
    """Close with RST: the phone sees a broken line, not an orderly end."""
    phone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    phone.close()
