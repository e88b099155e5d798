"""The demo town as the service circles want it: streets, walls with gates, homes. Pure.

The town's lines are noded already, so every edge of its network is a way of two points. Walls and
gates are no part of the streets: they are laid over them, like those of any town.
"""

from collections.abc import Iterator

import numpy as np
import shapely

from gis_grid.demo.records import ChangeRecord, HomeRecord, MapFeatureRecord
from gis_grid.demo.town import Town
from gis_grid.walking.rules import Way
from gis_grid.walking.streets import Streets

PEOPLE_PER_HOUSEHOLD = 2.62
"""Average of the census of 2020."""


def streets(town: Town) -> Streets:
    """Return all ways to walk, as if nobody had surveyed a wall; nobody wades or crosses rails."""
    network = town.network
    shapes = [feature.shape for feature in town.features if feature.kind in ("water", "rail")]
    lines = [each.boundary if each.geom_type.endswith("Polygon") else each for each in shapes]
    return Streets(
        lonlat=network.nodes,
        gate=np.zeros(len(network.nodes), bool),
        way_from=np.arange(0, 2 * len(network.edges) + 1, 2, dtype=np.int64),
        way_nodes=network.edges.ravel().astype(np.int32),
        way_kind=np.full(len(network.edges), Way.STREET, np.uint8),
        barriers=np.asarray(shapely.get_parts(np.array(lines, dtype=object))),
        way_over=network.kind == "bridge",
    )


def changes(town: Town) -> Iterator[ChangeRecord]:
    """Yield the walls, closed at their gates, and the gates with their hours."""
    for number, (wall, ring) in enumerate(_walls(town), 1):
        yield ChangeRecord(f"demo-wall-{number:03d}", "wall", wall.name, ring, "")
    for number, gate in enumerate(town.network.gates, 1):
        name = f"{gate.compound} {gate.name}".strip()
        yield ChangeRecord(f"demo-gate-{number:03d}", "gate", name, gate.point, gate.opening_hours)


def homes(town: Town) -> Iterator[HomeRecord]:
    """Yield the buildings people live in, with how many; nobody has a name."""
    for number, building in enumerate(town.buildings, 1):
        households = building.attributes["households"]
        if households:
            yield HomeRecord(
                f"demo-{number:05d}",
                building.shape.representative_point(),
                round(households * PEOPLE_PER_HOUSEHOLD),
            )


def _walls(town: Town) -> Iterator[tuple[MapFeatureRecord, shapely.LineString]]:
    """Yield each wall with the ring it stands on: as drawn it has an opening at each gate."""
    walls = [feature for feature in town.features if feature.kind == "wall"]
    walled = {wall.klass for wall in walls}
    grounds = [f for f in town.features if f.kind == "land" and f.klass in walled]
    for wall, ground in zip(walls, grounds, strict=True):
        yield wall, shapely.LineString(ground.shape.exterior.coords)
