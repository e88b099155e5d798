"""Stands in for the web process: ready at once, and it can be told to die."""

import os
from collections.abc import Callable, Iterable


def application(environ: dict[str, str], start_response: Callable[..., object]) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/die":
        os.killpg(os.getpgid(0), 9)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [os.environ["GRID_LIVE_PORT"].encode()]
