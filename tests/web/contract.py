"""What every refusal of the API looks like, asserted in one place."""

import re
from typing import Any

SHAPE = {"code", "message", "fields", "retryable", "request_id"}
EXTRA = {"location", "ring", "current"}
INSIDE = re.compile(r"Traceback|psycopg|SELECT |INSERT |site-packages|/gis_grid/|django", re.I)


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Assert a refusal in the contract's shape that tells nothing of the inside; return it."""
    assert answer.status_code == status, answer.content[:300]
    assert answer.headers["Content-Type"] == "application/json"
    body: dict[str, Any] = answer.json()
    assert SHAPE <= body.keys() <= SHAPE | EXTRA
    assert body["code"] == code, body
    assert isinstance(body["message"], str)
    assert body["message"]
    assert all(isinstance(reason, str) and reason for reason in body["fields"].values())
    assert body["retryable"] is (status in (401, 429, 503))
    assert body["request_id"] == answer.headers["X-Request-ID"]
    assert not INSIDE.search(answer.content.decode())
    return body
