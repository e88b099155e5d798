"""Tables from spreadsheets: CSV and XLSX to rows of text with the line they stand on.

Every value is text: a code is never a number. Numbers that a spreadsheet has already rounded are
named, because their digits are gone.
"""

import csv
import io
import warnings
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from gis_grid.errors import Invalid, TooLarge, Unreadable
from gis_grid.exchange.archive import CHUNK, MAX_UNPACKED, open_archive
from gis_grid.exchange.encoding import decode_text
from gis_grid.exchange.layer import MAX_BYTES, check_size, choose_layer

MAX_TABLE_ROWS: Final = 1_000_000
MAX_COLUMNS: Final = 500
DELIMITERS: Final = (",", ";", "\t")
GZIP: Final = b"\x1f\x8b"
ZIP: Final = b"PK\x03\x04"
EXACT_IN_A_FLOAT: Final = 10**15  # Excel keeps 15 digits


@dataclass(frozen=True)
class TableRow:
    """One row by column name, and the line (CSV) or row (XLSX) it stands on."""

    line: int
    values: dict[str, str]
    fault: str | Promise | None = None


@dataclass(frozen=True)
class Table:
    """A header and its rows; blank rows are left out."""

    header: list[str]
    rows: list[TableRow]
    encoding: str = "utf-8"
    notes: list[str | Promise] = field(default_factory=list)

    def require(self, columns: Iterable[str]) -> None:
        """Raise Invalid `missing_column` unless the header has all of them."""
        missing = [name for name in columns if name not in self.header]
        if missing:
            raise Invalid(
                "missing_column",
                _("Missing columns: %(missing)s. The file has: %(present)s.")
                % {"missing": ", ".join(missing), "present": ", ".join(self.header)},
                columns=missing,
            )


def read_table(path: Path, sheet: str | None = None) -> Table:
    """Read a CSV (plain or .gz; comma, semicolon or tab; UTF-8, GBK or UTF-16) or an XLSX file.

    Raises Unreadable, TooLarge or Invalid: `not_allowed_content`, `encoding_unknown`,
    `text_not_allowed`, `no_rows`, `duplicate_column`, `too_many_columns`, `too_many_rows`.
    """
    try:
        check_size(path.stat().st_size, MAX_BYTES)
        raw = path.read_bytes()
    except OSError as error:
        raise Unreadable(
            "no_such_file", _("%(name)s cannot be opened.") % {"name": path.name}
        ) from error
    if raw.startswith(ZIP):
        return _read_xlsx(path, sheet)
    return parse_csv(_gunzipped(raw) if raw.startswith(GZIP) else raw)


def parse_csv(raw: bytes) -> Table:
    """Read a CSV table from bytes; see `read_table`."""
    decoded = decode_text(raw)
    (text,) = decoded.texts
    if "\x00" in text:
        raise Invalid("text_not_allowed", _("The file holds NUL characters; it is not a text."))
    if text.lstrip()[:1] in {"{", "<"}:
        raise _not_a_table()
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        return _table(_csv_lines(reader), decoded.encoding, list(decoded.notes()))
    except csv.Error as error:
        raise Unreadable(
            "not_csv", _("Line %(line)d is not CSV.") % {"line": reader.line_num}
        ) from error


def _csv_lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    for cells in reader:
        yield reader.line_num, cells


def _delimiter(text: str) -> str:
    """Return the delimiter that cuts the first line into most cells."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=lambda mark: len(next(csv.reader([first], delimiter=mark))))


def _table(lines: Iterator[tuple[int, list[str]]], encoding: str, notes: list[Any]) -> Table:
    header = _header(next((cells for _line, cells in lines if any(map(str.strip, cells))), []))
    rows = []
    for line, cells in lines:
        if not any(map(str.strip, cells)):
            continue
        rows.append(_row(line, header, cells))
        if len(rows) > MAX_TABLE_ROWS:
            raise TooLarge(
                "too_many_rows", _("More than %(limit)d rows.") % {"limit": MAX_TABLE_ROWS}
            )
    if not rows:
        raise Invalid("no_rows", _("The table holds no rows below its header."))
    return Table([name for name in header if name], rows, encoding, notes)


def _header(cells: list[str]) -> list[str]:
    names = [name.strip() for name in cells]
    if not any(names):
        raise Invalid("no_rows", _("The table is empty."))
    if len(names) > MAX_COLUMNS:
        raise TooLarge(
            "too_many_columns", _("More than %(limit)d columns.") % {"limit": MAX_COLUMNS}
        )
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise Invalid(
            "duplicate_column", _("Columns named twice: %(names)s.") % {"names": ", ".join(twice)}
        )
    return names


def _row(line: int, header: list[str], cells: list[str]) -> TableRow:
    """Pair a row with the header; short rows are filled, longer ones are at fault."""
    padded = cells + [""] * (len(header) - len(cells))
    values = {name: cell.strip() for name, cell in zip(header, padded, strict=False) if name}
    spare = [cell for cell in cells[len(header) :] if cell.strip()]
    fault = _("The row has more cells than the header.") if spare else None
    return TableRow(line, values, fault)


def _gunzipped(raw: bytes) -> bytes:
    """Unpack one gzip stream, counting what really comes out."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    parts, total = [], 0
    try:
        while not unpacker.eof:
            part = unpacker.decompress(unpacker.unconsumed_tail or raw, CHUNK)
            raw = b""
            if not part and not unpacker.unconsumed_tail:
                break
            parts.append(part)
            total += len(part)
            if total > MAX_UNPACKED:
                raise TooLarge("too_large", _("The .gz file unpacks to too many bytes."))
    except zlib.error as error:
        raise Unreadable("damaged_archive", _("The .gz file is damaged.")) from error
    if not unpacker.eof or unpacker.unused_data:
        raise Unreadable("damaged_archive", _("The .gz file is damaged."))
    return b"".join(parts)


def _read_xlsx(path: Path, sheet: str | None) -> Table:
    with open_archive(path) as archive:
        if "xl/workbook.xml" not in {entry.name for entry in archive.entries}:
            raise _not_a_table()
        for entry in archive.entries:  # counts the real bytes before any parser sees them
            archive.read(entry)
    try:
        # Our own file handle: the library leaves its own open when a part cannot be parsed.
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # styles and validations we do not read
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            shown = [one.title for one in book.worksheets if one.sheet_state == "visible"]
            return _sheet(book[choose_layer(shown, sheet)])
    except (ParseError, InvalidFileException, KeyError, ValueError, TypeError) as error:
        if isinstance(error, DefusedXmlException) or isinstance(
            error.__cause__, DefusedXmlException
        ):
            raise _not_a_table() from None
        raise Unreadable("not_xlsx", _("The workbook cannot be read.")) from error


def _sheet(page: Any) -> Table:
    page.reset_dimensions()  # a declared size is a claim
    notes: list[str | Promise] = []
    return _table(_xlsx_lines(page, notes), "utf-8", notes)


def _xlsx_lines(page: Any, notes: list[str | Promise]) -> Iterator[tuple[int, list[str]]]:
    rounded = False
    for line, cells in enumerate(page.iter_rows(values_only=True), 1):
        rounded = rounded or any(_has_lost_digits(value) for value in cells)
        yield line, [_text(value) for value in cells]
    if rounded:
        notes.append(
            _(
                "Some numbers have more than 15 digits: Excel has rounded them. Format the column "
                "as text."
            )
        )


def _has_lost_digits(value: Any) -> bool:
    return isinstance(value, int | float) and abs(value) >= EXACT_IN_A_FLOAT


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_IN_A_FLOAT:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _not_a_table() -> Invalid:
    return Invalid("not_allowed_content", _("This is not a table. Send CSV or XLSX."))
