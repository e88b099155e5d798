"""The filter: what each word of it means, and that the browser means the same."""

import json
import os
import re
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models.lookups import IContains
from django.utils import timezone

from gis_grid.access import Actor, actor_of
from gis_grid.errors import NotFound, Unreadable
from incidents import rates
from incidents.models import Category, Incident
from incidents.queries import Doubled, doubled
from incidents.rows import rows_of
from incidents.sought import Queue, Sought, SoughtIn, find, sought_of
from tests.incidents.past_cases import ZONE
from tests.world import NOW, World, do, inside, make_incident

FILTER = Path(__file__).resolve().parents[2] / "static" / "command" / "filter.js"
SIEVE = """
import fs from 'node:fs';
import { filterOf, sieve } from 'FILTER';
const { rows, queries, now, areas, minors } = JSON.parse(fs.readFileSync(0, 'utf8'));
const known = {
  codesUnder: (code) => new Set(areas[code]),
  minorsOf: (code) => minors.filter(([major]) => major === code).map(([, minor]) => minor),
};
console.log(JSON.stringify(queries.map((query) => {
  const holds = sieve(filterOf(query), known);
  return rows.filter((row) => holds(row, now)).map((row) => row.id);
})));
"""
BELOW = {"S": ["S", "A", "B", "A1", "A2", "B1"], "A": ["A", "A1", "A2"], "A1": ["A1"], "B1": ["B1"]}
AT = NOW + timedelta(hours=2)
NOON = "2026-03-05"

FILTERS: list[dict[str, str]] = [
    {},
    {"state": "reported"},
    {"state": "accepted,reported"},
    {"category": "manhole"},
    {"category": "facility"},
    {"source": "worker"},
    {"source": "resident,past"},
    {"area": "A"},
    {"area": "A1"},
    {"area": "B1"},
    {"due": "near"},
    {"due": "over"},
    {"q": "东门"},
    {"q": "门"},
    {"q": "路灯"},
    {"q": "北门第一"},
    {"q": "100%_\\"},
    {"q": "ABC"},
    {"q": "没有"},
    *({"queue": name} for name in get_args(Queue)),
    {"within": "105.0,31.0;105.004,31.0;105.004,31.004;105.0,31.004"},
    {"within": "105,31;105.02,31;105,31.02"},
    {"queue": "open", "area": "S", "category": "street_lamp", "q": "东门"},
]


@pytest.fixture
def mixed(world: World) -> World:
    """Incidents of every sort a filter tells apart, as they stand at AT."""
    make_incident(world, words="东门第二盏灯不亮")
    make_incident(world, place=inside(1.5), category="manhole", words="Abc 井盖 100%_\\")
    make_incident(world, place=inside(2.5), words="")
    make_incident(world, place=inside(9, 9), words="很远的地方")
    make_incident(world, place=inside(1.01), accuracy_m=30.0, words="边上")
    accepted = make_incident(world, place=inside(0.2, 0.7), words="已受理")
    do(world, "accept", accepted)
    make_incident(world, place=inside(0.3), words="占位点")
    Incident.objects.filter(words="占位点").update(flags=["stand_in"], source="past")
    over, near, soon = (make_incident(world, place=inside(0.4, r / 9)) for r in (1, 2, 3))
    minutes = timedelta(minutes=1)
    Incident.objects.filter(pk=over.pk).update(stage_due_at=AT - minutes)
    Incident.objects.filter(pk=near.pk).update(stage_due_at=AT + 300 * minutes, amber_at=AT)
    Incident.objects.filter(pk=soon.pk).update(
        stage_due_at=None, due_at=AT + 9 * minutes, amber_at=None
    )
    held = make_incident(world, place=inside(0.6))
    Incident.objects.filter(pk=held.pk).update(stage_due_at=AT - minutes, suspended_at=NOW)
    for words, closed_at in (("刚结", AT - minutes), ("昨天结", AT - 25 * 60 * minutes)):
        make_incident(world, place=inside(0.7), words=words)
        Incident.objects.filter(words=words).update(state="closed", closed_at=closed_at)
    make_incident(world, place=inside(0.8), words="作废")
    Incident.objects.filter(words="作废").update(state="void")
    make_incident(world, place=inside(0.1, 0.1), words="前天报的")
    Incident.objects.filter(words="前天报的").update(reported_at=AT - timedelta(days=2))
    return world


def found(actor: Actor, asked: dict[str, str]) -> set[str]:
    """Return the ids the server means."""
    sought = sought_of(SoughtIn(**asked), actor.territory)  # type: ignore[arg-type]
    return {str(pk) for pk in find(sought, actor.territory, AT).values_list("pk", flat=True)}


def words_of(actor: Actor, asked: dict[str, str]) -> set[str]:
    return set(Incident.objects.filter(pk__in=found(actor, asked)).values_list("words", flat=True))


def in_a_browser(actor: Actor, questions: list[dict[str, str]]) -> list[set[str]]:
    """Return the ids the desk means, from the rows that a snapshot gives it."""
    nothing = find(Sought(), actor.territory, AT)
    minors = list(Category.objects.filter(major__isnull=False).values_list("major__code", "code"))
    given = {
        "rows": rows_of(nothing),
        "queries": [urlencode(asked) for asked in questions],
        "now": AT.timestamp() * 1000,
        "areas": BELOW,
        "minors": minors,
    }
    node = shutil.which("node")
    assert node, "no node: ./gridctl test installs one"
    done = subprocess.run(
        [node, "--input-type=module", "-e", SIEVE.replace("FILTER", str(FILTER))],
        input=json.dumps(given),
        env={**os.environ, "TZ": timezone.get_default_timezone_name()},
        capture_output=True,
        text=True,
        check=True,
    )
    return [set(ids) for ids in json.loads(done.stdout)]


def test_server_and_browser_mean_the_same(mixed: World) -> None:
    chen = mixed.actor("chen")
    live = [asked for asked in FILTERS if "state" not in asked or "closed" not in asked["state"]]

    browser = in_a_browser(chen, live)
    server = [found(chen, asked) for asked in live]

    assert list(zip(live, browser, strict=True)) == list(zip(live, server, strict=True))
    empty = [asked for asked, ids in zip(live, server, strict=True) if not ids]
    assert empty == [{"q": "没有"}, {"queue": "objection"}]


def test_numbers_are_found_by_prefix_and_without_zeros(mixed: World) -> None:
    chen = mixed.actor("chen")
    one = Incident.objects.get(words="东门第二盏灯不亮")
    questions = [
        {"q": one.number},
        {"q": one.number[:-1]},
        {"q": str(one.serial)},
        {"q": "2026-"},
        {"q": "2025-"},
        {"q": "2026"},
    ]

    server = [found(chen, asked) for asked in questions]

    assert server == in_a_browser(chen, questions)
    assert server[0] == server[2] == {str(one.pk)}
    assert str(one.pk) in server[1]
    assert server[3] == found(chen, {})
    assert server[4] == server[5] == set()


def test_without_a_day_only_what_the_live_map_shows(mixed: World) -> None:
    chen = mixed.actor("chen")

    assert {"刚结", "前天报的"} <= words_of(chen, {})
    assert not words_of(chen, {}) & {"昨天结", "作废"}
    assert words_of(chen, {"state": "closed"}) == {"刚结", "昨天结"}
    assert words_of(chen, {"state": "void"}) == {"作废"}
    assert words_of(chen, {"until": "2026-03-04"}) == {"前天报的"}
    later = words_of(chen, {"since": NOON, "until": NOON})
    assert {"昨天结", "刚结", "边上"} <= later
    assert not later & {"作废", "前天报的"}


@pytest.mark.parametrize(
    ("asked", "found_then"),
    [
        ({"since": "2026-03-05T12", "until": "2026-03-05T12"}, {"十二点", "十二点半"}),
        ({"since": "2026-03-05T12", "until": "2026-03-05T13"}, {"十二点", "十二点半", "一点"}),
        ({"since": "2026-03-05T13"}, {"一点"}),
        ({"until": "2026-03-05T12"}, {"十二点", "十二点半"}),
    ],
    ids=["one", "two", "from", "to"],
)
def test_an_hour_of_a_day(world: World, asked: dict[str, str], found_then: set[str]) -> None:
    moments = {"十二点": (12, 0), "十二点半": (12, 59), "一点": (13, 0)}
    for words, (hour, minute) in moments.items():
        made = make_incident(world, words=words)
        at = datetime(2026, 3, 5, hour, minute, tzinfo=ZONE)
        Incident.objects.filter(pk=made.pk).update(reported_at=at)

    assert words_of(world.actor("chen"), asked) == found_then


def test_it_never_leaves_the_territory(mixed: World) -> None:
    wang = mixed.actor("wang")

    assert words_of(wang, {}) == {""}
    with pytest.raises(NotFound):
        found(wang, {"area": "A1"})


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "open"},
        {"state": ","},
        {"category": "nobody_knows"},
        {"category": ""},
        {"source": "pigeon"},
        {"since": "2026-02-30"},
        {"since": "2026-03-05T24"},
        {"until": "9999-12-31"},
        {"counted": "sheep"},
        {"q": "\x00"},
        {"within": "1,2;3,4"},
        {"within": "1,2;3,4;5"},
        {"within": "1,2;3,nan;5,6"},
        {"within": "0,0;1,1;1,0;0,1"},
        {"within": ";".join(f"{n / 100},0;{n / 100},1" for n in range(51))},
    ],
    ids=lambda asked: next(iter(asked)),
)
def test_what_is_misspelt_is_refused(mixed: World, asked: dict[str, str]) -> None:
    with pytest.raises(Unreadable):
        found(mixed.actor("chen"), asked)


def test_the_browser_knows_every_count_that_can_be_asked_for() -> None:
    listed = re.search(r"COUNTED = \[(.*?)\]", FILTER.read_text(encoding="utf-8"), re.DOTALL)
    assert listed
    assert re.findall(r"\w+", listed[1]) == list(rates.CASES)
    for language in ("zh-hans", "en"):
        words = FILTER.with_name(f"words.{language}.js").read_text(encoding="utf-8")
        assert re.findall(r"'counted\.(\w+)'", words) == list(rates.CASES)


def test_two_chinese_signs_are_found_by_the_index(mixed: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT show_trgm(%s)", [doubled("路灯")])
        assert len(cursor.fetchone()[0]) > 1, "this database's locale knows no Chinese letters"
        cursor.execute("SET LOCAL enable_seqscan = off")
    alone = Incident.objects.filter(IContains(Doubled("words"), doubled("东门"))).order_by()

    assert "incident_words_trigram" in alone.explain()
    assert [each.words for each in alone] == ["东门第二盏灯不亮"]


def test_a_text_is_found_where_and_only_where_it_stands(db: Any) -> None:
    texts = ["路灯", "灯路", "路路灯灯", "a\nb路灯", "灯", "aab", "ab", "𠮷路", "路"]
    with connection.cursor() as cursor:
        for text in texts:
            cursor.execute("SELECT regexp_replace(%s, '(.)', '\\1\\1', 'g')", [text])
            assert cursor.fetchone()[0] == doubled(text)
    for text in texts:
        for part in texts:
            assert (part in text) == (doubled(part) in doubled(text)), (part, text)


def test_who_has_no_territory_finds_nothing(world: World) -> None:
    make_incident(world)
    nobody = User.objects.create(username="nobody")

    assert found(actor_of(nobody), {}) == set()
