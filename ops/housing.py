"""Where a cluster's data lies and whose it is.

In `.local/<name>`, unless root runs the project from a folder that the cluster's user may not
enter: then in /var/lib, and `.local/pg.json` remembers where.
"""

from __future__ import annotations

import json
import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from ops.layout import Layout, write_private
from ops.say import Failed
from ops.shell import Owner, answer

OUTSIDE = Path("/var/lib")


@dataclass(frozen=True)
class Housing:
    """The home of one cluster of an installation: a folder that holds its data and its log."""

    layout: Layout
    name: str

    def find(self) -> Path:
        """Return the home as it is known, be it made or not."""
        return self.recorded() or self.inside

    def make(self) -> Path:
        """Return the home, chosen and made if need be."""
        home = self.recorded()
        if home:
            self._write({**self._homes(), self.name: str(home)})  # with the project's present path
            return home
        if (self.inside / "data").exists() or self.owner().uid == os.geteuid():
            self.inside.mkdir(mode=0o700, exist_ok=True)
            return self.inside
        return self._make_for_other_user()

    def owner(self) -> Owner:
        """Return the user the server runs as: ourselves, or for root the data's owner."""
        if os.geteuid() != 0:
            return Owner.me()
        data = self.find() / "data"
        if data.exists():
            return Owner.of(data.stat().st_uid)
        for name in ("postgres", "nobody"):  # PostgreSQL refuses to run as root
            try:
                return Owner.of(pwd.getpwnam(name).pw_uid)
            except KeyError:
                continue
        raise Failed("cluster", "there is no user postgres or nobody", "add one: adduser postgres")

    @property
    def inside(self) -> Path:
        return self.layout.local / self.name

    def recorded(self) -> Path | None:
        """Return the home outside of the project, None when there is none."""
        home = self._homes().get(self.name)
        return Path(home) if home else None

    def forget(self) -> None:
        """Drop the record of a home outside, which is gone."""
        self._write({name: home for name, home in self._homes().items() if name != self.name})

    def _make_for_other_user(self) -> Path:
        owner = self.owner()
        # .local is closed to others, so let the one group of the cluster's user pass.
        os.chown(self.layout.local, -1, owner.gid)
        self.layout.local.chmod(0o710)
        _give_folder(self.inside, owner)
        if answer(["test", "-x", self.inside], owner) is not None:
            return self.inside
        self.inside.rmdir()
        self.layout.local.chmod(0o700)
        outside = OUTSIDE / f"gridpg-{self.layout.token}"
        outside.mkdir(mode=0o755, exist_ok=True)
        _give_folder(outside / self.name, owner)
        self._write({**self._homes(), self.name: str(outside / self.name)})
        return outside / self.name

    @property
    def _record(self) -> Path:
        return self.layout.local / "pg.json"

    def _homes(self) -> dict[str, str]:
        try:
            record = json.loads(self._record.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        origin = Path(record["root"])
        # In a copied project the record still names the original's clusters; in a moved one it
        # is the only way to the data.
        if origin != self.layout.root and (origin / ".local" / "pg.json").exists():
            return {}
        homes: dict[str, str] = record["homes"]
        return homes

    def _write(self, homes: dict[str, str]) -> None:
        record = {"root": str(self.layout.root), "homes": homes}
        write_private(self._record, json.dumps(record, indent=2) + "\n")


def _give_folder(folder: Path, owner: Owner) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    os.chown(folder, owner.uid, owner.gid)
