"""The private PostGIS cluster, with a real initdb and a real server."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from ops import database
from ops.cluster import Cluster
from ops.housing import OUTSIDE
from ops.layout import Layout
from ops.say import Failed


def url_of(cluster: Cluster, role: str, name: str) -> str:
    return f"postgis://{role}@{quote(str(cluster.socket), safe='')}/{name}"


def ask(cluster: Cluster, question: str) -> object:
    with psycopg.connect(host=str(cluster.socket), user="grid", dbname="postgres") as connection:
        row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One cluster for the tests that leave it as able as they found it."""
    layout = Layout(tmp_path_factory.mktemp("shared"))
    layout.prepare()
    made = Cluster(layout, "pgtest")
    yield made
    made.remove()


def test_it_starts_once_answers_and_stops_once(shared: Cluster) -> None:
    assert shared.start() is True
    assert shared.start() is False
    assert ask(shared, "SELECT current_user") == "grid"
    assert shared.stop() is True
    assert shared.stop() is False
    assert not shared.is_running()


def test_it_has_no_tcp_port_and_a_socket_only_for_its_owner(shared: Cluster) -> None:
    shared.start()
    assert ask(shared, "SHOW listen_addresses") == ""
    found = shared.socket.stat()
    assert stat.S_IMODE(found.st_mode) == 0o700
    assert found.st_uid == shared.owner.uid


def test_its_text_search_sees_chinese(shared: Cluster) -> None:
    shared.start()
    with psycopg.connect(host=str(shared.socket), user="grid", dbname="postgres") as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        row = connection.execute("SELECT cardinality(show_trgm('路灯坏了'))").fetchone()
    assert row == (5,)


def test_only_the_test_cluster_trades_safety_for_speed(shared: Cluster, layout: Layout) -> None:
    shared.start()
    assert ask(shared, "SHOW fsync") == "off"
    work = Cluster(layout, "pg")
    try:
        work.start()
        assert ask(work, "SHOW fsync") == "on"
        assert ask(work, "SHOW full_page_writes") == "on"
    finally:
        work.remove()


def test_it_comes_back_after_its_server_was_killed(shared: Cluster) -> None:
    shared.start()
    server = int((shared.data / "postmaster.pid").read_text().splitlines()[0])
    os.kill(server, 9)
    assert shared.start() is True
    assert ask(shared, "SELECT 1") == 1


def test_it_comes_back_after_its_socket_folder_was_swept_away(shared: Cluster) -> None:
    shared.start()
    shutil.rmtree(shared.socket)
    assert shared.start() is True
    assert ask(shared, "SELECT 1") == 1


def test_a_set_up_that_was_cut_off_starts_again(cluster: Cluster) -> None:
    draft = cluster.home / "data.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("15")
    assert not cluster.exists()
    assert cluster.start() is True


def test_a_socket_folder_of_somebody_else_is_refused(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.socket.mkdir()
    strange = cluster.owner.uid + 1
    real = Path.lstat

    def of_somebody_else(path: Path) -> os.stat_result:
        found = list(real(path))
        if path == cluster.socket:
            found[stat.ST_UID] = strange
        return os.stat_result(found)

    monkeypatch.setattr(Path, "lstat", of_somebody_else)
    with pytest.raises(Failed, match="belongs to") as refusal:
        cluster.start()
    assert str(cluster.socket) in str(refusal.value)


def test_a_link_in_place_of_the_socket_folder_is_refused(cluster: Cluster, tmp_path: Path) -> None:
    cluster.socket.symlink_to(tmp_path)
    try:
        with pytest.raises(Failed, match="socket folder"):
            cluster.start()
    finally:
        cluster.socket.unlink()


def test_the_last_to_leave_stops_it(shared: Cluster) -> None:
    with shared.in_use():
        shared.start()
        with shared.in_use():
            pass
        assert shared.is_running()
    assert not shared.is_running()


def test_data_lies_where_its_user_may_go(cluster: Cluster, layout: Layout) -> None:
    # pytest's folder is closed to others: root must move its data out, a person need not.
    assert cluster.home.is_relative_to(OUTSIDE if os.geteuid() == 0 else layout.local)
    assert Cluster(layout, cluster.name).home == cluster.home


def test_removing_leaves_nothing_behind(cluster: Cluster) -> None:
    home = cluster.home
    (home / "data").mkdir()
    cluster.socket.mkdir()
    cluster.remove()
    assert not home.exists()
    assert not cluster.socket.exists()
    assert not (OUTSIDE / f"gridpg-{cluster.layout.token}").exists()


def test_in_an_open_folder_data_lies_in_the_project(open_folder: Path) -> None:
    layout = Layout(open_folder)
    layout.prepare()
    cluster = Cluster(layout, "pgtest")
    try:
        cluster.start()
        assert cluster.data == layout.local / "pgtest" / "data"
        assert stat.S_IMODE(layout.local.stat().st_mode) & 0o007 == 0
    finally:
        cluster.remove()


def test_a_copied_project_never_touches_the_server_of_the_original(open_folder: Path) -> None:
    original = Layout(open_folder / "original")
    original.root.mkdir()
    original.prepare()
    first = Cluster(original, "pgtest")
    try:
        first.start()
        copy = Layout(open_folder / "copy")
        subprocess.run(["cp", "-a", original.root, copy.root], check=True)
        second = Cluster(copy, "pgtest")
        try:
            assert second.stop() is False
            assert second.start() is True
            assert first.is_running()
            assert ask(second, "SHOW data_directory") != ask(first, "SHOW data_directory")
        finally:
            second.remove()
        assert first.is_running()
    finally:
        first.remove()


def test_a_moved_project_keeps_its_data_wherever_it_lies(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    Layout(before).prepare()
    cluster = Cluster(Layout(before), "pgtest")
    try:
        cluster.start()
        system = ask(cluster, "SELECT system_identifier FROM pg_control_system()")
        cluster.stop()
        cluster.socket.rmdir()
        before.rename(after)
        cluster = Cluster(Layout(after), "pgtest")
        cluster.start()
        assert ask(cluster, "SELECT system_identifier FROM pg_control_system()") == system
    finally:
        cluster.remove()


def test_data_of_a_version_that_is_not_installed_names_what_to_install(cluster: Cluster) -> None:
    cluster.data.mkdir()
    (cluster.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(Failed, match="postgresql-9-postgis-3"):
        cluster.start()


def test_a_server_that_cannot_start_shows_its_log(cluster: Cluster) -> None:
    cluster.start()
    cluster.stop()
    with (cluster.data / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(Failed, match="did not start") as failure:
        cluster.start()
    assert "no_such_setting" in failure.value.detail


def test_a_database_is_made_with_its_extensions_and_found_again(shared: Cluster) -> None:
    shared.start()
    url = url_of(shared, "grid", "fresh")
    made = database.make_ready(url, may_make=True)
    assert (made["made"], made["empty"], made["applied"]) == (True, True, "")
    assert database.make_ready(url, may_make=False)["made"] is False
    with database.connect(url) as connection:
        rows = connection.execute("SELECT extname FROM pg_extension").fetchall()
    assert set(database.EXTENSIONS) <= {name for (name,) in rows}


def test_a_role_without_the_right_gets_the_line_for_the_administrator(shared: Cluster) -> None:
    shared.start()
    with database.connect(shared.url, "postgres") as connection:
        connection.execute("CREATE ROLE plain LOGIN")
        connection.execute("CREATE DATABASE theirs OWNER plain")
    url = url_of(shared, "plain", "theirs")
    with pytest.raises(database.NotReady) as refusal:
        database.make_ready(url, may_make=False)
    why, fix = refusal.value.args
    assert "plain may not create postgis" in why
    line = fix.split("run: ", 1)[1]
    administrator = ["psql", "-h", shared.socket, "-U", "grid", *shlex.split(line)[1:]]
    subprocess.run(administrator, check=True, capture_output=True)
    assert database.make_ready(url, may_make=False)["empty"] is True


def test_a_database_that_is_not_there_is_only_made_when_it_is_ours(shared: Cluster) -> None:
    shared.start()
    with pytest.raises(psycopg.OperationalError, match='"nowhere" does not exist'):
        database.make_ready(url_of(shared, "grid", "nowhere"), may_make=False)
