"""Finding PostgreSQL, a browser, ports and system packages."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from ops import apt, browser, ports, postgres
from ops.layout import Layout
from ops.say import Failed
from tests.ports import HERE, free_pair


def program(path: Path, says: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{says}\n")
    path.chmod(0o755)
    return path


def fake_postgres(home: Path, version: str, *postgis: str) -> Path:
    """Make a folder that looks like PostgreSQL's programs with these files; return its bin."""
    (home / "extension").mkdir(parents=True)
    for name in postgis:
        (home / name).touch()
    program(home / "bin" / "initdb", "exit 0")
    says = f'[ "$1" = --version ] && echo "PostgreSQL {version}" || echo "{home}"'
    program(home / "bin" / "pg_config", says)
    return home / "bin"


POSTGIS = ("extension/postgis.control", "postgis-3.so")


@pytest.fixture
def several(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A PostgreSQL without PostGIS, one with half of it, a whole one, and one too old."""
    made = [
        fake_postgres(tmp_path / "18", "18.1"),
        fake_postgres(tmp_path / "17", "17.2", "extension/postgis.control"),
        fake_postgres(tmp_path / "16", "16.4 (Debian 16.4-1)", *POSTGIS),
        fake_postgres(tmp_path / "13", "13.9", *POSTGIS),
    ]
    monkeypatch.setattr(postgres, "candidates", lambda: iter(made))
    return made


def test_a_newer_postgresql_without_the_whole_of_postgis_is_passed_over(
    several: list[Path],
) -> None:
    found = postgres.find()
    assert found == postgres.Postgres(several[2], "16.4")


def test_data_of_another_version_is_not_given_to_the_wrong_programs(several: list[Path]) -> None:
    assert postgres.find(major=16) is not None
    assert postgres.find(major=15) is None


def test_a_postgresql_too_old_for_django_does_not_count(several: list[Path]) -> None:
    assert postgres.find(major=13) is None


def test_the_folder_that_people_name_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRID_PG_BIN", "/opt/mine/bin")
    assert next(postgres.candidates()) == Path("/opt/mine/bin")


def test_a_snap_stub_is_no_browser(tmp_path: Path) -> None:
    stub = program(tmp_path / "chromium", "echo 'install the snap' >&2; exit 10")
    assert browser.version(stub) is None
    assert browser.version(program(tmp_path / "real", "echo Chromium 141.0")) == "Chromium 141.0"


def test_the_lighter_browser_is_installed_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = {"chromium", browser.SHELL_PACKAGE}
    monkeypatch.setattr(apt, "_lists_know", lambda names: known.issuperset(names))
    monkeypatch.setattr(apt, "is_ubuntu", lambda: False)
    monkeypatch.setattr(browser, "find", lambda: None)
    monkeypatch.delenv("GRID_CHROMIUM", raising=False)
    assert browser.SHELL_PACKAGE in browser.missing_packages(with_browser=True)
    known.remove(browser.SHELL_PACKAGE)
    assert "chromium" in browser.missing_packages(with_browser=True)
    known.clear()  # a new image has no lists yet: they are fetched before the installation
    assert browser.SHELL_PACKAGE in browser.missing_packages(with_browser=True)


def test_a_named_browser_that_does_not_start_fails_with_the_fix(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRID_CHROMIUM", str(tmp_path / "nothing"))
    with pytest.raises(Failed, match="does not start") as failure:
        browser.ensure(layout)
    assert "--no-browser" in str(failure.value)


def test_a_taken_port_that_was_asked_for_is_refused_and_another_chosen_otherwise(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ports, "PATIENCE_S", 0.0)
    with socket.socket() as other:
        taken = free_pair() + 1
        other.bind((HERE, taken))
        other.listen()
        with pytest.raises(Failed, match="--port"):
            ports.choose(taken)
        with pytest.raises(Failed, match=f"{taken} cannot be listened on"):
            ports.choose(taken - 1)  # its neighbour for the stream is taken
        monkeypatch.setattr(ports, "FIRST", taken)
        monkeypatch.setattr(ports, "LAST", taken + 50 * ports.STRIDE)
        chosen = ports.choose(None)
    assert chosen > taken
    assert f"taking {chosen}" in capsys.readouterr().out


def test_what_is_missing_and_cannot_be_installed_becomes_one_line_to_run(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apt, "become_root", lambda: None)
    with pytest.raises(Failed) as failure:
        apt.ensure(layout, ["postgresql-15-postgis-3", "chromium"])
    message = str(failure.value)
    assert "\n" not in message
    assert message.endswith(
        "run: sudo apt-get update && sudo apt-get install -y --no-install-recommends "
        "postgresql-15-postgis-3 chromium"
    )


def test_apt_gets_new_lists_and_tries_again_after_a_run_that_was_cut_off(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: list[str] = []

    def fail_first_install(argv: list[str], log: Path) -> int:
        run.append(" ".join(argv))
        return 100 if "install" in argv and not any("--configure" in line for line in run) else 0

    monkeypatch.setattr(apt, "is_debian", lambda: True)
    monkeypatch.setattr(apt, "become_root", lambda: ["sudo", "-n"])
    monkeypatch.setattr(apt, "_lists_know", lambda _: True)
    monkeypatch.setattr(apt, "_run", fail_first_install)
    apt.ensure(layout, ["chromium"])
    steps = [next(word for word in line.split() if word in VERBS) for line in run]
    assert steps == ["install", "--configure", "update", "install"]
    assert all("DPkg::Lock::Timeout=300" in line for line in run if "apt-get" in line)
    assert all("DEBIAN_FRONTEND=noninteractive" in line for line in run if "apt-get" in line)


VERBS = {"install", "--configure", "update"}


def test_the_newest_postgis_that_apt_knows_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    names = "postgresql-9.6\npostgresql-15-postgis-3\npostgresql-17-postgis-3\npostgresql-17-cron"
    monkeypatch.setattr(apt, "answer", lambda _: names)
    assert apt.postgis_package() == "postgresql-17-postgis-3"
    monkeypatch.setattr(apt, "answer", lambda _: None)
    assert apt.postgis_package() == "postgresql-postgis"
