"""GeoPackage, read as the SQLite file it is: one plain table, read-only. GDAL never sees it.

GDAL would also run the file's views and its virtual tables, which can reach other files. Here an
authorizer lets SQLite do nothing but read columns of tables.
"""

import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import shapely
from django.utils.translation import gettext_lazy as _
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from gis_grid.errors import Invalid
from gis_grid.exchange.layer import (
    MAX_ROWS,
    NO_GEOMETRY,
    Layer,
    Row,
    check_counts,
    choose_layer,
    not_allowed,
)
from gis_grid.geo.validity import Fault

ENVELOPE_BYTES: Final = (0, 32, 48, 48, 64)
EXTENDED: Final = 0b100000
ALLOWED: Final = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}


def read_gpkg(path: Path, wanted: str | None = None) -> Layer:
    """Read one feature table of a GeoPackage; rows are numbered in the table's order."""
    with _opened(path) as database:
        table = choose_layer(_tables(database), wanted)
        column, srs_id = database.execute(
            "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?", [table]
        ).fetchone()
        cursor = database.execute(f"SELECT * FROM {_quoted(table)} LIMIT {MAX_ROWS + 1}")
        columns = [name for name, *_rest in cursor.description]
        rows = [
            _row(number, dict(zip(columns, values, strict=True)), column)
            for number, values in enumerate(cursor, 1)
        ]
        shapes = [row.shape for row in rows if row.shape is not None]
        check_counts(len(rows), int(shapely.get_num_coordinates(shapes).sum()) if shapes else 0)
        return Layer(_crs(database, srs_id), rows)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open read-only and immutable, so that not even a journal is looked for beside the file."""
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
        ) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            database.set_authorizer(_reads_only)
            yield database
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        raise Invalid("damaged_file", _("The GeoPackage cannot be read.")) from error


def _reads_only(action: int, *_details: Any) -> int:
    return sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY


def _tables(database: sqlite3.Connection) -> list[str]:
    """Return the feature layers that are ordinary tables; a view or virtual table is refused."""
    objects = {
        name: (kind, sql)
        for kind, name, sql in database.execute("SELECT type, name, sql FROM sqlite_master")
    }
    if "gpkg_contents" not in objects or "gpkg_geometry_columns" not in objects:
        raise not_allowed()
    found = database.execute(
        "SELECT contents.table_name FROM gpkg_contents AS contents"
        " JOIN gpkg_geometry_columns AS columns ON columns.table_name = contents.table_name"
        " WHERE contents.data_type = 'features'"
    )
    names = [name for (name,) in found]
    for name in ["gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys", *names]:
        kind, sql = objects.get(name, ("missing", ""))
        if kind != "table" or str(sql).upper().startswith("CREATE VIRTUAL"):
            raise not_allowed()
    return names


def _crs(database: sqlite3.Connection, srs_id: int) -> str | None:
    found = database.execute(
        "SELECT organization, organization_coordsys_id, definition"
        " FROM gpkg_spatial_ref_sys WHERE srs_id = ?",
        [srs_id],
    ).fetchone()
    # -1 and 0 are the standard's "undefined".
    if found is None or srs_id <= 0:
        return None
    organization, code, definition = found
    return f"EPSG:{code}" if str(organization).upper() == "EPSG" else str(definition)


def _row(number: int, values: dict[str, Any], column: str) -> Row:
    blob = values.pop(column)
    if blob is None:
        return Row(number, values, None, NO_GEOMETRY)
    try:
        shape = _shape(blob)
    except (ShapelyError, IndexError, TypeError, struct.error):
        fault = Fault("damaged_geometry", _("The stored geometry cannot be read."))
        return Row(number, values, None, fault)
    if shape.is_empty:
        return Row(number, values, None, NO_GEOMETRY)
    return Row(number, values, shape)


def _shape(blob: bytes) -> BaseGeometry:
    """Unwrap the GeoPackage header (OGC 12-128, clause 2.1.3) from the WKB behind it."""
    magic, _version, flags, _srs_id = struct.unpack_from("<2sBBi", blob)
    if magic != b"GP" or flags & EXTENDED:
        raise TypeError(magic)
    return shapely.force_2d(shapely.from_wkb(blob[8 + ENVELOPE_BYTES[(flags >> 1) & 0b111] :]))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
