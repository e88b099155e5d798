"""What serves a browser on its own machine stands back, with its whole session."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import behind


@pytest.fixture
def sleeper() -> Iterator["subprocess.Popen[bytes]"]:
    words = [sys.executable, "-c", "input()"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True) as process:
        yield process
        process.kill()


def test_it_gets_the_last_turn(sleeper: "subprocess.Popen[bytes]") -> None:
    group = Path(f"/proc/{sleeper.pid}/autogroup")
    for _ in range(2):  # the second time nothing is left to do
        assert behind.put_behind([sleeper.pid])
        assert os.getpriority(os.PRIO_PROCESS, sleeper.pid) == behind.LAST
        if group.exists():
            assert group.read_text().endswith(f"nice {behind.LAST}\n")


def test_what_has_ended_needs_no_turn(sleeper: "subprocess.Popen[bytes]") -> None:
    sleeper.kill()
    sleeper.wait()
    assert behind.put_behind([sleeper.pid])
