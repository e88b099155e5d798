"""`manage.py work`: the worker process, which does what happens without anybody pressing a button.

One worker leads, by an advisory lock; others wait until it is gone. Stamping belongs to the
leader's own connection: when that is lost, so is the lock, and no second worker numbers events at
the same time. Every other duty claims what it works on, and has a thread and a connection of its
own, so that a receiver who does not answer keeps nobody else waiting.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection, connections
from django.utils import timezone

from gis_grid.facilities import jobs
from gis_grid.people import throttle
from gis_grid.territory import simplified
from incidents import exports, on_duty, photos, relay, rerouting
from incidents.deadlines import watch
from incidents.dispatching import autodispatch
from incidents.telling import messages, teller

logger = logging.getLogger(__name__)

RETRY_S = 2.0
LONGEST_PAUSE_S = 30.0
END_S = 1.0  # how long duties in the middle of something may take to end


@dataclass(frozen=True)
class Duty:
    """What is done again and again: its name in the log, the pause between, in seconds."""

    name: str
    every_s: float
    do: Callable[[], object]


def sweep(at: datetime) -> None:
    """Delete what is kept for a time only."""
    throttle.sweep(at)
    photos.sweep(at)
    exports.sweep(at)
    on_duty.sweep(at)


BORDERS = rerouting.Borders()
# A committed event may wait so long for its number.
STAMP = Duty("stamp", 0.15, relay.stamp_all)
DUTIES = (
    Duty("ring", 1.0, lambda: watch.ring_due(timezone.now())),
    Duty("dispatch", 1.0, lambda: autodispatch.dispatch_due(timezone.now())),
    Duty("tell", 0.5, teller.tell_new),
    Duty("send", 1.0, lambda: messages.send_due(timezone.now())),
    Duty("reroute", 2.0, lambda: BORDERS.follow(timezone.now())),
    Duty("simplify", 2.0, lambda: simplified.follow(timezone.localdate())),
    Duty("compute", 1.0, jobs.work_off),
    Duty("sweep", 30.0, lambda: sweep(timezone.now())),
)


class Command(BaseCommand):
    """Run until SIGTERM; survive a database that goes away."""

    help = "Run the worker: number events, ring alarms, dispatch, reroute, tell people, compute."

    def handle(self, *args: Any, **options: Any) -> None:
        """Lead, if nobody else does, until the end."""
        over = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: over.set())
        while not over.is_set():
            try:
                lead(over)
            except (OperationalError, InterfaceError) as error:
                logger.warning("the database is away: %s", _first_line(error))
            connection.close()
            over.wait(RETRY_S)


def lead(over: threading.Event) -> None:
    """Wait for the lock, then do every duty until the end or until the connection is lost."""
    while not relay.become_leader():
        if over.wait(RETRY_S):
            return
    ended = threading.Event()
    shifts = [threading.Thread(target=shift, args=(duty, ended), daemon=True) for duty in DUTIES]
    for thread in shifts:
        thread.start()
    try:
        repeat(STAMP, over, connection.is_usable)
    finally:
        ended.set()
        _await(shifts)


def shift(duty: Duty, ended: threading.Event) -> None:
    """Do a duty in a thread of its own until the end, after a fault with a fresh connection."""
    try:
        repeat(duty, ended, _afresh)
    finally:
        connections.close_all()


def repeat(duty: Duty, over: threading.Event, goes_on: Callable[[], bool]) -> None:
    """Do a duty until it is over, or until `goes_on`, asked after a fault, says no.

    The pause grows with each fault in a row, so that what is broken does not fill the log.
    """
    faults = 0
    while not over.wait(min(duty.every_s * 2**faults, LONGEST_PAUSE_S)):
        if attempt(duty):
            faults = 0
        elif goes_on():
            faults += 1
        else:
            return


def attempt(duty: Duty) -> bool:
    """Do a duty once; False when it failed, which the log tells."""
    try:
        duty.do()
    except (OperationalError, InterfaceError) as error:
        logger.warning("%s: the database is away: %s", duty.name, _first_line(error))
        return False
    except Exception:
        logger.exception("%s failed", duty.name)
        return False
    return True


def _afresh() -> bool:
    connections.close_all()
    return True


def _await(threads: list[threading.Thread]) -> None:
    until = time.monotonic() + END_S
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
