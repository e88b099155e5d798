"""The worker: one leads, a broken duty stops nobody, a database may go away, SIGTERM is obeyed."""

import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from gis_grid.territory.actions import AreaDraft, found
from gis_grid.territory.models import Kind, Level
from incidents import actions
from incidents.deadlines import calendars
from incidents.dispatching.rulebook import store
from incidents.management.commands import work
from incidents.management.commands.work import Duty, attempt, repeat
from incidents.models import DispatchRule, Event, Incident, Notice
from tests.product import database_url
from tests.world import World, build_world, make_incident, make_report, square

ROOT = Path(__file__).resolve().parents[2]


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for something to become true; the machine may be busy."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.05)


@contextmanager
def working(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the very command of `./gridctl up` on the test database."""
    url = f"{database_url()}?application_name={log.name}"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "work"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url, "PYTHONUNBUFFERED": "1"},
            stdout=out,
            stderr=out,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        sys.stdout.write(log.read_text())  # shown when the test fails


def unstamped() -> bool:
    return Event.objects.filter(sequence=None).exists()


def connected(name: str) -> int:
    """Return how many connections the worker with this log has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [name])
        return int(cursor.fetchone()[0])


@contextmanager
def nobody_let_in() -> Iterator[None]:
    """Let the database refuse new connections for a while; ours stays."""
    known = connection.settings_dict
    wanted = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    address = {name: known[key] for name, key in wanted.items() if known[key]}
    with psycopg.connect(dbname="postgres", autocommit=True, **address) as elsewhere:
        alter = f'ALTER DATABASE "{known["NAME"]}" WITH ALLOW_CONNECTIONS'
        elsewhere.execute(f"{alter} false")
        try:
            yield
        finally:
            elsewhere.execute(f"{alter} true")


@pytest.fixture
def town(no_worker: None) -> World:
    calendars.forget()
    return build_world()


# --- the running process ----------------------------------------------------------------------


def test_every_duty_is_done(town: World, tmp_path: Path) -> None:
    store(DispatchRule(name="all to the grid", role="grid_worker", automatic=True, live=True))
    overdue = make_incident(town)  # in March: long overdue
    fresh = actions.report(make_report(), by=town.actor("li"), at=timezone.now()).incident
    actions.DEEDS["accept"](
        fresh.pk,
        actions.Order(by=town.actor("li"), at=timezone.now(), deed_id=uuid4()),
    )
    with working(tmp_path / "log"):
        until(lambda: overdue.events.filter(kind="overdue").exists())
        until(lambda: fresh.events.filter(kind="dispatch").exists())
        until(lambda: not unstamped() and Notice.objects.exists())
        shape = square(0.1, 0.8, 0.1, 0.8)
        found(AreaDraft("P", "公园", Level.GRID, town.areas["A"], Kind.EXCLUSIVE, shape))
        until(lambda: Incident.objects.filter(area__code="P").count() == 2)


def test_a_term_ends_it_soon_and_with_success(town: World, tmp_path: Path) -> None:
    make_incident(town)
    with working(tmp_path / "log") as process:
        until(lambda: not unstamped())
        process.terminate()
        # Two seconds on a free machine; the supervisor gives seven.
        assert process.wait(6) == 0


def test_a_duty_that_hangs_keeps_the_end_waiting_no_longer_than_agreed(
    no_worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    over, hangs, let_go = threading.Event(), threading.Event(), threading.Event()

    def hang() -> None:
        hangs.set()
        let_go.wait()

    monkeypatch.setattr(work, "DUTIES", (Duty("hang", 0.001, hang),))
    ends = threading.Timer(0.5, over.set)
    ends.start()
    start = time.monotonic()
    work.lead(over)
    took = time.monotonic() - start
    let_go.set()

    assert hangs.is_set()
    assert took < 0.5 + work.END_S + 1


def test_a_second_worker_waits_and_takes_over(town: World, tmp_path: Path) -> None:
    make_incident(town)
    with working(tmp_path / "first") as first, working(tmp_path / "second") as second:
        until(lambda: not unstamped())
        until(lambda: connected("first") > 3 or connected("second") > 3)
        until(lambda: connected("first") > 0 and connected("second") > 0)
        leader, other = (first, second) if connected("first") > 3 else (second, first)
        leader.kill()
        leader.wait()
        make_incident(town)
        until(lambda: not unstamped())
        assert other.poll() is None
    stamped = Event.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(stamped) == list(range(1, len(stamped) + 1))


def test_it_survives_a_database_that_goes_away(town: World, tmp_path: Path) -> None:
    log = tmp_path / "cut_off"
    with working(log) as process:
        until(lambda: connected("cut_off") > 3)
        with nobody_let_in():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'cut_off'"
                )
            until(lambda: "the database is away" in log.read_text())
            time.sleep(3)
            assert connected("cut_off") == 0
        incident = make_incident(town)
        until(lambda: incident.events.filter(kind="overdue").exists())
        until(lambda: not unstamped())
        process.terminate()
        assert process.wait(30) == 0
    assert "Traceback" not in log.read_text()


# --- the duties' table ------------------------------------------------------------------------


def test_names_and_pauses_of_the_duties() -> None:
    names = [duty.name for duty in (work.STAMP, *work.DUTIES)]

    assert names == [
        *("stamp", "ring", "dispatch", "tell", "send", "reroute", "simplify", "compute", "sweep")
    ]
    assert all(0 < duty.every_s <= 60 for duty in work.DUTIES)


def test_a_duty_that_fails_is_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    over, turns = threading.Event(), []

    def stumble() -> None:
        turns.append(len(turns))
        if len(turns) < 3:
            raise RuntimeError("a stone")
        over.set()

    repeat(Duty("walk", 0.001, stumble), over, lambda: True)

    assert turns == [0, 1, 2]
    assert [record.getMessage() for record in caplog.records] == ["walk failed"] * 2
    assert "a stone" in caplog.text


def test_the_pause_grows_with_faults_and_is_short_again_after_them() -> None:
    waited: list[float] = []
    results = iter([False, False, False, True, True])

    class Clock(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout or 0)
            return len(waited) > 5

    def turn() -> None:
        if not next(results):
            raise ValueError

    repeat(Duty("turn", 1.0, turn), Clock(), lambda: True)

    assert waited == [1, 2, 4, 8, 1, 1]


def test_no_pause_is_longer_than_the_longest() -> None:
    waited: list[float] = []

    class Clock(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout or 0)
            return len(waited) > 12

    def fail() -> None:
        raise ValueError

    repeat(Duty("fail", 1.0, fail), Clock(), lambda: True)

    assert max(waited) == work.LONGEST_PAUSE_S


def test_a_database_that_is_away_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def away() -> None:
        raise OperationalError("connection refused\nIs the server running?")

    assert not attempt(Duty("ring", 1, away))

    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage() == "ring: the database is away: connection refused"


def test_a_duty_stops_when_it_may_not_go_on() -> None:
    turns: list[int] = []

    def fail() -> None:
        turns.append(1)
        raise OperationalError

    repeat(Duty("fail", 0.001, fail), threading.Event(), lambda: False)

    assert turns == [1]
