"""Permission is how you fetch: web code reaches tables through a door, never around it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEB = sorted(
    [
        *(ROOT / "gis_grid" / "web").glob("*.py"),
        *(ROOT / "incidents" / "web").glob("*.py"),
        *ROOT.glob("gis_grid/*/admin.py"),
        *(ROOT / "incidents" / "admin").glob("*.py"),
    ]
)
# What a manager may be asked first: each takes whose eyes these are.
DOORS = {"within", "visible_to", "roots_of"}
# Lists that are the same for everybody.
REFERENCE = {"Category.objects.minors"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}


def ways_round(source: str) -> Iterator[str]:
    """Yield each use of a manager that goes through no door, and each cursor."""
    tree = ast.parse(source)
    through = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and (node.attr in DOORS or ast.unparse(node) in REFERENCE)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        if (node.attr in MANAGERS and id(node) not in through) or node.attr == "cursor":
            yield f"line {node.lineno}: {ast.unparse(node)}"


def test_web_code_fetches_through_doors_only() -> None:
    found = {
        f"{path.relative_to(ROOT)}, {way}" for path in WEB for way in ways_round(path.read_text())
    }

    assert found == set(), "ask .within(territory), .visible_to(actor) or an access_… function"


def test_the_search_finds_what_it_is_for() -> None:
    assert list(ways_round("x = Incident.objects.get(pk=1)"))
    assert list(ways_round("x = Incident.objects.all().within(t)"))
    assert list(ways_round("manager = Area.objects"))
    assert list(ways_round("with connection.cursor() as c: ..."))
    assert not list(ways_round("x = Incident.objects.within(t).filter(pk=1)"))
    assert not list(ways_round("x = list(Category.objects.minors())"))


def test_all_web_code_is_searched() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in WEB}

    assert {"gis_grid/web/place.py", "incidents/web/field.py", "incidents/admin/rules.py"} <= names
