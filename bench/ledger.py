"""Whether two ways of reporting wrote the same: as many rows, and one route for each place."""

from collections import Counter
from collections.abc import Callable

from django.db import connection

from bench import load
from bench.outcome import Check
from bench.rounds import Round

_COUNTS = """
SELECT (SELECT count(*) FROM incidents_incident), (SELECT count(*) FROM incidents_event),
       (SELECT count(*) FROM incidents_attachment)
"""
TABLES = ("incidents", "events", "photos")

# Both sides name the same places with the same words, so each wording must have one answer.
_DIFFERENT = """
SELECT count(*) FROM (
    SELECT FROM incidents_incident AS i JOIN incidents_event AS e ON e.incident_id = i.id
     GROUP BY i.words
    HAVING count(DISTINCT ROW(
        i.area_id, i.boundary_id, i.area_path, i.route_method, i.route, i.point, i.category_id,
        i.reporter_id, i.state, i.flags, e.kind, e.path_after, e.by_id, e.body)) > 1) AS d
"""

_OTHER_OWNERS = """
SELECT count(*) FROM (
    SELECT FROM incidents_incident WHERE route_method = 'covers'
     GROUP BY words HAVING count(DISTINCT area_id) > 1) AS d
"""


class Ledger:
    """Compares what each side says it sent with what the tables gained meanwhile."""

    def __init__(self) -> None:
        """Begin with nothing sent."""
        self._sent: Counter[str] = Counter()
        self._gained: dict[str, Counter[str]] = {}

    def watch(self, side: str, run: Callable[[], load.Outcome]) -> Round:
        """Return the side's round with the books kept."""

        def watched() -> float:
            before = _counts()
            outcome = run()
            self._sent[side] += outcome.count
            self._gained.setdefault(side, Counter()).update(_counts() - before)
            return outcome.per_second

        return watched

    def sent(self, side: str) -> int:
        """Return how many reports a side says it sent."""
        return self._sent[side]

    def checks(self) -> list[Check]:
        """Return one check for each side."""
        return [
            Check(f"rows written by {side}", dict.fromkeys(TABLES, sent), dict(self._gained[side]))
            for side, sent in self._sent.items()
        ]


def same_routes() -> Check:
    """Return whether each place got one and the same route, owner and event from every side."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENT)
        return Check("places that got different answers", 0, cursor.fetchone()[0])


def same_owners() -> Check:
    """Return whether each place that lies in one grid beyond doubt got it from every side."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHER_OWNERS)
        return Check("places that got different owners", 0, cursor.fetchone()[0])


def _counts() -> Counter[str]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        return Counter(dict(zip(TABLES, cursor.fetchone(), strict=True)))
