"""The logs of the programs: one file each, kept small, shown together."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ops import say
from ops.layout import Layout, tail
from ops.say import Failed

MAX_BYTES = 20_000_000
NAMES = ("web", "live", "worker", "up", "setup")


def path(layout: Layout, name: str) -> Path:
    """Return the log file of a program."""
    return layout.log / f"{name}.log"


def keep_small(log: Path) -> None:
    """Move a grown log to NAME.log.1 by copy, because its program goes on writing to it."""
    if not log.exists() or log.stat().st_size < MAX_BYTES:
        return
    log.with_suffix(".log.1").write_bytes(log.read_bytes())
    with log.open("r+b") as file:
        file.truncate(0)


def follow(logs: Sequence[Path], ending: threading.Event, *, from_end: bool) -> None:
    """Print what is added to the logs, each line under its program's name, until told to end."""
    places = {log: log.stat().st_size if from_end and log.exists() else 0 for log in logs}
    while not ending.wait(0.3):
        for log in logs:
            places[log] = _print_from(log, places[log])


@contextmanager
def followed(layout: Layout, ending: threading.Event) -> Iterator[None]:
    """Show the programs' logs beside the work of the block, until `ending` is set."""
    programs = [path(layout, name) for name in ("web", "live", "worker")]
    reader = threading.Thread(target=follow, args=(programs, ending), kwargs={"from_end": True})
    reader.start()
    try:
        yield
    finally:
        ending.set()
        reader.join()


def _print_from(log: Path, place: int) -> int:
    """Print the whole lines after a place in bytes; return the place reached."""
    if not log.exists():
        return 0
    if log.stat().st_size < place:
        place = 0  # it was cut by keep_small
    with log.open("rb") as file:
        file.seek(place)
        added = file.read()
    whole = added[: added.rfind(b"\n") + 1]
    for line in whole.decode("utf-8", "replace").splitlines():
        say.plain(f"{log.stem:>6} | {line}")
    return place + len(whole)


def show(layout: Layout, name: str | None, *, keep_on: bool) -> int:
    """Print the last lines of one log or of all, and go on with -f."""
    if name and name not in NAMES:
        raise Failed(f"log {name}", "there is no such log", f"choose from {', '.join(NAMES)}")
    logs = [path(layout, each) for each in ([name] if name else NAMES[:-1])]
    if not any(log.exists() for log in logs):
        raise Failed("logs", "nothing has run yet", "./gridctl up")
    for log in logs:
        for line in tail(log, 100 if name else 30).splitlines():
            say.plain(f"{log.stem:>6} | {line}")
    if keep_on:
        with contextlib.suppress(KeyboardInterrupt):
            follow(logs, threading.Event(), from_end=True)
    return 0
