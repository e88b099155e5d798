"""A file of old cases: its columns, and what each row says. Rows that cannot be used are listed.

Knows nothing of tables: which category a word means, and whether a case is here already, is
`past.py`'s to say.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis_grid.exchange.outcome import Rejection
from gis_grid.exchange.tables import TableRow
from gis_grid.exchange.values import Unusable, plain_code, plain_text
from gis_grid.geo.datum import Datum
from incidents import routefile, states
from incidents.past.written_time import LAST_SECOND, moment
from incidents.reports import MAX_WORDS

# As other systems write them; `--closing` adds to the first.
CLOSING_WORDS: Final = frozenset(
    {"closed", "complete", "completed", "done", "finished", "resolved", "settled"}
    | {"已结案", "结案", "已办结", "办结", "已完成", "完成", "已关闭", "关闭", "已归档", "归档"}
)
VOID_WORDS: Final = frozenset(
    {"void", "cancelled", "canceled", "duplicate", "rejected", "invalid", "withdrawn"}
    | {"作废", "已作废", "撤销", "已撤销", "撤单", "不予受理", "不受理", "无效", "重复"}
)
MAX_ID = 80
HASHED = "row:"  # before the hash that stands for a number the file does not give


@dataclass(frozen=True)
class Columns:
    """Which column of the file holds what; None: the file has none."""

    lon: str
    lat: str
    reported_at: str
    closed_at: str | None = None
    due_at: str | None = None
    category: str | None = None
    external_id: str | None = None
    status: str | None = None
    words: str | None = None

    def named(self) -> list[str]:
        """Return those that are given."""
        return [name for name in vars(self).values() if name]


@dataclass(frozen=True)
class Wanted:
    """A file of old cases and how to read it. `closing`: words of `status` that mean closed."""

    path: Path
    columns: Columns
    source: str
    zone: tzinfo
    form: str | None = None
    datum: Datum = Datum.WGS84
    closing: frozenset[str] = frozenset()
    create_categories: bool = False
    dry_run: bool = False


@dataclass(frozen=True)
class PastCase:
    """What a row says. `lon`, `lat` in degrees of the file's datum; `category` as it is written."""

    row: int
    external_id: str
    lon: float
    lat: float
    reported_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    category: str
    state: str
    words: str

    def sha256(self, source: str, category: str, datum: Datum) -> str:
        """Return the name of the content: what is stored of the row, not what we add to it."""
        facts = {
            "source": source,
            "external_id": self.external_id,
            "lon": self.lon,
            "lat": self.lat,
            "datum": datum.value,
            "reported_at": self.reported_at.timestamp(),
            "closed_at": self.closed_at.timestamp() if self.closed_at else None,
            "due_at": self.due_at.timestamp() if self.due_at else None,
            "category": category,
            "state": self.state,
            "words": self.words,
        }
        return _hashed(facts)


@dataclass
class PastFile:
    """The usable rows, and why the others are not. `lonlat` is (n, 2), WGS84, in their order."""

    read: int
    cases: list[PastCase]
    lonlat: npt.NDArray[np.float64]
    rejected: list[Rejection]
    notes: list[str | Promise] = field(default_factory=list)


class _Unfit(Exception):
    """A row that cannot be used, by which column and why."""

    def __init__(self, column: str, code: str, reason: str | Promise) -> None:
        super().__init__(code)
        self.column, self.code, self.reason = column, code, reason


def read(wanted: Wanted, now: datetime) -> PastFile:
    """Read a CSV (also .gz) or XLSX file of old cases.

    Raises Unreadable, TooLarge or Invalid for the file as a whole: see `read_table`,
    `missing_column`, and `not_degrees` when half of the places or more cannot be degrees.
    """
    columns = wanted.columns
    places = routefile.read(wanted.path, routefile.Columns(columns.lon, columns.lat))
    places.table.require(columns.named())
    reader = _Reader(wanted, now)
    cases, kept, rejected = [], [], list(places.rejected)
    for number, (row, place) in enumerate(zip(places.rows, places.lonlat, strict=True)):
        try:
            cases.append(reader.case(row, *place))
            kept.append(number)
        except _Unfit as unfit:
            rejected.append(Rejection(row.line, unfit.column, unfit.code, unfit.reason))
    rejected.sort(key=lambda one: one.row or 0)
    notes = [*places.table.notes, *reader.notes()]
    return PastFile(
        len(places.table.rows), cases, places.wgs84(wanted.datum)[kept], rejected, notes
    )


class _Reader:
    """Reads one row after the other, and remembers what the whole file has to be told of."""

    def __init__(self, wanted: Wanted, now: datetime) -> None:
        self._wanted, self._columns, self._now = wanted, wanted.columns, now
        self._closing = CLOSING_WORDS | {word.casefold() for word in wanted.closing}
        self._first_row: dict[str, int] = {}
        self._taken_as_open: Counter[str] = Counter()
        self._closed_without_time = 0

    def case(self, row: TableRow, lon: float, lat: float) -> PastCase:
        """Return what a row says, or raise _Unfit."""
        columns, values = self._columns, row.values
        if row.fault:
            raise _Unfit("", "too_many_cells", row.fault)
        reported_at = self._time(values, columns.reported_at)
        if reported_at is None:
            raise _Unfit(columns.reported_at, "missing", _("The time of the report is missing."))
        closed_at = self._time(values, columns.closed_at, day_ends=True)
        due_at = self._time(values, columns.due_at, day_ends=True)
        self._check_order(reported_at, closed_at, due_at)
        category = self._category(values)
        words = self._text(values, columns.words, MAX_WORDS)
        return PastCase(
            row=row.line,
            external_id=self._external_id(row),
            lon=lon,
            lat=lat,
            reported_at=reported_at,
            closed_at=closed_at,
            due_at=due_at,
            category=category,
            state=self._state(values, closed_at),
            words=words,
        )

    def notes(self) -> list[str | Promise]:
        """Return what a person should know of the file as a whole."""
        said: list[str | Promise] = []
        if not self._columns.external_id:
            said.append(
                _("No column of numbers was named: a case is known again by its whole row.")
            )
        if self._taken_as_open:
            words = ", ".join(f"{word} ({n})" for word, n in self._taken_as_open.most_common(20))
            said.append(_("Taken as open, by status: %(words)s.") % {"words": words})
        if self._closed_without_time:
            said.append(
                _("%(count)d cases are closed without a time: no rate counts them as closed.")
                % {"count": self._closed_without_time}
            )
        return said

    def _time(
        self, values: Mapping[str, str], column: str | None, *, day_ends: bool = False
    ) -> datetime | None:
        text = values[column] if column else ""
        if not text:
            return None
        try:
            return moment(text, self._wanted.zone, self._wanted.form, day_ends=day_ends)
        except Unusable as fault:
            raise _Unfit(column or "", fault.code, fault.reason) from None

    def _check_order(
        self, reported_at: datetime, closed_at: datetime | None, due_at: datetime | None
    ) -> None:
        columns = self._columns
        for column, at in ((columns.reported_at, reported_at), (columns.closed_at, closed_at)):
            if at and self._lies_ahead(at):
                raise _Unfit(column or "", "in_the_future", _("This has not happened yet."))
        if closed_at and closed_at < reported_at:
            raise _Unfit(
                columns.closed_at or "",
                "closed_before_reported",
                _("It was closed before it was reported."),
            )
        if due_at and due_at < reported_at:
            raise _Unfit(
                columns.due_at or "",
                "due_before_reported",
                _("It was due before it was reported."),
            )

    def _lies_ahead(self, at: datetime) -> bool:
        # A day without a time stands for its last second, today's too.
        here, now = at.astimezone(self._wanted.zone), self._now.astimezone(self._wanted.zone)
        today = here.time() == LAST_SECOND and here.date() == now.date()
        return at > self._now and not today

    def _external_id(self, row: TableRow) -> str:
        column = self._columns.external_id
        if column is None:
            known, code = HASHED + _hashed(row.values)[:32], "row_twice"
        else:
            try:
                known, code = plain_code(row.values[column], MAX_ID).text, "external_id_twice"
            except Unusable as fault:
                raise _Unfit(column, fault.code, fault.reason) from None
        first = self._first_row.setdefault(known, row.line)
        if first != row.line:
            raise _Unfit(
                column or "", code, _("Row %(row)d is the same case already.") % {"row": first}
            )
        return known

    def _category(self, values: Mapping[str, str]) -> str:
        column = self._columns.category
        if column is None:
            return ""
        text = self._text(values, column, 60)
        if not text:
            raise _Unfit(column, "missing", _("The category is missing."))
        return text

    def _state(self, values: Mapping[str, str], closed_at: datetime | None) -> str:
        written = self._text(values, self._columns.status, MAX_ID)
        word = written.casefold()
        if word in VOID_WORDS:
            return states.VOID
        if closed_at or word in self._closing:
            self._closed_without_time += closed_at is None
            return states.CLOSED
        if self._columns.status:
            self._taken_as_open[written or "–"] += 1
        return states.ACCEPTED

    def _text(self, values: Mapping[str, str], column: str | None, limit: int) -> str:
        try:
            return plain_text(" ".join(values[column].split()), limit) if column else ""
        except Unusable as fault:
            raise _Unfit(column or "", fault.code, fault.reason) from None


def _hashed(facts: Any) -> str:
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
