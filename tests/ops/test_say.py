"""What the user reads."""

from __future__ import annotations

import pytest

from ops import cli, say
from ops.say import Failed


@pytest.fixture
def spoken_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(say._Voice, "aside", False)
    say.aside()


def test_each_way_to_end_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    say.ok("tables", "every migration is applied")
    say.skipped("demo", "the database holds areas")
    say.failed(Failed("disk", "0.1 GiB free", "free some space", detail="df\nsays so"))
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        "ok: tables, every migration is applied",
        "skipped: demo, the database holds areas",
    ]
    assert err.splitlines() == ["df", "says so", "failed: disk, 0.1 GiB free, free some space"]


def test_beside_a_programs_output_only_deeds_are_told_and_not_there(
    spoken_aside: None, capsys: pytest.CaptureFixture[str]
) -> None:
    say.skipped("tables", "no migration is new")
    say.ok("cluster", "started")
    assert capsys.readouterr() == ("", "ok: cluster, started\n")


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (Failed("disk", "full", "free some"), 1, "failed: disk, full, free some"),
        (PermissionError(13, "no", "/x/.local/env"), 1, "failed: files, /x/.local/env is closed"),
        (KeyboardInterrupt(), 130, "failed: down, interrupted, run it again"),
    ],
)
def test_no_failure_ends_in_a_traceback(
    error: BaseException,
    status: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(_: object) -> int:
        raise error

    monkeypatch.setattr(cli, "down", fail)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    assert cli.main(["down"]) == status
    assert capsys.readouterr().err.startswith(words)
