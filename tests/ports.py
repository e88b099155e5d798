"""Ports for programs that a test starts."""

import os

from ops.ports import is_free_pair

HERE = "127.0.0.1"


def free_pair() -> int:
    """Return a port that is free with the next, below those that the system gives to anybody."""
    first = 10_000 + 20 * (os.getpid() % 1000)  # another for each process of a suite
    return next(port for port in range(first, 32_000, 2) if is_free_pair(port, HERE))
