"""The life cycle as one table: which deed leads from which state to which, and who may do it.

Pure: knows words, not tables. Overdue, escalated and notified are not states; they follow from
the clock and the log. A new state or deed is a new row here and its words in `models.py`.
"""

from collections.abc import Set
from dataclasses import dataclass

REPORTED = "reported"
ACCEPTED = "accepted"
IN_PROGRESS = "in_progress"
CLOSED = "closed"

STATES = (REPORTED, ACCEPTED, IN_PROGRESS, CLOSED)
OPEN_STATES = frozenset({REPORTED, ACCEPTED, IN_PROGRESS})

FIELD = "field"  # somebody assigned to the incident's area
DESK = "desk"  # the command centre of a territory that holds it


@dataclass(frozen=True)
class Transition:
    """One deed: what it is called, where it leads, who may do it, whether words are needed."""

    deed: str
    source: str
    target: str
    by: frozenset[str]
    needs_note: bool = False


TRANSITIONS = (
    Transition("accept", REPORTED, ACCEPTED, by=frozenset({FIELD, DESK})),
    Transition("start", ACCEPTED, IN_PROGRESS, by=frozenset({FIELD, DESK})),
    Transition("close", IN_PROGRESS, CLOSED, by=frozenset({FIELD, DESK}), needs_note=True),
)

DEEDS = frozenset(transition.deed for transition in TRANSITIONS)


def transition(deed: str, state: str) -> Transition | None:
    """Return the row for a deed in a state, or None when the table has none."""
    return next((row for row in TRANSITIONS if row.deed == deed and row.source == state), None)


def deeds_from(state: str, sides: Set[str]) -> list[str]:
    """Return the deeds open to somebody who acts for these sides, in the table's order."""
    return [row.deed for row in TRANSITIONS if row.source == state and row.by & sides]
