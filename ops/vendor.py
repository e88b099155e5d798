"""Refresh static/vendor from npm, or check it against its list. Standard library only.

`ops/vendor/package.json` and its lock say which packages, in exact versions;
`static/vendor/vendor.json` says which of their files are copied where:

    {"packages": [{"name", "version", "licence", "files": [{"from", "to", "sha256"}]}]}

"from" is a path inside the npm package, "to" one under static/vendor. `version`, `licence` and
`sha256` are filled in by a refresh. Also runs alone: `python3 ops/vendor.py [--check | --relock]`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path, PurePosixPath
from typing import NotRequired, TypedDict

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "ops" / "vendor"
TARGET = ROOT / "static" / "vendor"

# A map that is named but not shipped makes Django's hashed static files fail.
SOURCE_MAP = re.compile(
    rb"\n?(//[#@] ?sourceMappingURL=[^\n]*|/\*[#@] ?sourceMappingURL=.*?\*/)\n?"
)
CSS_URL = re.compile(r"""url\(\s*['"]?([^'")]+)['"]?\s*\)""")


# Functional form because "from" is a Python keyword. The sha256 is of what lies in static/vendor.
File = TypedDict("File", {"from": str, "to": str, "sha256": NotRequired[str]})


class Package(TypedDict):
    """One npm package and the files we take from it."""

    name: str
    version: NotRequired[str]
    licence: NotRequired[str]
    files: list[File]


class VendorError(Exception):
    """The list, the npm package and static/vendor do not fit together."""


def read_list(target: Path = TARGET) -> list[Package]:
    """Return the packages of vendor.json, [] when there is none yet."""
    path = target / "vendor.json"
    if not path.exists():
        return []
    packages: list[Package] = json.loads(path.read_text("utf-8"))["packages"]
    return packages


def write_list(packages: list[Package], target: Path = TARGET) -> None:
    """Write vendor.json, sorted so that a refresh without a change is no change."""
    ordered: list[dict[str, object]] = [
        {
            "name": package["name"],
            "version": package["version"],
            "licence": package["licence"],
            "files": [
                {"from": file["from"], "to": file["to"], "sha256": file["sha256"]}
                for file in sorted(package["files"], key=lambda file: file["to"])
            ],
        }
        for package in sorted(packages, key=lambda package: package["name"])
    ]
    text = json.dumps({"packages": ordered}, ensure_ascii=False, indent=2)
    (target / "vendor.json").write_text(text + "\n", "utf-8")


def without_source_map(name: str, content: bytes) -> bytes:
    """Return the content of a script or style sheet without its sourceMappingURL comment."""
    if PurePosixPath(name).suffix not in {".js", ".mjs", ".css"}:
        return content
    return SOURCE_MAP.sub(b"\n", content)


def sha256(content: bytes) -> str:
    """Return the hex digest that vendor.json records."""
    return hashlib.sha256(content).hexdigest()


def inside(folder: Path, name: str) -> Path:
    """Return folder/name; VendorError when the name would leave the folder."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise VendorError(f"{name} leads out of {folder}")
    return path


def is_licence(name: str) -> bool:
    """Tell whether a file name is that of a licence text."""
    return bool(re.match(r"(licen[cs]e|copying|notice)", PurePosixPath(name).name, re.IGNORECASE))


def licence_name(manifest: dict[str, object]) -> str:
    """Return the SPDX name of a package.json, also of the old object and list forms."""
    licence = manifest.get("license") or manifest.get("licenses") or "see LICENSE"
    if isinstance(licence, list):
        return " OR ".join(licence_name({"license": entry}) for entry in licence)
    if isinstance(licence, dict):
        return str(licence.get("type", "see LICENSE"))
    return str(licence)


def with_licence_text(package: Package, home: Path) -> list[File]:
    """Return the package's files with its licence text among them.

    A package that ships none must name the file that holds the terms itself, as
    {"from": "README.md", "to": "<package>/LICENSE.md"}.
    """
    files = package["files"]
    if any(is_licence(file["to"]) for file in files):
        return files
    texts = sorted(path.name for path in home.iterdir() if is_licence(path.name))
    if not texts:
        raise VendorError(
            f"{package['name']} has no licence file: list the file that holds its terms"
        )
    return [*files, {"from": texts[0], "to": f"{package['name']}/{texts[0]}"}]


def copy_package(package: Package, modules: Path, target: Path) -> Package:
    """Copy one package's listed files; return its entry with version, licence and digests."""
    home = modules / package["name"]
    manifest = json.loads((home / "package.json").read_text("utf-8"))
    copied: list[File] = []
    for file in with_licence_text(package, home):
        source, goal = inside(home, file["from"]), inside(target, file["to"])
        if not source.is_file():
            raise VendorError(f"{package['name']} {manifest['version']} has no {file['from']}")
        content = without_source_map(file["to"], source.read_bytes())
        goal.parent.mkdir(parents=True, exist_ok=True)
        goal.write_bytes(content)
        copied.append({"from": file["from"], "to": file["to"], "sha256": sha256(content)})
    return Package(
        name=package["name"],
        version=manifest["version"],
        licence=licence_name(manifest),
        files=copied,
    )


def problems(target: Path = TARGET) -> list[str]:
    """Return what is wrong with static/vendor, one sentence each; [] when all is as listed."""
    found: list[str] = []
    listed = {"vendor.json"}
    for package in read_list(target):
        for file in package["files"]:
            listed.add(file["to"])
            path = target / file["to"]
            if not path.is_file():
                found.append(f"{file['to']} is listed but missing")
            elif sha256(path.read_bytes()) != file.get("sha256"):
                found.append(f"{file['to']} differs from its sha256")
        if not any(is_licence(file["to"]) for file in package["files"]):
            found.append(f"{package['name']} has no licence text")
    for path in sorted(target.rglob("*")):
        name = path.relative_to(target).as_posix()
        if path.is_file() and name not in listed:
            found.append(f"{name} is not in vendor.json")
        if path.suffix == ".css":
            found += missing_from_css(path, name)
    return found


def missing_from_css(path: Path, name: str) -> list[str]:
    """Return a sentence for each relative url() of a style sheet that leads nowhere."""
    links = CSS_URL.findall(path.read_text("utf-8"))
    local = [link for link in links if not re.match(r"[a-z]+:|#|/", link)]
    return [
        f"{name} refers to {link}, which is missing"
        for link in local
        if not (path.parent / re.split(r"[?#]", link)[0]).is_file()
    ]


def npm(*arguments: str, folder: Path) -> None:
    """Run npm in a folder without letting packages run code of their own."""
    if not shutil.which("npm"):
        raise VendorError("npm is not installed: apt-get install npm")
    command = ["npm", *arguments, "--ignore-scripts", "--no-audit", "--no-fund"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if result.returncode:
        raise VendorError(f"npm {arguments[0]} failed:\n{result.stderr.strip()[-2000:]}")


def relock(source: Path = SOURCE) -> None:
    """Write package-lock.json anew from package.json."""
    # The lock must name packages and digests, never the registry it was made with.
    npm("install", "--package-lock-only", "--omit-lockfile-registry-resolved", folder=source)


def refresh(
    source: Path = SOURCE, target: Path = TARGET, *, relock_first: bool = False
) -> list[Package]:
    """Copy every listed file afresh from npm and rewrite vendor.json; return its packages."""
    packages = read_list(target)
    wanted = json.loads((source / "package.json").read_text("utf-8")).get("dependencies", {})
    if strange := {package["name"] for package in packages} ^ set(wanted):
        names = ", ".join(sorted(strange))
        raise VendorError(f"package.json and vendor.json differ about {names}")
    if relock_first or not (source / "package-lock.json").exists():
        relock(source)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, folder)
        npm("ci", folder=Path(folder))
        fresh = [
            copy_package(package, Path(folder, "node_modules"), target) for package in packages
        ]
    write_list(fresh, target)
    return fresh


def main(arguments: list[str] | None = None) -> int:
    """Refresh, check or relock; return the exit status."""
    parser = argparse.ArgumentParser(prog="./gridctl vendor", description="static/vendor from npm")
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--check", action="store_true", help="compare with vendor.json; write nothing"
    )
    choice.add_argument("--relock", action="store_true", help="write package-lock.json anew first")
    options = parser.parse_args(arguments)
    try:
        for package in [] if options.check else refresh(relock_first=options.relock):
            print(f"ok: {package['name']} {package.get('version')}, {len(package['files'])} files")
    except (VendorError, OSError, KeyError, json.JSONDecodeError) as error:
        print(f"failed: vendor, {error}", file=sys.stderr)
        return 1
    found = problems()
    for problem in found:
        print(f"failed: vendor, {problem}", file=sys.stderr)
    if not found:
        print("ok: static/vendor, every file is listed and has its sha256")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
