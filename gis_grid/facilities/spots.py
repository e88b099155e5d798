"""Rows that say where something is, from whatever file: table, geodata, OpenStreetMap extract."""

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import shapely
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid
from gis_grid.exchange.outcome import Outcome
from gis_grid.exchange.pbf import is_pbf, read_places
from gis_grid.exchange.place import place
from gis_grid.exchange.readers import SQLITE, ZIP, read_layer
from gis_grid.exchange.tables import TableRow, read_table
from gis_grid.exchange.values import text_of
from gis_grid.geo.datum import Datum, to_wgs84
from gis_grid.geo.geojson import MAX_VERTICES

LON: Final = ("lon", "lng", "longitude", "x", "经度")
LAT: Final = ("lat", "latitude", "y", "纬度")
IDS: Final = ("id", "code", "osm_id", "编码", "编号")
HEAD: Final = 16


@dataclass(frozen=True)
class Spot:
    """A row with its place: number in the file, WGS84 degrees, every value as text.

    `code` is what the file calls it; without an id field it is made from the place, so the same
    file gives the same codes.
    """

    number: int
    code: str
    lon: float
    lat: float
    values: dict[str, str]


@dataclass(frozen=True)
class Wanted:
    """Which file, and how to read it: the field of the id, the datum of its coordinates."""

    path: Path
    id_field: str | None = None
    datum: Datum | None = None


def read_spots(wanted: Wanted, keys: Collection[str], outcome: Outcome) -> list[Spot]:
    """Return the rows with a usable place and reject the others; `keys` are wanted of a PBF.

    A polygon stands at a point inside it. Invalid `no_position`, `unknown_field`, and whatever the
    readers refuse.
    """
    if is_pbf(wanted.path):
        found = read_places(wanted.path, keys)
        outcome.read = len(found)
        return [
            Spot(number, each.code, each.lon, each.lat, each.tags)
            for number, each in enumerate(found, 1)
        ]
    rows = _from_layer if _is_layer(wanted.path) else _from_table
    return _apart(list(rows(wanted, outcome)), outcome)


def _is_layer(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(HEAD)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(ZIP):
        return path.suffix.lower() != ".xlsx"
    return head.startswith(SQLITE) or text.startswith((b"{", b"<"))


def _from_layer(wanted: Wanted, outcome: Outcome) -> Iterator[Spot]:
    layer = read_layer(wanted.path)
    placed = place(layer, datum=wanted.datum)
    outcome.read = len(layer.rows)
    outcome.notes.extend(placed.notes)
    known = {name for row in layer.rows for name in row.attributes}
    field = _field(wanted.id_field, IDS, known)
    for index, row in enumerate(layer.rows):
        fault, shape = placed.faults.get(index), placed.shapes[index]
        if fault is not None or shape is None or shape.is_empty:
            code = fault.code if fault else "missing"
            reason = fault.reason if fault else _("There is no geometry.")
            outcome.reject(row.number, "geometry", code, reason)
            continue
        if shapely.get_num_coordinates(shape) > MAX_VERTICES:
            reason = _("More than %(limit)d vertices in one shape.") % {"limit": MAX_VERTICES}
            outcome.reject(row.number, "geometry", "too_many_vertices", reason)
            continue
        point = shape if shape.geom_type == "Point" else shapely.point_on_surface(shape)
        values = {name: text_of(value) for name, value in row.attributes.items()}
        yield _spot(row.number, values, field, point.x, point.y)


def _from_table(wanted: Wanted, outcome: Outcome) -> Iterator[Spot]:
    table = read_table(wanted.path)
    outcome.read = len(table.rows)
    outcome.notes.extend(table.notes)
    names = {name.strip().lower(): name for name in table.header}
    lon, lat = (
        next((names[each] for each in known if each in names), None) for known in (LON, LAT)
    )
    if lon is None or lat is None:
        raise Invalid("no_position", _("The file needs the columns lon and lat, in degrees."))
    field = _field(wanted.id_field, IDS, table.header)
    for row in table.rows:
        position = _position(row, lon, lat, outcome)
        if position is not None:
            x, y = to_wgs84([position], wanted.datum or Datum.WGS84)[0]
            yield _spot(row.line, row.values, field, float(x), float(y))


def _position(row: TableRow, lon: str, lat: str, outcome: Outcome) -> tuple[float, float] | None:
    if row.fault:
        outcome.reject(row.line, None, "bad_row", row.fault)
        return None
    found = []
    for name, most in ((lon, 180), (lat, 90)):
        try:
            value = float(row.values[name])
        except ValueError:
            outcome.reject(row.line, name, "not_a_number", _("This is not a number."))
            return None
        if not math.isfinite(value) or abs(value) > most:
            outcome.reject(row.line, name, "not_degrees", _("These are not degrees."))
            return None
        found.append(value)
    return found[0], found[1]


def _field(asked: str | None, usual: Collection[str], known: Collection[str]) -> str | None:
    if asked is not None and asked not in known:
        raise Invalid(
            "unknown_field",
            _("The file has no field %(name)s; it has %(known)s.")
            % {"name": asked, "known": ", ".join(sorted(known))},
        )
    lower = {name.strip().lower(): name for name in known}
    return asked or next((lower[name] for name in usual if name in lower), None)


def _spot(number: int, values: dict[str, str], field: str | None, lon: float, lat: float) -> Spot:
    code = values.get(field, "").strip() if field else ""
    return Spot(number, code or f"{lon:.7f},{lat:.7f}", lon, lat, values)


def _apart(spots: list[Spot], outcome: Outcome) -> list[Spot]:
    """Return them without a second row of one code, which is rejected."""
    seen: dict[str, int] = {}
    kept = []
    for spot in spots:
        first = seen.setdefault(spot.code, spot.number)
        if first == spot.number:
            kept.append(spot)
        else:
            outcome.reject(
                spot.number,
                None,
                "duplicate_id",
                _("Row %(first)d has the same id, or the same place.") % {"first": first},
            )
    return kept


def number_of(value: Any) -> float | None:
    """Return a finite number that is not negative; None for anything else."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) and found >= 0 else None
