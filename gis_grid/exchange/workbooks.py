"""Workbooks on their way out: XLSX whose texts stay texts and whose numbers have a form."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

BOLD: Final = Font(bold=True)
TITLE_LENGTH: Final = 31  # what a spreadsheet takes
NOT_IN_A_TITLE: Final = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@dataclass(frozen=True)
class Sheet:
    """A sheet: its header, its rows, and by column the form of its numbers and its width."""

    title: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]
    formats: Sequence[str | None] = ()
    widths: Sequence[int] = field(default=())


def write_xlsx(out: BinaryIO, sheets: Iterable[Sheet]) -> None:
    """Write sheets to a binary stream. Text is only ever text: no cell is a formula."""
    book = Workbook(write_only=True)
    for sheet in sheets:
        _write(book.create_sheet(sheet.title.translate(NOT_IN_A_TITLE)[:TITLE_LENGTH]), sheet)
    book.save(out)


def _write(target: Any, sheet: Sheet) -> None:
    target.freeze_panes = "A2"
    for number, width in enumerate(sheet.widths, start=1):
        target.column_dimensions[get_column_letter(number)].width = width
    target.append([_cell(target, name, None, BOLD) for name in sheet.header])
    for row in sheet.rows:
        formats = [*sheet.formats, *[None] * (len(row) - len(sheet.formats))]
        target.append(
            [_cell(target, value, form) for value, form in zip(row, formats, strict=False)]
        )


def _cell(target: Any, value: Any, form: str | None, font: Font | None = None) -> Any:
    if not isinstance(value, str):
        cell = WriteOnlyCell(target, value)
        if form:
            cell.number_format = form
        return cell
    cell = WriteOnlyCell(target, ILLEGAL_CHARACTERS_RE.sub("", value))
    # "=1+1" is taken for a formula when it is set, and by Excel when it is typed over.
    cell.data_type, cell.quotePrefix = "s", True
    if font:
        cell.font = font
    return cell
