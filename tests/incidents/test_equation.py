"""Old snapshot + events = fresh snapshot, for every console, whatever happens in between."""

import random
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from gis_grid.errors import GridError
from gis_grid.territory.paths import Territory
from incidents import feed, relay
from incidents.actions import To
from incidents.grounds import NoCase
from incidents.models import Incident
from incidents.rows import rows_of
from tests.world import NOW, World, add_units, do, inside, make_incident


@dataclass
class Console:
    """What a browser does: keep rows by id, apply what it is told, remember how far."""

    territory: Territory
    sequence: int = 0
    rows: dict[str, Any] = field(default_factory=dict)

    def load(self) -> None:
        self.sequence = feed.last_sequence()
        self.rows = self.fresh()

    def catch_up(self) -> None:
        self.sequence, events = feed.events_after(self.sequence, self.territory)
        for event in events:
            if event["event"] == "drop":
                self.rows.pop(event["id"], None)
            else:
                self.rows[event["row"]["id"]] = event["row"]

    def fresh(self) -> dict[str, Any]:
        incidents = Incident.objects.within(self.territory)
        return {row["id"]: row for row in rows_of(incidents)}


DEEDS: list[tuple[str, str, dict[str, Any]]] = [
    ("accept", "chen", {}),
    ("start", "zhao", {}),
    ("answer", "zhao", {}),
    ("refuse", "chen", {"reason": NoCase.TEST}),
    ("restore", "chen", {}),
    ("hand_over", "chen", {"area": "A1"}),
    ("hand_over", "chen", {"area": "B1"}),
    ("dispatch", "chen", {"to": To(unit="lamps")}),
    ("dispatch", "chen", {"to": To(area="S")}),
    ("correct", "zhao", {"category": "manhole"}),
]


def operate(world: World, dice: random.Random) -> None:
    """Do one random thing: report, a deed, or a move to another grid."""
    known = list(Incident.objects.all())
    choice = dice.random()
    if choice < 0.4 or not known:
        make_incident(world, place=inside(dice.uniform(-0.5, 3.5), dice.uniform(0, 1)))
    elif choice < 0.8:
        incident = dice.choice(known)
        with suppress(GridError):  # not possible from this state: nothing happens, nobody is told
            deed, by, details = dice.choice([*DEEDS, _merge(dice, known), _move(dice)])
            do(world, deed, incident, by=by, **details)
    else:
        move(world, dice.choice(known), dice.choice(["A1", "A2", "B1", None]))


def _merge(dice: random.Random, known: list[Incident]) -> tuple[str, str, dict[str, Any]]:
    return "merge", "chen", {"into": dice.choice(known).pk}


def _move(dice: random.Random) -> tuple[str, str, dict[str, Any]]:
    lon, lat = inside(dice.uniform(-0.5, 3.5), dice.uniform(0, 1))
    return "move", "zhao", {"lon": lon, "lat": lat}


def move(world: World, incident: Incident, code: str | None) -> None:
    before = incident.area_path
    incident.area = world.areas[code] if code else None
    incident.area_path = incident.area.path if incident.area else ""
    incident.version += 1
    incident.save()
    feed.append(incident, "move", by=None, at=NOW, path_before=before)


@pytest.mark.parametrize("seed", range(4))
def test_every_console_equals_a_fresh_snapshot(world: World, seed: int) -> None:
    dice = random.Random(seed)
    add_units(world)
    consoles = [
        Console(Territory(frozenset({world.areas[code].path}), unrouted=code == "D"))
        for code in ("A1", "A2", "B1", "A", "D")
    ]
    for console in consoles:
        console.load()

    for _ in range(120):
        operate(world, dice)
        if dice.random() < 0.5:
            relay.stamp_all()
        for console in consoles:
            if dice.random() < 0.3:  # the others are cut off for a while
                console.catch_up()
    relay.stamp_all()

    for console in consoles:
        console.catch_up()
        assert console.rows == console.fresh()


def test_applying_a_stretch_twice_changes_nothing(world: World) -> None:
    console = Console(world.actor("chen").territory)
    for _ in range(5):
        make_incident(world)
    relay.stamp_all()

    console.catch_up()
    once = dict(console.rows)
    console.sequence = 0
    console.catch_up()

    assert console.rows == once
