"""What Django's processes are given: secrets, settings, demo logins."""

from __future__ import annotations

import stat

import pytest

from ops import env
from ops.layout import Layout
from ops.say import Failed


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "GRID_SECRET_KEY", "GRID_LOG_LEVEL", "GRID_MEDIA", "GRID_BIND"):
        monkeypatch.delenv(name, raising=False)


def mode(path: object) -> int:
    return stat.S_IMODE(path.stat().st_mode)  # type: ignore[attr-defined]


def test_local_is_closed_to_others(layout: Layout) -> None:
    assert mode(layout.local) == mode(layout.run) == mode(layout.log) == 0o700


def test_a_secret_key_is_made_once_for_its_owner_only(layout: Layout) -> None:
    assert env.ensure_secrets(layout) is True
    key = env.read_settings(layout)["GRID_SECRET_KEY"]
    assert len(key) >= 50
    assert mode(layout.settings) == 0o600
    assert env.ensure_secrets(layout) is False
    assert env.read_settings(layout)["GRID_SECRET_KEY"] == key


def test_a_settings_file_that_people_began_is_kept_and_closed(layout: Layout) -> None:
    layout.settings.write_text("GRID_TIME_ZONE=Asia/Urumqi\n")
    layout.settings.chmod(0o644)
    env.ensure_secrets(layout)
    assert env.read_settings(layout)["GRID_TIME_ZONE"] == "Asia/Urumqi"
    assert "GRID_SECRET_KEY" in env.read_settings(layout)
    assert mode(layout.settings) == 0o600


def test_demo_passwords_are_random_for_each_installation_and_kept(layout: Layout) -> None:
    env.ensure_accounts(layout)
    accounts = env.read_accounts(layout)
    assert [(account["role"], account["username"]) for account in accounts] == list(env.CAST)
    assert len({account["password"] for account in accounts}) == len(accounts)
    assert all(len(account["password"]) >= 14 for account in accounts)
    assert mode(layout.accounts) == 0o600
    env.ensure_accounts(layout)
    assert env.read_accounts(layout) == accounts
    layout.accounts.unlink()
    env.ensure_accounts(layout)
    again = env.read_accounts(layout)
    assert not {a["password"] for a in again} & {a["password"] for a in accounts}


def test_environment_wins_over_file_and_file_over_what_is_worked_out(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert env.django(layout, "postgis:///x")["GRID_LOG_LEVEL"] == "INFO"
    layout.settings.write_text("GRID_LOG_LEVEL=DEBUG\nGRID_MEDIA=/somewhere\n")
    assert env.django(layout, "postgis:///x")["GRID_LOG_LEVEL"] == "DEBUG"
    monkeypatch.setenv("GRID_LOG_LEVEL", "ERROR")
    given = env.django(layout, "postgis:///x")
    assert given["GRID_LOG_LEVEL"] == "ERROR"
    assert given["GRID_MEDIA"] == "/somewhere"


def test_the_live_stream_has_the_next_port(layout: Layout) -> None:
    given = env.django(layout, "postgis:///x", port=8010)
    assert (given["GRID_PORT"], given["GRID_LIVE_PORT"]) == ("8010", "8011")


def test_a_database_of_ones_own_must_be_postgis(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert env.external_database(layout) is None
    monkeypatch.setenv("DATABASE_URL", "postgis://me:secret@db.example/grid")
    assert env.database_url(layout) == "postgis://me:secret@db.example/grid"
    monkeypatch.setenv("DATABASE_URL", "mysql://me@db.example/grid")
    with pytest.raises(Failed, match="postgis://"):
        env.external_database(layout)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgis://me:p%40ss@db.example/grid", "postgis://me@db.example/grid"),
        ("postgis://grid@%2Ftmp%2Fgridpg-1/grid", "postgis://grid@%2Ftmp%2Fgridpg-1/grid"),
    ],
)
def test_no_password_is_shown(url: str, shown: str) -> None:
    assert env.without_password(url) == shown


def test_only_this_machine_may_ask_unless_bound_elsewhere() -> None:
    assert env.hosts("127.0.0.1") == "127.0.0.1,localhost,[::1]"
    assert "192.0.2.7" in env.hosts("192.0.2.7").split(",")
