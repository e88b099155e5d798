"""A file of places: read its columns, route every row, write it back with who owns each."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_grid.errors import Invalid
from gis_grid.exchange.outcome import Rejection
from gis_grid.exchange.tables import Table, TableRow, read_table
from gis_grid.exchange.writers import write_csv
from gis_grid.geo.datum import Datum, to_wgs84
from incidents.bulk import STAND_IN, Placed, counted

ADDED = ("area_code", "area_name", "method", "edge_distance_m", "candidates")
OUT_OF_RANGE = "out_of_range"
DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y年%m月%d日")


@dataclass(frozen=True)
class Columns:
    """Which columns hold what. `at` is a column, or one date for the whole file.

    `label` holds the code of the area that somebody else gave the row, to compare with ours.
    """

    lon: str
    lat: str
    accuracy: str | None = None
    at: str | None = None
    label: str | None = None


@dataclass(frozen=True)
class Agreement:
    """How many of the rows that carry a label got the area of that code."""

    column: str
    labelled: int
    agree: int

    @property
    def share(self) -> float | None:
        """Return the part (0 to 1) that agrees, None when no row has a label."""
        return self.agree / self.labelled if self.labelled else None


@dataclass
class Places:
    """The readable rows of a file; (n,) and (n, 2) arrays in the same order."""

    table: Table
    rows: list[TableRow] = field(default_factory=list)
    lonlat: list[tuple[float, float]] = field(default_factory=list)
    accuracy_m: list[float] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)

    def wgs84(self, datum: Datum) -> npt.NDArray[np.float64]:
        """Return the places (n, 2) in WGS84 degrees."""
        return to_wgs84(np.array(self.lonlat, dtype=np.float64).reshape(-1, 2), datum)

    def accuracy(self) -> npt.NDArray[np.float64]:
        """Return accuracy (n,) in metres, NaN where unknown."""
        return np.array(self.accuracy_m, dtype=np.float64)


def read(path: Path, columns: Columns) -> Places:
    """Read a CSV or XLSX file; bad rows are listed, not dropped.

    Invalid `missing_column`; `not_degrees` when half of the places or more cannot be degrees.
    """
    table = read_table(path)
    fixed_day, day_column = _day_source(columns.at, table)
    wanted = (columns.lon, columns.lat, columns.accuracy, day_column, columns.label)
    table.require([column for column in wanted if column])
    places = Places(table)
    for row in table.rows:
        try:
            place = _number(row, columns.lon, 180), _number(row, columns.lat, 90)
            accuracy = _accuracy(row, columns.accuracy)
            day = _day(row, day_column) if day_column else fixed_day
        except Invalid as fault:
            name = next(iter(fault.fields), None)
            places.rejected.append(Rejection(row.line, name, fault.code, str(fault.message)))
            continue
        places.rows.append(row)
        places.lonlat.append(place)
        places.accuracy_m.append(accuracy)
        places.days.append(day)
    _check_degrees(places, columns)
    return places


def write(path: Path, places: Places, placed: Sequence[Placed]) -> None:
    """Write the file back with the added columns; unreadable rows stay, without an answer."""
    answers = {id(row): answer for row, answer in zip(places.rows, placed, strict=True)}
    header = [*places.table.header, *ADDED]
    with path.open("w", encoding="utf-8", newline="") as out:
        write_csv(out, header, _lines(places.table, answers))


def agreement(places: Places, placed: Sequence[Placed], column: str) -> Agreement:
    """Compare each routed row's area with the code in a column; rows without one do not count.

    A row that got no area (outside, stand-in) does not agree with any label.
    """
    labels = [row.values[column] for row in places.rows]
    agree = sum(label == answer.code for label, answer in zip(labels, placed, strict=True) if label)
    return Agreement(column, sum(map(bool, labels)), agree)


def summary(places: Places, placed: Sequence[Placed], label: str | None = None) -> dict[str, Any]:
    """Return the counts and findings as plain values for one JSON document.

    With `label`, a column of codes, the document tells under `agreement` how many rows have it.
    """
    stand_ins: dict[tuple[float, float], int] = {}
    for place, answer in zip(places.lonlat, placed, strict=True):
        if answer.method == STAND_IN:
            stand_ins[place] = stand_ins.get(place, 0) + 1
    document = {
        "read": len(places.table.rows),
        "routed": len(placed),
        "methods": counted(placed),
        "stand_ins": [
            {"lon": lon, "lat": lat, "rows": rows} for (lon, lat), rows in stand_ins.items()
        ],
        "rejected": [
            {"row": r.row, "field": r.field, "code": r.code, "reason": str(r.reason)}
            for r in places.rejected
        ],
        "notes": [str(note) for note in places.table.notes],
    }
    if label is not None:
        compared = agreement(places, placed, label)
        document["agreement"] = {**asdict(compared), "share": compared.share}
    return document


def _lines(table: Table, answers: dict[int, Placed]) -> Iterator[list[Any]]:
    for row in table.rows:
        own = [row.values[name] for name in table.header]
        answer = answers.get(id(row))
        if answer is None:
            yield [*own, "", "", "", "", ""]
            continue
        edge = "" if answer.edge_m is None else f"{answer.edge_m:.2f}"
        yield [*own, answer.code, answer.name, answer.method, edge, " ".join(answer.candidates)]


def _day_source(at: str | None, table: Table) -> tuple[date, str | None]:
    """Return (the day of the whole file, the column of days or None)."""
    if at is None:
        return timezone.localdate(), None
    if at in table.header:
        return timezone.localdate(), at
    day = _parsed_day(at)
    if day is None:
        raise Invalid(
            "at_unknown",
            _("%(word)s is neither a column of the file nor a date.") % {"word": at},
            {"at": _("unknown")},
        )
    return day, None


def _check_degrees(places: Places, columns: Columns) -> None:
    """Refuse a file in which most places cannot be degrees: feet or metres, not stray faults."""
    wrong = {fault.row for fault in places.rejected if fault.code == OUT_OF_RANGE}
    if 2 * len(wrong) < len(places.table.rows):
        return
    example = next(row for row in places.table.rows if row.line in wrong)
    raise Invalid(
        "not_degrees",
        _(
            "The coordinates cannot be degrees (for example %(lon)s, %(lat)s); "
            "convert them to longitude and latitude first."
        )
        % {"lon": example.values[columns.lon], "lat": example.values[columns.lat]},
        {columns.lon: _("not degrees"), columns.lat: _("not degrees")},
    )


def _number(row: TableRow, column: str, limit: float) -> float:
    try:
        number = float(row.values[column])
    except ValueError:
        raise _fault(column, "not_a_number", _("This is not a number.")) from None
    if not abs(number) <= limit:  # NaN too
        raise _fault(column, OUT_OF_RANGE, _("This cannot be a coordinate in degrees."))
    return number


def _accuracy(row: TableRow, column: str | None) -> float:
    text = row.values[column] if column else ""
    if not text:
        return float("nan")
    try:
        metres = float(text)
    except ValueError:
        metres = -1.0
    if not 0 <= metres < 1e7:
        raise _fault(column or "", "not_a_number", _("This is not a number of metres."))
    return metres


def _day(row: TableRow, column: str) -> date:
    day = _parsed_day(row.values[column])
    if day is None:
        raise _fault(column, "not_a_date", _("This is not a date."))
    return day


def _parsed_day(text: str) -> date | None:
    """Return the local day of a date or a time with zone, None for anything else."""
    text = text.strip()
    for form in DATE_FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return None
    return timezone.localdate(moment) if moment.tzinfo else moment.date()


def _fault(column: str, code: str, reason: str) -> Invalid:
    return Invalid(code, reason, {column: reason})
