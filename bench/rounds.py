"""Alternating rounds: A B A B …, so that what else the machine does falls on both sides alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

Round = Callable[[], float]


@dataclass(frozen=True)
class Spread:
    """What one side, or a ratio, was in each round."""

    name: str
    rounds: list[float]

    @property
    def median(self) -> float:
        """The middle of all rounds."""
        return median(self.rounds)

    def as_json(self) -> dict[str, Any]:
        """Return median, lowest, highest and every round."""
        return {
            "median": round(self.median, 4),
            "lowest": round(min(self.rounds), 4),
            "highest": round(max(self.rounds), 4),
            "rounds": [round(value, 4) for value in self.rounds],
        }


@dataclass(frozen=True)
class Ratio:
    """A ratio, taken round by round, with the line it has to reach and the one we aim at."""

    spread: Spread
    accept: float
    stretch: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the spread and which lines the median reaches."""
        reached = self.spread.median >= self.accept
        document = {**self.spread.as_json(), "accept": self.accept, "accepted": reached}
        if self.stretch is not None:
            document["stretch"] = self.stretch
        return document


def alternate(sides: Mapping[str, Round], rounds: int) -> dict[str, Spread]:
    """Run each side once unmeasured, to warm it, then all of them in turn, round by round."""
    for run in sides.values():
        run()
    measured: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, run in sides.items():
            measured[name].append(run())
    return {name: Spread(name, values) for name, values in measured.items()}


def ratio(over: Spread, under: Spread, accept: float, stretch: float | None = None) -> Ratio:
    """Return `over` divided by `under`, each round by its neighbour."""
    parts = [a / b for a, b in zip(over.rounds, under.rounds, strict=True)]
    return Ratio(Spread(f"{over.name} / {under.name}", parts), accept, stretch)
