"""The columns of a table that people fill in: their two names, a template, the way back. Pure."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid
from gis_grid.exchange.tables import Table
from gis_grid.exchange.writers import write_csv


@dataclass(frozen=True)
class Column:
    """A column: `key` in English files, `chinese` in Chinese ones; both are always understood."""

    key: str
    chinese: str
    example: str = ""
    required: bool = False


def template(columns: Sequence[Column]) -> str:
    """Return a CSV with the header, in the language now active, and one example row."""
    chinese = (get_language() or "").startswith("zh")
    out = io.StringIO(newline="")
    header = [column.chinese if chinese else column.key for column in columns]
    write_csv(out, header, [[column.example for column in columns]])
    return out.getvalue()


def keyed(
    table: Table, columns: Sequence[Column]
) -> tuple[list[dict[str, str]], list[str | Promise]]:
    """Return one dict per row with every column's key ("" where the file has none), and notes.

    Raises Invalid `missing_column` or `duplicate_column`.
    """
    known = {name.casefold(): column.key for column in columns for name in _names(column)}
    place: dict[str, str] = {}
    unused = []
    for name in table.header:
        key = known.get(name.casefold())
        if key is None:
            unused.append(name)
        elif key in place:
            raise Invalid(
                "duplicate_column",
                _("Columns named twice: %(names)s.") % {"names": f"{place[key]}, {name}"},
            )
        else:
            place[key] = name
    missing = [" / ".join(_names(c)) for c in columns if c.required and c.key not in place]
    if missing:
        raise Invalid(
            "missing_column",
            _("Missing columns: %(missing)s. The file has: %(present)s.")
            % {"missing": ", ".join(missing), "present": ", ".join(table.header)},
        )
    rows = [
        {c.key: row.values[place[c.key]] if c.key in place else "" for c in columns}
        for row in table.rows
    ]
    notes: list[str | Promise] = list(table.notes)
    if unused:
        notes.append(_("Columns that are not used: %(names)s.") % {"names": ", ".join(unused)})
    return rows, notes


def _names(column: Column) -> tuple[str, str]:
    return column.key, column.chinese
