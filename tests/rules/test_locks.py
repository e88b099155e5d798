"""Locks: they hold what is asked for, and nothing with known holes.

That they have hashes and no address is tested beside what writes them: `tests/ops`.
"""

import re
import tomllib
from pathlib import Path

import django
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
# Lower releases have published holes in GeoDjango: files read, addresses fetched from input.
DJANGO_FLOOR = Version("5.2.19")
PACKAGE = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^\s;]+)", re.MULTILINE)


def entries(lock: str) -> dict[str, str]:
    """Return the text of each package's entry by name."""
    text = (ROOT / lock).read_text("utf-8")
    starts = list(PACKAGE.finditer(text))
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return {m["name"]: text[m.start() : end] for m, end in zip(starts, ends, strict=True)}


def test_locks_hold_everything_that_is_asked_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-dev.lock": project["dependency-groups"]["dev"],
    }
    for lock, lines in asked.items():
        locked = {name: PACKAGE.match(text) for name, text in entries(lock).items()}
        for requirement in map(Requirement, lines):
            name = re.sub(r"[-_.]+", "-", requirement.name).lower()
            found = locked.get(name)
            assert found, f"{name} is not in {lock}"
            assert requirement.specifier.contains(found["version"]), name


def test_django_has_no_known_hole() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    (asked,) = (
        requirement
        for requirement in map(Requirement, project["project"]["dependencies"])
        if requirement.name == "django"
    )

    assert Version(django.get_version()) >= DJANGO_FLOOR
    assert not asked.specifier.contains("5.2.18")
    assert asked.specifier.contains(str(DJANGO_FLOOR))
    locked = PACKAGE.match(entries("requirements.lock")["django"])
    assert locked
    assert Version(locked["version"]) >= DJANGO_FLOOR
