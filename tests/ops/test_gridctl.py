"""gridctl from outside: a stand-in project is brought up, used, disturbed and brought down.

The tests share one installation; each brings it to the state that it needs.
"""

from __future__ import annotations

import os
import signal
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ops.cluster import Cluster
from ops.layout import Layout

if TYPE_CHECKING:
    from tests.ops.conftest import Installation

PROJECT = Path(__file__).resolve().parents[2]


def until(happens: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Wait until a question is answered with yes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if happens():
            return True
        time.sleep(0.1)
    return False


def cluster_of(installation: Installation, name: str = "pg") -> Cluster:
    return Cluster(Layout(installation.root), name)


@pytest.fixture
def up(installation: Installation) -> Installation:
    result = installation.up()
    assert result.returncode == 0, result.stderr
    return installation


@pytest.fixture
def down(installation: Installation) -> Installation:
    assert installation.run("down").returncode == 0
    return installation


def test_status_of_nothing_is_not_ready(down: Installation) -> None:
    status = down.status()
    assert list(status) == ["ready", "url", "database", "demo_accounts"]
    assert (status["ready"], status["url"]) == (False, None)
    assert status["database"].startswith("postgis://grid@%2Ftmp%2Fgridpg-")


def test_up_prepares_starts_and_says_so_line_by_line(down: Installation) -> None:
    result = down.up()
    assert result.returncode == 0
    steps = [line for line in result.stdout.splitlines() if line.split(":")[0] in ENDINGS]
    named = [line.split(": ", 1)[1].split(",")[0] for line in steps]
    assert named == [
        "system packages", "python packages", "settings", "cluster", "database", "tables",
        "static files", "demo",
    ]  # fmt: skip
    assert down.asked()[:3] == ["migrate", "load_calendar", "collectstatic"]
    assert f"http://127.0.0.1:{down.port}/field/" in result.stdout


ENDINGS = {"ok", "skipped", "failed"}


def test_status_names_address_database_and_logins(up: Installation) -> None:
    status = up.status()
    assert status["ready"] is True
    assert status["url"] == f"http://127.0.0.1:{up.port}/"
    assert [set(account) for account in status["demo_accounts"]] == [
        {"role", "username", "password"}
    ] * 8
    with up.get("/") as page:
        assert page.read() == str(up.port + 1).encode()  # it learns the stream's port


def test_what_is_secret_is_closed(up: Installation) -> None:
    layout = Layout(up.root)
    for path in (layout.settings, layout.accounts, layout.state):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(layout.local.stat().st_mode) & 0o007 == 0


def test_a_second_up_finds_it_running_and_changes_nothing(up: Installation) -> None:
    before, asked = up.record(), up.asked()
    result = up.run("up")
    assert result.returncode == 0
    assert "skipped: up, it runs already" in result.stdout
    assert (up.record(), up.asked()) == (before, asked)
    other = up.run("up", "--port", str(up.port + 100))
    assert other.returncode == 1
    assert "./gridctl down" in other.stderr


def test_a_command_prints_only_its_own_output_and_passes_its_status_on(up: Installation) -> None:
    said = up.run("manage", "say", "--help", "路灯")
    assert (said.returncode, said.stdout) == (0, "--help 路灯")
    assert up.run("manage", "fail").returncode == 3


def test_a_program_that_dies_is_started_again(up: Installation) -> None:
    before = up.record()["programs"]["web"]["pid"]
    with pytest.raises(ConnectionError), up.get("/die"):
        pass
    assert until(lambda: up.status()["ready"])
    assert up.record()["programs"]["web"]["pid"] != before
    assert "web ended" in (Layout(up.root).log / "up.log").read_text()


def test_what_a_killed_supervisor_left_is_ended_by_the_next_up(up: Installation) -> None:
    before = up.record()
    os.kill(before["supervisor"]["pid"], signal.SIGKILL)
    assert until(lambda: not up.status()["ready"])
    assert "./gridctl down" in up.run("doctor").stderr
    result = up.up()
    assert result.returncode == 0
    assert "ok: leftovers, ended web, live, worker" in result.stdout
    assert up.record()["programs"]["web"] != before["programs"]["web"]
    assert up.status()["ready"] is True


def test_down_ends_everything_the_cluster_too(up: Installation) -> None:
    result = up.run("down")
    assert result.returncode == 0
    assert "ok: programs, ended" in result.stdout
    assert "ok: cluster, stopped" in result.stdout
    assert not cluster_of(up).is_running()
    assert up.processes() == []
    assert "skipped: programs, none runs" in up.run("down").stdout


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything_within_ten_seconds_though_a_stream_is_open(
    down: Installation, number: signal.Signals
) -> None:
    with down.start("up", "--port", str(down.port)) as process:
        assert process.stdout is not None
        assert any("Ctrl-C ends it" in line for line in process.stdout)
        with down.get("/live/events", live=True) as stream:
            assert stream.readline() == b"event: beat\n"
            asked = time.monotonic()
            process.send_signal(number)
            process.communicate(timeout=20)
            took = time.monotonic() - asked
    assert took < 10
    assert process.returncode == 0
    assert down.processes() == []
    assert not cluster_of(down).is_running()


@pytest.mark.usefixtures("ctrl_c_counts")
def test_an_up_that_is_interrupted_on_its_way_goes_on_next_time(down: Installation) -> None:
    with down.start("up", "--detach", "--port", str(down.port)) as process:
        assert until(cluster_of(down).is_running)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "run it again" in err
    assert not cluster_of(down).is_running()
    assert down.up().returncode == 0


def test_two_at_once_do_not_race(down: Installation) -> None:
    workers = down.asked().count("work")
    with down.start("up", "--detach", "--port", str(down.port)) as first:
        second = down.run("up", "--detach", "--port", str(down.port))
        first.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0)
    assert down.status()["ready"] is True
    assert down.asked().count("work") == workers + 1


def test_a_database_of_ones_own_skips_the_cluster(down: Installation) -> None:
    result = down.run("manage", "say", "x", DATABASE_URL=os.environ["DATABASE_URL"])
    assert result.returncode == 0, result.stderr
    assert not cluster_of(down).is_running()


def test_a_database_that_is_away_fails_with_the_reason_and_no_password(
    down: Installation,
) -> None:
    away = "postgis://me:secret@%2Fno%2Fsuch%2Ffolder/grid"
    result = down.run("up", "--detach", DATABASE_URL=away)
    assert result.returncode == 1
    assert "failed: database, " in result.stderr
    assert "check DATABASE_URL" in result.stderr
    assert "secret" not in result.stdout + result.stderr


def test_tests_run_on_their_own_cluster_and_pass_their_status_on(down: Installation) -> None:
    (down.root / "test_small.py").write_text(
        "import os\n"
        "def test_good(): assert '-test/grid' in os.environ['DATABASE_URL']\n"
        "def test_bad(): assert False\n"
    )
    good = down.run("test", "--no-browser", "-p", "no:cacheprovider", "-k", "good")
    assert good.returncode == 0, good.stderr
    assert "1 passed" in good.stdout.splitlines()[-1]
    assert down.run("test", "--no-browser", "-p", "no:cacheprovider").returncode == 1
    assert not cluster_of(down, "pgtest").is_running()


def test_a_browser_that_is_missing_fails_the_tests_instead_of_skipping_them(
    down: Installation,
) -> None:
    result = down.run("test", GRID_CHROMIUM="/nowhere/chromium")
    assert result.returncode == 1
    assert result.stderr.startswith("failed: browser, GRID_CHROMIUM=/nowhere/chromium")
    assert "passed" not in result.stdout


def test_reset_asks_first_and_then_leaves_nothing(up: Installation) -> None:
    refusal = up.run("reset")
    assert refusal.returncode == 1
    assert "--yes" in refusal.stderr
    assert up.status()["ready"] is True
    socket = cluster_of(up).socket
    assert up.run("reset", "--yes").returncode == 0
    assert up.status()["ready"] is False
    assert not Layout(up.root).local.exists()
    assert not socket.exists()
    assert up.processes() == []


def test_wrong_arguments_are_told_apart_from_failures(installation: Installation) -> None:
    assert installation.run("fly").returncode == 2
    assert installation.run().returncode == 2


def test_the_build_server_runs_exactly_the_tests() -> None:
    lines = (PROJECT / ".ci" / "run").read_text("utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")][-1] == "exec ./gridctl test"
