"""What a desk waits for a change, from its number to the frame: for 100 desks and for 1,000.

One live process as `./gridctl up` starts it; all desks listen from one other process, so the two
share the machine. Each desk must be told every change once and in order.
"""

import asyncio
import multiprocessing
import resource
import time
from functools import partial
from multiprocessing.connection import Connection
from statistics import quantiles
from uuid import uuid4

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from bench import district, rounds, scratch, server
from bench.outcome import Check, Effort, Outcome
from gis_grid.access import actor_of
from gis_grid.geo.datum import Datum
from gis_grid.people.models import Assignment, Role, Worker
from gis_grid.territory.models import Area, Boundary
from incidents import actions, feed, relay
from incidents.models import Category, Incident
from incidents.reports import Report

FEWER = 10  # the other side has a tenth of the desks
EVERY_S = 0.5  # two changes a second
ACCEPT, STRETCH = 0.1, 0.2
FILES = 8192  # sockets of both sides, and some
READY_S = 120.0
LATE_S = 30.0
AT_ONCE = 50  # desks that connect together

Heard = list[list[tuple[int, float]]]  # for each desk: number of a change, monotonic second


def run(effort: Effort) -> Outcome:
    """Tell a few and many desks of the same changes in turn."""
    _allow_files()
    district.load(effort.grids, 1)
    incident, session = _case()
    scratch.settle()
    missed: dict[str, int] = {}
    with server.live() as port:
        measured = rounds.alternate(
            {
                f"p99, {desks} desks": partial(
                    _round, port, session, incident, desks, effort.seconds, missed
                )
                for desks in (max(1, effort.desks // FEWER), effort.desks)
            },
            effort.rounds,
        )
    few, many = measured.values()
    return Outcome(
        title="a change told to desks over the stream",
        unit="ms",
        sides=[few, many],
        ratios=[rounds.ratio(few, many, ACCEPT, STRETCH)],
        checks=[Check(f"lost or doubled, {name}", 0, lost) for name, lost in missed.items()],
    )


def _round(
    port: int, session: str, incident: Incident, desks: int, seconds: float, missed: dict[str, int]
) -> float:
    """Return the 99th percentile of all waits of one round, in milliseconds."""
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe()
    changes = max(3, round(seconds / EVERY_S))
    after = feed.last_sequence()
    listeners = fork.Process(
        target=_listen_all, args=(there, port, session, desks, after, changes), daemon=True
    )
    listeners.start()
    there.close()
    try:
        here.recv()  # everybody is there
        told = dict(_tell(incident) for _ in range(changes))
        heard: Heard = here.recv()
    finally:
        listeners.join(LATE_S)
    name = f"{desks} desks"
    wrong = sum(1 for desk in heard if [number for number, _ in desk] != list(told))
    missed[name] = missed.get(name, 0) + wrong
    waits = [1000 * (at - told[number]) for desk in heard for number, at in desk]
    return quantiles(waits, n=100)[98]


def _tell(incident: Incident) -> tuple[int, float]:
    """Make one change and let the relay ring; returns its number and when it was numbered."""
    time.sleep(EVERY_S)
    feed.append(incident, "remark", by=None, at=timezone.now())
    at = time.monotonic()
    relay.stamp_batch()
    return feed.last_sequence(), at


# --- the other process: all desks -------------------------------------------------------------


def _listen_all(
    answer: Connection, port: int, session: str, desks: int, after: int, changes: int
) -> None:
    answer.send(asyncio.run(_listen(answer, port, session, desks, after, changes)))


async def _listen(
    answer: Connection, port: int, session: str, desks: int, after: int, changes: int
) -> Heard:
    gate = asyncio.Semaphore(AT_ONCE)
    opened = await asyncio.gather(*(_open(gate, port, session, after) for _ in range(desks)))
    answer.send(True)
    heard = await asyncio.gather(*(_hear(reader, changes) for reader, _ in opened))
    for _, writer in opened:
        writer.close()
    return list(heard)


async def _open(
    gate: asyncio.Semaphore, port: int, session: str, after: int
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect and wait for the first beat."""
    async with gate, asyncio.timeout(READY_S):
        reader, writer = await asyncio.open_connection(server.BIND, port)
        head = f"GET /live/events?after={after} HTTP/1.1\r\nHost: {server.BIND}:{port}\r\n"
        writer.write(f"{head}Cookie: sessionid={session}\r\n\r\n".encode())
        while await reader.readline() != b"event: beat\n":
            pass
        return reader, writer


async def _hear(reader: asyncio.StreamReader, changes: int) -> list[tuple[int, float]]:
    """Note number and time of changes until all have come, or it is too late."""
    heard: list[tuple[int, float]] = []
    name = b""
    try:
        async with asyncio.timeout(LATE_S):
            while len(heard) < changes and (line := await reader.readline()):
                if line.startswith(b"event: "):
                    name = line[7:-1]
                elif line.startswith(b"id: ") and name == b"put":
                    heard.append((int(line[4:]), time.monotonic()))
    except TimeoutError:
        pass  # what is missing is counted
    return heard


# --- what there is to tell -----------------------------------------------------------------------


def _case() -> tuple[Incident, str]:
    """Return an incident in the district and the session of somebody at its desk."""
    top = Area.objects.get(parent=None)
    user = User.objects.create(username="desk")
    worker = Worker.objects.create(code="desk", name="Desk", user=user)
    for role in (Role.OPERATOR, Role.GRID_CHIEF):  # to watch, and to report
        Assignment.objects.create(worker=worker, area=top, role=role)
    client = Client()
    client.force_login(user)
    middle, now = Boundary.objects.get(area=top).shape.point_on_surface, timezone.now()
    report = Report(
        id=uuid4(),
        category=Category.objects.minors()[0].code,
        lon=middle.x,
        lat=middle.y,
        datum=Datum.WGS84,
        accuracy_m=5.0,
        method="gps",
        fixed_at=now,
        recorded_at=now,
        words="the lamp is out",
    )
    made = actions.report(report, by=actor_of(user), at=now).incident
    relay.stamp_all()
    return made, client.cookies["sessionid"].value


def _allow_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
