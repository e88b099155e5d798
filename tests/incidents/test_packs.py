"""The category pack: loaded with its matter lists, brought up to date, other lines left alone."""

import pytest

from gis_grid.territory.models import Level
from incidents import packs
from incidents.models import Category, MatterListEntry

pytestmark = pytest.mark.django_db


def levels(code: str) -> set[int]:
    return set(Category.objects.get(code=code).levels.values_list("level", flat=True))


def test_a_pack_brings_categories_limits_and_matter_lists() -> None:
    minors = packs.load("neighbourhood")

    assert len(minors) == Category.objects.minors().count() == 33
    assert (minors["street_lamp"].limit_amount, minors["street_lamp"].limit_kind) == (
        2,
        "working_days",
    )
    assert minors["noise"].verify == "desk"
    assert levels("gas_smell") == {Level.DISTRICT}
    assert levels("elder_visit") == {
        Level.STREET,
        Level.COMMUNITY,
        Level.GRID,
        Level.MICRO_GRID,
    }
    assert set(MatterListEntry.objects.values_list("source", flat=True)) == {"example pack"}


def test_a_second_time_changes_nothing() -> None:
    packs.load("neighbourhood")
    before = list(MatterListEntry.objects.order_by("pk").values())

    packs.load("neighbourhood")

    assert list(MatterListEntry.objects.order_by("pk").values()) == before


def test_a_line_that_left_the_pack_goes_and_people_s_own_stays() -> None:
    lamp = packs.load("neighbourhood")["street_lamp"]
    MatterListEntry.objects.create(category=lamp, level=Level.STREET, source="example pack")
    MatterListEntry.objects.create(category=lamp, level=Level.GRID, source="council 2026/3")

    packs.load("neighbourhood")

    assert levels("street_lamp") == {Level.DISTRICT, Level.GRID}
