"""The door for geodata files: what a file is, is decided by its content, never by its name.

GDAL would open a VRT, a WFS description or a database connection under any name, fetch URLs and
read other files. So nothing reaches it that was not recognised here first, and of the formats
below only the Shapefile reaches it at all.
"""

from pathlib import Path
from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Unreadable
from gis_grid.exchange.archive import open_archive
from gis_grid.exchange.geojson_file import read_geojson
from gis_grid.exchange.gpkg import read_gpkg
from gis_grid.exchange.kml import read_kml, read_kmz
from gis_grid.exchange.layer import MAX_BYTES, Layer, check_size, not_allowed
from gis_grid.exchange.shapefile import read_shapefile

SQLITE: Final = b"SQLite format 3\x00"
ZIP: Final = b"PK\x03\x04"
HEAD: Final = 512


def read_layer(path: Path, layer: str | None = None) -> Layer:
    """Read one layer of a GeoJSON, GeoPackage, zipped Shapefile, KML or KMZ file.

    Raises Unreadable, TooLarge or Invalid; never opens another file, never the network.
    """
    head = _head(path)
    check_size(path.stat().st_size, MAX_BYTES)
    if head.startswith(SQLITE):
        return read_gpkg(path, layer)
    if head.startswith(ZIP):
        return _read_zip(path, layer)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        return read_geojson(path.read_bytes())
    if text.startswith(b"<"):
        return read_kml(path.read_bytes())
    raise not_allowed()


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise Unreadable(
            "no_such_file", _("%(name)s cannot be opened.") % {"name": path.name}
        ) from error


def _read_zip(path: Path, layer: str | None) -> Layer:
    with open_archive(path) as archive:
        suffixes = {entry.suffix for entry in archive.entries}
        if ".shp" in suffixes:
            return read_shapefile(archive, layer)
    if ".kml" in suffixes:
        return read_kmz(path)
    raise not_allowed()
