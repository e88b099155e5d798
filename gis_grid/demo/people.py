"""The people who answer for areas: invented names, phones that ring nowhere. Pure."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from gis_grid.demo.names import NamePool
from gis_grid.demo.records import AreaRecord, AssignmentRecord, WorkerRecord

UNSTAFFED = 3
"""General grids nobody answers for: the planner has to find them."""
PART_TIMERS = 8
"""Workers who share themselves between two neighbouring grids."""
DESKS = {"district": ("operator", "operator", "leader"), "street": ("operator",)}
"""Who sits at the command centre of each level."""


class Roster:
    """Hires people and notes what they answer for."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._names = NamePool(rng)
        self.workers: list[WorkerRecord] = []
        self.assignments: list[AssignmentRecord] = []

    def hire(self, prefix: str) -> str:
        """Add a person; return their username."""
        number = len(self.workers) + 1
        username = f"{prefix}{number:04d}"
        self.workers.append(WorkerRecord(username, self._names.person(), f"000-{number:08d}"))
        return username

    def assign(self, worker: str, area: str, role: str) -> None:
        """Give a worker a role in an area, since some day of the last three years."""
        since = date(2022 + int(self._rng.integers(0, 3)), int(self._rng.integers(1, 13)), 1)
        self.assignments.append(AssignmentRecord(worker, area, role, since))


def staff(
    areas: Sequence[AreaRecord], rng: np.random.Generator
) -> tuple[tuple[WorkerRecord, ...], tuple[AssignmentRecord, ...]]:
    """Staff every level; `UNSTAFFED` general grids get nobody."""
    roster = Roster(rng)
    general = [a for a in areas if a.level == "grid" and a.kind == "general"]
    with_micro = {a.parent for a in areas if a.level == "micro-grid"}
    candidates = [i for i, a in enumerate(general) if a.code not in with_micro and i % 40 > 2]
    empty = {general[int(i)].code for i in rng.choice(candidates, UNSTAFFED, replace=False)}
    staffed = [a for a in general if a.code not in empty]
    for area in staffed:
        roster.assign(roster.hire("w"), area.code, "grid_chief")
        for _ in range(1 + int(area.households > 420 and rng.random() < 0.7)):
            roster.assign(roster.hire("w"), area.code, "grid_worker")
    for first in rng.choice(len(staffed) - 1, PART_TIMERS, replace=False):
        worker = roster.hire("p")
        for area in staffed[int(first) : int(first) + 2]:
            roster.assign(worker, area.code, "part_time_worker")
    for area in areas:
        if area.kind == "exclusive":
            roster.assign(roster.hire("w"), area.code, "grid_chief")
            roster.assign(roster.hire("i"), area.code, "grid_instructor")
        elif area.level == "micro-grid":
            roster.assign(roster.hire("m"), area.code, "micro_grid_lead")
        elif area.level == "community":
            roster.assign(roster.hire("i"), area.code, "grid_instructor")
    for area in areas:
        for role in DESKS.get(area.level, ()):
            roster.assign(roster.hire("d"), area.code, role)
    return tuple(roster.workers), tuple(roster.assignments)
