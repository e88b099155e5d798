"""Extracts of OpenStreetMap in PBF: recognised by content; things with tags as places."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import osmium
import shapely
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Unreadable

HEADER: Final = b"OSMHeader"
HEAD: Final = 64
OBJECTS: Final = osmium.osm.osm_entity_bits


@dataclass(frozen=True)
class OsmPlace:
    """A thing on the map: `code` such as n17 or w4, its middle in degrees, its tags."""

    code: str
    lon: float
    lat: float
    tags: dict[str, str]


def is_pbf(path: Path) -> bool:
    """Return whether a file begins like one. Unreadable `no_such_file`."""
    try:
        with path.open("rb") as file:
            return HEADER in file.read(HEAD)
    except OSError as error:
        raise Unreadable(
            "no_such_file", _("%(name)s cannot be opened.") % {"name": path.name}
        ) from error


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Refuse what is no PBF, `not_a_pbf`, and what breaks off while read, `truncated_pbf`."""
    if not is_pbf(path):
        raise Unreadable("not_a_pbf", _("This is not an OpenStreetMap file in PBF format."))
    try:
        yield
    except RuntimeError as error:
        raise Unreadable(
            "truncated_pbf", _("The file breaks off or is damaged. Please fetch it again.")
        ) from error


def read_places(path: Path, keys: Collection[str]) -> list[OsmPlace]:
    """Return the points and ways that have one of the keys, in the order of the file.

    The middle of a closed way is its centroid, of another way its halfway point. What is drawn as
    a relation of several ways is left out.
    """
    found = []
    with reading(path):
        objects = osmium.FileProcessor(str(path), OBJECTS.NODE | OBJECTS.WAY).with_locations()
        for each in objects.with_filter(osmium.filter.KeyFilter(*keys)):
            place = _place(each)
            if place is not None:
                found.append(place)
    return found


def _place(each: object) -> OsmPlace | None:
    if isinstance(each, osmium.osm.Node):
        tags = {tag.k: tag.v for tag in each.tags}
        return OsmPlace(f"n{each.id}", each.location.lon, each.location.lat, tags)
    if not isinstance(each, osmium.osm.Way):
        return None
    points = [(node.lon, node.lat) for node in each.nodes if node.location.valid()]
    if not points:
        return None
    middle = _middle(points, closed=each.is_closed())
    tags = {tag.k: tag.v for tag in each.tags}
    return OsmPlace(f"w{each.id}", middle.x, middle.y, tags)


def _middle(points: list[tuple[float, float]], *, closed: bool) -> shapely.Point:
    if closed and len(points) > 3:
        middle = shapely.Polygon(points).centroid
        if not middle.is_empty:
            return middle
    if len(points) > 1:
        return shapely.LineString(points).interpolate(0.5, normalized=True)
    return shapely.Point(points[0])
