"""What a benchmark says: its sides, its ratios, and whether both sides did the same work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bench.rounds import Ratio, Spread


@dataclass(frozen=True)
class Effort:
    """How much is asked: rounds of so many seconds, so many grids, points, listening desks."""

    rounds: int
    seconds: float
    grids: int
    points: int
    desks: int


@dataclass(frozen=True)
class Check:
    """One result that must be as expected."""

    what: str
    expected: Any
    found: Any

    @property
    def agrees(self) -> bool:
        """Whether it is."""
        return bool(self.expected == self.found)


@dataclass(frozen=True)
class Outcome:
    """One benchmark's findings. `unit` is that of the sides."""

    title: str
    unit: str
    sides: Sequence[Spread]
    ratios: Sequence[Ratio]
    checks: Sequence[Check]

    @property
    def agrees(self) -> bool:
        """Whether every side left the same results."""
        return all(check.agrees for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """Return everything."""
        return {
            "title": self.title,
            "unit": self.unit,
            "sides": {side.name: side.as_json() for side in self.sides},
            "ratios": {ratio.spread.name: ratio.as_json() for ratio in self.ratios},
            "results_agree": self.agrees,
            "checks": [
                {"what": c.what, "expected": c.expected, "found": c.found, "agrees": c.agrees}
                for c in self.checks
            ],
        }

    def lines(self) -> Iterator[str]:
        """Yield the same for people: median (lowest to highest)."""
        yield self.title
        for side in self.sides:
            yield f"  {_spread(side, 1)} {self.unit}"
        for ratio in self.ratios:
            yield f"  {_spread(ratio.spread, 2)}  {_lines_of(ratio)}"
        for check in self.checks:
            verdict = "agree" if check.agrees else f"DIFFER: {check.expected} != {check.found}"
            yield f"  results: {check.what}: {verdict}"


def _spread(spread: Spread, digits: int) -> str:
    low, high = min(spread.rounds), max(spread.rounds)
    return (
        f"{spread.name:<24} {spread.median:>8.{digits}f}  ({low:.{digits}f} to {high:.{digits}f})"
    )


def _lines_of(ratio: Ratio) -> str:
    verdict = "reached" if ratio.spread.median >= ratio.accept else "NOT reached"
    stretch = f", stretch {ratio.stretch}" if ratio.stretch is not None else ""
    return f"accept {ratio.accept} {verdict}{stretch}"
