"""Stands in for the live process: a health page and a stream that never ends by itself."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]


async def application(scope: dict[str, Any], receive: object, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/live/healthz":
        await send({"type": "http.response.body", "body": b"ok"})
        return
    while True:
        await send({"type": "http.response.body", "body": b"event: beat\n\n", "more_body": True})
        await asyncio.sleep(0.2)
