"""Who may receive what, and the sentence that says why not."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from gis_grid.errors import Invalid
from gis_grid.people.models import HandlingUnit
from gis_grid.territory.models import Level
from incidents.dispatching.recipients import Entitlement, Recipient, refusal_of, terms_for
from incidents.models import Category, Competence, MatterListEntry
from tests.world import World, add_units


def code(refusal: Invalid | None) -> str | None:
    return refusal.code if refusal else None


@pytest.fixture
def units(world: World) -> dict[str, HandlingUnit]:
    return add_units(world)


@pytest.fixture
def asked(world: World) -> Callable[[Recipient], Invalid | None]:
    """Ask for a street lamp in A1."""

    def ask(recipient: Recipient) -> Invalid | None:
        return refusal_of(recipient, world.categories["street_lamp"], world.areas["A1"].path)

    return ask


def test_without_any_list_everybody_may(world: World, units, asked) -> None:  # type: ignore[no-untyped-def]
    assert asked(Recipient(unit=units["lamps"])) is None
    for area in ("A1", "A", "S", "D"):
        assert asked(Recipient(area=world.areas[area])) is None


def test_an_area_that_does_not_hold_the_place_may_not(world: World, asked) -> None:  # type: ignore[no-untyped-def]
    assert code(asked(Recipient(area=world.areas["A2"]))) == "area_elsewhere"


def test_the_matter_list_names_the_levels_that_may(world: World, units, asked) -> None:  # type: ignore[no-untyped-def]
    lamp = world.categories["street_lamp"]
    for level in (Level.DISTRICT, Level.STREET):
        MatterListEntry.objects.create(category=lamp, level=level)

    assert asked(Recipient(unit=units["lamps"])) is None
    assert asked(Recipient(unit=units["office"])) is None
    with translation.override("en"):
        refusal = asked(Recipient(area=world.areas["A1"]))

    assert refusal is not None
    assert refusal.code == "not_on_matter_list"
    assert str(refusal.message) == (
        "“Street lamp out” is not on the matter list of the level “Grid”, "
        "only of: District, Street / town."
    )


def test_a_line_of_the_minor_stands_before_one_of_its_major(world: World, asked) -> None:  # type: ignore[no-untyped-def]
    lamp = world.categories["street_lamp"]
    assert lamp.major is not None
    MatterListEntry.objects.create(category=lamp.major, level=Level.STREET)

    assert code(asked(Recipient(area=world.areas["A1"]))) == "not_on_matter_list"

    MatterListEntry.objects.create(category=lamp, level=Level.GRID)

    assert asked(Recipient(area=world.areas["A1"])) is None
    assert code(asked(Recipient(area=world.areas["S"]))) == "not_on_matter_list"


@pytest.mark.parametrize(("received", "wanted"), [("own", None), ("major", None), ("other", "not")])
def test_a_unit_receives_what_it_is_competent_for(  # type: ignore[no-untyped-def]
    world: World, units, asked, received: str, wanted: str | None
) -> None:
    lamp = world.categories["street_lamp"]
    category = {"own": lamp, "major": lamp.major, "other": world.categories["manhole"]}[received]
    Competence.objects.create(unit=units["lamps"], category=category)

    assert code(asked(Recipient(unit=units["lamps"]))) == (wanted and "unit_not_competent")


@pytest.mark.parametrize(("area", "wanted"), [("A1", None), ("S", None), ("B", "unit_elsewhere")])
def test_a_unit_serves_its_areas_and_all_below(  # type: ignore[no-untyped-def]
    world: World, units, asked, area: str, wanted: str | None
) -> None:
    units["lamps"].areas.add(world.areas[area])

    assert code(asked(Recipient(unit=units["lamps"]))) == wanted


def test_many_units_are_judged_in_three_queries(world: World, units) -> None:  # type: ignore[no-untyped-def]
    lamp, path = world.categories["street_lamp"], world.areas["A1"].path
    with CaptureQueriesContext(connection) as queries:
        terms = terms_for(lamp, path, list(units.values()))
        judged = [terms.refusal_of(Recipient(unit=unit)) for unit in units.values()]

    assert len(queries) == 3
    assert judged == [None, None, None]


def test_who_judges_areas_only_reads_the_matter_list_only(world: World) -> None:
    with CaptureQueriesContext(connection) as queries:
        Entitlement.read(Category.objects.filter(major__isnull=False), [])

    assert len(queries) == 2  # the categories themselves, and the list
