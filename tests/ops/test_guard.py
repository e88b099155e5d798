"""Locks between runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ops.guard import Lock, only_one

ROOT = Path(__file__).resolve().parents[2]
HOLD = """
import sys, time
from pathlib import Path
from ops.guard import Lock
Lock(Path(sys.argv[1])).take("reset")
print("held", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def test_the_second_is_turned_away_until_the_first_lets_go(path: Path) -> None:
    first, second = Lock(path), Lock(path)
    assert first.take("up", wait=False) is True
    assert second.take("up", wait=False) is False
    assert first.is_held()
    first.release()
    assert not first.is_held()
    assert second.take("up", wait=False) is True
    second.release()


def test_shared_holders_stand_beside_each_other_but_not_beside_an_owner(path: Path) -> None:
    one, two, owner = Lock(path), Lock(path), Lock(path)
    assert one.take(shared=True)
    assert two.take(shared=True, wait=False) is True
    assert owner.take(wait=False) is False
    one.release()
    two.release()
    assert owner.take(wait=False) is True
    owner.release()


def test_a_lock_of_another_process_says_whose_it_is_and_dies_with_it(path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert Lock(path).is_held()
        assert Lock(path).holder().startswith(f"reset, process {other.pid}")
        other.kill()
    assert not Lock(path).is_held()


def test_a_lock_whose_file_was_removed_is_taken_on_the_new_file(path: Path) -> None:
    first = Lock(path)
    first.take("reset")
    path.unlink()
    second = Lock(path)
    assert second.take("up", wait=False) is True
    first.release()
    assert second.is_held()
    second.release()


def test_an_error_inside_lets_go(path: Path) -> None:
    with pytest.raises(RuntimeError), only_one(path, "up"):
        raise RuntimeError
    assert not Lock(path).is_held()
