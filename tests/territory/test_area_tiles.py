"""Areas as tiles: simplified together, so that neighbours stay neighbours."""

import math
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.test import Client
from django.utils import timezone

from bench import mvt
from gis_grid.people.models import Assignment, Role, Worker
from gis_grid.territory import simplified
from gis_grid.territory.actions import AreaDraft, found_many, redraw, retire
from gis_grid.territory.models import Level, Simplified
from tests.incidents.test_tiles import tile_at
from tests.world import World, square

Login = Callable[[str], Client]


@pytest.fixture
def ragged(db: None) -> int:
    """Nine grids in a square whose shared borders wave, so that there is much to leave out."""
    cells = {}
    for column in range(3):
        for row in range(3):
            ring = [
                *_wave(column, row, column + 1, row),
                *_wave(column + 1, row, column + 1, row + 1),
                *_wave(column, row + 1, column + 1, row + 1)[::-1],
                *_wave(column, row, column, row + 1)[::-1],
            ]
            cells[column, row] = shapely.Polygon(ring)
    drafts = [
        AreaDraft(f"{c}-{r}", f"{c}-{r}", Level.GRID, shape=GEOSGeometry(cell.wkt, srid=4326))
        for (c, r), cell in cells.items()
    ]
    return len(found_many(drafts))


def _wave(x1: int, y1: int, x2: int, y2: int) -> list[tuple[float, float]]:
    """A border of forty corners between two corners of the raster; the same from both sides."""
    points = []
    for step in range(41):
        share = step / 40
        bend = math.sin(share * math.pi * 6) * 0.05
        x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
        points.append((105 + (x + bend * (y2 - y1)) * 0.01, 31 + (y + bend * (x2 - x1)) * 0.01))
    return points


def shapes(up_to: int) -> Any:
    rows = Simplified.objects.filter(up_to=up_to).order_by("boundary")
    return np.array([shapely.from_wkb(bytes(row.shape.wkb)) for row in rows], dtype=object)


def test_simplified_borders_stay_shared(ragged: int) -> None:
    assert simplified.follow(timezone.localdate()) == ragged * len(simplified.PIXEL_M)

    corners = []
    for up_to in simplified.PIXEL_M:
        layer = shapes(up_to)
        assert len(layer) == ragged
        assert shapely.coverage_is_valid(layer)
        assert shapely.union_all(layer).geom_type == "Polygon"  # no gap, no hole
        corners.append(int(shapely.get_num_coordinates(layer).sum()))
    assert corners == sorted(corners)
    assert corners[0] < corners[-1] / 4


def test_a_border_moves_by_less_than_half_a_pixel_on_the_whole(ragged: int) -> None:
    simplified.follow(timezone.localdate())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.up_to, max(ST_Area(ST_SymDifference(s.shape, exact)) / ST_Perimeter(exact))"
            " FROM territory_simplified s JOIN territory_boundary b ON b.id = s.boundary_id,"
            " LATERAL ST_Transform(b.shape, 3857) AS exact GROUP BY 1"
        )
        moved = dict(cursor.fetchall())

    assert [zoom for zoom, pixel in simplified.PIXEL_M.items() if moved[zoom] > pixel / 2] == []


def test_nothing_is_simplified_twice_and_every_change_once(world: World) -> None:
    today = timezone.localdate()
    assert simplified.follow(today)
    assert simplified.follow(today) is None
    redraw(world.areas["A1"], square(0, 0.5), valid_from=today)
    assert not simplified.marks()[1]
    assert simplified.follow(today)
    retire(world.areas["B1"], on=today)
    assert simplified.follow(today)
    assert simplified.marks()[1]


def test_a_border_of_tomorrow_is_drawn_tomorrow(world: World) -> None:
    today = timezone.localdate()
    tomorrow = today + timedelta(days=1)
    redraw(world.areas["A1"], square(0, 0.5), valid_from=tomorrow)
    simplified.follow(today)

    widths = [_width(world, "A1", day) for day in (today, tomorrow)]

    assert widths[1] == pytest.approx(widths[0] / 2, abs=2)


def _width(world: World, code: str, day: date) -> int:
    tile, scopes = tile_at(13), [world.areas["D"].pk]
    content = simplified.tile(tile, scopes, (Level.GRID, 0), day, simplified=True)
    (area,) = [f for f in mvt.read(content)["areas"] if f.properties["code"] == code]
    columns = [x for ring in area.parts for x, _y in ring]
    return max(columns) - min(columns)


@pytest.mark.parametrize("ready", [True, False])
def test_a_tile_shows_a_level_and_the_one_above(world: World, ready: bool) -> None:
    if ready:
        simplified.follow(timezone.localdate())
    today, scopes = timezone.localdate(), [world.areas["D"].pk]

    content = simplified.tile(
        tile_at(13), scopes, (Level.GRID, Level.COMMUNITY), today, simplified=ready
    )

    layers = {
        name: {f.properties["code"] for f in found} for name, found in mvt.read(content).items()
    }
    assert layers == {"areas": {"A1", "A2", "B1"}, "above": {"A", "B"}}


# -- over HTTP -------------------------------------------------------------------------------------


def codes(client: Client, query: str = "") -> set[str]:
    tile = tile_at(13)
    answer = client.get(f"/tiles/areas/{tile.z}/{tile.x}/{tile.y}.pbf?{query}")
    assert answer.status_code == 200
    found = mvt.read(answer.content).get("areas", [])
    return {feature.properties["code"] for feature in found}


def test_the_level_follows_the_zoom_unless_it_is_asked_for(world: World, login: Login) -> None:
    assert codes(login("chen")) == {"A1", "A2", "B1"}
    assert codes(login("chen"), "level=community") == {"A", "B"}
    assert codes(login("root"), "level=district") == {"D"}


def test_areas_of_others_are_not_drawn(world: World, login: Login) -> None:
    worker = Worker.objects.get(code="wang")
    Assignment.objects.create(worker=worker, area=world.areas["B"], role=Role.OPERATOR)

    assert codes(login("wang")) == {"B1"}
    assert codes(login("wang"), "level=district") == set()


def test_a_layer_that_stands_is_not_sent_again(world: World, login: Login) -> None:
    chen, tile = login("chen"), tile_at(13)
    url = f"/tiles/areas/{tile.z}/{tile.x}/{tile.y}.pbf?level=grid"
    tag = chen.get(url)["ETag"]
    assert chen.get(url, headers={"If-None-Match": tag}).status_code == 304
    redraw(world.areas["A1"], square(0, 0.5), valid_from=timezone.localdate())
    assert chen.get(url, headers={"If-None-Match": tag}).status_code == 200


def test_the_exact_shape_of_one_area(world: World, login: Login) -> None:
    answer = login("chen").get("/tiles/areas/grid/A1.json")

    exact = square(0)
    assert shapely.from_geojson(answer.content).equals(shapely.from_wkt(exact.wkt))
    assert login("chen").get("/tiles/areas/grid/none.json").status_code == 404
    assert login("chen").get("/tiles/areas/planet/A1.json").status_code == 404
