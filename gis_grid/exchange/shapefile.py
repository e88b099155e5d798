"""Zipped Shapefiles: the only format that GDAL reads for us, from files we wrote ourselves."""

import struct
import warnings
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyogrio.raw
import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS
from pyproj.exceptions import CRSError

from gis_grid.errors import Invalid
from gis_grid.exchange.archive import Archive, Entry
from gis_grid.exchange.encoding import codec_named, decode_all
from gis_grid.exchange.layer import NO_GEOMETRY, Layer, Row, check_counts, choose_layer

NEEDED: Final = (".shp", ".shx", ".dbf")
MAGIC: Final = b"\x00\x00\x27\x0a"
GBK_DRIVERS: Final = {0x4D, 0x7A}  # the language byte of a .dbf: Windows and DOS code page 936

Notes = list[str | Promise]


@dataclass(frozen=True)
class Dbf:
    """What the header of an attribute table says, and the raw records after it."""

    records: npt.NDArray[np.uint8]  # (records, bytes of a record)
    fields: list[tuple[str, int, slice]]  # type letter, index, place in a record
    language: int

    @classmethod
    def parse(cls, raw: bytes) -> "Dbf":
        """Read the dBASE III header; raises Invalid `damaged_file`."""
        try:
            count, header, width = struct.unpack_from("<IHH", raw, 4)
            body = raw[header : header + count * width]
            records = np.frombuffer(body, np.uint8).reshape(count, width)
        except (struct.error, ValueError) as error:
            raise _damaged(".dbf") from error
        fields, place = [], 1
        for index, start in enumerate(range(32, header - 1, 32)):
            if raw[start : start + 1] == b"\r" or start + 32 > len(raw):
                break
            length = raw[start + 16]
            fields.append((chr(raw[start + 11]), index, slice(place, place + length)))
            place += length
        return cls(records, fields, raw[29])

    @property
    def deleted(self) -> int:
        """How many records are marked as deleted."""
        return int((self.records[:, 0] == ord("*")).sum())

    @property
    def starred(self) -> list[int]:
        """Rows (from 1) with stars for a number: some writers mean "none", some "too long"."""
        bad = np.zeros(len(self.records), bool)
        for kind, _index, place in self.fields:
            if kind in "NF":
                bad |= (self.records[:, place] == ord("*")).any(axis=1)
        return [int(row) + 1 for row in np.flatnonzero(bad)]


def read_shapefile(archive: Archive, wanted: str | None = None) -> Layer:
    """Read one Shapefile from a checked archive; upper case, folders and GBK names are fine.

    Raises Invalid: `missing_part`, `damaged_file`, `row_count`, `choose_layer`.
    """
    notes: Notes = []
    parts = _parts(archive, wanted)
    with TemporaryDirectory(prefix="shapefile-") as folder:
        # Our own names: GDAL finds no sidecar that we did not put there, and no .prj at all.
        for suffix in NEEDED:
            archive.copy(parts[suffix], Path(folder, f"layer{suffix}"))
        shp = Path(folder, "layer.shp")
        dbf = Dbf.parse(Path(folder, "layer.dbf").read_bytes())
        _check_parts(shp, dbf)
        meta, geometry, columns = _read(shp, notes)
    if dbf.deleted:
        notes.append(_("%(count)d deleted records were left out.") % {"count": dbf.deleted})
    if dbf.starred:
        notes.append(
            _("Stars instead of a number, read as none, in %(count)d rows: %(rows)s.")
            % {"count": len(dbf.starred), "rows": ", ".join(map(str, dbf.starred[:20]))}
        )
    declared = _declared(archive, parts, dbf)
    attributes, encoding = _attributes(meta, columns, len(geometry), declared, notes)
    rows = [_row(n, attributes[n - 1], blob) for n, blob in enumerate(geometry, 1)]
    shapes = [row.shape for row in rows if row.shape is not None]
    check_counts(len(rows), int(shapely.get_num_coordinates(shapes).sum()) if shapes else 0)
    return Layer(_crs(archive, parts), rows, encoding, notes)


def _parts(archive: Archive, wanted: str | None) -> dict[str, Entry]:
    found: dict[str, dict[str, Entry]] = {}
    for entry in archive.entries:
        if not entry.name.startswith("__MACOSX/"):
            found.setdefault(entry.stem.lower(), {})[entry.suffix] = entry
    layers = {parts[".shp"].stem: parts for parts in found.values() if ".shp" in parts}
    parts = layers[choose_layer(list(layers), wanted)]
    for suffix in NEEDED:
        if suffix not in parts:
            raise Invalid(
                "missing_part",
                _("%(part)s is missing beside %(name)s.")
                % {"part": suffix, "name": parts[".shp"].name},
                part=suffix,
            )
    return parts


def _check_parts(shp: Path, dbf: Dbf) -> None:
    """Refuse what GDAL would read without a word: cut files, rows that do not match."""
    with shp.open("rb") as file:
        header = file.read(28)
    if len(header) < 28 or not header.startswith(MAGIC):
        raise _damaged(".shp")
    if struct.unpack_from(">I", header, 24)[0] * 2 > shp.stat().st_size:
        raise _damaged(".shp")
    shapes = max(0, shp.with_suffix(".shx").stat().st_size - 100) // 8
    if shapes != len(dbf.records):
        raise Invalid(
            "row_count",
            _("%(shapes)d shapes, but %(records)d rows of attributes.")
            % {"shapes": shapes, "records": len(dbf.records)},
        )


def _read(shp: Path, notes: Notes) -> tuple[dict[str, Any], Any, list[Any]]:
    """Return what GDAL reads; what it only warns about becomes a note."""
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            # Latin-1 keeps every byte, so that we can decide on the encoding afterwards.
            meta, _fids, geometry, columns = pyogrio.raw.read(
                shp, encoding="ISO-8859-1", force_2d=True
            )
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise _damaged(".shp") from error
    notes.extend(str(warning.message) for warning in said)
    return meta, geometry, columns


def _declared(archive: Archive, parts: dict[str, Entry], dbf: Dbf) -> str | None:
    if ".cpg" in parts:
        return codec_named(archive.read(parts[".cpg"])[:40].decode("ascii", "replace"))
    return "gb18030" if dbf.language in GBK_DRIVERS else None


def _attributes(
    meta: dict[str, Any],
    columns: list[Any],
    count: int,
    declared: str | None,
    notes: Notes,
) -> tuple[list[dict[str, Any]], str]:
    """Return one dict per row, and the encoding that names and texts turned out to be in."""
    names = [str(name) for name in meta["fields"]]
    lists = [[_plain(value) for value in column] for column in columns]
    raw = [text.encode("latin-1") for text in names]
    raw += [value.encode("latin-1") for one in lists for value in one if isinstance(value, str)]
    decoded = decode_all(raw, declared, may_be_torn=True)
    notes.extend(decoded.notes())
    if declared is None and not all(text.isascii() for text in decoded.texts):
        notes.append(
            _("No .cpg says the encoding of the texts; read as %(encoding)s.")
            % {"encoding": decoded.encoding}
        )
    texts = iter(decoded.texts)
    names = [next(texts) for _name in names]
    lists = [[next(texts) if isinstance(value, str) else value for value in one] for one in lists]
    rows = [dict(zip(names, values, strict=True)) for values in zip(*lists, strict=True)]
    return rows or [{}] * count, decoded.encoding


def _plain(value: Any) -> Any:
    """Return a Python value; NaN and NaT are the driver's way to say nothing."""
    if value is None or value != value:
        return None
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else str(value)
    return value.item() if isinstance(value, np.generic) else value


def _row(number: int, attributes: dict[str, Any], blob: bytes | None) -> Row:
    shape = shapely.from_wkb(blob, on_invalid="ignore") if blob is not None else None
    if shape is None or shape.is_empty:
        return Row(number, attributes, None, NO_GEOMETRY)
    return Row(number, attributes, shape)


def _crs(archive: Archive, parts: dict[str, Entry]) -> str | None:
    """Return the .prj as an EPSG code if it has one, else as WKT; only WKT is understood."""
    if ".prj" not in parts:
        return None
    text = archive.read(parts[".prj"])[:20_000].decode("utf-8", "replace").strip("\ufeff\x00 \r\n")
    try:
        crs = CRS.from_wkt(text)
    except CRSError:
        return None
    code = crs.to_epsg(min_confidence=70)
    return f"EPSG:{code}" if code else crs.to_wkt()


def _damaged(part: str) -> Invalid:
    return Invalid(
        "damaged_file", _("%(part)s is cut short or damaged.") % {"part": part}, part=part
    )
