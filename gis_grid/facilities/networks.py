"""Walking networks by name: built from a file, stored as files by version, opened once."""

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.contrib.gis.geos import Polygon
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import NotFound, Unavailable
from gis_grid.facilities.models import WalkNetwork
from gis_grid.territory.models import Boundary
from gis_grid.walking import rules
from gis_grid.walking.network import Network
from gis_grid.walking.osm import read_streets
from gis_grid.walking.snap import MAX_CONNECTOR_M, Ground
from gis_grid.walking.streets import Streets

Note = Any


def import_streets(path: Path, name: str, margin_m: float) -> tuple[WalkNetwork, list[Note]]:
    """Build the network of an extract and keep it under a name; the name's old one is replaced.

    Streets farther than `margin_m` from our areas are left out, unless the file touches none of
    them. Raises what `read_streets` raises, before anything is stored.
    """
    streets, fullness = read_streets(path)
    notes: list[Note] = []
    near = _near_our_areas(streets, margin_m)
    if near is None:
        notes.append(_("The file touches none of our areas; all of it is kept."))
    else:
        streets = near
    if fullness.sparse:
        notes.append(
            _(
                "Sparse: %(amenities)d amenities and %(buildings)d buildings on %(km2).1f km². "
                "A map of gaps would show what nobody has drawn, not what the town lacks."
            )
            % {
                "amenities": fullness.amenities,
                "buildings": fullness.buildings,
                "km2": fullness.drawn_km2,
            }
        )
    network = Network.of(streets)
    network.save(_folder())
    stored, _made = WalkNetwork.objects.update_or_create(
        name=name,
        defaults={
            "version": network.version,
            "rules": rules.VERSION,
            "source": path.name[:200],
            "sparse": fullness.sparse,
            "figures": {
                **network.figures,
                "drawn_km2": fullness.drawn_km2,
                "amenities": fullness.amenities,
                "buildings": fullness.buildings,
            },
            "extent": _extent(network),
            "made_at": timezone.now(),
        },
    )
    return stored, notes


def opened(name: str) -> tuple[WalkNetwork, Ground]:
    """Return a network by name, ready to place points on.

    NotFound `no_such_network`; Unavailable `network_files_missing` when its files are gone.
    """
    stored = WalkNetwork.objects.filter(name=name).first()
    if stored is None:
        known = ", ".join(WalkNetwork.objects.values_list("name", flat=True)) or "-"
        raise NotFound(
            "no_such_network",
            _("There is no walking network %(name)s; known: %(known)s.")
            % {"name": name, "known": known},
        )
    return stored, _ground(stored.version)


def forget() -> None:
    """Close the networks that are open."""
    _ground.cache_clear()


@lru_cache(maxsize=2)
def _ground(version: str) -> Ground:
    folder = _folder() / version
    if not folder.is_dir():
        raise Unavailable(
            "network_files_missing",
            _("The files of this network are gone. Please import its streets again."),
        )
    return Ground(Network.load(folder))


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "walking"


def _near_our_areas(streets: Streets, margin_m: float) -> Streets | None:
    """Return the ways that come within the margin of our areas' bounds; None where none does."""
    found = Boundary.objects.at(timezone.localdate()).aggregate(bounds=Extent("shape"))["bounds"]
    if found is None:
        return None
    west, south, east, north = found
    down, across = _degrees(margin_m, (south + north) / 2)
    window = (west - across, south - down, east + across, north + down)
    west, south, east, north = window
    x, y = streets.lonlat.T
    inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    touched = np.add.reduceat(inside[streets.way_nodes], streets.way_from[:-1]) > 0
    if not touched.any():
        return None
    return streets.only(np.asarray(touched, bool), shapely.box(*window))


def _degrees(metres: float, lat: float) -> tuple[float, float]:
    down = metres / 111_000
    return down, down / max(math.cos(math.radians(lat)), 0.01)


def _extent(network: Network) -> Polygon:
    """Return the box around all streets and as far as a connector reaches."""
    plane = network.plane
    metres = plane.to_metres(network.shape)
    corners = plane.to_lonlat(
        [metres.min(axis=0) - MAX_CONNECTOR_M, metres.max(axis=0) + MAX_CONNECTOR_M]
    )
    return Polygon.from_bbox((*corners[0], *corners[1]))
