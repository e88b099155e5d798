"""Where things lie in an installation. All that a run makes is in .venv and .local."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from ops.say import Failed


@dataclass(frozen=True)
class Layout:
    """The project folder and the names inside it."""

    root: Path

    @property
    def local(self) -> Path:
        return self.root / ".local"

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def log(self) -> Path:
        return self.local / "log"

    @property
    def run(self) -> Path:
        return self.local / "run"

    @property
    def settings(self) -> Path:
        return self.local / "env"

    @property
    def accounts(self) -> Path:
        return self.local / "demo_accounts.json"

    @property
    def state(self) -> Path:
        return self.run / "state.json"

    @property
    def media(self) -> Path:
        return self.local / "media"

    @property
    def static(self) -> Path:
        return self.local / "static"

    @property
    def token(self) -> str:
        """Eight hex digits that tell this folder from others on the machine."""
        return hashlib.sha256(os.fsencode(self.root)).hexdigest()[:8]

    def prepare(self) -> None:
        """Make .local and its folders, closed to others."""
        for folder in (self.local, self.log, self.run):
            try:
                folder.mkdir(mode=0o700, exist_ok=True)
            except PermissionError as error:
                fix = f"run as the user who owns {self.root}"
                raise Failed("folders", f"{folder} cannot be made", fix) from error
        if not os.access(self.local, os.W_OK):
            raise Failed(
                "folders", f"{self.local} belongs to another user", "run as that user, or remove it"
            )


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with open(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def tail(path: Path, lines: int = 20) -> str:
    """Return the last lines of a text file, "" when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 400 * lines))
            text = file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
