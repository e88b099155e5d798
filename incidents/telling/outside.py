"""The one door to the outside: a POST that follows nothing and waits only so long."""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

TIMEOUT_S = 10.0


class Fault(Exception):
    """It was not taken; the words say why. To be tried again."""


class Gone(Fault):
    """Nobody is there any more; trying again is no use."""


def post(url: str, body: bytes, headers: Mapping[str, str], timeout_s: float = TIMEOUT_S) -> int:
    """POST and return the status. Redirects are not followed, what comes back is not read.

    `http.client` and not a client that does more: no variable of the environment, proxy, redirect
    or cookie can send a message somewhere else. Raises Fault when nobody answers in time.
    """
    place = urlsplit(url)
    target = f"{place.path or '/'}{'?' + place.query if place.query else ''}"
    connection = _connection(place.scheme, place.hostname or "", place.port, timeout_s)
    try:
        with _cut_after(connection, timeout_s):
            connection.request("POST", target, body, dict(headers))
            return connection.getresponse().status
    except ssl.SSLError as error:
        raise Fault(f"TLS: {error.reason or error}") from error
    except (OSError, http.client.HTTPException) as error:
        raise Fault(f"{type(error).__name__}: {error}") from error
    finally:
        connection.close()


def _connection(
    scheme: str, host: str, port: int | None, timeout_s: float
) -> http.client.HTTPConnection:
    if scheme == "https":
        context = ssl.create_default_context()  # certificate and name are verified
        return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=context)
    return http.client.HTTPConnection(host, port, timeout=timeout_s)


@contextmanager
def _cut_after(connection: http.client.HTTPConnection, seconds: float) -> Iterator[None]:
    """Cut the line when all of it takes too long: a socket's own limit is for each byte anew."""
    late = threading.Event()

    def cut() -> None:
        late.set()
        line = connection.sock
        if line is not None:
            with suppress(OSError):  # it has just ended by itself
                line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException) as error:
        if late.is_set() or isinstance(error, TimeoutError):  # whichever clock was first
            raise Fault(f"no answer within {seconds:g} s") from None
        raise
    finally:
        timer.cancel()
