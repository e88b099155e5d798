"""The town of the stories."""

from pathlib import Path

import pytest

from tests.stories.town import Town
from tests.world import World


@pytest.fixture
def town(world: World, media: Path) -> Town:
    """The small town with units and more people, each at their own client."""
    return Town(world)
