"""The life cycle as one table: which deed leads from which state to which, and who may do it.

Pure: knows words, not tables. Overdue, escalated, suspended, rated are no states; they follow from
the clock and the log. A new state or deed is a new row here and its words in `models`. The
diagram and the tables of `docs/lifecycle.md` are made from this module.
"""

from collections.abc import Set
from dataclasses import dataclass

REPORTED = "reported"
PRE_CHECK = "pre_check"
ACCEPTED = "accepted"
DISPATCHED = "dispatched"
IN_PROGRESS = "in_progress"
ANSWERED = "answered"
VERIFYING = "verifying"
CLOSED = "closed"
VOID = "void"

STATES = (
    REPORTED,
    PRE_CHECK,
    ACCEPTED,
    DISPATCHED,
    IN_PROGRESS,
    ANSWERED,
    VERIFYING,
    CLOSED,
    VOID,
)
ENDED_STATES = frozenset({CLOSED, VOID})
OPEN_STATES = frozenset(STATES) - ENDED_STATES
UNFILED = (REPORTED, PRE_CHECK)
WITH_HOLDER = (DISPATCHED, IN_PROGRESS)

FIELD = "field"  # somebody assigned to the incident's area
DESK = "desk"  # the command centre of a territory that holds it
LEADER = "leader"  # a leader of such a territory
HOLDER = "holder"  # whom it is dispatched to: the unit's members, or the area's people
ASSISTING = "assisting"  # members of a unit that was whistled for and has not answered
REPORTER = "reporter"  # who reported it, by login or by the signed link
SYSTEM = "system"  # the worker process, by the clock

BEFORE = "before"  # a target: the state that the deed now undone had left


@dataclass(frozen=True)
class Transition:
    """One deed: where it may be done, where it leads, by whom, and what its form asks.

    `target` None: the state stays. `on_new_owner`: where it leads instead when the deed gives the
    incident to another area. `second_person`: who handled it may not do this.
    """

    deed: str
    sources: tuple[str, ...]
    target: str | None
    by: frozenset[str]
    asks: tuple[str, ...] = ()
    on_new_owner: str | None = None
    second_person: bool = False

    @property
    def needs_note(self) -> bool:
        """Whether words are asked for."""
        return "note" in self.asks


def _by(*sides: str) -> frozenset[str]:
    return frozenset(sides)


_BEFORE_DISPATCH = (REPORTED, PRE_CHECK, ACCEPTED)
_BEFORE_ANSWER = (REPORTED, PRE_CHECK, ACCEPTED, DISPATCHED, IN_PROGRESS)

TRANSITIONS = (
    # 受理, 立案: is it a case?
    Transition("accept", UNFILED, ACCEPTED, _by(FIELD, DESK)),
    Transition("ask_check", (REPORTED,), PRE_CHECK, _by(DESK)),
    Transition("check", (PRE_CHECK,), REPORTED, _by(FIELD), ("finding",)),
    Transition("refuse", _BEFORE_DISPATCH, VOID, _by(DESK), ("reason", "note")),
    Transition("merge", (*_BEFORE_DISPATCH, DISPATCHED), VOID, _by(DESK), ("into",)),
    Transition("restore", (VOID,), BEFORE, _by(DESK)),
    # 派遣: who handles it?
    Transition("dispatch", (ACCEPTED, *WITH_HOLDER), DISPATCHED, _by(DESK, SYSTEM), ("to",)),
    Transition("whistle", (ACCEPTED, *WITH_HOLDER), DISPATCHED, _by(DESK), ("units", "note")),
    Transition("decide", (ACCEPTED,), DISPATCHED, _by(LEADER), ("to", "note")),
    Transition("start", (ACCEPTED,), IN_PROGRESS, _by(FIELD)),
    Transition("settle", (REPORTED, ACCEPTED), CLOSED, _by(FIELD), ("note", "after_photo")),
    # 处置: the one who has it.
    Transition("sign", (DISPATCHED,), IN_PROGRESS, _by(HOLDER)),
    Transition("arrive", WITH_HOLDER, None, _by(HOLDER, FIELD), ("place",)),
    Transition("return", WITH_HOLDER, ACCEPTED, _by(HOLDER), ("reason", "proposed", "note")),
    Transition("answer", (IN_PROGRESS,), ANSWERED, _by(HOLDER), ("note", "after_photo")),
    Transition("ask_extension", WITH_HOLDER, None, _by(HOLDER), ("more", "note")),
    Transition("grant_extension", WITH_HOLDER, None, _by(DESK)),
    Transition("refuse_extension", WITH_HOLDER, None, _by(DESK), ("note",)),
    Transition("suspend", WITH_HOLDER, None, _by(DESK), ("reason", "note")),
    Transition("resume", WITH_HOLDER, None, _by(DESK)),
    Transition("report_in", (*WITH_HOLDER, ANSWERED), None, _by(ASSISTING)),
    Transition("assist", (*WITH_HOLDER, ANSWERED), None, _by(ASSISTING), ("note",)),
    Transition("register", (IN_PROGRESS,), None, _by(DESK), ("note",)),
    # 核查, 结案: somebody else looks.
    Transition("ask_verify", (ANSWERED,), VERIFYING, _by(DESK)),
    Transition(
        "pass",
        (ANSWERED, VERIFYING),
        CLOSED,
        _by(FIELD, DESK),
        ("place", "photo"),
        second_person=True,
    ),
    Transition(
        "fail",
        (ANSWERED, VERIFYING),
        IN_PROGRESS,
        _by(FIELD, DESK),
        ("note", "place"),
        second_person=True,
    ),
    Transition("close", (ANSWERED,), CLOSED, _by(DESK), second_person=True),
    # 评价, 回访: was it settled?
    Transition("rate", (CLOSED,), None, _by(REPORTER), ("stars",)),
    Transition("call_back", (CLOSED,), None, _by(DESK), ("answers",)),
    Transition("rate_help", (CLOSED,), None, _by(DESK, HOLDER, ASSISTING), ("stars", "unit")),
    Transition("reopen", (CLOSED,), ACCEPTED, _by(DESK, REPORTER), ("note",)),
    # At any time while it is open.
    Transition(
        "hand_over",
        _BEFORE_ANSWER,
        None,
        _by(FIELD, DESK),
        ("area", "note"),
        on_new_owner=ACCEPTED,
    ),
    Transition(
        "move", _BEFORE_ANSWER, None, _by(FIELD, DESK), ("position",), on_new_owner=ACCEPTED
    ),
    Transition(
        "correct", _BEFORE_ANSWER, None, _by(FIELD, DESK), ("category",), on_new_owner=ACCEPTED
    ),
    Transition("reroute", _BEFORE_ANSWER, None, _by(SYSTEM), on_new_owner=ACCEPTED),
    Transition("reroute", (ANSWERED, VERIFYING), None, _by(SYSTEM)),
    Transition("escalate", _BEFORE_ANSWER, None, _by(FIELD, DESK, HOLDER, SYSTEM), ("note",)),
    Transition("escalate", (ANSWERED, VERIFYING), None, _by(SYSTEM)),
    Transition("press", (ACCEPTED, *WITH_HOLDER), None, _by(DESK), ("note",)),
    Transition("name_lead", _BEFORE_ANSWER, None, _by(DESK), ("worker",)),
    Transition(
        "remark",
        (*_BEFORE_ANSWER, ANSWERED, VERIFYING),
        None,
        _by(FIELD, DESK, HOLDER, ASSISTING),
        ("note",),
    ),
    # By the clock.
    Transition("remind", tuple(s for s in STATES if s in OPEN_STATES), None, _by(SYSTEM)),
    Transition("overdue", tuple(s for s in STATES if s in OPEN_STATES), None, _by(SYSTEM)),
    Transition("stuck", tuple(s for s in STATES if s in OPEN_STATES), None, _by(SYSTEM)),
)

DEEDS = tuple(dict.fromkeys(row.deed for row in TRANSITIONS))


def transition(deed: str, state: str) -> Transition | None:
    """Return the row for a deed in a state, or None when the table has none."""
    return next((row for row in TRANSITIONS if row.deed == deed and state in row.sources), None)


def deeds_from(state: str, sides: Set[str]) -> list[str]:
    """Return the deeds open to somebody who acts for these sides, in the table's order."""
    return [row.deed for row in TRANSITIONS if state in row.sources and row.by & sides]
