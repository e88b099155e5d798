"""Every variable that is read is explained in docs/settings.md, and every one explained is read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "gis_grid" / "settings.py"
READERS = re.compile(
    r"env(\.\w+)?|_required|_limit(_or_never)?|_number|_count|_datums"
    r"|os\.environ\.(get|setdefault)|read_settings\(.*\)\.get"
)
IN_SHELL = re.compile(r"\$\{?([A-Z][A-Z0-9_]*_[A-Z0-9_]+)")
EXPLAINED = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \|", re.MULTILINE)
# They belong to the system or to other programs; we only pass them by.
NOT_OURS = {"DJANGO_SETTINGS_MODULE", "DEBIAN_FRONTEND"}


def read_by(path: Path) -> Iterator[str]:
    """Yield the names a Python file takes from the environment."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        name: ast.expr | None = None
        if isinstance(node, ast.Call) and node.args:
            name = node.args[0] if READERS.fullmatch(ast.unparse(node.func)) else None
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            name = node.slice
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield name.value


def read() -> set[str]:
    names = {name for path in [SETTINGS, *(ROOT / "ops").glob("*.py")] for name in read_by(path)}
    for path in (ROOT / "gridctl", ROOT / "docker-compose.yml"):
        names |= set(IN_SHELL.findall(path.read_text("utf-8")))
    return {name for name in names if "_" in name} - NOT_OURS


def explained() -> list[str]:
    return EXPLAINED.findall((ROOT / "docs" / "settings.md").read_text("utf-8"))


def test_every_variable_read_is_explained() -> None:
    assert read() - set(explained()) == set()


def test_every_variable_explained_is_read() -> None:
    assert set(explained()) - read() == set()


def test_each_is_explained_once() -> None:
    names = explained()

    assert sorted(names) == sorted(set(names))


def test_settings_are_the_only_reader_of_the_environment() -> None:
    others = [
        *(path for path in (ROOT / "gis_grid").rglob("*.py") if path != SETTINGS),
        *(ROOT / "incidents").rglob("*.py"),
    ]
    allowed = {"DJANGO_SETTINGS_MODULE", "GRID_URLCONF"}  # asgi.py and wsgi.py set them
    found = {f"{path.name}: {name}" for path in others for name in set(read_by(path)) - allowed}

    assert found == set()
    assert not [path for path in others if "getenv" in path.read_text("utf-8")]


def test_the_search_finds_the_well_known() -> None:
    assert {"GRID_SECRET_KEY", "DATABASE_URL", "GRID_BIND", "GRID_PYTHON", "GRID_PORT"} <= read()
