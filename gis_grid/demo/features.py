"""What the base map draws, as records in degrees. Pure."""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon

from gis_grid.demo import plan
from gis_grid.demo.blocks import Layout
from gis_grid.demo.curves import lines_of, smooth
from gis_grid.demo.ground import to_degrees
from gis_grid.demo.records import MapFeatureRecord
from gis_grid.demo.river import Water
from gis_grid.demo.sites import Path, Site
from gis_grid.demo.streets import ring_name

BEYOND_M = 320.0
"""Water, main streets and rails run on this far outside the district, so the map does not end
like a plate."""

PAVED = ("plaza", "sealed", "hamlet")
"""Ground that is not green."""
LABELLED = {
    "school", "hospital", "civic", "stadium", "station", "bus", "culture", "temple", "plaza",
    "mall", "market", "green",
}  # fmt: skip
"""Uses whose name is written on the map."""


def map_features(
    layout: Layout, sites: Sequence[Site], along_water: Sequence[Path], water: Water
) -> tuple[MapFeatureRecord, ...]:
    """Return everything to draw, large things first."""
    around = layout.border.buffer(BEYOND_M)
    return (
        *_water(water, around),
        *_land(sites),
        *_streets(layout, water, around),
        *_paths(sites, along_water),
        *_built(sites),
        MapFeatureRecord(
            "rail", "rail", "示南铁路",
            to_degrees(LineString(smooth(plan.RAILWAY, step_m=60)).intersection(around)),
        ),
        *_labels(sites, water),
    )  # fmt: skip


def _water(water: Water, around: Polygon) -> Iterator[MapFeatureRecord]:
    """Yield river, lake and brooks."""
    yield MapFeatureRecord(
        "water", "river", plan.RIVER, to_degrees(water.river.intersection(around))
    )
    yield MapFeatureRecord("water", "lake", plan.LAKE, to_degrees(water.lake))
    still = shapely.union_all([water.river, water.lake])
    for name, _, brook in water.brooks:
        shape = brook.intersection(around).difference(still)
        yield MapFeatureRecord("water", "stream", name, to_degrees(shape))


def _land(sites: Sequence[Site]) -> Iterator[MapFeatureRecord]:
    """Yield the ground of sites, then what is planted on it."""
    for site in sites:
        if site.wall is not None or site.use == "courtyard":
            yield MapFeatureRecord("land", site.use, site.name, to_degrees(site.ground))
    for site in sites:
        for green in site.greens:
            kind = "land" if green.klass in PAVED else "green"
            yield MapFeatureRecord(kind, green.klass, green.name, to_degrees(green.shape))


def _streets(layout: Layout, water: Water, around: Polygon) -> Iterator[MapFeatureRecord]:
    """Yield streets up to the water, and the bridges between."""
    ring, *others = layout.streets
    pieces = [(name, ring.klass, line) for name, line in _named_ring(ring.line)]
    pieces += [(s.name, s.klass, s.line.intersection(around)) for s in others]
    for name, klass, line in pieces:
        kind = "path" if klass == "path" else "street"
        for part in lines_of(line.difference(water.river)):
            yield MapFeatureRecord(kind, klass, name, to_degrees(part))
        for part in lines_of(line.intersection(water.river)):
            if not layout.border.contains(part):
                continue
            bridge = min(plan.BRIDGES, key=lambda b: part.distance(Point(b[1])))[0]
            attributes = {"over": plan.RIVER, "street": name}
            yield MapFeatureRecord("bridge", klass, bridge, to_degrees(part), attributes)


def _named_ring(ring: LineString) -> list[tuple[str, LineString]]:
    """Return the ring road's quarters by the name each bears."""
    xy = np.asarray(ring.coords)
    names = np.array([ring_name(p) for p in shapely.points((xy[:-1] + xy[1:]) / 2)])
    segments = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1))
    return [
        (str(name), line)
        for name in dict.fromkeys(names.tolist())
        for line in lines_of(shapely.multilinestrings(list(segments[names == name])))
    ]


def _paths(sites: Sequence[Site], along_water: Sequence[Path]) -> Iterator[MapFeatureRecord]:
    """Yield ways inside sites and along water."""
    for site in sites:
        for path in site.paths:
            kind = "street" if path.klass == "lane" else "path"
            yield MapFeatureRecord(kind, path.klass, "", to_degrees(path.line))
    for path in along_water:
        yield MapFeatureRecord("path", path.klass, "", to_degrees(path.line))


def _built(sites: Sequence[Site]) -> Iterator[MapFeatureRecord]:
    """Yield walls, gates and buildings."""
    for site in sites:
        inside = {"compound": site.name}
        if site.wall is not None:
            yield MapFeatureRecord("wall", site.use, site.name, to_degrees(site.wall), inside)
        for gate in site.gates:
            hours = {"opening_hours": gate.opening_hours, **inside}
            yield MapFeatureRecord("gate", "gate", gate.name, to_degrees(gate.point), hours)
        for building in site.buildings:
            at_home = (
                inside if site.wall is not None and building.kind != "shop" else {"compound": ""}
            )
            attributes = {"floors": building.floors, "households": building.households, **at_home}
            shape = to_degrees(building.shape)
            yield MapFeatureRecord("building", building.kind, building.name, shape, attributes)


def _labels(sites: Sequence[Site], water: Water) -> Iterator[MapFeatureRecord]:
    """Yield names to write: water, compounds, landmarks."""
    for name, at in ((plan.LAKE, (1110, 1285)), (plan.FOREST, plan.SUMMIT)):
        yield MapFeatureRecord("label", "place", name, to_degrees(Point(at)))
    for share in (0.2, 0.5, 0.8):
        at = water.channel.interpolate(share, normalized=True)
        yield MapFeatureRecord("label", "water", plan.RIVER, to_degrees(at))
    yield MapFeatureRecord("label", "place", plan.ISLET, to_degrees(water.islet.centroid))
    for site in sites:
        if site.name and (site.wall is not None or site.use in LABELLED):
            klass = site.use if site.use in LABELLED else "compound"
            point = site.ground.representative_point()
            yield MapFeatureRecord("label", klass, site.name, to_degrees(point))
