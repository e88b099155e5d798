"""Which ways of OpenStreetMap one may walk: a table to read, to discuss and to change.

Change `VERSION` with every change: a run stores it, and networks of another version are rebuilt.
Modelled on the community's access tags and their defaults; local habits may differ. Not modelled:
steps, slopes and waiting at crossings (they cost metres only), and one-way rules for people.
"""

from enum import IntEnum
from typing import Protocol

VERSION = "1"


class Tags(Protocol):
    """Keys and values of one object; a dict will do."""

    def get(self, key: str, default: str = ...) -> str | None:
        """Return a value, or the default."""

    def __getitem__(self, key: str, /) -> str:
        """Return a value that is there."""

    def __contains__(self, key: str, /) -> bool:
        """Return whether there is a value."""


class Way(IntEnum):
    """What a piece of the network is; the value is stored."""

    STREET = 0
    GATED = 1  # inside a compound or on private ground: walked when its gates are open
    GATE = 2  # a gate in a way, 0 m long: there when gates are open
    LOCK = 3  # a gate that one can walk around: it has no inside
    SURVEYED = 4  # a path that people of the place know and the map did not


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Of `highway=*`: where people walk unless something says otherwise.
WALKED = _words(
    """
    footway path pedestrian steps living_street residential service track unclassified road
    cycleway bridleway corridor platform tertiary tertiary_link secondary secondary_link
    primary primary_link
    """
)
# Only where `foot` or a sidewalk says that one may.
WALKED_IF_SAID = frozenset({"trunk", "trunk_link", "busway"})

ALLOWED = frozenset({"yes", "designated", "permissive", "destination", "official", "public"})
# `use_sidepath`: the path beside it is a way of its own.
FORBIDDEN = frozenset({"no", "use_sidepath"})
PRIVATE = frozenset({"private", "customers", "delivery", "permit", "residents"})
SIDEWALKS = frozenset({"both", "left", "right", "yes"})
# Tags that say who may walk, the telling one first.
ACCESS = ("foot", "access")

# Of `barrier=*` at a point of a way: what can be shut. Bollards, kerbs and stiles let people by.
GATES = _words(
    """
    gate lift_gate swing_gate sliding_gate hampshire_gate kissing_gate turnstile
    full-height_turnstile wicket_gate border_control sally_port chain
    """
)
SHUT = frozenset({"no", "private", "residents", "permit", "customers"})

# What nobody walks through, as lines. Bridges and tunnels cross by the ways they carry.
WALLS = _words(
    """
    wall fence city_wall retaining_wall guard_rail hedge noise_barrier wire_fence
    """
)
WATER = frozenset({"river", "canal", "riverbank", "dock"})
RAILS = frozenset({"rail", "light_rail", "narrow_gauge", "funicular", "monorail"})
EXPRESS = frozenset({"motorway", "motorway_link"})


def walked(tags: Tags) -> Way | None:
    """Return what a way is to people on foot; None where they may not walk."""
    kind = tags.get("highway")
    said = _said(tags)
    if kind is None or said in FORBIDDEN:
        return None
    if kind in WALKED_IF_SAID or tags.get("motorroad") == "yes":
        beside = SIDEWALKS & {tags.get(name, "") for name in ("sidewalk", "sidewalk:both")}
        return Way.STREET if said in ALLOWED or beside else None
    if kind not in WALKED:
        return None
    return Way.GATED if said in PRIVATE else Way.STREET


def is_gate(tags: Tags) -> bool:
    """Return whether a point of a way can be shut to strangers."""
    if tags.get("barrier") in GATES:
        return True
    return "barrier" in tags and _said(tags) in SHUT


def is_barrier(tags: Tags) -> bool:
    """Return whether nobody can cross this line on foot, except where a way bridges it."""
    if is_over(tags):
        return False
    return (
        tags.get("barrier") in WALLS
        or tags.get("waterway") in WATER
        or tags.get("natural") == "water"
        or tags.get("railway") in RAILS
        or tags.get("highway") in EXPRESS
    )


def is_over(tags: Tags) -> bool:
    """Return whether this line runs above or below the ground: it meets nothing that it crosses."""
    return any((tags.get(name) or "no") != "no" for name in ("bridge", "tunnel"))


def _said(tags: Tags) -> str:
    return next((tags[name] for name in ACCESS if name in tags), "")
