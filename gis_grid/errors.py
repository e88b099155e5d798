"""The kinds of refusal the product knows. A leaf: imports nothing from the project.

    GridError
    ├── Unreadable       400  the bytes cannot be read
    ├── Unauthenticated  401  log in first; the client keeps its data
    ├── Forbidden        403  you may know it exists, you may not do this
    ├── NotFound         404  it does not exist, or is not yours to see
    ├── WrongMethod      405  the address is right, the verb is not
    ├── Conflict         409  somebody was first, or the key was used with other content
    ├── TooLarge         413
    ├── WrongType        415
    ├── Invalid          422  readable, but wrong in meaning
    ├── TooMany          429
    └── Unavailable      503  try again later; nothing is lost

Rules raise these; `gis_grid.web.errors` is the one place that turns them into answers.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise

Text = str | Promise


class GridError(Exception):
    """A refusal with a stable code, a sentence for people and the fields at fault."""

    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        code: str,
        message: Text,
        fields: Mapping[str, Text] | None = None,
        **extra: Any,
    ) -> None:
        """Keep what the answer needs; `extra` is added to the JSON body as it stands."""
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.fields = dict(fields or {})
        self.extra = extra

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class Unreadable(GridError):
    """The request is not in a form that can be read at all."""

    status = 400


class Unauthenticated(GridError):
    """Nobody is logged in; the client keeps what it wanted to send."""

    status = 401
    retryable = True


class Forbidden(GridError):
    """The thing is visible to the asker, the deed is not theirs."""

    status = 403


class NotFound(GridError):
    """Missing or outside the asker's territory: the two look the same on purpose."""

    status = 404


class WrongMethod(GridError):
    """The address is right, the verb is not."""

    status = 405


class Conflict(GridError):
    """The world moved on, or an identifier was used twice with different content."""

    status = 409


class TooLarge(GridError):
    """More bytes, vertices or rows than are read."""

    status = 413


class WrongType(GridError):
    """A content type that is not accepted."""

    status = 415


class Invalid(GridError):
    """Readable, but wrong in meaning."""

    status = 422


class TooMany(GridError):
    """Asked too often."""

    status = 429
    retryable = True


class Unavailable(GridError):
    """A part of the system is away; the same request may succeed later."""

    status = 503
    retryable = True
