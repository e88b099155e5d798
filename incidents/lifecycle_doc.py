"""The page docs/lifecycle.md, made from the table: states, deeds, guards, and a diagram.

A test compares the page with what this makes, so neither can be forgotten.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import override

from incidents import states
from incidents.models import State
from incidents.situation import GUARDS
from incidents.states import Transition

SIDES = {
    states.FIELD: "field: who answers for the incident's area, or for one above it",
    states.DESK: "desk: operators and leaders of a territory that holds it",
    states.LEADER: "leader: a leader of such a territory",
    states.HOLDER: "holder: whom it is dispatched to, the unit's members or the area's people",
    states.ASSISTING: "assisting: members of a unit that was whistled for",
    states.REPORTER: "reporter: who reported it, by login or by the signed link",
    states.SYSTEM: "system: the worker process, by the clock",
}
ASKS = {
    "note": "words",
    "after_photo": "a photo from after, if the category requires photos",
    "photo": "a photo from there",
    "place": "where one stands",
    "to": "a unit or an area",
    "units": "a lead unit and assisting units",
    "reason": "a reason from the list",
    "proposed": "whose it is instead",
    "more": "how much more time",
    "finding": "what was found",
    "into": "the incident it repeats",
    "stars": "1 to 5 stars",
    "unit": "which unit",
    "answers": "reached, resolved, satisfied",
    "area": "an area",
    "position": "the place",
    "category": "a category",
    "worker": "a staff number",
}
BEFORE_WORDS = "reported or accepted, as it was before"
START = "[*]"

INTRO = """# The life of an incident

`./gridctl manage lifecycle` makes this page from `incidents/states.py` and
`incidents/situation.py`; change those and run it again.

A **state** says what is waited for. Overdue, escalated, suspended, an open problem, rated: those
are no states, they follow from the clock and the log. A **deed** leads from a state to a state,
or leaves it where it is; each takes one transaction and leaves exactly one event. Who does it
acts for a **side**.
"""
AFTER_DIAGRAM = """
The diagram leaves out the deeds that keep the state, and those of the system. The same as a
table:
"""
AFTER_DEEDS = """
*(stays)*: the state stays. *Second person*: whoever signed or answered the case may not do this.
*On a new owner*: where it leads instead, if it was ever dispatched, when the incident gets
another area by it.

What a form asks may be less: `dispatch` without a name goes by rule; `pass` asks for place and
photo only where the category is verified on the spot, and `fail` keeps a place if there is one.
Two deeds may take a case from its holder: `correct` leads to accepted when the holder may not
receive the new category, `fail` when the answer came from people of an area that has lost the
incident to a redrawn border.

A deed is refused with 404 when the incident is out of sight, with 403 `not_yours` or
`not_your_step` when it is for another side, with 409 `not_now` when the table has no such line,
with 409 `stale` when somebody was first; the answer then carries what is now. With 409, too, when
a guard is not fulfilled:
"""
AFTER_GUARDS = """
## Two ways past the table

A report may be closed with itself: found and settled on the spot (自行处置), event `settle`. And
`./gridctl manage import_incidents` brings in old cases as accepted, closed or void, event
`import`.
"""


def page() -> str:
    """Return the whole page as Markdown."""
    return "\n".join(
        [
            INTRO,
            "## States\n",
            *_table(("state", "中文", "meaning"), map(_state, states.STATES)),
            "\n## Sides\n",
            *(f"- **{name}**: {words.partition(': ')[2]}" for name, words in SIDES.items()),
            "\n## Diagram\n",
            "```mermaid",
            *_diagram(),
            "```",
            AFTER_DIAGRAM,
            *_table(("from", "deed", "to"), _moves()),
            "\n## Deeds\n",
            *_table(("deed", "from", "to", "by", "asks"), map(_deed, states.TRANSITIONS)),
            AFTER_DEEDS,
            *_table(("deed", "what has to be true"), _guards()),
            AFTER_GUARDS,
        ]
    )


MEANINGS = {
    states.REPORTED: "somebody has to say whether it is a case",
    states.PRE_CHECK: "a worker near by looks whether it is there",
    states.ACCEPTED: "filed as a case; somebody has to say who handles it",
    states.DISPATCHED: "somebody has it and has not signed; their clock runs",
    states.IN_PROGRESS: "the holder has signed and handles it",
    states.ANSWERED: "the holder says it is settled, with evidence",
    states.VERIFYING: "a second person looks whether it is",
    states.CLOSED: "verified and ended; it may be rated, called back, reopened",
    states.VOID: "not a case, or merged into another; may be restored",
}


def _state(state: str) -> tuple[str, str, str]:
    return f"`{state}`", _chinese(state), MEANINGS[state]


def _chinese(state: str) -> str:
    with override("zh-hans"):
        return str(State(state).label)


def _moving() -> Iterator[tuple[str, str, str]]:
    """Yield (state, deed, target) for what people do and what leads elsewhere."""
    for row in states.TRANSITIONS:
        if row.target is None or row.by == {states.SYSTEM}:
            continue
        targets = (
            (states.REPORTED, states.ACCEPTED) if row.target == states.BEFORE else [row.target]
        )
        yield from ((s, row.deed, target) for s in row.sources for target in targets)


def _diagram() -> Iterator[str]:
    yield "stateDiagram-v2"
    yield f"    {START} --> {states.REPORTED}: report"
    arrows: dict[tuple[str, str], list[str]] = {}
    for source, deed, target in _moving():
        arrows.setdefault((source, target), []).append(deed)
    for (source, target), deeds in arrows.items():
        yield f"    {source} --> {target}: {', '.join(deeds)}"
    yield from (f"    {state} --> {START}" for state in states.STATES if state == states.CLOSED)


def _moves() -> Iterator[tuple[str, str, str]]:
    rows: dict[tuple[str, str], list[str]] = {}
    for source, deed, target in _moving():
        rows.setdefault((source, deed), []).append(target)
    for (source, deed), targets in rows.items():
        yield source, f"`{deed}`", " or ".join(targets)


def _deed(row: Transition) -> tuple[str, str, str, str, str]:
    asked = "; ".join(ASKS[each] for each in row.asks)
    by = ", ".join(side for side in SIDES if side in row.by)
    second = " *(second person)*" if row.second_person else ""
    return f"`{row.deed}`", ", ".join(row.sources), _target(row), f"{by}{second}", asked


def _target(row: Transition) -> str:
    words = BEFORE_WORDS if row.target == states.BEFORE else row.target or "*(stays)*"
    return f"{words}; on a new owner: {row.on_new_owner}" if row.on_new_owner else words


def _guards() -> Iterator[tuple[str, str]]:
    for deed in states.DEEDS:
        guard = GUARDS.get(deed)
        if guard is not None:
            yield f"`{deed}`", (guard.__doc__ or "").partition("\n")[0]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _line(header)
    yield _line(["---"] * len(header))
    yield from map(_line, rows)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
