"""Read an extract of OpenStreetMap: ways to walk, what nobody crosses, how much is drawn."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium
import shapely
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid
from gis_grid.exchange.pbf import OBJECTS, reading
from gis_grid.walking import rules
from gis_grid.walking.streets import Runs, Streets

WATER_AREAS = ("natural", "waterway")
# Below these a map shows what nobody has drawn yet, not what is missing in the town. Of the
# sample towns the drawn ones have 4 to 22 amenities and shops on a km2, the others under 1.
MIN_AMENITIES_KM2 = 4.0
MIN_BUILDINGS_KM2 = 10.0


@dataclass(frozen=True)
class Fullness:
    """How much of a town an extract holds; `sparse` when too little to speak of gaps."""

    drawn_km2: float
    amenities: int
    buildings: int

    @property
    def sparse(self) -> bool:
        """True where a coverage map would measure the map and not the town."""
        floor = (MIN_AMENITIES_KM2 * self.drawn_km2, MIN_BUILDINGS_KM2 * self.drawn_km2)
        return self.amenities < floor[0] or self.buildings < floor[1]


@dataclass
class _Found:
    """What has been read so far; node numbers are OpenStreetMap's."""

    ways: Runs = field(default_factory=Runs)
    kinds: list[int] = field(default_factory=list)
    over: list[bool] = field(default_factory=list)
    places: dict[int, tuple[float, float]] = field(default_factory=dict)
    gates: set[int] = field(default_factory=set)
    barriers: list[shapely.LineString] = field(default_factory=list)
    amenities: int = 0
    buildings: int = 0


def read_streets(path: Path) -> tuple[Streets, Fullness]:
    """Read a PBF file.

    Unreadable `not_a_pbf`, `truncated_pbf`; Invalid `no_streets` when nobody can walk in it.
    """
    with reading(path):
        found = _read(path)
    if not found.kinds:
        raise Invalid("no_streets", _("The file has no way that people can walk."))
    return _streets(found)


def _read(path: Path) -> _Found:
    found, shores = _Found(), set(_shores(path))
    tagged = osmium.filter.EmptyTagFilter()
    tagged.enable_for(OBJECTS.NODE)  # ways without tags may be shores
    objects = osmium.FileProcessor(str(path), OBJECTS.NODE | OBJECTS.WAY)
    for each in objects.with_locations().with_filter(tagged):
        if isinstance(each, osmium.osm.Node):
            _point(each, found)
        elif isinstance(each, osmium.osm.Way):
            _way(each, found, is_shore=each.id in shores)
    return found


def _shores(path: Path) -> Iterator[int]:
    """Yield the ways that bound water which is drawn as a relation of several."""
    for each in osmium.FileProcessor(str(path), OBJECTS.RELATION):
        if isinstance(each, osmium.osm.Relation) and _is_water(each.tags):
            yield from (member.ref for member in each.members if member.type == "w")


def _point(point: osmium.osm.Node, found: _Found) -> None:
    found.amenities += _is_amenity(point.tags)
    if rules.is_gate(point.tags):
        found.gates.add(point.id)


def _is_water(tags: rules.Tags) -> bool:
    return any(name in tags for name in WATER_AREAS) and rules.is_barrier(tags)


def _is_amenity(tags: rules.Tags) -> bool:
    return "amenity" in tags or "shop" in tags


def _way(way: osmium.osm.Way, found: _Found, *, is_shore: bool) -> None:
    found.amenities += _is_amenity(way.tags)
    found.buildings += "building" in way.tags
    kind = rules.walked(way.tags)
    bars = kind is None and (is_shore or rules.is_barrier(way.tags))
    if kind is None and not bars:
        return
    for run in _runs(way):
        if kind is not None:
            found.ways.add([ref for ref, _place in run])
            found.kinds.append(kind)
            found.over.append(rules.is_over(way.tags))
            found.places.update(run)
        else:
            found.barriers.append(shapely.LineString([place for _ref, place in run]))


def _runs(way: osmium.osm.Way) -> Iterator[list[tuple[int, tuple[float, float]]]]:
    """Yield the pieces of a way whose nodes are in the file: a cut extract lacks some."""
    run: list[tuple[int, tuple[float, float]]] = []
    for node in way.nodes:
        if node.location.valid():
            if not run or run[-1][0] != node.ref:
                run.append((node.ref, (node.lon, node.lat)))
            continue
        if len(run) > 1:
            yield run
        run = []
    if len(run) > 1:
        yield run


def _streets(found: _Found) -> tuple[Streets, Fullness]:
    known = np.fromiter(found.places, np.int64, len(found.places))
    order = np.argsort(known)
    lonlat = np.array(list(found.places.values()), np.float64)[order]
    ids = known[order]
    nodes = np.searchsorted(ids, np.array(found.ways.items, np.int64)).astype(np.int32)
    gates = np.isin(ids, np.fromiter(found.gates, np.int64, len(found.gates)))
    streets = Streets(
        lonlat=lonlat,
        gate=gates,
        way_from=np.array(found.ways.starts, np.int64),
        way_nodes=nodes,
        way_kind=np.array(found.kinds, np.uint8),
        barriers=np.array(found.barriers, object),
        way_over=np.array(found.over, bool),
    )
    full = Fullness(streets.drawn_km2, found.amenities, found.buildings)
    return streets, full
