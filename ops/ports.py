"""The two TCP ports of a running installation: pages at N, the live stream at N + 1."""

from __future__ import annotations

import socket
import time

from ops import say
from ops.say import Failed

FIRST, LAST, STRIDE = 8000, 8200, 10
PATIENCE_S = 1.0


def is_free(port: int, bind: str = "127.0.0.1") -> bool:
    """Tell whether we could listen there now."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As the servers do; otherwise connections that just ended would look like an owner.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError:
            return False
    return True


def is_free_pair(port: int, bind: str) -> bool:
    """Tell whether the port and its neighbour for the stream are both free."""
    return is_free(port, bind) and is_free(port + 1, bind)


def _comes_free(port: int, bind: str) -> bool:
    """Ask for a while: programs that were just ended let go of their ports a little later."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_free_pair(port, bind):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def choose(wanted: int | None, bind: str = "127.0.0.1") -> int:
    """Return the port for the pages; Failed when the wanted one is taken."""
    if wanted is not None:
        if not 1 <= wanted <= 65534:
            raise Failed(f"port {wanted}", "it is not a port", "choose one from 1 to 65534")
        if _comes_free(wanted, bind):
            return wanted
        busy = wanted if not is_free(wanted, bind) else wanted + 1
        raise Failed(
            f"port {wanted}",
            f"{busy} cannot be listened on; pages need {wanted}, the live stream {wanted + 1}",
            "choose another with --port, or leave --port out",
        )
    for port in range(FIRST, LAST, STRIDE):
        if is_free_pair(port, bind):
            if port != FIRST:
                say.note(f"port {FIRST} or {FIRST + 1} is in use: taking {port}")
            return port
    raise Failed("port", f"none is free from {FIRST} to {LAST}", "name one with --port")
