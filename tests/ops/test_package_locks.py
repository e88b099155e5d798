"""The locks of the Python packages, and when .venv is brought to them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ops import shell, wheels
from ops.layout import Layout

PROJECT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "ops/installer.lock")


def pins(name: str) -> dict[str, str]:
    """Return each pinned requirement of a lock with the text that follows it."""
    text = (PROJECT / name).read_text("utf-8")
    parts = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE | re.IGNORECASE)
    return {part.split(" \\", 1)[0]: part for part in parts if "==" in part}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address_and_a_hash_for_everything(name: str) -> None:
    assert "://" not in (PROJECT / name).read_text("utf-8")
    found = pins(name)
    assert found
    for pin, text in found.items():
        assert "==" in pin
        assert "--hash=sha256:" in text, pin


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_says_how_to_make_it_anew(name: str) -> None:
    assert "#    ./gridctl lock\n" in (PROJECT / name).read_text("utf-8")


def test_the_test_lock_holds_all_that_the_product_needs_in_the_same_version() -> None:
    assert set(pins("requirements.lock")) <= set(pins("requirements-dev.lock"))


@pytest.fixture
def steps_run(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lock that each sync was asked for; nothing is installed."""
    run: list[str] = []
    for name in ("requirements.lock", "requirements-dev.lock"):
        (layout.root / name).write_text(f"{name}\n")
    (layout.venv / "lib/python3.11/site-packages").mkdir(parents=True)
    monkeypatch.setattr(shell, "answer", lambda *_: "")
    monkeypatch.setattr(wheels, "_install_uv", lambda _: None)
    monkeypatch.setattr(wheels, "_uv_log", lambda _, *arguments: run.append(str(arguments[-1])))
    return run


def test_packages_are_synced_once_and_again_when_the_lock_changes(
    layout: Layout, steps_run: list[str]
) -> None:
    wheels.ensure(layout, dev=False)
    wheels.ensure(layout, dev=False)
    assert steps_run == ["requirements.lock"]
    (layout.root / "requirements.lock").write_text("django==99\n")
    wheels.ensure(layout, dev=False)
    assert steps_run == ["requirements.lock", "requirements.lock"]


def test_up_after_test_does_not_take_the_test_tools_away(
    layout: Layout, steps_run: list[str]
) -> None:
    wheels.ensure(layout, dev=True)
    (layout.venv / "lib/python3.11/site-packages/pytest").mkdir()
    wheels.ensure(layout, dev=False)
    assert steps_run == ["requirements-dev.lock"]


def test_a_sync_that_was_cut_off_is_done_again(
    layout: Layout, steps_run: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wheels.ensure(layout, dev=False)
    (layout.root / "requirements.lock").write_text("django==99\n")
    with monkeypatch.context() as patch:
        patch.setattr(wheels, "_uv_log", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            wheels.ensure(layout, dev=False)
    wheels.ensure(layout, dev=False)
    assert steps_run == ["requirements.lock", "requirements.lock"]
