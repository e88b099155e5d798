"""One message to the webhook: signed, with a key to dedupe by, over a connection that is checked.

    X-Grid-Timestamp   seconds since 1970
    X-Grid-Signature   sha256=HEX, the HMAC-SHA256 of "TIMESTAMP.BODY" with the shared secret
    Idempotency-Key    the message's id: the same again means the same message

docs/webhook.md is the receiver's side.
"""

import hashlib
import hmac
import json
import time
from typing import Any

from django.conf import settings

from gis_grid import __version__
from incidents.models import Message
from incidents.telling.outside import Fault, post


def send(message: Message) -> None:
    """Send a message; returns only after the receiver has taken it (any 2xx). Raises Fault."""
    body = body_of(message.payload)
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "User-Agent": f"gis-grid/{__version__}",
        "Idempotency-Key": str(message.id),
        "X-Grid-Timestamp": timestamp,
        "X-Grid-Signature": signature(settings.WEBHOOK_SECRET, timestamp, body),
    }
    status = post(settings.WEBHOOK_URL, body, headers)
    if not 200 <= status < 300:
        raise Fault(f"answered {status}")


def body_of(payload: dict[str, Any]) -> bytes:
    """Return the bytes that travel and are signed."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the value of `X-Grid-Signature`."""
    told = timestamp.encode() + b"." + body
    return "sha256=" + hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()
