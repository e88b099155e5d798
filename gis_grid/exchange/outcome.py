"""What an import did: the same words for every file, for people and for machines."""

from dataclasses import dataclass, field, is_dataclass
from typing import Any

from django.utils.functional import Promise

from gis_grid.errors import GridError

Text = str | Promise


@dataclass(frozen=True)
class Rejection:
    """A row that was not taken: its number in the file, the field, a stable code, the reason."""

    row: int | None
    field: str | None
    code: str
    reason: Text
    location: tuple[float, float] | None = None


@dataclass(frozen=True)
class Repair:
    """A shape that was made valid on request, and by how much its area changed."""

    row: int
    code: str
    reason: Text
    location: tuple[float, float] | None
    area_before_m2: float
    area_after_m2: float


@dataclass(frozen=True)
class Refusal:
    """Why nothing at all was written."""

    code: str
    message: Text


@dataclass
class Outcome:
    """Counts and findings of one import.

    When the import was refused nothing was written: `accepted` is 0 and `refused` says why. In a
    dry run the counts say what would have been written.
    """

    dry_run: bool = False
    read: int = 0
    accepted: int = 0
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    refused: Refusal | None = None

    def reject(
        self,
        row: int | None,
        field: str | None,
        code: str,
        reason: Text,
        location: tuple[float, float] | None = None,
    ) -> None:
        """Write down a row that is not taken."""
        self.rejected.append(Rejection(row, field, code, reason, location))

    def refuse(self, refusal: GridError) -> None:
        """Write down that the whole file is refused."""
        self.accepted = 0
        self.refused = Refusal(refusal.code, refusal.message)

    def as_json(self) -> dict[str, Any]:
        """Return plain values for one JSON document, texts in the language now active."""
        plain: dict[str, Any] = _plain(self)
        return plain


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {key: _plain(item) for key, item in vars(value).items()}
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return round(value, 7)
    return value
