"""The counts of every group, in one statement for each kind of fact. Reads only.

Each fact has its own moment: a report when it came in, a deadline when it fell, a dispatch when it
was made. A group's figures are those whose moment lies in the period, so months add up to a year.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from datetime import timedelta
from itertools import compress, groupby
from operator import itemgetter
from typing import Any

import numpy as np
from django.conf import settings
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
)
from django.db.models.functions import Coalesce

from incidents import states
from incidents.deadlines.calendars import calendar_of
from incidents.models import Dispatch, Event, Incident, Outcome, Part, Rating
from incidents.rates import facts
from incidents.rates.asking import Question
from incidents.rates.cutting import (
    Rows,
    by_key,
    closed_in,
    day_of,
    during,
    incidents_of,
    key_of,
    microseconds_of,
    of_category,
    only,
    ordinate,
    scope,
)
from incidents.rates.elapsed import MICROSECOND, working_us
from incidents.rates.facts import FILED, Facts
from incidents.rates.figures import Tally
from incidents.rates.nearby import repeats

LOOKED_AT = ("pass", "fail", "close")  # the deeds that verify: on the spot, or on evidence


def tallies(asked: Question, wanted: Collection[str] = ()) -> dict[Any, Tally]:
    """Return the counts by the group's key. `wanted`: those facts alone that hold these counts.

    Keys: an area's path ("" unrouted), a category's or unit's id (None: no unit), a source, or
    the first day of a month, week or day. Without `by` the one key is None.
    """
    found: dict[Any, Tally] = defaultdict(Counter)
    for count, names in FACTS.items():
        if wanted and names.isdisjoint(wanted):
            continue
        for row in count(asked):
            found[row.pop("key")].update({name: n for name, n in row.items() if n})
    return found


def _counted(facts_of: Callable[[Question], Facts]) -> Callable[[Question], Rows]:
    """Return what counts facts that an incident has once."""

    def count(asked: Question) -> Rows:
        rows, moment, counts, prefix = facts_of(asked)
        wanted = {name: only(which) for name, which in counts.items()}
        return by_key(asked, rows, moment, prefix, "", **wanted)

    return count


def _handling_times(asked: Question) -> Rows:
    """Working time from filing to closing, by the calendar of the installation."""
    rows = (
        closed_in(asked)
        .filter(settled=False)
        .annotate(
            key=key_of(asked, "closed_at"),
            filed_us=microseconds_of(Coalesce("accepted_at", "reported_at")),
            closed_us=microseconds_of(F("closed_at")),
        )
        .order_by()
        .values_list("key", "filed_us", "closed_us")
    )
    keys, starts, ends = list(zip(*rows, strict=True)) or ((), (), ())
    worked = working_us(calendar_of(), np.array(starts, np.int64), np.array(ends, np.int64))
    found: dict[Any, Tally] = defaultdict(Counter)
    for key, us in zip(keys, worked.tolist(), strict=True):
        tally = found[key]
        tally["handling_us"] += us
        tally["timed_closings"] += 1
    return ({"key": key, **tally} for key, tally in found.items())


def _dispatches(asked: Question) -> Rows:
    """Whom cases were given to by somebody else, and what came back."""
    leads = Dispatch.objects.filter(scope(asked, "incident__", unit="unit"), part=Part.LEAD)
    given = during(asked, leads.exclude(why__has_key="own"), "at")
    returned = Q(outcome=Outcome.RETURNED)
    # Until the next dispatch has judged it, a return speaks against the dispatch.
    overruled = Q(return_upheld=False)
    return by_key(
        asked,
        given,
        "at",
        "incident__",
        unit="unit",
        dispatches=Count("pk"),
        returns=only(returned),
        accurate_dispatches=only(~returned | overruled),
    )


def _verifications(asked: Question) -> Rows:
    """Cases looked at by a second person for the first time."""
    looks = Event.objects.filter(kind__in=LOOKED_AT)
    before = looks.filter(incident=OuterRef("incident"), pk__lt=OuterRef("pk"))
    first = during(asked, looks.filter(scope(asked, "incident__")), "at")
    return by_key(
        asked,
        first.filter(~Exists(before)),
        "at",
        "incident__",
        verified=Count("pk"),
        passed_first=only(~Q(kind="fail")),
    )


def _repeats(asked: Question) -> Rows:
    """Filed cases with an earlier one of the category within its metres and the set days.

    The earlier one may lie beyond the border of what is asked for: a border is no wall.
    """
    reach = timedelta(days=settings.REPEAT_DAYS)
    since = asked.start - reach
    filed = Incident.objects.filter(FILED, reported_at__gte=since, reported_at__lt=asked.until)
    if asked.category:
        filed = filed.filter(of_category(asked.category))
    rows = filed.annotate(
        key=key_of(asked, "reported_at"),
        counts=ExpressionWrapper(
            scope(asked) & Q(reported_at__gte=asked.start), output_field=BooleanField()
        ),
        at_us=microseconds_of(F("reported_at")),
        lon=ordinate("X"),
        lat=ordinate("Y"),
    ).order_by("category_id", "reported_at", "serial")
    found: Tally = Counter()
    columns = ("category__duplicate_m", "key", "counts", "at_us", "lon", "lat")
    for _category, group in groupby(rows.values_list("category_id", *columns), itemgetter(0)):
        _, metres, keys, counts, at, lon, lat = zip(*group, strict=True)
        again = repeats(
            np.column_stack((lon, lat)), np.array(at, np.int64), metres[0], reach // MICROSECOND
        )
        found.update(compress(keys, again & np.array(counts)))
    return ({"key": key, "repeats": n} for key, n in found.items())


def _ratings(asked: Question) -> Rows:
    """The stars that reporters gave."""
    stars = during(asked, Rating.objects.filter(scope(asked, "incident__")), "at")
    return by_key(
        asked,
        stars,
        "at",
        "incident__",
        ratings=Count("pk"),
        four_five_stars=only(Q(stars__gte=4)),
    )


def _open_problems(asked: Question) -> Rows:
    """The list of open problems as it stood at the end: of the period, or of each step of it."""
    listed = incidents_of(asked).filter(registered_at__lt=asked.until).exclude(state=states.VOID)
    if asked.by is None or asked.by.step is None:
        listed = listed.filter(Q(closed_at__isnull=True) | Q(closed_at__gte=asked.until))
        yield from by_key(asked, listed, "registered_at", open_problems=Count("pk"))
        return
    days = listed.values_list(
        day_of("registered_at", asked.by.step), day_of("closed_at", asked.by.step)
    )
    spans = Counter(days.order_by())
    for day in asked.period.steps(asked.by.step):
        standing = (
            n for (since, end), n in spans.items() if since <= day and (end is None or end > day)
        )
        yield {"key": day, "open_problems": sum(standing)}


# Each fact with the counts it holds; a test keeps them together.
FACTS: dict[Callable[[Question], Rows], frozenset[str]] = {
    _counted(facts.reports): frozenset({"reported", "filed"}),
    _counted(facts.deadlines): frozenset(
        {
            "should_close",
            "closed",
            "closed_in_time",
            "missed_deadline",
            "should_handle",
            "handled",
            "handled_in_time",
            "reworked",
            "responses_due",
            "responded",
        }
    ),
    _counted(facts.closings): frozenset(
        {
            "closings",
            "self_handled",
            "closings_with_level",
            "settled_at_community_or_below",
        }
    ),
    _handling_times: frozenset({"handling_us", "timed_closings"}),
    _dispatches: frozenset({"dispatches", "returns", "accurate_dispatches"}),
    _verifications: frozenset({"verified", "passed_first"}),
    _repeats: frozenset({"repeats"}),
    _counted(facts.call_backs): frozenset(
        {
            "called_back",
            "reached",
            "resolution_answers",
            "resolved",
            "satisfaction_answers",
            "satisfied",
            "dissatisfied",
        }
    ),
    _ratings: frozenset({"ratings", "four_five_stars"}),
    _open_problems: frozenset({"open_problems"}),
}
