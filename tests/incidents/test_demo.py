"""The demo district, seeded once: what happened there could have happened."""

import json
import logging
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from gis_grid.access import actor_of
from gis_grid.demo.cast import PARTS
from gis_grid.demo.happenings import incident_records
from gis_grid.demo.town import Town, build_town
from gis_grid.facilities import networks
from gis_grid.facilities.models import Facility, Run, StreetChange, WalkNetwork
from gis_grid.people.models import Role, Worker
from incidents import demo, relay
from incidents.deadlines import calendars
from incidents.dispatching.rulebook import examined, fault_of
from incidents.models import (
    Attachment,
    CalendarDay,
    Category,
    Dispatch,
    DispatchRule,
    Event,
    Extension,
    Incident,
    Rating,
    WorkingHours,
)

pytestmark = pytest.mark.early

COUNT = 220
Rows = list[dict[str, Any]]


@dataclass
class Circles:
    """What the planner's page would show: a network and who walks where on it."""

    network: WalkNetwork
    results: dict[str, dict[str, Any]]
    people: float
    table: Path
    placed: bool
    changes: Counter[str]


@dataclass
class Seeded:
    """What stood in the tables."""

    said: str
    now: datetime
    events: Rows
    incidents: Rows
    dispatches: Rows
    extensions: Rows
    ratings: Rows
    photos: Rows
    rules: dict[str, tuple[bool, str]]
    hours: dict[str | None, Any]
    days: int
    first_break: int | None
    refused: list[str]
    luo: frozenset[str]
    guo: list[str]
    media: list[Path]
    twice: tuple[Rows, Rows]
    circles: Circles


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture(scope="module")
def seeded(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Seeded]:
    """Seed once, read everything, roll back."""
    folder = tmp_path_factory.mktemp("demo")
    accounts = folder / "accounts.json"
    logins = [{"role": "", "username": name, "password": "a long one"} for name in PARTS]
    accounts.write_text(json.dumps(logins))
    settings = {"MEDIA_ROOT": str(folder / "media"), "DEMO_ACCOUNTS": str(accounts)}
    with django_db_blocker.unblock(), override_settings(**settings), transaction.atomic():
        yield _read(folder / "media")
        transaction.set_rollback(True)
    calendars.forget()


def _read(media: Path) -> Seeded:
    heard, said = _Heard(), StringIO()
    logger = logging.getLogger("incidents.demo.playing")
    logger.addHandler(heard)
    calendars.forget()
    call_command("seed_demo", incidents=COUNT, stdout=said)
    logger.removeHandler(heard)
    now, town = timezone.now(), build_town()
    rules = examined(DispatchRule.objects.all(), now)
    luo = Worker.objects.get(code="demo-luo").user
    assert luo is not None
    return Seeded(
        said=said.getvalue(),
        now=now,
        events=list(Event.objects.order_by("sequence").values()),
        incidents=list(Incident.objects.values()),
        dispatches=list(Dispatch.objects.order_by("pk").values()),
        extensions=list(Extension.objects.values()),
        ratings=list(Rating.objects.values()),
        photos=list(Attachment.objects.values()),
        rules={rule.name: (rule.live, fault_of(rule, now)) for rule in rules},
        hours=dict(WorkingHours.objects.values_list("unit__code", "week")),
        days=CalendarDay.objects.count(),
        first_break=relay.first_break(),
        refused=heard.lines,
        luo=actor_of(luo).roles,
        guo=list(Worker.objects.get(code="demo-guo").units.values_list("unit__code", flat=True)),
        media=list(media.rglob("*.jpg")),
        twice=(_again(town, now), _again(town, now)),
        circles=_circles(media),
    )


def _circles(media: Path) -> Circles:
    run = Run.objects.get()
    network, ground = networks.opened("demo")
    doors = [door for each in Facility.objects.all() for door in each.entrances.coords]
    return Circles(
        network=network,
        results={each["category"]: each for each in run.results["categories"]},
        people=run.results["weight"],
        table=media / "coverage" / f"{run.pk}.csv",
        placed=bool(ground.place(doors).stands.all()),
        changes=Counter(StreetChange.objects.values_list("kind", flat=True)),
    )


def _again(town: Town, now: datetime) -> Rows:
    """Play some more incidents and take them back; returns what happened."""
    categories = {category.code: 1 for category in Category.objects.minors()}
    records = incident_records(
        town, now=timezone.localtime(now), weights=categories, words={}, count=15, seed=3
    )
    ids = {record.id for record in records}
    with transaction.atomic():
        demo.play(records, now)
        events = Event.objects.filter(incident__in=ids).order_by("sequence")
        told = list(events.values("incident_id", "kind", "at", "by_id", "note", "deed_id"))
        transaction.set_rollback(True)
    return told


def test_a_database_in_use_is_left_alone(world: Any) -> None:
    said = StringIO()

    call_command("seed_demo", stdout=said)

    assert said.getvalue().startswith("skipped")
    assert not Incident.objects.exists()


def test_it_says_what_was_loaded(seeded: Seeded) -> None:
    assert seeded.said.startswith("ok: ")
    assert "13 units" in seeded.said
    assert f"{COUNT} incidents, {len(PARTS)} logins" in seeded.said


def test_no_step_was_refused(seeded: Seeded) -> None:
    assert seeded.refused == []


def test_nothing_lies_in_the_future(seeded: Seeded) -> None:
    assert max(event["at"] for event in seeded.events) < seeded.now
    for row in seeded.incidents:
        happened = [row[name] for name in row if name.endswith("ed_at")]
        assert all(moment <= seeded.now for moment in happened if moment), row["id"]


def test_the_log_is_whole_and_in_the_order_of_time(seeded: Seeded) -> None:
    assert seeded.first_break is None
    times = [event["at"] for event in seeded.events if event["kind"] != "photo"]
    assert times == sorted(times)
    versions: defaultdict[Any, list[int]] = defaultdict(list)
    for event in seeded.events:
        versions[event["incident_id"]].append(event["version"])
    assert all(numbers == sorted(numbers) for numbers in versions.values())


def test_most_are_closed_and_the_rest_stands_in_many_states(seeded: Seeded) -> None:
    states = Counter(row["state"] for row in seeded.incidents)
    assert sum(states.values()) == COUNT
    assert 0.6 < states["closed"] / COUNT < 0.9
    assert states["void"]
    assert len(set(states) - {"closed", "void"}) >= 3
    open_ones = [row for row in seeded.incidents if row["state"] not in ("closed", "void")]
    late = [row for row in open_ones if row["due_at"] < seeded.now]
    assert 0 < len(late) < len(open_ones)


def test_every_part_of_the_life_occurs(seeded: Seeded) -> None:
    kinds = {event["kind"] for event in seeded.events}
    assert kinds >= {
        "accept",
        "answer",
        "ask_extension",
        "ask_check",
        "assist",
        "call_back",
        "check",
        "close",
        "dispatch",
        "fail",
        "merge",
        "overdue",
        "pass",
        "rate",
        "refuse",
        "remind",
        "report",
        "return",
        "settle",
        "sign",
        "start",
        "suspend",
        "whistle",
    }


def test_who_handled_a_case_did_not_verify_it(seeded: Seeded) -> None:
    given: defaultdict[Any, Rows] = defaultdict(list)
    for dispatch in seeded.dispatches:
        given[dispatch["incident_id"]].append(dispatch)
    ended = [event for event in seeded.events if event["kind"] in ("pass", "fail", "close")]
    assert ended
    for event in ended:
        assert event["by_id"] not in handled_before(event["at"], given[event["incident_id"]])


def handled_before(moment: datetime, dispatches: Rows) -> set[Any]:
    """Return who had handled the case by then; who found it unsettled may do so later."""
    return {
        dispatch[by]
        for dispatch in dispatches
        for by, at in (("signed_by_id", "signed_at"), ("answered_by_id", "ended_at"))
        if dispatch[at] and dispatch[at] <= moment
    }


def test_most_are_dispatched_by_a_rule_and_some_by_no_click(seeded: Seeded) -> None:
    by_rule = [given for given in seeded.dispatches if given["rule_id"]]
    assert len(by_rule) > 0.7 * len(seeded.dispatches)
    automatic = [given for given in by_rule if given["why"].get("automatic")]
    assert automatic
    assert {given["by_id"] for given in automatic} == {None}


def test_no_rule_is_broken_and_one_waits_to_be_tried(seeded: Seeded) -> None:
    assert {fault for _live, fault in seeded.rules.values()} == {""}
    assert [name for name, (live, _fault) in seeded.rules.items() if not live] == [
        "试行：露天焚烧 → 消防站"
    ]


def test_alarms_rang_when_they_were_due_or_at_once(seeded: Seeded) -> None:
    last: dict[Any, datetime] = {}
    rang = 0
    for event in seeded.events:
        if event["kind"] == "overdue":
            due_at = datetime.fromisoformat(event["body"]["due_at"])
            assert event["at"] == max(due_at, last[event["incident_id"]])
            rang += 1
        last[event["incident_id"]] = event["at"]
    assert rang > 10


def test_every_photo_can_be_looked_at(seeded: Seeded) -> None:
    names = {path.name for path in seeded.media}
    assert all(photo["stored_at"] for photo in seeded.photos)
    assert {Path(photo["file"]).name for photo in seeded.photos} <= names
    assert len(names) < 60  # drawn once each, with a small copy


def test_ratings_have_one_to_five_stars(seeded: Seeded) -> None:
    stars = Counter(rating["stars"] for rating in seeded.ratings)
    assert set(stars) <= {1, 2, 3, 4, 5}
    assert stars[5] + stars[4] > sum(stars.values()) / 2


def test_the_calendar_and_the_hours_are_there(seeded: Seeded) -> None:
    assert seeded.days > 30
    assert seeded.hours[None]["1"] == [["09:00", "12:00"], ["13:00", "17:00"]]
    assert set(seeded.hours) == {None, "garden", "fire", "police", "gas"}


def test_a_leader_and_a_unit_s_member_can_log_in(seeded: Seeded) -> None:
    assert seeded.luo == {Role.LEADER}
    assert seeded.guo == ["lamps"]


def test_all_streets_hang_together_and_every_door_stands_on_one(seeded: Seeded) -> None:
    figures = seeded.circles.network.figures
    assert figures["components"] == 1
    assert figures["gates"] == seeded.circles.changes["gate"] > 500
    assert seeded.circles.changes["wall"] > 200
    assert seeded.circles.placed


def test_everybody_at_home_is_covered_or_in_a_gap(seeded: Seeded) -> None:
    assert seeded.circles.people > 100_000
    assert {"health", "elders_canteen", "park"} <= set(seeded.circles.results)
    for each in seeded.circles.results.values():
        assert each["no_street"] == 0
        assert each["covered"] + each["gap"] == seeded.circles.people
    with seeded.circles.table.open() as lines:
        assert sum(1 for _line in lines) > 40_000


@pytest.mark.parametrize("category", ["health", "elders_canteen"])
def test_the_circle_hides_a_gap(seeded: Seeded, category: str) -> None:
    found = seeded.circles.results[category]
    assert found["gap"] > 10_000
    assert found["circle_gap_share"] > 0.1


def test_the_same_happens_again(seeded: Seeded) -> None:
    first, second = seeded.twice
    assert len(first) > 30
    assert first == second
