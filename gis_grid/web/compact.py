"""Long answers: packed, and not sent again while nothing has changed."""

import gzip
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation

PACKED_FROM = 1024  # bytes
LEVEL = 5


def tag_of(request: HttpRequest, *parts: object) -> str:
    """Return the ETag of an answer: what is asked, in which language, of which data."""
    asked = [request.get_full_path(), translation.get_language(), *map(str, parts)]
    return f'"{hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:24]}"'


def compact(request: HttpRequest, make: Callable[[], Any], tag: str) -> HttpResponse:
    """Return the JSON of what is made, or 304 when the reader has it already."""
    if request.headers.get("If-None-Match") == tag:
        answer = HttpResponse(status=304)
    else:
        text = json.dumps(make(), ensure_ascii=False, separators=(",", ":"))
        answer = packed(request, text.encode(), "application/json")
    answer.headers["ETag"] = tag
    answer.headers["Cache-Control"] = "private, no-cache"  # kept, but asked for each time
    answer.headers["Vary"] = "Accept-Encoding, Cookie"
    return answer


def packed(request: HttpRequest, content: bytes, content_type: str) -> HttpResponse:
    """Return an answer with this content, packed where it is worth it and the reader can."""
    answer = HttpResponse(content_type=content_type)
    if len(content) >= PACKED_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
        content = gzip.compress(content, LEVEL, mtime=0)
        answer.headers["Content-Encoding"] = "gzip"
    answer.content = content
    return answer
