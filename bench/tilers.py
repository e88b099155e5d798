"""Other programs that make vector tiles of the same incidents, where they are installed.

Each draws the incidents of one state with the columns that our tile tells of, as the
program is meant to be used, without a web server around it. Neither says who may see what, nor
names a category.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import Any

from django.db import connection

from incidents.models import Incident
from incidents.tiles import Tile

Make = Callable[[Tile], bytes]
FACTS = (
    *("id", "state", "category_id", "area_id"),
    *("suspended_at", "registered_at", "stage_due_at", "due_at", "amber_at"),
)


class Absent(Exception):
    """The program is not installed."""


@contextmanager
def vectortiles(state: str) -> Iterator[Make]:
    """Yield django-vectortiles' way: a layer on a queryset, with its own margin."""
    layers = _module("vectortiles")

    class Points(layers.VectorLayer):  # type: ignore[misc, name-defined]
        id = "points"
        queryset = Incident.objects.filter(state=state)
        geom_field = "point"
        tile_fields = FACTS
        queryset_limit = None

    def make(tile: Tile) -> bytes:
        return bytes(Points().get_tile(tile.x, tile.y, tile.z) or b"")

    yield make


@contextmanager
def tipg(state: str) -> Iterator[Make]:
    """Yield tipg's way: a collection found in the catalogue, filtered by a property."""
    database, collections, settings = (
        _module(f"tipg.{name}") for name in ("database", "collections", "settings")
    )
    tiles = _module("morecantile")
    catalogue = settings.DatabaseSettings(
        tables=[f"public.{Incident._meta.db_table}"], datetime_extent=False, spatial_extent=False
    )
    here = connection.settings_dict

    async def connect() -> tuple[Any, Any]:
        link = await _module("asyncpg").connect(
            host=here["HOST"] or None,
            port=here["PORT"] or None,
            user=here["USER"] or None,
            password=here["PASSWORD"] or None,
            database=here["NAME"],
        )
        await database.connection_factory(["public"], "pg_temp")(link)
        return link, (await collections.pg_get_collection_index(link, catalogue))[0]

    with asyncio.Runner() as runner:
        link, collection = runner.run(connect())
        grid = tiles.tms.get("WebMercatorQuad")

        def make(tile: Tile) -> bytes:
            asked = collection.get_tile(
                link,
                tms=grid,
                tile=tiles.Tile(tile.x, tile.y, tile.z),
                properties_filter=[("state", state)],
                properties=list(FACTS),
                geom="point",
            )
            return bytes(runner.run(asked))

        try:
            yield make
        finally:
            runner.run(link.close())


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as missing:
        raise Absent(name) from missing


OTHERS: dict[str, Callable[[str], AbstractContextManager[Make]]] = {
    "django-vectortiles": vectortiles,
    "tipg": tipg,
}
