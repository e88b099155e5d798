"""Walking networks by name: streets with what is laid over, files by version, opened once."""

import math
from collections.abc import Mapping
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

from gis_grid.errors import Invalid, NotFound, Unavailable
from gis_grid.facilities.models import WalkNetwork
from gis_grid.facilities.overlay import changes_of, mark_of, overlay_of
from gis_grid.territory.models import Boundary
from gis_grid.walking import rules
from gis_grid.walking.network import Network
from gis_grid.walking.osm import read_streets
from gis_grid.walking.snap import MAX_CONNECTOR_M, Ground
from gis_grid.walking.streets import Streets

Note = Any

MAX_NAME = 60
MAX_MARGIN_M = 100_000.0
# What building finds out; the other figures were told with the streets.
OWN_FIGURES = {
    *("version", "nodes", "edges", "km", "gates", "components", "largest_share", "islands"),
    *("raw", "overlay", "changes"),
}


def import_streets(path: Path, name: str, margin_m: float) -> tuple[WalkNetwork, list[Note]]:
    """Build the network of an extract and keep it under a name; the name's old one is replaced.

    Streets farther than `margin_m` from our areas are left out, unless the file touches none of
    them. Raises Invalid `bad_name`, `out_of_range` and what `read_streets` raises, before anything
    is stored.
    """
    _check(name, margin_m)
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
    stored, unfit = _keep(
        name,
        streets,
        source=path.name,
        sparse=fullness.sparse,
        figures={
            "drawn_km2": fullness.drawn_km2,
            "amenities": fullness.amenities,
            "buildings": fullness.buildings,
        },
    )
    return stored, [*notes, *unfit]


def _check(name: str, margin_m: float) -> None:
    if not 0 < len(name.strip()) <= MAX_NAME:
        raise Invalid(
            "bad_name", _("A name of 1 to %(most)d signs is needed.") % {"most": MAX_NAME}
        )
    if not 0 <= margin_m <= MAX_MARGIN_M:
        reason = _("from %(least)g to %(most)g") % {"least": 0, "most": MAX_MARGIN_M}
        message = _("%(name)s is out of range: %(reason)s.") % {
            "name": "margin_m",
            "reason": reason,
        }
        raise Invalid("out_of_range", message, {"margin_m": reason})


def keep(
    name: str, streets: Streets, *, source: str, figures: Mapping[str, Any], sparse: bool = False
) -> WalkNetwork:
    """Build the network of some streets under a name; the name's old one is replaced.

    Today's changes of streets are laid over. `figures` are told beside those of the network.
    """
    return _keep(name, streets, source=source, figures=figures, sparse=sparse)[0]


def rebuild(name: str) -> tuple[WalkNetwork, list[Note]]:
    """Lay today's changes over the streets as they were imported, and what fits nowhere.

    NotFound `no_such_network`; Unavailable `network_files_missing` when they were not kept.
    """
    stored = named(name)
    path = _folder() / stored.figures.get("raw", "-")
    if not path.is_file():
        raise _files_missing()
    known = {key: value for key, value in stored.figures.items() if key not in OWN_FIGURES}
    return _keep(
        name, Streets.load(path), source=stored.source, figures=known, sparse=stored.sparse
    )


def all_networks() -> list[WalkNetwork]:
    """Return the networks by name."""
    return list(WalkNetwork.objects.all())


def is_due(stored: WalkNetwork) -> bool:
    """Return whether the changes of streets are others than those it was built with."""
    mark: str = stored.figures.get("overlay", "")
    return mark != mark_of(changes_of(stored.extent, timezone.localdate()))


def _keep(
    name: str, raw: Streets, *, source: str, figures: Mapping[str, Any], sparse: bool
) -> tuple[WalkNetwork, list[Note]]:
    extent = _extent(raw)
    changes = changes_of(extent, timezone.localdate())
    streets, notes = overlay_of(changes).on(raw)
    if not len(streets.way_kind):
        raise Invalid("no_streets", _("All streets are closed by changes."))
    network = Network.of(streets)
    network.save(_folder())
    stored, _made = WalkNetwork.objects.update_or_create(
        name=name,
        defaults={
            "version": network.version,
            "rules": rules.VERSION,
            "source": source[:200],
            "sparse": sparse,
            "figures": {
                **network.figures,
                **figures,
                "raw": raw.save(_folder()),
                "overlay": mark_of(changes),
                "changes": len(changes),
            },
            "extent": extent,
            "made_at": timezone.now(),
        },
    )
    return stored, notes


def opened(name: str) -> tuple[WalkNetwork, Ground]:
    """Return a network by name, ready to place points on.

    NotFound `no_such_network`; Unavailable `network_files_missing` when its files are gone.
    """
    stored = named(name)
    return stored, _ground(stored.version)


def named(name: str) -> WalkNetwork:
    """Return a network by name; NotFound `no_such_network` names those there are."""
    stored = WalkNetwork.objects.filter(name=name).first()
    if stored is None:
        known = ", ".join(WalkNetwork.objects.values_list("name", flat=True)) or "-"
        raise NotFound(
            "no_such_network",
            _("There is no walking network %(name)s; known: %(known)s.")
            % {"name": name, "known": known},
        )
    return stored


def forget() -> None:
    """Close the networks that are open."""
    _ground.cache_clear()


@lru_cache(maxsize=2)
def _ground(version: str) -> Ground:
    folder = _folder() / version
    try:
        return Ground(Network.load(folder))
    except FileNotFoundError as error:  # gone, or of an older format
        raise _files_missing() from error


def _files_missing() -> Unavailable:
    return Unavailable(
        "network_files_missing",
        _("The files of this network are gone. Please import its streets again."),
    )


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


def _extent(streets: Streets) -> Polygon:
    """Return the box around all streets and as far as a connector reaches."""
    west, south = streets.lonlat.min(axis=0)
    east, north = streets.lonlat.max(axis=0)
    down, across = _degrees(MAX_CONNECTOR_M, float(south + north) / 2)
    return Polygon.from_bbox((west - across, south - down, east + across, north + down))
