"""The invented demo district 示范区: one call builds it, the same seed builds the same town."""

from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from gis_grid.demo import plan
from gis_grid.demo.areas import area_records
from gis_grid.demo.blocks import lay_out
from gis_grid.demo.curves import rough
from gis_grid.demo.facilities import facility_records
from gis_grid.demo.features import map_features
from gis_grid.demo.grids import tile
from gis_grid.demo.network import walk_network
from gis_grid.demo.party import party_records
from gis_grid.demo.people import staff
from gis_grid.demo.records import (
    AreaRecord,
    AssignmentRecord,
    FacilityRecord,
    MapFeatureRecord,
    PartyRecord,
    UnitRecord,
    WalkNetwork,
    WorkerRecord,
)
from gis_grid.demo.river import draw_water
from gis_grid.demo.streets import street_frame
from gis_grid.demo.units import unit_records
from gis_grid.demo.uses import assign_uses, fill_blocks
from gis_grid.demo.waterside import water_paths

BORDER_STEP_M, BORDER_STRAY_M = 70.0, 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Town:
    """The whole district. `areas` come parents first."""

    areas: tuple[AreaRecord, ...]
    workers: tuple[WorkerRecord, ...]
    assignments: tuple[AssignmentRecord, ...]
    party: tuple[PartyRecord, ...]
    units: tuple[UnitRecord, ...]
    facilities: tuple[FacilityRecord, ...]
    features: tuple[MapFeatureRecord, ...]
    network: WalkNetwork

    def walk_network(self) -> WalkNetwork:
        """Return streets, bridges, paths and gates as a graph to walk on."""
        return self.network

    @property
    def buildings(self) -> tuple[MapFeatureRecord, ...]:
        """Return the buildings; `attributes` has floors, households, compound."""
        return tuple(f for f in self.features if f.kind == "building")


def build_town(seed: int = 1) -> Town:
    """Build the district from the ground up. Pure; some seconds on one core."""
    # One generator per stage: what is drawn in one does not shift the next.
    dice = [np.random.default_rng([seed, stage]) for stage in range(9)]
    water = draw_water(dice[0])
    frame = street_frame(water)
    border = _border(dice[1])
    layout = lay_out(border, water, frame, dice[2])
    layout = replace(layout, blocks=tuple(assign_uses(layout.blocks, dice[3])))
    sites = fill_blocks(layout, water, dice[4])
    along_water = water_paths(water, border, Polygon(frame[0].line))
    tiling = tile(layout, sites, water)
    areas, codes = area_records(tiling, layout, sites)
    workers, assignments = staff(areas, dice[5])
    return Town(
        areas=areas,
        workers=workers,
        assignments=assignments,
        party=party_records(areas, sites, dice[6]),
        units=unit_records(areas, dice[8]),
        facilities=facility_records(layout, sites, tiling, codes, dice[7]),
        features=map_features(layout, sites, along_water, water),
        network=walk_network(layout, sites, along_water, water),
    )


def _border(rng: np.random.Generator) -> Polygon:
    """Return the district's outline: as drawn, but straying the way field borders do."""
    ring = shapely.segmentize(LineString([*plan.BORDER, plan.BORDER[0]]), BORDER_STEP_M)
    return Polygon(rough(shapely.get_coordinates(ring), BORDER_STRAY_M, rng))
