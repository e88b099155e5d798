"""Stands in for Django's command line: notes what it is asked; `work` goes on until told to end."""

import os
import signal
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    command = sys.argv[1]
    with (HERE / "asked.txt").open("a", encoding="utf-8") as asked:
        print(command, file=asked)
    if command == "collectstatic":
        Path(os.environ["GRID_STATIC_ROOT"]).mkdir(exist_ok=True)
    if command == "say":
        sys.stdout.write(" ".join(sys.argv[2:]))
    if command == "fail":
        sys.exit(3)
    if command == "work":
        signal.sigwait({signal.SIGTERM})
