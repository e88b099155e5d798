"""The tree spoken as a QuerySet, and territories that fail closed."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Point
from django.db.utils import IntegrityError

from gis_grid.access import territory_of
from gis_grid.errors import Conflict
from gis_grid.territory.actions import AreaDraft, found, redraw, retire
from gis_grid.territory.models import Area, Boundary, Level
from gis_grid.territory.paths import EVERYWHERE, NOWHERE, Territory, topmost
from tests.world import World, inside, square


def codes(areas) -> list[str]:  # type: ignore[no-untyped-def]
    return sorted(area.code for area in areas)


def test_under_is_the_whole_subtree(world: World) -> None:
    assert codes(Area.objects.under(world.areas["A"])) == ["A", "A1", "A2"]


def test_above_is_the_way_to_the_root(world: World) -> None:
    assert [a.code for a in Area.objects.above(world.areas["A1"])] == ["D", "S", "A"]


def test_covering_counts_the_border_in(world: World) -> None:
    edge = Point(*inside(1), srid=4326)

    grids = Boundary.objects.covering(edge).filter(area__level=Level.GRID)
    assert sorted(b.area.code for b in grids) == ["A1", "A2"]


def test_no_territory_sees_nothing_and_the_administrator_everything(world: World) -> None:
    assert codes(Area.objects.within(NOWHERE)) == []
    assert len(codes(Area.objects.within(EVERYWHERE))) == 7
    assert codes(Area.objects.within(territory_of(world.users["zhao"]))) == [
        "A", "A1", "A2", "B", "B1", "S",
    ]  # fmt: skip
    assert territory_of(AnonymousUser()) == NOWHERE


@pytest.mark.parametrize(
    ("paths", "path", "held"),
    [
        ({"1/2/"}, "1/2/", True),
        ({"1/2/"}, "1/2/9/", True),
        ({"1/2/"}, "1/20/", False),  # a longer number is no child
        ({"1/2/"}, "", False),
        (set(), "1/", False),
    ],
)
def test_a_territory_holds_its_subtrees_only(paths: set[str], path: str, held: bool) -> None:
    assert Territory(frozenset(paths)).holds(path) is held


def test_topmost_drops_what_lies_under_another() -> None:
    assert topmost(["1/2/3/", "1/2/", "1/20/", "4/"]) == {"1/2/", "1/20/", "4/"}


def test_redrawing_ends_one_range_and_starts_another(world: World) -> None:
    redraw(world.areas["A1"], square(0, 0.5), valid_from=date(2026, 1, 1))

    first, second = world.areas["A1"].boundaries.order_by("drawn_at")
    assert (first.during.upper, second.during.lower) == (date(2026, 1, 1), date(2026, 1, 1))
    assert second.during.upper is None


def test_redrawing_twice_from_the_same_day_is_refused(world: World) -> None:
    redraw(world.areas["A1"], square(0, 0.5), valid_from=date(2026, 1, 1))

    with pytest.raises(Conflict) as refusal:
        redraw(world.areas["A1"], square(0, 0.4), valid_from=date(2026, 1, 1))
    assert refusal.value.code == "boundary_starts_that_day"


def test_a_code_is_free_again_after_its_area_retired(world: World) -> None:
    retire(world.areas["B1"], on=date(2026, 1, 1))

    found(
        AreaDraft("B1", "新网格", Level.GRID, world.areas["B"], shape=square(2)),
        valid_from=date(2026, 1, 1),
    )
    assert Area.objects.filter(code="B1").count() == 2


def test_a_code_is_taken_while_its_area_exists(world: World) -> None:
    with pytest.raises(IntegrityError):
        found(AreaDraft("B1", "又一个", Level.GRID, world.areas["B"], shape=square(5)))


def test_an_area_with_living_children_does_not_retire(world: World) -> None:
    with pytest.raises(Conflict) as refusal:
        retire(world.areas["A"], on=date(2026, 1, 1))
    assert refusal.value.code == "has_children"
