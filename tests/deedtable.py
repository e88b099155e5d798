"""Who may do what from where, written by hand from the issue: the other book beside `states.py`.

A case in grid A1, reported by Wang of B1. From the dispatch on, Guo's lamps have it and He's garden
was whistled for. Both books must say the same; the tests of the deeds compare them by doing it all.
"""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User

from gis_grid.people.models import Assignment, Role, Worker
from incidents import actions
from incidents.models import Incident
from incidents.reports import Photo
from incidents.web.deeds import BODIES, DeedIn
from tests.world import NOW, World, add_units, inside, make_incident, order_of

FIELD, DESK, LEADER, HOLDER, ASSISTING, REPORTER = "FDLHAR"

FILED = "accepted dispatched in_progress"
HELD = "dispatched in_progress"
UNFILED = "reported pre_check"
BEFORE_ANSWER = f"{UNFILED} {FILED}"
OPEN = f"{BEFORE_ANSWER} answered verifying"

# deed: (for which sides, from which states)
TABLE: dict[str, tuple[str, str]] = {
    "accept": ("FD", UNFILED),
    "ask_check": ("D", "reported"),
    "check": ("F", "pre_check"),
    "refuse": ("D", f"{UNFILED} accepted"),
    "merge": ("D", f"{UNFILED} accepted dispatched"),
    "restore": ("D", "void"),
    "dispatch": ("D", FILED),
    "whistle": ("D", FILED),
    "decide": ("L", "accepted"),
    "start": ("F", "accepted"),
    "settle": ("F", "reported accepted"),
    "sign": ("H", "dispatched"),
    "arrive": ("FH", HELD),
    "return": ("H", HELD),
    "answer": ("H", "in_progress"),
    "ask_extension": ("H", HELD),
    "grant_extension": ("D", HELD),
    "refuse_extension": ("D", HELD),
    "suspend": ("D", HELD),
    "resume": ("D", HELD),
    "report_in": ("A", f"{HELD} answered"),
    "assist": ("A", f"{HELD} answered"),
    "register": ("D", "in_progress"),
    "ask_verify": ("D", "answered"),
    "pass": ("FD", "answered verifying"),
    "fail": ("FD", "answered verifying"),
    "close": ("D", "answered"),
    "rate": ("R", "closed"),
    "call_back": ("D", "closed"),
    "rate_help": ("DHA", "closed"),
    "reopen": ("DR", "closed"),
    "hand_over": ("FD", BEFORE_ANSWER),
    "move": ("FD", BEFORE_ANSWER),
    "correct": ("FD", BEFORE_ANSWER),
    "escalate": ("FDH", BEFORE_ANSWER),
    "press": ("D", FILED),
    "name_lead": ("D", BEFORE_ANSWER),
    "remark": ("FDHA", OPEN),
}

# What else has to be true, and is not in this case: the refusal, always 409.
UNFULFILLED = {
    "decide": "no_objection",
    "grant_extension": "extension_not_asked",
    "refuse_extension": "extension_not_asked",
    "resume": "not_suspended",
    "register": "extension_first",
    "close": "verify_on_site",
}

# What only the clock does in a state, so that it is the wrong person's step and not the wrong time.
CLOCK_ONLY = {"escalate": "answered verifying"}

# Who is who to the case: own territory above, others below. Only the called see it by the call.
SIDES = {
    "li": "F",  # works A1
    "zhao": "F",  # chief of the street
    "chen": "D",  # the district's desk
    "luo": "DL",  # leads the district
    "wang": "R",  # reported it, works B1
    "guo": "H",  # of the unit that has it
    "he": "A",  # of the unit that helps
    "sun": "",  # plans the district: sees, does nothing
    "root": "",  # administers: sees, does nothing
}
ELSEWHERE = {
    "qian": ("A2", Role.GRID_WORKER),
    "feng": ("B", Role.OPERATOR),
    "gao": ("B", Role.LEADER),
    "shen": ("B", Role.PLANNER),
}
STRANGERS = (*ELSEWHERE, "hua")  # Hua's unit serves everywhere, and was not called
CALLED = ("guo", "he")
PEOPLE = (*SIDES, *STRANGERS)
SEEN_BY_THE_CALLED = f"{HELD} answered verifying closed".split()


@dataclass(frozen=True)
class Answer:
    """What somebody who tries is told: a status and the refusal's code, "" for done."""

    status: int
    code: str = ""


DONE = Answer(200)


def version_after(deed: str, incident: Incident) -> int:
    """Return the version after a deed. Who arrives changes nothing that others look at."""
    return incident.version if deed == "arrive" else incident.version + 1


def expected(deed: str, state: str, name: str) -> Answer:
    """Return what the hand-written table says."""
    if name in STRANGERS or (name in CALLED and state not in SEEN_BY_THE_CALLED):
        return Answer(404, "incident_not_found")
    sides, states = TABLE[deed]
    if not SIDES[name]:
        return Answer(403, "not_yours")
    if state in CLOCK_ONLY.get(deed, "").split():
        return Answer(403, "not_your_step")
    if state not in states.split():
        return Answer(409, "not_now")
    if not set(sides) & set(SIDES[name]):
        return Answer(403, "not_your_step")
    return Answer(409, UNFULFILLED[deed]) if deed in UNFULFILLED else DONE


def settle_people(world: World) -> None:
    """Add the units' members, the leader, and those of other territories."""
    add_units(world)
    for name, (code, role) in ELSEWHERE.items():
        user = User.objects.create(username=name)
        worker = Worker.objects.create(code=name, name=name.title(), user=user)
        Assignment.objects.create(worker=worker, area=world.areas[code], role=role)
        world.users[name] = user


WAY: list[tuple[str, str]] = [
    ("accept", "chen"),
    ("whistle", "chen"),
    ("sign", "guo"),
    ("answer", "guo"),
    ("ask_verify", "chen"),
    ("pass", "zhao"),
]


def at_state(world: World, state: str) -> Incident:
    """Return the case in a state, by the straight way."""
    incident = make_incident(world, by="wang")
    if state in ("pre_check", "void"):
        deed = "ask_check" if state == "pre_check" else "refuse"
        return act(world, deed, incident, "chen")
    for deed, name in WAY:
        if incident.state == state:
            break
        incident = act(world, deed, incident, name)
    assert incident.state == state
    return incident


def act(world: World, deed: str, incident: Incident, name: str, **changes: Any) -> Incident:
    """Do a deed with what its form asks."""
    order = order_of(world, name, incident, at=NOW, photos=photos_for(deed), **changes)
    done: Incident = actions.DEEDS[deed](incident.pk, order, **details_for(deed, name, incident))
    return done


def details_for(deed: str, name: str, incident: Incident) -> dict[str, Any]:
    """Return what the form of a deed asks beyond words and photos, as its function takes it."""
    form = form_for(deed, name, incident)
    body_type = BODIES.get(deed, DeedIn)
    body = body_type.model_validate({"id": str(uuid4()), "seen_version": 1, **form})
    return body.details()


def form_for(deed: str, name: str, incident: Incident) -> dict[str, Any]:
    """Return the same as JSON."""
    if deed == "merge":
        others = Incident.objects.exclude(pk=incident.pk).values_list("pk", flat=True)
        return {"into": str(others[0])}
    if deed == "rate_help" and name == "guo":
        return FORMS[deed] | {"unit": "lamps"}
    return FORMS.get(deed, {})


FORMS: dict[str, dict[str, Any]] = {
    "arrive": {"spot": {"position": {"type": "Point", "coordinates": list(inside())}}},
    "check": {"finding": "exists"},
    "refuse": {"reason": "test"},
    "dispatch": {"to": {"unit": "office"}},
    "decide": {"to": {"unit": "office"}},
    "whistle": {"lead": "lamps", "assisting": ["garden"]},
    "return": {"reason": "not_our_duty", "proposed": {"unit": "office"}},
    "ask_extension": {"more": {"amount": 2, "kind": "hours"}},
    "suspend": {"reason": "weather"},
    "pass": {"spot": {"position": {"type": "Point", "coordinates": list(inside())}}},
    "rate": {"stars": 4},
    "rate_help": {"stars": 4, "unit": "garden"},
    "call_back": {"reached": True, "resolved": True},
    "hand_over": {"area": "A2"},
    "move": {"position": {"type": "Point", "coordinates": list(inside(0.6))}},
    "correct": {"category": "manhole"},
    "name_lead": {"worker": "zhao"},
}


def photos_for(deed: str) -> tuple[Photo, ...]:
    """Return the photos that a deed cannot do without."""
    return (Photo(uuid4(), "5e" * 32, "verify"),) if deed == "pass" else ()
