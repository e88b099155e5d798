"""Many connections at work at once: one process each, so that none waits for another's Python.

Processes are forked, so they find Django set up; each opens its own connection.
"""

import multiprocessing
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

from django.db import connections

READY_S = 60.0

Step = Callable[[], None]
Work = Callable[[float], int]  # until a monotonic second; returns how many steps it did
Opener = Callable[[int], AbstractContextManager[Work]]


@dataclass(frozen=True)
class Share:
    """What one process did: how many steps, between which monotonic seconds."""

    count: int
    started: float
    ended: float


@dataclass(frozen=True)
class Outcome:
    """What all did together."""

    count: int
    per_second: float


def repeat(step: Step) -> Work:
    """Return the work of doing a step again and again."""

    def work(deadline: float) -> int:
        count = 0
        while time.monotonic() < deadline:
            step()
            count += 1
        return count

    return work


def run(open_work: Opener, number: int, seconds: float) -> Outcome:
    """Let `number` processes work for some seconds.

    `open_work(n)` is entered in process n before the clock starts. Work that raises ends the
    run with a RuntimeError that holds its traceback.
    """
    connections.close_all()  # a forked copy of an open connection would end it for both
    fork = multiprocessing.get_context("fork")
    start = fork.Barrier(number)
    pipes = [fork.Pipe(duplex=False) for _ in range(number)]
    processes = [
        fork.Process(target=_work, args=(open_work, n, start, seconds, out), daemon=True)
        for n, (_, out) in enumerate(pipes)
    ]
    for process in processes:
        process.start()
    for _, out in pipes:
        out.close()  # else the end of a process that was killed would go unnoticed
    try:
        answers = [into.recv() for into, _ in pipes]
    finally:
        for process in processes:
            process.join(timeout=READY_S)
    _raise_first(answer for answer in answers if isinstance(answer, str))
    count = sum(share.count for share in answers)
    elapsed = max(share.ended for share in answers) - min(share.started for share in answers)
    return Outcome(count, count / elapsed)


def _raise_first(failures: Iterable[str]) -> None:
    """Raise the failure that broke the others' barrier, if there is any."""
    told = sorted(failures, key=lambda failure: "BrokenBarrierError" in failure)
    if told:
        raise RuntimeError(told[0])


def _work(
    open_work: Opener, number: int, start: Barrier, seconds: float, answer: Connection
) -> None:
    try:
        with open_work(number) as work:
            start.wait(READY_S)
            started = time.monotonic()
            count = work(started + seconds)
            answer.send(Share(count, started, time.monotonic()))
    except Exception:  # noqa: BLE001 - handed to the parent, which raises it
        start.abort()
        answer.send(traceback.format_exc())
