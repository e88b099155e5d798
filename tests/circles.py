"""A town for the planner's page: two banks of a river, one bridge, a clinic on the west bank.

west: grids W1 W2   |river|   east: grid E1      streets every 100 m, one bridge in the north
"""

from django.contrib.gis.geos import Point, Polygon

from gis_grid.facilities import networks
from gis_grid.facilities.models import Facility, FacilityCategory, PopulationCell, WalkNetwork
from gis_grid.territory.actions import AreaDraft, found
from gis_grid.territory.models import Level
from tests.walks import Spot, lonlat, streets
from tests.world import World

EAST = 800.0  # where the east bank's streets begin
BRIDGE = 1100.0


def build(world: World, name: str = "town") -> WalkNetwork:
    """Build it under the world's street; 3 people live at each second corner."""
    west, east = _bank(0.0), _bank(EAST)
    bridge = [(500.0, BRIDGE), (EAST, BRIDGE)]
    river = [(650.0, -200.0), (650.0, 1300.0)]
    drawn = streets(*west, *east, bridge, barriers=[river])
    stored = networks.keep(name, drawn, source="test", figures={})
    _areas(world)
    for code, title, required in (("clinic", "社区卫生", True), ("canteen", "老年食堂", True)):
        FacilityCategory.objects.create(
            code=code, name=title, name_en=code.title(), required=required
        )
    place("clinic", "c1", "城西卫生站", (300, 500))
    place("canteen", "k1", "城西食堂", (200, 200))
    homes = [
        (x + base, y) for base in (0, EAST) for x in (50, 250, 450) for y in range(0, 1200, 200)
    ]
    PopulationCell.objects.bulk_create(
        PopulationCell(code=f"h{number:03d}", point=_point((x, y + 5)), weight=3)
        for number, (x, y) in enumerate(homes)
    )
    return stored


def place(category: str, code: str, name: str, spot: Spot) -> Facility:
    """Put a facility at a spot in metres."""
    return Facility.objects.create(
        code=code,
        name=name,
        category=FacilityCategory.objects.get(code=category),
        point=_point(spot),
    )


def degrees(spot: Spot) -> dict[str, float]:
    """Return a spot in metres as lon and lat."""
    point = _point(spot)
    return {"lon": point.x, "lat": point.y}


def _bank(x0: float) -> list[list[Spot]]:
    columns, rows = range(6), range(12)
    across = [[(x0 + x * 100, y * 100.0) for x in columns] for y in rows]
    return across + [[(x0 + x * 100, y * 100.0) for y in rows] for x in columns]


def _point(spot: Spot) -> Point:
    ((x, y),) = lonlat([spot])
    return Point(round(float(x), 7), round(float(y), 7), srid=4326)


def _areas(world: World) -> None:
    community = found(
        AreaDraft("C9", "滨江社区", Level.COMMUNITY, world.areas["S"], shape=_box(-100, 1400))
    )
    for code, west, east in (("W1", -100, 300), ("W2", 300, 650), ("E1", 650, 1400)):
        found(AreaDraft(code, f"{code}网格", Level.GRID, community, shape=_box(west, east)))


def _box(west: float, east: float) -> Polygon:
    corners = [(west, -200), (east, -200), (east, 1300), (west, 1300), (west, -200)]
    return Polygon([(float(x), float(y)) for x, y in lonlat(corners)], srid=4326)
