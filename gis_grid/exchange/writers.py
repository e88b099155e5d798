"""Tables on their way out: CSV that a spreadsheet opens as text and never runs."""

import csv
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, TextIO

# A cell that starts like this is a formula to Excel, WPS or LibreOffice; the full-width forms are
# converted to the plain ones by some of them.
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM: Final = "\ufeff"
# A bare number is no formula: "-77.03" must stay what it is.
NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def write_csv(
    out: TextIO, header: Sequence[str], rows: Iterable[Sequence[Any]], *, bom: bool = False
) -> int:
    """Write a header and rows to a text stream opened with newline=""; returns the row count.

    With `bom`, Excel on Windows reads the file as UTF-8. None becomes an empty cell, numbers are
    written as they are, and text that would run as a formula gets an apostrophe in front.
    """
    if bom:
        out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guarded(name) for name in header])
    count = 0
    for row in rows:
        writer.writerow([guarded(value) for value in row])
        count += 1
    return count


def guarded(value: Any) -> Any:
    """Return the value so that no spreadsheet takes it for a formula; remove one leading ' to undo.

    Text that begins with an apostrophe gets another, so that undoing is exact.
    """
    if not isinstance(value, str) or NUMBER.fullmatch(value):
        return value
    if value.lstrip(" ").startswith((*FORMULA, "'")):
        return f"'{value}"
    return value
