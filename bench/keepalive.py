"""One kept-alive HTTP connection that does as little as a client can, to leave the cores to others.

Python's own client parses headers as e-mail and costs as much as a tenth of the server's work.
"""

import json
import socket
from types import TracebackType
from typing import Any, NamedTuple, Self

from django.utils.crypto import get_random_string

from bench.district import Phone

TIMEOUT_S = 30.0


class Answer(NamedTuple):
    """Status and body."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Return the parsed body."""
        return json.loads(self.body)


class KeepAlive:
    """POSTs JSON to one path as one logged-in phone, with its session and CSRF token."""

    def __init__(self, port: int, path: str, phone: Phone) -> None:
        """Connect to the server on this machine."""
        token = get_random_string(32)
        self._head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"Cookie: sessionid={phone.session}; csrftoken={token}\r\nX-CSRFToken: {token}\r\n"
            "Content-Length: "
        ).encode()
        self._socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answers = self._socket.makefile("rb")

    def post(self, body: bytes) -> Answer:
        """Send one body and wait for the answer."""
        self._socket.sendall(self._head + b"%d\r\n\r\n" % len(body) + body)
        status = int(self._answers.readline().split(b" ", 2)[1])
        length = 0
        while (line := self._answers.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return Answer(status, self._answers.read(length))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._answers.close()
        self._socket.close()
