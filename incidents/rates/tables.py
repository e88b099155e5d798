"""An answer as a table: which figures stand together, a cell of each, and the files of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, TextIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_grid.exchange.workbooks import Sheet, write_xlsx
from gis_grid.exchange.writers import write_csv
from incidents.rates.answering import Answer, Row
from incidents.rates.asking import By
from incidents.rates.figures import (
    COUNTS,
    FIGURES,
    MIN_CASES,
    Figure,
    Quotient,
    Tally,
    Words,
)


@dataclass(frozen=True)
class Theme:
    """Figures that are read together; their names in the order of the columns."""

    slug: str
    label: Words
    names: tuple[str, ...]

    @property
    def figures(self) -> list[Figure]:
        """The figures themselves."""
        return [FIGURES[name] for name in self.names]


THEMES = {
    theme.slug: theme
    for theme in (
        Theme(
            "closing",
            gettext_lazy("Filing and closing"),
            ("reported", "filing_rate", "closing_rate", "in_time_closing_rate", "open_problems"),
        ),
        Theme(
            "handling",
            gettext_lazy("Dispatch and handling"),
            (
                "handling_rate",
                "in_time_handling_rate",
                "mean_handling_hours",
                "accurate_dispatch_rate",
                "return_rate",
            ),
        ),
        Theme(
            "checking",
            gettext_lazy("Verification and repeats"),
            (
                "first_pass_rate",
                "rework_rate",
                "repeat_rate",
                "community_settled_share",
                "self_handled",
            ),
        ),
        Theme(
            "voice",
            gettext_lazy("What residents say"),
            (
                "response_rate",
                "called_back",
                "resolution_rate",
                "satisfaction_rate",
                "four_five_star_share",
            ),
        ),
    )
}

BY_WORDS: dict[By, Words] = {
    By.AREA: gettext_lazy("Areas"),
    By.MAJOR: gettext_lazy("Major category"),
    By.CATEGORY: gettext_lazy("Minor category"),
    By.UNIT: gettext_lazy("Handling unit"),
    By.SOURCE: gettext_lazy("Source channel"),
    By.MONTH: gettext_lazy("Month"),
    By.WEEK: gettext_lazy("Week"),
    By.DAY: gettext_lazy("Day"),
}


@dataclass(frozen=True)
class Cell:
    """One figure of one group. `value`: 0..1, hours or a count; None when there are too few."""

    figure: Figure
    value: float | None
    numerator: int | None = None
    denominator: int | None = None

    @property
    def text(self) -> str:
        """The value as people read it: `75.82 %`, `12.5`, `972`; empty for too few."""
        if self.value is None:
            return ""
        if not isinstance(self.figure, Quotient):
            return f"{self.value:,.0f}"
        return f"{self.value:,.1f}" if self.figure.unit else f"{100 * self.value:.2f} %"

    @property
    def basis(self) -> str:
        """What it was divided by: `737/972`, or for a mean the number of cases."""
        if self.denominator is None:
            return ""
        if self.numerator is None:
            return _("%(cases)s cases") % {"cases": f"{self.denominator:,}"}
        return f"{self.numerator:,}/{self.denominator:,}"

    @property
    def order(self) -> float:
        """What to sort by; too few stands below everything."""
        return -1.0 if self.value is None else self.value


def cell(figure: Figure, tally: Tally) -> Cell:
    """Return one figure of a group."""
    if not isinstance(figure, Quotient):
        return Cell(figure, tally[figure.name])
    numerator = None if figure.unit else tally[figure.numerator]
    return Cell(figure, figure.of(tally), numerator, tally[figure.denominator])


def cells(theme: Theme, tally: Tally) -> list[Cell]:
    """Return a theme's figures of a group."""
    return [cell(figure, tally) for figure in theme.figures]


def csv_table(out: TextIO, answer: Answer, theme: Theme) -> None:
    """Write the whole and each group to a text stream; rates in percent, beside their counts."""
    write_csv(out, _header(answer, theme), _lines(answer, theme, 100), bom=True)


def xlsx_table(out: BinaryIO, answer: Answer, theme: Theme) -> None:
    """Write the same as a workbook, with a second sheet that explains the figures."""
    formats = [None, None, *(form for figure in theme.figures for form in _formats(figure))]
    table = Sheet(
        str(theme.label),
        _header(answer, theme),
        _lines(answer, theme, 1),
        formats=formats,
        widths=[16, 28, *[14] * (len(formats) - 2)],
    )
    write_xlsx(out, [table, _explanation(answer, theme)])


def _header(answer: Answer, theme: Theme) -> list[str]:
    by = answer.asked.by or By.AREA
    names = [name for figure in theme.figures for name in _columns(figure)]
    return [_("Code"), str(BY_WORDS[by]), *names]


def _lines(answer: Answer, theme: Theme, full: int) -> Iterator[list[Any]]:
    for row in (Row("", _("The whole"), "", answer.total), *answer.rows):
        values = [v for each in cells(theme, row.tally) for v in _values(each, full)]
        yield [row.code or "", row.name, *values]


def _columns(figure: Figure) -> Sequence[str]:
    if not isinstance(figure, Quotient):
        return [str(figure.label)]
    cases = str(COUNTS[figure.denominator].label)
    if figure.unit:
        return [str(figure.label), cases]
    return [f"{figure.label} (%)", str(COUNTS[figure.numerator].label), cases]


def _values(each: Cell, full: int) -> Sequence[float | int | None]:
    if not isinstance(each.figure, Quotient):
        return [each.value]
    if each.figure.unit:
        return [_rounded(each.value, 2), each.denominator]
    share = None if each.value is None else each.value * full
    return [_rounded(share, 2 if full == 100 else 6), each.numerator, each.denominator]


def _formats(figure: Figure) -> Sequence[str | None]:
    if not isinstance(figure, Quotient):
        return ["#,##0"]
    return ["0.0", "#,##0"] if figure.unit else ["0.00%", "#,##0", "#,##0"]


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _explanation(answer: Answer, theme: Theme) -> Sheet:
    period = answer.asked.period
    rows = [[_("Days"), f"{period.first.isoformat()} – {period.last.isoformat()}", ""]]
    for figure in theme.figures:
        rows.append([str(figure.label), formula(figure), str(figure.help)])
    note = _("No rate under %(cases)d cases.") % {"cases": MIN_CASES}
    rows.append([_("Note"), note, ""])
    return Sheet(
        _("What is counted"), [_("Figure"), _("Formula"), _("Meaning")], rows, (), (24,) * 3
    )


def formula(figure: Figure) -> str:
    """Return what is divided by what, in words; empty for a count."""
    if not isinstance(figure, Quotient):
        return ""
    if figure.unit:
        return _("working time ÷ %(cases)s") % {"cases": COUNTS[figure.denominator].label}
    return f"{COUNTS[figure.numerator].label} ÷ {COUNTS[figure.denominator].label}"
