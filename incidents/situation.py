"""Where one incident stands for one person: who they are to it, and what they may do now.

The table of `states.py` says what leads where; the guards here say what else must be true. A
screen offers what `deeds_open` lists, a deed asks `allowed`: the two cannot disagree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.access import Actor
from gis_grid.errors import Conflict, Forbidden, GridError
from gis_grid.people.models import DESK_ROLES, FIELD_ROLES, HandlingUnit, Role
from gis_grid.territory.paths import ancestors_of
from incidents import states
from incidents.models import Dispatch, Extension, Incident, Outcome, Part, VerifyRule
from incidents.states import Transition


@dataclass
class Situation:
    """An incident, who is looking (None: the product, or a reporter by link), and when.

    `side` is for those who have no login: REPORTER by the signed link, SYSTEM by the clock.
    """

    incident: Incident
    actor: Actor | None
    at: datetime
    side: str = states.SYSTEM

    @cached_property
    def dispatches(self) -> list[Dispatch]:
        """All there were, oldest first, with unit, area and extensions."""
        if self.incident.dispatch_id is None:
            return []
        return list(self.incident.dispatches.in_full())

    @cached_property
    def units(self) -> frozenset[int]:
        """The handling units this person acts for today."""
        return _units_of(self.actor) if self.actor else frozenset()

    @property
    def current(self) -> Dispatch | None:
        """Whom the case was given to last, as lead."""
        wanted = self.incident.dispatch_id
        return next((each for each in self.dispatches if each.pk == wanted), None)

    @property
    def question(self) -> Extension | None:
        """The extension that waits for an answer."""
        extensions = self.current.extensions.all() if self.current else []
        return next((each for each in extensions if each.granted is None), None)

    @property
    def granted(self) -> int:
        """How many extensions the present holder has had."""
        extensions = self.current.extensions.all() if self.current else []
        return sum(1 for each in extensions if each.granted)

    @cached_property
    def sides(self) -> frozenset[str]:
        """For which sides of the table this person may act here."""
        if self.actor is None:
            return frozenset({self.side})
        return frozenset(_territorial(self.actor, self.incident) | self._called(self.actor))

    @cached_property
    def handled(self) -> bool:
        """Whether this person handled the case, and so may not verify it."""
        if self.actor is None:
            return False
        who = self.actor.user.pk
        return any(who in (each.signed_by_id, each.answered_by_id) for each in self.dispatches)

    def calls(self, actor: Actor) -> list[Dispatch]:
        """Return the dispatches this actor belongs to, by a unit or an area."""
        units = self.units if any(each.unit_id for each in self.dispatches) else frozenset()
        return [
            each
            for each in self.dispatches
            if (each.unit_id in units if each.area is None else answers_for(actor, each.area.path))
        ]

    def _called(self, actor: Actor) -> set[str]:
        sides = set()
        for each in self.calls(actor):
            if each.pk == self.incident.dispatch_id and each.outcome in ("", Outcome.ANSWERED):
                sides.add(states.HOLDER)
            elif each.part == Part.ASSIST and each.outcome != Outcome.REDIRECTED:
                sides.add(states.ASSISTING)
        return sides


def answers_for(actor: Actor, path: str) -> bool:
    """Return whether the actor is field staff of an area or of one above it."""
    own = actor.own_areas.intersection(ancestors_of(path))
    return bool(own) and actor.is_any_of(FIELD_ROLES)


def allowed(deed: str, situation: Situation) -> Transition:
    """Return the row of the table that allows a deed here and now, or raise why not."""
    if not situation.sides:
        raise Forbidden("not_yours", _("Another grid answers for this incident."))
    row = states.transition(deed, situation.incident.state)
    if row is None:
        raise Conflict("not_now", _("This step is not possible in the incident's present state."))
    if not row.by & situation.sides:
        raise Forbidden("not_your_step", _("This step is for somebody else to take."))
    refusal = _refusal(row, situation)
    if refusal is not None:
        raise refusal
    return row


def deeds_open(situation: Situation) -> list[str]:
    """Return the deeds open to this person now, in the table's order."""
    return [
        row.deed
        for row in states.TRANSITIONS
        if situation.incident.state in row.sources
        and row.by & situation.sides
        and _refusal(row, situation) is None
    ]


def _territorial(actor: Actor, incident: Incident) -> set[str]:
    sides = set()
    if answers_for(actor, incident.area_path):
        sides.add(states.FIELD)
    if actor.is_any_of(DESK_ROLES) and actor.territory.holds(incident.area_path):
        sides.add(states.DESK)
        if Role.LEADER in actor.roles:
            sides.add(states.LEADER)
    if actor.worker and actor.worker.pk == incident.reporter_id:
        sides.add(states.REPORTER)
    return sides


def _units_of(actor: Actor) -> frozenset[int]:
    if actor.worker is None:
        return frozenset()
    units = HandlingUnit.objects.of(actor.worker, timezone.localdate())
    return frozenset(units.values_list("pk", flat=True))


# --- what else must be true -------------------------------------------------------------------

# The first line of each says what has to be true; docs/lifecycle.md is made from it.
Guard = Callable[[Situation], GridError | None]


def _refusal(row: Transition, situation: Situation) -> GridError | None:
    if row.second_person and situation.handled:
        return Forbidden(
            "second_person", _("Who handled a case may not verify it. Somebody else has to look.")
        )
    guard = GUARDS.get(row.deed)
    return guard(situation) if guard else None


def _not_in_objection(situation: Situation) -> GridError | None:
    """No objection is open: after two returns a leader decides."""
    if not situation.incident.in_objection:
        return None
    return Conflict(
        "in_objection",
        _("It was returned too often. A leader now decides whose it is."),
    )


def _in_objection(situation: Situation) -> GridError | None:
    """An objection is open."""
    if situation.incident.in_objection:
        return None
    return Conflict("no_objection", _("Nobody objects: it can be dispatched as usual."))


def _may_return(situation: Situation) -> GridError | None:
    """No leader has decided whose it is."""
    if situation.current and situation.current.final:
        return Conflict(
            "decided", _("A leader decided after objections. It cannot be returned again.")
        )
    return None


def _may_extend(situation: Situation) -> GridError | None:
    """No other extension waits for an answer, the set number is not used up, the clock runs."""
    if situation.question:
        return Conflict("extension_asked", _("More time has been asked for already."))
    if situation.granted >= settings.MAX_EXTENSIONS:
        return Conflict("extensions_used", _("There is no further extension for this case."))
    return _running(situation)


def _asked(situation: Situation) -> GridError | None:
    """An extension waits for an answer."""
    if situation.question:
        return None
    return Conflict("extension_not_asked", _("Nobody asks for more time."))


def _running(situation: Situation) -> GridError | None:
    """The clock is not suspended."""
    if situation.incident.suspended_at is None:
        return None
    return Conflict("suspended", _("The case is suspended. Resume it first."))


def _suspended(situation: Situation) -> GridError | None:
    """The clock is suspended."""
    if situation.incident.suspended_at is not None:
        return None
    return Conflict("not_suspended", _("The case is not suspended."))


def _may_register(situation: Situation) -> GridError | None:
    """The set number of extensions was granted, and it is not registered yet."""
    if situation.incident.registered_at is not None:
        return Conflict("registered", _("It stands in the list of open problems already."))
    if situation.granted < settings.MAX_EXTENSIONS:
        return Conflict(
            "extension_first", _("Only what an extension could not settle is an open problem.")
        )
    return None


def _assists(situation: Situation) -> GridError | None:
    """The unit has not given its answer yet."""
    actor = situation.actor
    calls = situation.calls(actor) if actor else []
    if any(each.part == Part.ASSIST and each.ended_at is None for each in calls):
        return None
    return Conflict("answered_before", _("Your unit has given its answer already."))


def _reports_in(situation: Situation) -> GridError | None:
    """The unit has neither reported in nor given its answer yet."""
    actor = situation.actor
    calls = situation.calls(actor) if actor else []
    if any(each.part == Part.ASSIST and each.signed_at is None for each in calls):
        return _assists(situation)
    return Conflict("reported_in", _("Your unit has reported in already."))


def _by_evidence(situation: Situation) -> GridError | None:
    """The category is verified by the evidence sent in."""
    if situation.incident.category.verify == VerifyRule.DESK:
        return None
    return Conflict("verify_on_site", _("This category is verified on the spot before closing."))


def _may_reopen(situation: Situation) -> GridError | None:
    """It was closed no longer than the set number of days ago."""
    closed_at = situation.incident.closed_at
    until = closed_at + timedelta(days=settings.REOPEN_DAYS) if closed_at else None
    if until and situation.at <= until:
        return None
    return Conflict(
        "reopen_too_late",
        _("It was closed more than %(days)d days ago. Please report it anew.")
        % {"days": settings.REOPEN_DAYS},
    )


def _not_rated(situation: Situation) -> GridError | None:
    """This closing was not rated yet."""
    incident = situation.incident
    if any(each.closing == incident.reopenings for each in incident.ratings.all()):
        return Conflict("rated_before", _("This closing was rated already. Thank you."))
    return None


def _whistled(situation: Situation) -> GridError | None:
    """A unit was whistled for."""
    if any(each.whistle for each in situation.dispatches):
        return None
    return Conflict("no_whistle", _("No unit was whistled for in this case."))


def _not_merged_onto(situation: Situation) -> GridError | None:
    """No other incident was merged into it."""
    if situation.incident.merged.exists():
        return Conflict(
            "has_duplicates", _("Others were merged into this one. Merge those into the same one.")
        )
    return None


GUARDS: dict[str, Guard] = {
    "dispatch": _not_in_objection,
    "whistle": _not_in_objection,
    "start": _not_in_objection,
    "decide": _in_objection,
    "return": _may_return,
    "ask_extension": _may_extend,
    "grant_extension": _asked,
    "refuse_extension": _asked,
    "suspend": _running,
    "resume": _suspended,
    "answer": _running,
    "register": _may_register,
    "report_in": _reports_in,
    "assist": _assists,
    "close": _by_evidence,
    "reopen": _may_reopen,
    "rate": _not_rated,
    "rate_help": _whistled,
    "merge": _not_merged_onto,
}
