"""Finding PostgreSQL programs that have PostGIS; a newer PostgreSQL without it is passed over."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ops.shell import answer

# Django 5.2 asks for 14 or newer.
OLDEST_MAJOR = 14


@dataclass(frozen=True)
class Postgres:
    """One installation: its folder of programs and its version."""

    bin: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> Path:
        return self.bin / name


def candidates() -> Iterator[Path]:
    """Yield folders that may hold the programs, the preferred first."""
    if chosen := os.environ.get("GRID_PG_BIN"):
        yield Path(chosen)
    for pattern in (
        "/usr/lib/postgresql/*/bin",
        "/usr/pgsql-*/bin",
        "/opt/homebrew/opt/postgresql@*/bin",
        "/usr/local/opt/postgresql@*/bin",
        "/Applications/Postgres.app/Contents/Versions/*/bin",
    ):
        found = Path("/").glob(pattern.lstrip("/"))
        yield from sorted(found, key=_number_in, reverse=True)
    if on_path := shutil.which("pg_ctl"):
        yield Path(on_path).parent


def _number_in(path: Path) -> float:
    numbers = re.findall(r"\d+(?:\.\d+)?", str(path))
    return float(numbers[-1]) if numbers else 0.0


def inspect(folder: Path) -> Postgres | None:
    """Return the installation in a folder, None when it cannot carry PostGIS."""
    if not (folder / "initdb").exists():
        return None
    version = answer([folder / "pg_config", "--version"])
    number = re.search(r"\d+(\.\d+)?", version or "")
    if not number or not _has_postgis(folder):
        return None
    found = Postgres(folder, number.group())
    return found if found.major >= OLDEST_MAJOR else None


def _has_postgis(folder: Path) -> bool:
    shared = answer([folder / "pg_config", "--sharedir"])
    libraries = answer([folder / "pg_config", "--pkglibdir"])
    if not shared or not libraries:
        return False
    # Debian ships the two in separate packages: either can be there alone.
    control = Path(shared, "extension", "postgis.control")
    return control.exists() and any(Path(libraries).glob("postgis-*.*"))


def find(major: int | None = None) -> Postgres | None:
    """Return the best installation, of this major version when existing data needs it."""
    for folder in candidates():
        found = inspect(folder)
        if found and major in (None, found.major):
            return found
    return None
