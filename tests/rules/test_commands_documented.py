"""Every command is named where people look for it: docs/operations.md or a README."""

import argparse
import re
from pathlib import Path

from django.core.management import get_commands

from ops import cli

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["docs/operations.md", "docs/real-data.md", "docs/benchmarks.md", "README.md"]


def text() -> str:
    return "\n".join((ROOT / page).read_text("utf-8") for page in PAGES if (ROOT / page).exists())


def ours() -> set[str]:
    """Return the management commands of our own apps."""
    return {
        name
        for name, app in get_commands().items()
        if str(app).startswith(("gis_grid", "incidents"))
    }


def gridctl() -> set[str]:
    """Return the commands that `./gridctl --help` lists."""
    actions = cli.parser()._actions
    (commands,) = (action for action in actions if isinstance(action, argparse._SubParsersAction))
    return set(commands.choices)


def test_every_management_command_is_named() -> None:
    assert [name for name in sorted(ours()) if not re.search(rf"\b{name}\b", text())] == []


def test_every_gridctl_command_is_named() -> None:
    assert [name for name in sorted(gridctl()) if f"./gridctl {name}" not in text()] == []


def test_nothing_is_named_that_is_not_there() -> None:
    named = set(re.findall(r"\./gridctl manage ([a-z][a-z_]+)", text()))

    assert named - set(get_commands()) == set()
    assert set(re.findall(r"\./gridctl ([a-z]+)", text())) - gridctl() == set()


def test_every_management_command_says_what_it_does() -> None:
    for name in ours():
        source = next(ROOT.rglob(f"management/commands/{name}.py")).read_text("utf-8")
        assert re.search(r"^    help = ", source, re.MULTILINE), name


def test_the_search_finds_the_well_known() -> None:
    assert {"import_areas", "seed_demo", "work"} <= ours()
    assert {"up", "down", "test"} <= gridctl()
