"""What the user reads: every step ends in one line, `ok | skipped | failed: what, why, do this`."""

from __future__ import annotations

import sys


class Failed(Exception):
    """A step that could not be done: what, why, and what the user can do about it."""

    def __init__(self, what: str, why: str, fix: str, *, detail: str = "") -> None:
        super().__init__(f"{what}, {why}, {fix}")
        self.what = what
        self.detail = detail


class _Voice:
    """Where the lines go. Commands whose output belongs to another program speak aside."""

    aside = False


def aside() -> None:
    """From now on speak on standard error, and only of what was really done."""
    _Voice.aside = True


def _line(text: str) -> None:
    print(text, file=sys.stderr if _Voice.aside else sys.stdout, flush=True)


def ok(what: str, why: str) -> None:
    """Report a step that was done."""
    _line(f"ok: {what}, {why}")


def skipped(what: str, why: str) -> None:
    """Report a step that had nothing to do."""
    if not _Voice.aside:
        _line(f"skipped: {what}, {why}")


def note(text: str) -> None:
    """Announce a step that takes long, or tell something that is not a step."""
    _line(f"… {text}")


def failed(error: Failed) -> None:
    """Report a step that could not be done, its detail first, on standard error."""
    if error.detail:
        print(error.detail.rstrip(), file=sys.stderr)
    print(f"failed: {error}", file=sys.stderr, flush=True)


def plain(text: str) -> None:
    """Print what the user asked for."""
    print(text, flush=True)
