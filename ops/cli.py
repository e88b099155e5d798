"""The command line of gridctl: reads the arguments and calls one command."""

from __future__ import annotations

import argparse
import io
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from ops import attend, doctor, logs, say, vendor, wheels
from ops.down import down, reset
from ops.layout import Layout
from ops.say import Failed
from ops.status import status
from ops.up import supervise, up

ROOT = Path(__file__).resolve().parent.parent


def parser() -> argparse.ArgumentParser:
    """Return the parser of every command but those that pass their arguments on."""
    top = argparse.ArgumentParser(prog="./gridctl", description="Runs and tests gis-grid.")
    sub = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    start = sub.add_parser(
        "up", help="set up what is missing, start everything, print the addresses"
    )
    start.add_argument("--detach", action="store_true", help="leave it running behind")
    start.add_argument("--port", type=int, help="port of the pages; the live stream takes the next")
    start.add_argument("--no-demo", action="store_true", help="leave an empty database empty")
    sub.add_parser("down", help="end everything, the private database too")
    tell = sub.add_parser("status", help="tell whether it is up, and where")
    tell.add_argument("--json", action="store_true", help="for programs")
    sub.add_parser(
        "test", help="run the tests: [--no-browser] [pytest's arguments]", add_help=False
    )
    sub.add_parser("manage", help="run a management command", add_help=False)
    show = sub.add_parser("logs", help="show the last lines of the logs")
    show.add_argument("-f", "--follow", action="store_true", help="go on as they grow")
    show.add_argument("service", nargs="?", help=", ".join(logs.NAMES))
    sub.add_parser("doctor", help="print versions, places and what is wrong")
    delete = sub.add_parser("reset", help="delete the private database and all local files")
    delete.add_argument("--yes", action="store_true", help="I mean it")
    lock = sub.add_parser("lock", help="write the package locks anew from pyproject.toml")
    lock.add_argument("--upgrade", action="store_true", help="to the newest allowed versions")
    sub.add_parser("vendor", help="refresh static/vendor from npm", add_help=False)
    return top


def dispatch(layout: Layout, arguments: Sequence[str]) -> int:
    """Call the command that the arguments name; return its exit status."""
    match list(arguments):  # those that pass their arguments on, and the one without a help line
        case ["manage", *rest]:
            return attend.manage(layout, rest)
        case ["test", *rest]:
            return attend.test(layout, rest)
        case ["vendor", *rest]:
            return vendor.main(rest)
        case ["supervise", port]:
            return supervise(layout, int(port))
    options = parser().parse_args(arguments)
    match options.command:
        case "up":
            return up(
                layout, port=options.port, detach=options.detach, with_demo=not options.no_demo
            )
        case "down":
            return down(layout)
        case "status":
            return status(layout, as_json=options.json)
        case "logs":
            return logs.show(layout, options.service, keep_on=options.follow)
        case "doctor":
            return doctor.run(layout)
        case "reset":
            return reset(layout, yes=options.yes)
        case _:
            return wheels.relock(layout, upgrade=options.upgrade)


def _end(number: int, frame: FrameType | None) -> None:
    # Raised where the program stands, so that every `finally` on the way out runs.
    raise SystemExit(128 + number)


def main(arguments: Sequence[str]) -> int:
    """Run one command. 0 done, 1 failed and said why, 2 wrong arguments, 130 Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a path may hold what a terminal cannot show
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        return dispatch(Layout(ROOT), arguments)
    except Failed as error:
        say.failed(error)
        return 1
    except PermissionError as error:
        owner = "run as the user who made it, or remove .local and .venv as that user"
        say.failed(Failed("files", f"{error.filename} is closed to us", owner))
        return 1
    except KeyboardInterrupt:
        say.failed(Failed(" ".join(arguments[:1]), "interrupted", "run it again: it goes on"))
        return 130
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; Python would complain
        return 1
