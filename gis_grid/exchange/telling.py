"""An import's outcome told on a terminal: sentences for people, one JSON document for machines."""

import json
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.core.management.base import CommandError, OutputWrapper
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gis_grid.exchange.outcome import Outcome

SHOWN: Final = 50  # lines of one kind; the JSON document has all
QUIET_S: Final = 1.0


class Progress:
    """Says on stderr what is being done, once the work has taken longer than a second."""

    def __init__(self) -> None:
        """Start the clock."""
        self._started = time.monotonic()
        self._told: str | Promise = ""

    def __call__(self, stage: str | Promise, _done: float = 0.0) -> None:
        """Name the stage that begins now, once."""
        passed = time.monotonic() - self._started
        if passed > QUIET_S and stage != self._told:
            self._told = stage
            sys.stderr.write(f"{passed:5.0f} s  {stage}\n")


def tell(
    outcome: Outcome, out: OutputWrapper, *, as_json: bool, findings: Sequence[str] = ()
) -> None:
    """Print the outcome; a refused import then raises CommandError, so the status is 1."""
    if as_json:
        out.write(json.dumps(outcome.as_json(), ensure_ascii=False, indent=2))
    else:
        for line in _lines(outcome, findings):
            out.write(line)
    if outcome.refused is not None:
        raise CommandError(f"{outcome.refused.code}: {outcome.refused.message}")


def _lines(outcome: Outcome, findings: Sequence[str]) -> Iterator[str]:
    for note in outcome.notes:
        yield str(note)
    yield from _capped(
        [
            _("Row %(row)s, %(field)s: %(reason)s (%(code)s)")
            % {
                "row": one.row or "-",
                "field": one.field or "-",
                "reason": f"{one.reason}{_at(one.location)}",
                "code": one.code,
            }
            for one in outcome.rejected
        ]
    )
    yield from _capped(list(findings))
    summary = _(
        "%(read)d read: %(accepted)d accepted, %(unchanged)d unchanged, %(rejected)d rejected."
    )
    yield summary % {
        "read": outcome.read,
        "accepted": outcome.accepted,
        "unchanged": outcome.unchanged,
        "rejected": len({one.row for one in outcome.rejected}),
    }
    if outcome.refused is not None:
        yield _("Nothing was written.")
    elif outcome.dry_run:
        yield _("Dry run: nothing was written.")


def _at(location: Any) -> str:
    return f" [{location[0]:.7f}, {location[1]:.7f}]" if location else ""


def _capped(lines: list[str]) -> Iterator[str]:
    yield from lines[:SHOWN]
    if len(lines) > SHOWN:
        yield _("… and %(count)d more (all are in --json)") % {"count": len(lines) - SHOWN}
