"""Nothing is loaded from outside: not by a page of ours, not by one of a package we serve.

`test_vendor.py` looks at the vendored files and at the sources; this looks at what is sent.
"""

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.world import World

Login = Callable[[str], Client]
LOADED = re.compile(
    r"""<(?:script|link|img|iframe|source|video|audio|object|embed|form)\b[^>]*?
        \b(?:src|href|data|action|srcset)\s*=\s*["']?(?:https?:)?//[^"'\s>]+""",
    re.IGNORECASE | re.VERBOSE,
)
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?P<rest>[^>]*)>|\son[a-z]+\s*=|javascript:", re.I)
DATA = re.compile(r'type="(application/json|importmap)"')
PAGES = {
    "front": "root",
    "field": "li",
    "command": "chen",
    "planning": "sun",
    "api:openapi-view": "root",
    "admin:index": "root",
    "admin:territory_area_add": "root",
    "admin:territory_boundary_add": "root",
    "admin:facilities_facility_add": "root",
    "admin:people_worker_add": "root",
}


def page(login: Login, name: str) -> str:
    answer = login(PAGES[name]).get(reverse(name))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_pages_load_nothing_from_outside(world: World, login: Login, name: str) -> None:
    assert LOADED.findall(page(login, name)) == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_hold_no_inline_script(world: World, login: Login, name: str) -> None:
    found = [m.group() for m in INLINE.finditer(page(login, name)) if not DATA.search(m.group())]

    assert found == []


@pytest.mark.parametrize("name", PAGES)
def test_the_browser_is_told_the_same(world: World, login: Login, name: str) -> None:
    policy = login(PAGES[name]).get(reverse(name)).headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))

    assert rules["default-src"] == rules["script-src"] == "'self'"
    assert "unsafe" not in rules["script-src"]
    assert "http" not in policy.replace(f"http://*:{settings.LIVE_PORT}", "")


def test_what_is_looked_for_would_be_found() -> None:
    assert LOADED.search('<script async src="https://cdn.example/a.js"></script>')
    assert LOADED.search("<link rel=stylesheet href=//cdn.example/a.css>")
    assert not LOADED.search('<a href="https://example.org">')
    assert INLINE.search("<script>alert(1)</script>")
    assert INLINE.search('<img onerror="x()">')
    assert not INLINE.search('<script src="/static/a.js">')
