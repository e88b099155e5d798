"""A city's past: each row becomes one case with its own times, on the grid of its day, once."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from openpyxl import Workbook

from gis_grid.territory.actions import redraw
from incidents import feed, relay
from incidents.models import Category, Event, Incident
from incidents.past import importing
from incidents.past.table import Columns, Wanted
from tests.product import database_url
from tests.world import World, build_world, do, inside, square

LON, LAT = inside()
HEADER = ["no", "lon", "lat", "reported", "closed", "due", "kind", "status", "words"]
NAMED = {
    "--lon": "lon",
    "--lat": "lat",
    "--reported-at": "reported",
    "--closed-at": "closed",
    "--due-at": "due",
    "--category": "kind",
    "--external-id": "no",
    "--status": "status",
    "--words": "words",
}
SHANGHAI = ZoneInfo("Asia/Shanghai")


def row(no: str = "H1", **changes: Any) -> dict[str, Any]:
    """A closed case in the middle of A1."""
    return {
        "no": no,
        "lon": LON,
        "lat": LAT,
        "reported": "2025-03-03 09:00:00",
        "closed": "2025-03-04 10:00:00",
        "due": "2025-03-05 17:00:00",
        "kind": "street_lamp",
        "status": "",
        "words": "路灯不亮",
    } | changes


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    lines = [",".join(HEADER), *(",".join(str(one[name]) for name in HEADER) for one in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def run(path: Path, *options: str, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """Run the command with --json and return its document."""
    named = [f"{name}={column}" for name, column in NAMED.items() if name not in without]
    out = StringIO()
    call_command("import_incidents", str(path), *named, *options, "--json", stdout=out)
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


@pytest.fixture
def bring(world: World, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Return a function: rows -> the document of their import."""

    def import_rows(*rows: dict[str, Any], options: tuple[str, ...] = ()) -> dict[str, Any]:
        return run(write(tmp_path / "past.csv", list(rows)), *options)

    return import_rows


Bring = Callable[..., dict[str, Any]]


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[arg-type, misc]


def test_a_closed_case_keeps_its_own_times(bring: Bring, world: World) -> None:
    document = bring(row())

    assert (document["read"], document["accepted"], document["rejected"]) == (1, 1, [])
    case = Incident.objects.get()
    assert case.state == "closed"
    assert case.reported_at == case.accepted_at == case.recorded_at == local(2025, 3, 3, 9)
    assert case.closed_at == case.answered_at == local(2025, 3, 4, 10)
    assert case.due_at == local(2025, 3, 5, 17)
    assert case.dispatched_at is None  # to whom, the file does not say
    assert (case.area, case.area_path) == (world.areas["A1"], world.areas["A1"].path)
    assert case.boundary == world.areas["A1"].boundaries.get()
    assert (case.source, case.external_id, case.words) == ("past", "H1", "路灯不亮")
    assert case.number.startswith("2025-")


def test_each_case_has_one_event_and_the_chain_holds(bring: Bring) -> None:
    bring(*(row(f"H{n}") for n in range(5)))

    assert relay.stamp_all() == 5
    assert relay.first_break() is None
    event = Event.objects.first()
    assert event is not None
    assert (event.kind, event.by, event.state_before, event.state_after) == (
        "import", None, "", "closed",
    )  # fmt: skip
    assert event.path_after == event.incident.area_path
    assert event.body["external_id"] == event.incident.external_id
    assert event.body["route"] == event.incident.route


def test_without_a_closing_it_is_open_and_goes_on_like_any_other(
    bring: Bring, world: World
) -> None:
    bring(row(closed="", status="处理中"))
    case = Incident.objects.get()

    assert (case.state, case.closed_at, case.answered_at) == ("accepted", None, None)
    assert do(world, "start", case).state == "in_progress"


def test_no_alarm_rings_for_an_old_case_until_somebody_acts(bring: Bring, world: World) -> None:
    bring(row(closed=""))
    case = Incident.objects.get()
    assert (case.alarm, case.alarm_at, case.stage_due_at) == ("", None, None)

    assert do(world, "start", case).alarm_at is not None


@pytest.mark.parametrize("word", ["closed", "Resolved", "已结案", "办结"])
def test_a_closing_status_closes_and_the_missing_time_is_told(bring: Bring, word: str) -> None:
    document = bring(row(closed="", status=word))

    assert Incident.objects.get().state == "closed"
    assert Incident.objects.get().closed_at is None
    assert len(document["notes"]) == 1


def test_a_closing_status_of_one_s_own(bring: Bring) -> None:
    bring(row(closed="", status="归零"), options=("--closing=归零",))

    assert Incident.objects.get().state == "closed"


def test_a_cancelled_case_is_void_and_was_never_filed(bring: Bring) -> None:
    bring(row(status="作废"))
    case = Incident.objects.get()

    assert (case.state, case.accepted_at, case.closed_at) == ("void", None, None)


def test_other_status_words_are_named(bring: Bring) -> None:
    document = bring(row(closed="", status="pending"))

    assert "pending (1)" in document["notes"][0]


def test_the_same_file_again_changes_nothing(bring: Bring) -> None:
    rows = [row("H1"), row("H2", closed="")]
    bring(*rows)

    document = bring(*rows)

    assert (document["accepted"], document["unchanged"]) == (0, 2)
    assert (Incident.objects.count(), Event.objects.count()) == (2, 2)


def test_a_longer_file_adds_what_is_new(bring: Bring) -> None:
    bring(row("H1"))

    document = bring(row("H1"), row("H2"))

    assert (document["accepted"], document["unchanged"]) == (1, 1)


def test_a_case_that_is_here_is_never_changed_by_a_file(bring: Bring) -> None:
    bring(row("H1", closed=""))

    document = bring(row("H1"))

    assert [(r["row"], r["code"]) for r in document["rejected"]] == [(2, "known_otherwise")]
    assert Incident.objects.get().state == "accepted"


def test_what_people_did_since_is_no_difference(bring: Bring, world: World) -> None:
    bring(row("H1", closed=""))
    do(world, "start", Incident.objects.get())

    assert bring(row("H1", closed=""))["unchanged"] == 1
    assert Incident.objects.get().state == "in_progress"


def test_one_number_of_two_channels_is_two_cases(bring: Bring) -> None:
    bring(row("H1"), options=("--source=hotline",))
    bring(row("H1"), options=("--source=inspection",))

    assert Incident.objects.count() == 2


def test_without_numbers_a_row_is_known_by_its_content(world: World, tmp_path: Path) -> None:
    path = write(tmp_path / "past.csv", [row("1"), row("2"), row("2")])

    first = run(path, without=("--external-id",))
    second = run(path, without=("--external-id",))

    assert (first["accepted"], second["accepted"], second["unchanged"]) == (2, 0, 2)
    assert [(r["row"], r["code"]) for r in first["rejected"]] == [(4, "row_twice")]
    assert len(first["notes"]) == 1


FAULTS = [
    ({"lon": "x"}, "lon", "not_a_number"),
    ({"lon": ""}, "lon", "not_a_number"),
    ({"lat": "nan"}, "lat", "out_of_range"),
    ({"lon": 400512.5}, "lon", "out_of_range"),
    ({"reported": ""}, "reported", "missing"),
    ({"reported": "soon"}, "reported", "not_a_time"),
    ({"reported": "2199-01-01 00:00"}, "reported", "time_implausible"),
    ({"reported": "2099-01-01 00:00"}, "reported", "in_the_future"),
    ({"closed": "2099-01-01 00:00"}, "closed", "in_the_future"),
    ({"closed": "2025-03-03 08:59"}, "closed", "closed_before_reported"),
    ({"closed": "never"}, "closed", "not_a_time"),
    ({"due": "2025-03-01 08:00"}, "due", "due_before_reported"),
    ({"due": "x"}, "due", "not_a_time"),
    ({"kind": "no such thing"}, "kind", "category_unknown"),
    ({"kind": "facility"}, "kind", "category_unknown"),  # a major one
    ({"kind": ""}, "kind", "missing"),
    ({"no": ""}, "no", "blank_code"),
    ({"no": "x" * 81}, "no", "code_too_long"),
    ({"no": "H0"}, "no", "external_id_twice"),
    ({"words": "x" * 1001}, "words", "too_long"),
    ({"words": "a\u202eb"}, "words", "text_not_allowed"),
    ({"words": "a,b"}, "", "too_many_cells"),
]


@pytest.mark.parametrize(
    ("changes", "column", "code"), FAULTS, ids=[f"{c}-{next(iter(f))}" for f, _, c in FAULTS]
)
def test_a_bad_row_is_listed_and_stops_no_other(
    bring: Bring, changes: dict[str, Any], column: str, code: str
) -> None:
    document = bring(row("H0"), row("H9") | changes, row("H2"))

    (fault,) = document["rejected"]
    assert (fault["row"], fault["field"], fault["code"]) == (3, column, code)
    assert fault["reason"]
    assert (document["read"], document["accepted"]) == (3, 2)
    assert set(Incident.objects.values_list("external_id", flat=True)) == {"H0", "H2"}


def test_rejections_come_in_the_order_of_the_file(bring: Bring) -> None:
    document = bring(row("1"), row("2", kind="x"), row("3", lon="x"), row("4", reported="x"))

    assert [fault["row"] for fault in document["rejected"]] == [3, 4, 5]


def test_times_without_offset_are_on_the_clock_that_is_named(bring: Bring) -> None:
    bring(row(closed="", due=""), options=("--timezone=America/New_York",))

    assert Incident.objects.get().reported_at == datetime(2025, 3, 3, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("time", "code"),
    [("2024-11-03 01:30", "time_ambiguous"), ("2024-03-10 02:30", "time_nonexistent")],
)
def test_hours_the_clock_skips_or_shows_twice_are_rejected(
    bring: Bring, time: str, code: str
) -> None:
    document = bring(row(), row("H2", reported=time), options=("--timezone=America/New_York",))

    assert [fault["code"] for fault in document["rejected"]] == [code]


def test_a_case_closed_today_was_not_closed_in_the_future(bring: Bring) -> None:
    today = timezone.localdate().isoformat()

    assert bring(row(reported=today, closed=today, due=today))["accepted"] == 1


def test_a_day_without_a_time_ends_with_its_last_second(bring: Bring) -> None:
    bring(row(reported="2025-03-03", closed="2025-03-03", due="2025-03-03"))
    case = Incident.objects.get()

    assert case.reported_at == local(2025, 3, 3)
    assert case.closed_at == case.due_at == local(2025, 3, 3, 23, 59, 59)


def test_without_a_deadline_the_category_s_limit_counts_by_the_calendar(bring: Bring) -> None:
    Category.objects.filter(code="street_lamp").update(limit_amount=2, limit_kind="working_days")
    bring(row(reported="2025-03-07 10:00", closed="", due=""))  # a Friday

    assert Incident.objects.get().due_at == local(2025, 3, 11, 17)


def test_each_case_goes_to_the_grid_of_its_day(bring: Bring, world: World) -> None:
    redraw(world.areas["A1"], square(0, 0.25), valid_from=date(2025, 7, 1))
    redraw(world.areas["A2"], square(0.25, 1.75), valid_from=date(2025, 7, 1))

    bring(row("before"), row("after", reported="2025-07-01 00:00", closed="", due=""))

    owners = dict(Incident.objects.values_list("external_id", "area__code"))
    assert owners == {"before": "A1", "after": "A2"}


def test_outside_all_grids_it_waits_in_the_queue(bring: Bring) -> None:
    document = bring(row(lon=inside(9)[0]))
    case = Incident.objects.get()

    assert (case.area, case.area_path, case.route_method) == (None, "", "outside")
    assert case.flags == ["outside"]
    assert document["methods"] == {"outside": 1}


def test_where_grids_leave_a_gap_the_parent_has_it(bring: Bring, world: World) -> None:
    redraw(world.areas["A1"], square(0, 0.25), valid_from=date(2025, 1, 1))

    bring(row(lon=inside(0.75)[0]))

    assert Incident.objects.get().area == world.areas["A"]


def test_a_stand_in_is_stored_without_a_place_and_told(bring: Bring) -> None:
    spread = [row(f"s{i}", lon=inside(0.1 + i * 0.003)[0]) for i in range(400)]
    heap = [row(f"h{i}", lon=inside(1.5)[0]) for i in range(60)]

    document = bring(*spread, *heap)

    assert document["accepted"] == 460
    assert document["methods"]["stand_in"] == 60
    assert document["stand_ins"] == [{"lon": inside(1.5)[0], "lat": LAT, "rows": 60}]
    flagged = Incident.objects.filter(flags__contains=["stand_in"])
    assert set(flagged.values_list("area", "route_method")) == {(None, "outside")}
    assert flagged.count() == 60


def test_the_datum_is_converted_and_the_raw_place_kept(bring: Bring) -> None:
    bring(row(), options=("--datum=gcj02",))
    case = Incident.objects.get()

    assert (case.raw_lon, case.raw_lat, case.datum) == (LON, LAT, "gcj02")
    assert 100 < case.point.distance(Point(LON, LAT, srid=4326)) * 111_000 < 1000


@pytest.mark.parametrize("word", ["street_lamp", "STREET_LAMP", "路灯不亮", "Street lamp out"])
def test_a_category_is_known_by_code_or_name(bring: Bring, word: str) -> None:
    bring(row(kind=word))

    assert Incident.objects.get().category.code == "street_lamp"


def test_a_name_that_several_have_is_no_name(bring: Bring, world: World) -> None:
    Category.objects.create(
        code="lamp2", name="路灯不亮", major=world.categories["street_lamp"].major
    )

    document = bring(row(kind="路灯不亮"), row("H2", kind="lamp2"))

    assert [fault["code"] for fault in document["rejected"]] == ["category_ambiguous"]
    assert document["accepted"] == 1


def test_unknown_categories_are_created_on_request_and_inactive(bring: Bring) -> None:
    rows = [row("1", kind="THEFT"), row("2", kind="theft"), row("3", kind="facility")]

    document = bring(*rows, options=("--create-categories",))
    again = bring(*rows, options=("--create-categories",))

    assert (document["accepted"], again["unchanged"]) == (3, 3)
    made = Category.objects.filter(major__code="past")
    assert set(made.values_list("name", "active")) == {("THEFT", False), ("facility", False)}
    assert Category.objects.get(name="THEFT").code == "THEFT"
    assert Category.objects.get(code="facility").name == "公共设施"  # not ours to take


def test_without_a_category_column_there_is_one_for_all(world: World, tmp_path: Path) -> None:
    path = write(tmp_path / "past.csv", [row()])

    run(path, without=("--category",))

    assert Incident.objects.get().category.code == "past-unclassified"
    assert run(path, without=("--category",))["unchanged"] == 1


def test_a_dry_run_says_the_same_and_writes_nothing(bring: Bring) -> None:
    rows = [row("1", kind="THEFT"), row("2", lon="x")]

    dry = bring(*rows, options=("--dry-run", "--create-categories"))

    assert (Incident.objects.count(), Event.objects.count()) == (0, 0)
    assert not Category.objects.filter(name="THEFT").exists()
    real = bring(*rows, options=("--create-categories",))
    same = ("read", "accepted", "unchanged", "rejected", "methods")
    assert [dry[key] for key in same] == [real[key] for key in same]


def test_metres_are_refused_as_a_whole(world: World, tmp_path: Path) -> None:
    path = write(tmp_path / "past.csv", [row(lon=400512, lat=130574)])

    with pytest.raises(CommandError, match="not_degrees"):
        run(path)
    assert not Incident.objects.exists()


def test_a_missing_column_is_refused(world: World, tmp_path: Path) -> None:
    path = write(tmp_path / "past.csv", [row()])

    with pytest.raises(CommandError, match="missing_column"):
        run(path, "--words=text", without=("--words",))


def test_an_unknown_time_zone_is_refused(bring: Bring) -> None:
    with pytest.raises(CommandError):
        bring(row(), options=("--timezone=Mars/Olympus",))


def test_compressed_files_and_workbooks_are_read(world: World, tmp_path: Path) -> None:
    plain = write(tmp_path / "past.csv", [row("1")])
    packed = tmp_path / "past.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    book = Workbook()
    book.active.append(HEADER)
    one = row("2") | {"reported": datetime(2025, 3, 3, 9), "due": date(2025, 3, 5)}  # noqa: DTZ001
    book.active.append([one[name] for name in HEADER])
    book.save(tmp_path / "past.xlsx")

    assert run(packed)["accepted"] == 1
    assert run(tmp_path / "past.xlsx")["accepted"] == 1
    assert Incident.objects.get(external_id="2").due_at == local(2025, 3, 5, 23, 59, 59)


def test_the_published_month_goes_in_as_a_file_and_comes_out_as_figures(bring: Bring) -> None:
    """Tianmen, December 2016: 1,054 reported, 996 filed, 972 due, 911 closed, 737 in time."""
    times = {
        "reported": "2016-12-05 09:00",
        "closed": "2016-12-12 09:00",
        "due": "2016-12-12 17:00",
    }
    rows = [
        *[times for _ in range(737)],
        *[times | {"closed": "2016-12-13 09:00"} for _ in range(911 - 737)],
        *[times | {"closed": "2017-01-02 09:00"} for _ in range(30)],
        *[times | {"closed": ""} for _ in range(972 - 911 - 30)],
        *[times | {"due": "2017-01-10 17:00"} for _ in range(996 - 972)],
        *[times | {"status": "不予受理"} for _ in range(1054 - 996)],
    ]
    spread = [row(f"T{n}", lon=inside(0.001 + n / 1100)[0]) | one for n, one in enumerate(rows)]

    assert bring(*spread)["accepted"] == 1054

    out = StringIO()
    call_command("rates", "--from=2016-12-01", "--to=2016-12-31", "--json", stdout=out)
    figures = json.loads(out.getvalue())
    figures = figures.get("total", figures)
    counts = ("reported", "filed", "should_close", "closed", "closed_in_time")
    assert [figures[name] for name in counts] == [1054, 996, 972, 911, 737]
    assert figures["closing_rate"] == pytest.approx(0.9372, abs=0.00005)
    assert figures["in_time_closing_rate"] == pytest.approx(0.7582, abs=0.00005)
    assert figures["should_handle"] == 0  # to whom they were given, no file says


def test_the_live_map_knows_them(bring: Bring, world: World) -> None:
    bring(row("1", closed=""), row("2"))
    relay.stamp_all()

    _, told = feed.events_after(0, world.actor("chen").territory)

    assert [event["kind"] for event in told] == ["import", "import"]
    assert Incident.objects.within(world.actor("li").territory).open().count() == 1


def test_the_outcome_is_told_in_words(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "past.csv", [row(), row("H2", lon="x")])
    named = [f"{name}={column}" for name, column in NAMED.items()]

    call_command("import_incidents", str(path), *named, "--progress")

    told = capsys.readouterr()
    assert "not_a_number" in told.out
    assert "1  covers" in told.out
    assert "1/1" in told.err


# --- interrupted, and twice at once -------------------------------------------------------------


def test_an_interrupted_import_leaves_whole_batches_and_goes_on(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)
    path = write(tmp_path / "past.csv", [row(f"H{n}") for n in range(35)])
    wanted = Wanted(
        path, Columns("lon", "lat", "reported", external_id="no"), "past", zone=SHANGHAI
    )

    def press_ctrl_c(done: int, total: int) -> None:
        assert total == 35
        if done == 20:
            raise KeyboardInterrupt

    outcome = importing.import_past(wanted, press_ctrl_c)

    assert outcome.cancelled
    assert outcome.accepted == Incident.objects.count() == Event.objects.count() == 20
    rest = importing.import_past(wanted)
    assert (rest.accepted, rest.unchanged, rest.cancelled) == (15, 20, False)


def test_a_batch_that_fails_leaves_nothing_of_itself(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "past.csv", [row(f"H{n}") for n in range(5)])
    copy = importing._copy

    def fail_at_events(model: type, rows: list[dict[str, Any]]) -> None:
        if model is Event:
            raise KeyboardInterrupt
        copy(model, rows)

    monkeypatch.setattr(importing, "_copy", fail_at_events)
    wanted = Wanted(path, Columns("lon", "lat", "reported", external_id="no"), "past", SHANGHAI)

    assert importing.import_past(wanted).accepted == 0
    assert (Incident.objects.count(), Event.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
class TestProcesses:
    """A real process beside this one."""

    @pytest.fixture
    def write_many(self, tmp_path: Path) -> Callable[[int], Path]:
        build_world()

        def many(count: int) -> Path:
            lons = [round(inside(0.001 + n * 2.9 / count)[0], 7) for n in range(count)]
            rows = [row(f"H{n}", lon=lon) for n, lon in enumerate(lons)]
            return write(tmp_path / "past.csv", rows)

        return many

    def start(self, file: Path) -> "subprocess.Popen[str]":
        named = [f"{name}={column}" for name, column in NAMED.items()]
        return subprocess.Popen(
            [sys.executable, "manage.py", "import_incidents", str(file), *named, "--progress"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DATABASE_URL": database_url(), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    @pytest.mark.usefixtures("ctrl_c_counts")
    def test_ctrl_c_ends_it_with_whole_cases_only(self, write_many: Callable[[int], Path]) -> None:
        file = write_many(12_000)
        running = self.start(file)
        assert running.stderr is not None
        while "] 3," not in running.stderr.readline():
            assert running.poll() is None
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=120)

        assert running.returncode == 130
        count = Incident.objects.count()
        assert 3000 <= count < 12_000
        assert count % importing.BATCH == 0
        assert Event.objects.filter(kind="import").count() == count
        rest = run(file)
        assert (rest["accepted"], rest["unchanged"]) == (12_000 - count, count)
        assert Incident.objects.count() == Event.objects.count() == 12_000

    def test_two_at_once_do_not_mix(self, write_many: Callable[[int], Path]) -> None:
        with connection.cursor() as cursor:  # this process imports
            cursor.execute("SELECT pg_advisory_lock(%s)", [importing.IMPORT_LOCK])
        try:
            running = self.start(write_many(3))
            _, said = running.communicate(timeout=120)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [importing.IMPORT_LOCK])

        assert running.returncode == 1
        assert "import_running" in said
        assert not Incident.objects.exists()
