"""What each form asks of a worker, read off the bodies the API takes and the table of deeds. Pure.

Nothing here is typed in twice: a field that becomes required in a body shows up by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from incidents import states

Words = str | Promise

# The rule this product sets itself: no form asks a worker for more than this by hand.
MOST_BY_HAND = 4
WORKERS = frozenset({states.FIELD, states.HOLDER, states.ASSISTING})
REPORT = "report"

# What a phone knows without asking anybody.
FILLED_BY_PHONE = frozenset(
    {
        "id",
        "seen_version",
        "position",
        "datum",
        "accuracy_m",
        "method",
        "fixed_at",
        "recorded_at",
        "spot",
    }
)
# A corrected pin is put somewhere else by hand.
BY_HAND_ALL_THE_SAME = {("move", "position")}
PHOTOS = frozenset({"after_photo", "photo"})

FORM_WORDS: dict[str, Words] = {
    REPORT: _("Report"),
    "accept": _("Accept"),
    "check": _("Say what a pre-check found"),
    "start": _("Do it oneself"),
    "settle": _("Settle on the spot"),
    "sign": _("Sign for it"),
    "arrive": _("Say one has arrived"),
    "return": _("Give it back"),
    "answer": _("Answer"),
    "ask_extension": _("Ask for more time"),
    "report_in": _("Report in"),
    "assist": _("Answer as an assisting unit"),
    "pass": _("Verify: settled"),
    "fail": _("Verify: not settled"),
    "rate_help": _("Rate a whistle"),
    "hand_over": _("Hand over to another grid"),
    "move": _("Correct the place"),
    "correct": _("Correct the category"),
    "escalate": _("Escalate"),
    "remark": _("Remark"),
}
FIELD_WORDS: dict[str, Words] = {
    "category": _("category"),
    "note": _("words"),
    "finding": _("finding"),
    "reason": _("reason"),
    "proposed": _("whose it is instead"),
    "more": _("how much more time"),
    "unit": _("unit"),
    "stars": _("stars"),
    "area": _("area"),
    "position": _("place"),
}


@dataclass(frozen=True)
class Form:
    """One form. `required` are all fields it must have; `by_hand` those a person fills in.

    `photo`: it asks for one, where the category wants photos.
    """

    deed: str
    required: tuple[str, ...]
    by_hand: tuple[str, ...]
    photo: bool

    @property
    def label(self) -> Words:
        """What the form is for."""
        return FORM_WORDS[self.deed]

    @property
    def by_phone(self) -> int:
        """How many required fields the phone fills in."""
        return len(self.required) - len(self.by_hand)

    @property
    def asked(self) -> list[Words]:
        """The fields a person fills in, in words."""
        return [FIELD_WORDS[name] for name in self.by_hand]

    @property
    def note(self) -> bool:
        """Whether it asks for words."""
        return "note" in self.by_hand

    @property
    def too_much(self) -> bool:
        """Whether it breaks the rule."""
        return len(self.by_hand) > MOST_BY_HAND


def worker_forms(
    report: type[BaseModel], deeds: Mapping[str, type[BaseModel]], plain: type[BaseModel]
) -> list[Form]:
    """Return the forms workers fill in: the report, then the deeds in the table's order.

    `deeds`: the body of each deed that has one of its own; the others take `plain`.
    """
    asks: dict[str, frozenset[str]] = {}
    for row in states.TRANSITIONS:
        if row.by & WORKERS:
            asks[row.deed] = asks.get(row.deed, frozenset()) | set(row.asks)
    return [
        _form(REPORT, report, PHOTOS),
        *(_form(deed, deeds.get(deed, plain), asked) for deed, asked in asks.items()),
    ]


def _form(deed: str, body: type[BaseModel], asks: frozenset[str]) -> Form:
    required = [name for name, field in body.model_fields.items() if field.is_required()]
    if "note" in asks:
        required.append("note")
    by_hand = [
        name
        for name in required
        if name not in FILLED_BY_PHONE or (deed, name) in BY_HAND_ALL_THE_SAME
    ]
    return Form(deed, tuple(required), tuple(by_hand), photo=bool(asks & PHOTOS))
