"""Old snapshot + events = fresh snapshot, at five desks that keep losing their connection.

The desks are the product's own scripts over real HTTP and a real stream (`tests/js/consoles.js`).
While people work at random, links are cut, the live process is killed, and what a desk may see
changes. `GRID_OPERATIONS=1000` makes it a measurement.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gis_grid.access import actor_of
from gis_grid.errors import GridError
from gis_grid.people.models import Assignment, Role, Worker
from incidents import feed
from incidents.actions import Spot, To
from incidents.grounds import NoCase, ReturnGround
from incidents.models import Event, Incident
from incidents.reports import Photo
from tests.browser.desk import do, report
from tests.product import Product
from tests.world import World, add_units, build_world, inside

pytestmark = pytest.mark.proof

SEED = 20260305
OPERATIONS = int(os.environ.get("GRID_OPERATIONS", "120"))
DESKS = ("A1", "A2", "B1", "A", "D")
PATIENCE_S = 60.0
SCRIPT = Path(__file__).resolve().parents[1] / "js" / "consoles.js"


@dataclass
class Consoles:
    """The Node process with the desks."""

    process: "subprocess.Popen[str]"

    def say(self, name: str, **more: Any) -> Any:
        """Give a command and return its answer."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"do": name, **more}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def consoles(product: Product, cookies: list[str]) -> Iterator[Consoles]:
    """Run one desk for each login until the block ends."""
    node = shutil.which("node")
    assert node, "no node: ./gridctl test installs one"
    live = f"http://127.0.0.1:{product.port + 1}"
    setting = {"web": product.url, "live": live, "desks": [{"cookie": each} for each in cookies]}
    process = subprocess.Popen(
        [node, str(SCRIPT), json.dumps(setting)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Consoles(process)
    finally:
        process.kill()
        process.communicate()


@dataclass
class Office:
    """People at work at random, and what becomes of the desks' links meanwhile."""

    world: World
    product: Product
    dice: random.Random
    clients: dict[str, Client]
    desks: Consoles
    done: Counter[str] = field(default_factory=Counter)
    cut: set[int] = field(default_factory=set)

    def operate(self) -> None:
        """Do one thing that really happens: what cannot be done now is no operation."""
        while True:
            weights, works = zip(*WORK, strict=True)
            work = self.dice.choices(works, weights)[0]
            try:
                work(self)
            except GridError:
                continue
            self.done[work.__name__.lstrip("_")] += 1
            return

    def disturb(self) -> None:
        """Cut a link or join one; now and then end the live process as a power cut would."""
        chance, desk = self.dice.random(), self.dice.randrange(len(DESKS))
        if chance < 0.15:
            joined = desk in self.cut
            self.desks.say("join" if joined else "cut", desk=desk)
            self.cut ^= {desk}
        elif chance > 0.99:
            self.product.kill("live")
            self.product.start("live")
            self.done["live process killed"] += 1

    def any(self, *states: str) -> Incident:
        """Return an incident in one of the states; make one when there is none."""
        known = list(Incident.objects.filter(state__in=states).order_by("pk"))
        return self.dice.choice(known) if known else report(self.world, self.place())

    def place(self) -> tuple[float, float]:
        """Return a place in or around the town."""
        return inside(self.dice.uniform(-0.5, 3.5), self.dice.uniform(0, 1))

    def do(self, deed: str, incident: Incident, by: str = "zhao", **details: Any) -> None:
        do(self.world, deed, incident.pk, by=by, **{"note": "随机", **details})

    def settled(self) -> list[list[dict[str, Any]]]:
        """Join every link, wait until each desk knows all, and return the fresh snapshots."""
        for desk in sorted(self.cut):
            self.desks.say("join", desk=desk)
        self.cut.clear()
        until = time.monotonic() + PATIENCE_S
        while Event.objects.filter(sequence=None).exists() and time.monotonic() < until:
            time.sleep(0.05)
        scopes = [scope(name) for name in self.clients]
        self.desks.say("settle", sequence=feed.last_sequence(), scopes=scopes)
        asked = (client.get("/api/command/snapshot") for client in self.clients.values())
        return [answer.json()["incidents"] for answer in asked]


def scope(name: str) -> str:
    """Return the mark of what a user may see now."""
    return feed.scope_of(actor_of(User.objects.get(username=name)).territory)


FILED = ("reported", "accepted", "dispatched", "in_progress")


def _report(office: Office) -> None:
    report(office.world, office.place())


def _accept(office: Office) -> None:
    office.do("accept", office.any("reported"))


def _dispatch(office: Office) -> None:
    to = office.dice.choice([To(unit="lamps"), To(area="S"), To(area="A1")])
    office.do("dispatch", office.any("accepted", "dispatched"), "chen", to=to)


def _sign(office: Office) -> None:
    office.do("sign", office.any("dispatched"), office.dice.choice(["zhao", "guo", "li"]))


def _return(office: Office) -> None:
    by = office.dice.choice(["zhao", "guo", "li"])
    incident = office.any("dispatched", "in_progress")
    office.do("return", incident, by, reason=ReturnGround.NOT_OUR_DUTY, proposed=To(unit="lamps"))


def _answer(office: Office) -> None:
    office.do("answer", office.any("in_progress"), office.dice.choice(["zhao", "guo", "li"]))


def _pass(office: Office) -> None:
    incident = office.any("answered")
    spot, photo = Spot(*incident.point.coords, 5), Photo(uuid4(), "0" * 64, "verify")
    office.do("pass", incident, "chen", photos=(photo,), spot=spot)


def _settle(office: Office) -> None:
    photo = Photo(uuid4(), "0" * 64, "after")
    office.do("settle", office.any("reported", "accepted"), photos=(photo,))


def _reopen(office: Office) -> None:
    office.do("reopen", office.any("closed"), "chen")


def _refuse(office: Office) -> None:
    office.do("refuse", office.any("reported", "accepted"), "chen", reason=NoCase.TEST)


def _merge(office: Office) -> None:
    one, other = office.any("reported", "accepted"), office.any(*FILED)
    office.do("merge", one, "chen", into=other.pk)


def _restore(office: Office) -> None:
    office.do("restore", office.any("void"), "chen")


def _hand_over(office: Office) -> None:
    area = office.dice.choice(["A1", "A2", "B1"])
    office.do("hand_over", office.any(*FILED), "chen", area=area)


def _move(office: Office) -> None:
    lon, lat = office.place()
    office.do("move", office.any(*FILED), lon=lon, lat=lat)


def _correct(office: Office) -> None:
    category = office.dice.choice(["manhole", "street_lamp"])
    office.do("correct", office.any(*FILED), category=category)


def _assign(office: Office) -> None:
    """Give one of the desks another part of the town to watch."""
    name = office.dice.choice([each for each in office.clients if each != "chen"])
    area = office.world.areas[office.dice.choice(["A1", "A2", "B1", "A", "B", "S"])]
    Assignment.objects.filter(worker__code=name).update(area=area)


# How often each is tried.
WORK: list[tuple[int, Callable[[Office], None]]] = [
    (22, _report),
    (14, _accept),
    (12, _dispatch),
    (8, _sign),
    (5, _return),
    (8, _answer),
    (5, _pass),
    (4, _settle),
    (2, _reopen),
    (4, _refuse),
    (4, _merge),
    (3, _restore),
    (8, _hand_over),
    (8, _move),
    (4, _correct),
    (3, _assign),
]


def _log_in(world: World) -> dict[str, Client]:
    """Return a client for each desk: Chen's, and one more for each smaller part of the town."""
    for code in DESKS[:-1]:
        name = f"desk{code.lower()}"
        user = world.users[name] = User.objects.create(username=name)
        worker = Worker.objects.create(code=name, name=name, user=user)
        Assignment.objects.create(worker=worker, area=world.areas[code], role=Role.OPERATOR)
    clients = {name: Client() for name in (*(f"desk{c.lower()}" for c in DESKS[:-1]), "chen")}
    for name, client in clients.items():
        client.force_login(world.users[name])
    return clients


def _by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in rows}


def test_five_desks_with_random_cuts_know_what_a_fresh_snapshot_says(product: Product) -> None:
    world, dice = build_world(), random.Random(SEED)
    add_units(world)
    clients = _log_in(world)
    cookies = [f"sessionid={each.cookies['sessionid'].value}" for each in clients.values()]
    with consoles(product, cookies) as desks:
        office = Office(world, product, dice, clients, desks)
        for number in range(1, OPERATIONS + 1):
            office.operate()
            office.disturb()
            if number % 250 == 0 or number == OPERATIONS:
                fresh, told = office.settled(), desks.say("tell")
                assert [_by_id(desk["rows"]) for desk in told] == [_by_id(rows) for rows in fresh]
                assert [desk["twice"] for desk in told] == [0] * len(DESKS)

    assert all(rows for rows in fresh)
    assert sum(desk["cuts"] for desk in told) >= OPERATIONS / 40
    said = {name: [desk[name] for desk in told] for name in ("events", "cuts", "snapshots")}
    sys.stderr.write(f"\n{OPERATIONS} operations: {dict(office.done)}\n{said}\n")
