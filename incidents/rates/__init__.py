"""The field's own rates, computed by its formulas: `docs/rates.md` explains each figure.

A question (whose cases, which days, cut by what) goes in; an answer with the whole and one row a
group comes out, every figure a count or a quotient of two counts. Reads only.
"""

from incidents.rates.answering import Answer, Row, answer
from incidents.rates.asking import By, Question, ask, levels_below, whole_record
from incidents.rates.facts import CASES, cases
from incidents.rates.figures import (
    COUNTS,
    FIGURES,
    MIN_CASES,
    QUOTIENTS,
    Count,
    Figure,
    Quotient,
    Tally,
)
from incidents.rates.periods import Hours, Period

__all__ = [
    "CASES",
    "COUNTS",
    "FIGURES",
    "MIN_CASES",
    "QUOTIENTS",
    "Answer",
    "By",
    "Count",
    "Figure",
    "Hours",
    "Period",
    "Question",
    "Quotient",
    "Row",
    "Tally",
    "answer",
    "ask",
    "cases",
    "levels_below",
    "whole_record",
]
