"""static/vendor and the program that refreshes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ops import vendor
from ops.vendor import File, Package, VendorError

SCRIPT = b"let a = 1;\n//# sourceMappingURL=thing.js.map\n"


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """What npm would have unpacked: one package with a licence, a script and a style sheet."""
    home = tmp_path / "node_modules" / "thing"
    (home / "dist").mkdir(parents=True)
    (home / "package.json").write_text('{"version": "1.2.3", "license": "MIT"}')
    (home / "LICENSE").write_text("MIT terms")
    (home / "README.md").write_text("# thing")
    (home / "dist" / "thing.js").write_bytes(SCRIPT)
    (home / "dist" / "thing.css").write_text("a { background: url(images/a.png) }")
    return home.parent


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "vendor").mkdir()
    return tmp_path / "vendor"


def package(*files: tuple[str, str]) -> Package:
    return Package(name="thing", files=[File({"from": source, "to": to}) for source, to in files])


def copy(target: Path, modules: Path, *files: tuple[str, str]) -> Package:
    copied = vendor.copy_package(package(*files), modules, target)
    vendor.write_list([copied], target)
    return copied


def test_what_is_committed_is_what_is_listed() -> None:
    assert vendor.read_list()
    assert vendor.problems() == []


def test_versions_are_exact_and_the_lock_names_no_registry() -> None:
    wanted = json.loads((vendor.SOURCE / "package.json").read_text("utf-8"))["dependencies"]
    listed = {package["name"]: package["version"] for package in vendor.read_list()}
    assert wanted == listed
    lock = json.loads((vendor.SOURCE / "package-lock.json").read_text("utf-8"))
    entries = [entry for name, entry in lock["packages"].items() if name]
    assert all("resolved" not in entry and "integrity" in entry for entry in entries)


def test_a_copy_gets_version_licence_and_digest(modules: Path, target: Path) -> None:
    copied = copy(target, modules, ("dist/thing.js", "thing/thing.js"))
    assert (copied["version"], copied["licence"]) == ("1.2.3", "MIT")
    assert [file["to"] for file in copied["files"]] == ["thing/thing.js", "thing/LICENSE"]
    assert vendor.problems(target) == []


def test_a_source_map_that_is_not_shipped_is_not_named(modules: Path, target: Path) -> None:
    copy(target, modules, ("dist/thing.js", "thing/thing.js"))
    assert (target / "thing/thing.js").read_bytes() == b"let a = 1;\n"


def test_a_changed_a_missing_and_an_unlisted_file_are_found(modules: Path, target: Path) -> None:
    copy(target, modules, ("dist/thing.js", "thing/thing.js"))
    (target / "thing/thing.js").write_text("let a = 2;")
    (target / "thing/LICENSE").unlink()
    (target / "thing/extra.js").touch()
    assert sorted(vendor.problems(target)) == [
        "thing/LICENSE is listed but missing",
        "thing/extra.js is not in vendor.json",
        "thing/thing.js differs from its sha256",
    ]


def test_a_style_sheet_whose_picture_is_missing_is_found(modules: Path, target: Path) -> None:
    copy(target, modules, ("dist/thing.css", "thing/thing.css"))
    [problem] = vendor.problems(target)
    assert "images/a.png" in problem


def test_a_package_without_terms_is_refused(modules: Path, target: Path) -> None:
    (modules / "thing" / "LICENSE").unlink()
    with pytest.raises(VendorError, match="licence"):
        copy(target, modules, ("dist/thing.js", "thing/thing.js"))
    copy(target, modules, ("dist/thing.js", "t/t.js"), ("README.md", "t/LICENSE.md"))


@pytest.mark.parametrize("outside", ["../escaped.js", "/etc/escaped.js"])
def test_no_file_leaves_its_folder(modules: Path, target: Path, outside: str) -> None:
    with pytest.raises(VendorError, match="leads out"):
        copy(target, modules, ("dist/thing.js", outside))
    with pytest.raises(VendorError, match="leads out"):
        copy(target, modules, (outside, "thing/thing.js"))


@pytest.mark.parametrize(
    ("manifest", "name"),
    [
        ({"license": "ISC"}, "ISC"),
        ({"license": {"type": "BSD-3-Clause"}}, "BSD-3-Clause"),
        ({"licenses": [{"type": "MIT"}, {"type": "Apache-2.0"}]}, "MIT OR Apache-2.0"),
        ({}, "see LICENSE"),
    ],
)
def test_old_ways_to_name_a_licence_are_read(manifest: dict[str, object], name: str) -> None:
    assert vendor.licence_name(manifest) == name
