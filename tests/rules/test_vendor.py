"""Third-party front-end files: pinned, licensed, unchanged, and never from a CDN."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops import vendor

STATIC = vendor.ROOT / "static"
URL = re.compile(r"(?:https?:)?//[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+[^\s\"'`<>)\\]*")

# Addresses that stand in third-party files as text, each with what it is there.
NEVER_LOADED = {
    "http://www.w3.org/2000/svg",  # the name of a namespace
    "https://leafletjs.com",  # Leaflet's own credit, switched off by `prefix: false`
    "http://example.com",  # a base to parse relative addresses with
    "https://protomaps.com",  # credits of a default attribution we never use
    "https://openstreetmap.org/copyright",
}


def _texts(folder: Path, *endings: str) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix in endings:
            yield path.relative_to(vendor.ROOT).as_posix(), path.read_text("utf-8")


def _without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/|<!--.*?-->|^\s*//.*?$", "", text, flags=re.DOTALL | re.MULTILINE)


def test_every_vendored_file_is_listed_licensed_and_has_its_sha256() -> None:
    assert vendor.problems() == []


def test_vendored_versions_are_the_pinned_ones() -> None:
    pinned = json.loads((vendor.SOURCE / "package.json").read_text("utf-8"))["dependencies"]
    assert {package["name"]: package.get("version") for package in vendor.read_list()} == pinned
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in pinned.values())


def test_vendored_files_name_only_addresses_known_to_be_text() -> None:
    for name, text in _texts(STATIC / "vendor", ".js", ".css"):
        found = {url.rstrip("/;,") for url in URL.findall(_without_comments(text))}
        assert found <= NEVER_LOADED, name


@pytest.mark.parametrize("home", ["static", "gis_grid/templates", "incidents/templates"])
def test_our_own_pages_name_no_address_outside(home: str) -> None:
    for name, text in _texts(vendor.ROOT / home, ".js", ".css", ".html", ".svg"):
        if name.startswith("static/vendor/"):
            continue
        assert set(URL.findall(text)) <= {"http://www.w3.org/2000/svg"}, name


def test_an_address_outside_would_be_found() -> None:
    assert URL.findall('<script src="https://cdn.example.net/a.js">') == [
        "https://cdn.example.net/a.js"
    ]
    assert URL.findall("import x from '//cdn.example.net/a.js';") == ["//cdn.example.net/a.js"]
    assert URL.findall("url(/static/a.png) // a comment") == []
