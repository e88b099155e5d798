"""The figures by name: what is counted, and which count over which is a rate. Pure.

`docs/rates.md` gives each one's source; a test keeps the two together. Every rate shows what it
was divided by, and below `MIN_CASES` it says nothing: seven cases are no rate.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MIN_CASES = 10
TOO_FEW = "too_few"
HOUR_US = 3_600_000_000

Tally = Counter[str]  # how many of each count; tallies of disjoint groups add up
Words = str | Promise


@dataclass(frozen=True)
class Count:
    """A number of cases, or of what was done in them."""

    name: str
    label: Words
    help: Words


@dataclass(frozen=True)
class Quotient:
    """A rate (0..1), or with `unit` a mean: one count over another."""

    name: str
    label: Words
    help: Words
    numerator: str
    denominator: str
    unit: float | None = None

    def of(self, tally: Tally) -> float | None:
        """Return its value, None when it has too few cases to mean anything."""
        cases = tally[self.denominator]
        if cases < MIN_CASES:
            return None
        return tally[self.numerator] / cases / (self.unit or 1)


Figure = Count | Quotient

_COUNTS = (
    Count("reported", _("Reports"), _("Reports of the period, whatever became of them.")),
    Count(
        "filed",
        _("Cases filed"),
        _("Of those reported, the ones filed as a case. Not a case and merged do not count."),
    ),
    Count(
        "should_close",
        _("Should be closed"),
        _("Filed cases whose deadline has passed in the period, extensions included."),
    ),
    Count(
        "closed", _("Cases closed"), _("Of those that should be, closed by the end of the period.")
    ),
    Count("closed_in_time", _("Closed in time"), _("Of those, closed by their deadline.")),
    Count(
        "missed_deadline",
        _("Missed the deadline"),
        _("Of those that should be closed, the ones closed after the deadline or not yet."),
    ),
    Count(
        "should_handle",
        _("Should be handled"),
        _("Of those that should be closed, the ones that somebody was given or settled."),
    ),
    Count("handled", _("Cases handled"), _("Of those, answered by the end of the period.")),
    Count("handled_in_time", _("Handled in time"), _("Of those, answered by the deadline.")),
    Count(
        "reworked", _("Cases reworked"), _("Handled cases that failed verification at least once.")
    ),
    Count(
        "dispatches",
        _("Dispatches"),
        _("How often somebody was given a case in the period, whistled leads included."),
    ),
    Count(
        "accurate_dispatches",
        _("Accurate dispatches"),
        _("Dispatches that were not returned, or returned without being right."),
    ),
    Count("returns", _("Returns"), _("Dispatches that were given back.")),
    Count("verified", _("Verified"), _("Cases looked at by a second person for the first time.")),
    Count("passed_first", _("Passed at once"), _("Of those, passed the first time.")),
    Count(
        "repeats",
        _("Repeats"),
        _("Filed cases with an earlier one of the same category near by, shortly before."),
    ),
    Count(
        "responses_due",
        _("Answers due to residents"),
        _("Of those that should be closed, the ones residents told us, by themselves or hotline."),
    ),
    Count("responded", _("Answered in time"), _("Of those, answered by the deadline.")),
    Count("called_back", _("Called back"), _("Cases whose reporter was called in the period.")),
    Count("reached", _("Reached"), _("Of those, the reporter was reached.")),
    Count(
        "resolution_answers",
        _("Said whether resolved"),
        _("Of those called back, the ones who said whether it is resolved."),
    ),
    Count("resolved", _("Matters resolved"), _("Of those, the ones who said it is.")),
    Count(
        "satisfaction_answers",
        _("Said whether satisfied"),
        _("Of those called back, the ones who said whether they are satisfied."),
    ),
    Count("satisfied", _("Satisfied reporters"), _("Of those, the ones who said they are.")),
    Count(
        "dissatisfied", _("Dissatisfied reporters"), _("Of those, the ones who said they are not.")
    ),
    Count("ratings", _("Ratings"), _("Star ratings by reporters in the period.")),
    Count("four_five_stars", _("4 or 5 stars"), _("Of those, with four or five stars.")),
    Count("closings", _("Closings"), _("Cases closed in the period, whenever they were due.")),
    Count(
        "self_handled", _("Cases settled on the spot"), _("Of those, settled by who found them.")
    ),
    Count(
        "closings_with_level",
        _("Closings with a known level"),
        _("Closings of which it is known at what level they were settled."),
    ),
    Count(
        "settled_at_community_or_below",
        _("Settled at community or below"),
        _("Of those, by a community, a grid or a micro-grid."),
    ),
    Count(
        "timed_closings",
        _("Closings with a handling time"),
        _("Closings that were not settled on the spot."),
    ),
    Count(
        "open_problems",
        _("Open problems"),
        _("Cases on the list of open problems at the end of the period."),
    ),
)

_QUOTIENTS = (
    Quotient(
        "filing_rate",
        _("Filing rate"),
        _("Of what was reported, the share that was filed as a case."),
        "filed",
        "reported",
    ),
    Quotient(
        "closing_rate",
        _("Closing rate"),
        _("Of the cases that should be closed by now, the share that is."),
        "closed",
        "should_close",
    ),
    Quotient(
        "in_time_closing_rate",
        _("In-time closing rate"),
        _("Of the cases that should be closed by now, the share closed by the deadline."),
        "closed_in_time",
        "should_close",
    ),
    Quotient(
        "handling_rate",
        _("Handling rate"),
        _("Of the cases that should be handled by now, the share that is."),
        "handled",
        "should_handle",
    ),
    Quotient(
        "in_time_handling_rate",
        _("In-time handling rate"),
        _("Of the cases that should be handled by now, the share handled by the deadline."),
        "handled_in_time",
        "should_handle",
    ),
    Quotient(
        "rework_rate",
        _("Rework rate"),
        _("Of the handled cases, the share that failed verification at least once."),
        "reworked",
        "handled",
    ),
    Quotient(
        "accurate_dispatch_rate",
        _("Accurate dispatch rate"),
        _("Of the dispatches, the share that was not returned as wrong."),
        "accurate_dispatches",
        "dispatches",
    ),
    Quotient(
        "return_rate",
        _("Return rate"),
        _("Of the dispatches, the share that was given back."),
        "returns",
        "dispatches",
    ),
    Quotient(
        "first_pass_rate",
        _("First-pass rate"),
        _("Of the verified cases, the share that passed the first time."),
        "passed_first",
        "verified",
    ),
    Quotient(
        "repeat_rate",
        _("Repeat rate"),
        _("Of the filed cases, the share that had happened there shortly before."),
        "repeats",
        "filed",
    ),
    Quotient(
        "response_rate",
        _("Response rate"),
        _("Of what residents told us and is due, the share answered by the deadline."),
        "responded",
        "responses_due",
    ),
    Quotient(
        "resolution_rate",
        _("Resolution rate"),
        _("Of the reporters who said so on the telephone, the share whose matter is resolved."),
        "resolved",
        "resolution_answers",
    ),
    Quotient(
        "satisfaction_rate",
        _("Satisfaction rate"),
        _("Of the reporters who said so on the telephone, the share that is satisfied."),
        "satisfied",
        "satisfaction_answers",
    ),
    Quotient(
        "four_five_star_share",
        _("4 and 5 stars"),
        _("Of the ratings, the share with four or five stars."),
        "four_five_stars",
        "ratings",
    ),
    Quotient(
        "community_settled_share",
        _("Share settled at community or below"),
        _("Of the closings with a known level, the share settled by a community or below."),
        "settled_at_community_or_below",
        "closings_with_level",
    ),
    Quotient(
        "mean_handling_hours",
        _("Mean handling time (working hours)"),
        _("Working time from filing to closing; what was settled on the spot took none."),
        "handling_us",
        "timed_closings",
        unit=HOUR_US,
    ),
)

COUNTS = {count.name: count for count in _COUNTS}
QUOTIENTS = {quotient.name: quotient for quotient in _QUOTIENTS}
FIGURES: dict[str, Figure] = {**COUNTS, **QUOTIENTS}


def as_json(tally: Tally) -> dict[str, Any]:
    """Return every figure by name, and under `basis` what each quotient was divided by."""
    return {
        **{name: tally[name] for name in COUNTS},
        **{name: _rounded(quotient.of(tally)) for name, quotient in QUOTIENTS.items()},
        "basis": {name: _basis(quotient, tally) for name, quotient in QUOTIENTS.items()},
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _basis(quotient: Quotient, tally: Tally) -> dict[str, Any]:
    cases = tally[quotient.denominator]
    over = tally[quotient.numerator] / (quotient.unit or 1)
    return {
        "numerator": round(over, 3) if quotient.unit else tally[quotient.numerator],
        "denominator": cases,
        "reason": TOO_FEW if cases < MIN_CASES else None,
    }
