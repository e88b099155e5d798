"""Other programs that make vector tiles of the same incidents, where they are installed.

Each draws the id, the state and the place of incidents in one state, as it is meant to be used.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from incidents.models import Incident
from incidents.tiles import Tile

Make = Callable[[Tile], bytes]


class Absent(Exception):
    """The program is not installed."""


def vectortiles(state: str) -> Make:
    """Return django-vectortiles' way: a layer on a queryset, with its own margin."""
    layers = _module("vectortiles")

    class Points(layers.VectorLayer):  # type: ignore[misc, name-defined]
        id = "points"
        queryset = Incident.objects.filter(state=state)
        geom_field = "point"
        tile_fields = ("id", "state")
        queryset_limit = None

    def make(tile: Tile) -> bytes:
        return bytes(Points().get_tile(tile.x, tile.y, tile.z) or b"")

    return make


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as missing:
        raise Absent(name) from missing


OTHERS: dict[str, Callable[[str], Make]] = {"django-vectortiles": vectortiles}
