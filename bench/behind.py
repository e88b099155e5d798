"""Programs that serve a browser on the same machine, put behind it: they take the time it leaves.

Linux shares the processor among sessions first, and every backend of PostgreSQL is a session of its
own: six of them get six times what a browser gets for all its processes, which no desk with a
server elsewhere would see. A nice value counts within a session, that of /proc/PID/autogroup among
them (sched(7)).
"""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

LAST = 19
WRITES_APART_S = 0.15  # the kernel takes one such wish in a tenth of a second


def put_behind(pids: Iterable[int]) -> bool:
    """Give programs with all their threads the last turn; False if this is not allowed for one."""
    allowed = [_put(pid) for pid in pids]
    return all(allowed)


def _put(pid: int) -> bool:
    try:
        for thread in _threads(pid):
            with suppress(ProcessLookupError):  # it has ended
                os.setpriority(os.PRIO_PROCESS, thread, LAST)
        with suppress(ProcessLookupError, FileNotFoundError):
            _put_session(Path(f"/proc/{pid}/autogroup"))
    except PermissionError:
        return False
    return True


def _threads(pid: int) -> list[int]:
    try:
        return [int(each.name) for each in Path(f"/proc/{pid}/task").iterdir()]
    except FileNotFoundError:
        return [pid]  # no such folders here, or it has just ended


def _put_session(group: Path) -> None:
    if not group.exists() or group.read_text().endswith(f"nice {LAST}\n"):
        return
    with suppress(BlockingIOError):
        group.write_text(str(LAST))
        return
    time.sleep(WRITES_APART_S)
    group.write_text(str(LAST))
