"""Fixtures for tests without a database."""

import pytest

from gis_grid.demo.town import Town, build_town


@pytest.fixture(scope="session")
def town() -> Town:
    """The demo district, built once: records are frozen, so tests may share it."""
    return build_town()
