"""Fixtures for every test: a real PostGIS, a small town, real data, a real browser."""

import os
from pathlib import Path

import pytest
from django.test import Client

from tests.world import World, build_world

# Playwright's sync API runs its own loop; Django would refuse the ORM beside it. Tests only.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture
def world(db: None) -> World:
    """The small town of `tests/world.py` with its cast."""
    return build_world()


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:  # type: ignore[no-untyped-def]
    """An empty media folder."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data beside the checkout; where it is expected, it must be there."""
    if REAL_DATA.is_dir():
        return REAL_DATA
    if os.environ.get("CI") == "true":
        pytest.fail(f"real data is expected at ../shared/data (looked in {REAL_DATA})")
    pytest.skip("no ../shared/data beside the checkout: tests on real data are left out")


@pytest.fixture
def login(world: World):  # type: ignore[no-untyped-def]
    """Return a function: name of the cast -> a client that is logged in as them."""

    def as_(name: str) -> Client:
        client = Client()
        client.force_login(world.users[name])
        return client

    return as_
