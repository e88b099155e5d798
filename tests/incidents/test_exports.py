"""Files of what the filter shows, read back by other programs; names stay out of them."""

import csv
import json
import re
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyogrio
import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from gis_grid.exchange.pdf import ROWS, Paper, pages_for, write_pdf
from gis_grid.facilities import jobs
from gis_grid.facilities.models import Job
from gis_grid.people.models import Assignment
from incidents import exports
from tests.browser.desk import report
from tests.world import World, inside

pytestmark = pytest.mark.usefixtures("media")
URL = "/api/exports"
BAD_WORDS = "=HYPERLINK(0)"
NAMES = [column.name for column in exports.COLUMNS]


def ask(client: Client, form: str = "csv", **more: Any) -> Any:
    return client.post(URL, {"form": form, **more}, content_type="application/json")


def made(client: Client, form: str, **more: Any) -> Path:
    """Ask for a file, let the worker write it, fetch it and return where it lies."""
    asked = ask(client, form, **more)
    assert asked.status_code == 201, asked.json()
    assert jobs.work_off()
    row = client.get(f"{URL}/{asked.json()['id']}").json()
    assert row["state"] == "done", row
    answer = client.get(row["file"])
    job = Job.objects.get(pk=row["id"])
    assert b"".join(answer.streaming_content) == exports.path_of(job).read_bytes()
    return exports.path_of(job)


@pytest.fixture
def happened(world: World) -> World:
    """Three incidents: two in A, one of them with dangerous words, and one in B."""
    report(world, words=BAD_WORDS)
    report(world, inside(1.5), category="manhole")
    report(world, inside(2.5))
    return world


def test_a_csv_is_read_back_and_holds_what_the_filter_shows(happened: World, login) -> None:  # type: ignore[no-untyped-def]
    path = made(login("chen"), "csv", filter={"area": "A"})

    with path.open(encoding="utf-8-sig", newline="") as file:
        _header, *rows = csv.reader(file)
    facts = [dict(zip(NAMES, row, strict=True)) for row in rows]
    assert [each["area"] for each in facts] == ["A2", "A1"]
    assert {each["state"] for each in facts} == {"已上报"}
    assert datetime.fromisoformat(facts[0]["reported_at"]).tzinfo


def test_a_workbook_is_read_back(happened: World, login) -> None:  # type: ignore[no-untyped-def]
    sheet, about = load_workbook(made(login("chen"), "xlsx"), read_only=True).worksheets

    _header, *rows = sheet.iter_rows(values_only=True)
    assert len(rows) == 3
    assert rows[0][NAMES.index("area")] == "B1"
    assert rows[0][NAMES.index("reported_at")].date() == timezone.localdate()
    assert "Chen" in str(list(about.iter_rows(values_only=True)))


def test_more_rows_than_a_sheet_takes_go_on_in_the_next(  # type: ignore[no-untyped-def]
    happened: World, login, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "SHEET_ROWS", 2)
    first, second, _about = load_workbook(made(login("chen"), "xlsx"), read_only=True).worksheets

    header, *rows = first.iter_rows(values_only=True)
    again, *rest = second.iter_rows(values_only=True)
    assert header == again
    area = NAMES.index("area")
    assert [row[area] for row in (*rows, *rest)] == ["B1", "A2", "A1"]
    assert (len(rows), len(rest)) == (2, 1)


@pytest.mark.parametrize("form", ["geojson", "gpkg"])
def test_map_data_is_read_back_by_gdal(happened: World, login, form: str) -> None:  # type: ignore[no-untyped-def]
    meta, _ids, shapes, fields = pyogrio.raw.read(made(login("chen"), form))

    facts = dict(zip(meta["fields"], fields, strict=True))
    assert list(facts["area"]) == ["B1", "A2", "A1"]
    assert [round(lon, 7) for lon in facts["lon"]] == [inside(c)[0] for c in (2.5, 1.5, 0.5)]
    assert len(shapes) == 3
    assert "words" not in facts


def test_an_empty_filter_result_is_an_empty_file(world: World, login) -> None:  # type: ignore[no-untyped-def]
    for form in exports.WRITERS:
        path = made(login("chen"), form)
        assert path.stat().st_size > 0
        if form in ("geojson", "gpkg"):
            assert pyogrio.read_info(path)["features"] == 0


def test_names_and_words_stay_out(happened: World, login) -> None:  # type: ignore[no-untyped-def]
    for form in ("csv", "geojson"):
        text = made(login("chen"), form).read_text("utf-8-sig")
        assert BAD_WORDS not in text
        assert "Li" not in text


def test_the_administrator_gets_names_and_says_what_for(happened: World, login) -> None:  # type: ignore[no-untyped-def]
    root = login("root")
    assert ask(login("chen"), full=True, reason="上级核查需要").status_code == 403
    assert ask(root, full=True).json()["code"] == "reason_missing"

    text = made(root, "csv", full=True, reason="上级核查需要").read_text("utf-8-sig")

    assert f"'{BAD_WORDS}" in text  # as text: no spreadsheet runs it
    assert "Li" in text
    kept = Job.objects.get(kind=exports.KIND)
    assert (kept.question["reason"], kept.by) == ("上级核查需要", happened.users["root"])


def test_an_export_is_its_askers_alone(happened: World, login) -> None:  # type: ignore[no-untyped-def]
    path = made(login("chen"), "csv")
    job = path.stem

    for name, status in (("root", 404), ("li", 403), ("sun", 403)):
        assert login(name).get(f"{URL}/{job}").status_code == status
        assert login(name).get(f"/command/export/{job}/file").status_code == status
    assert job not in str(login("sun").get("/api/planning/jobs").json())
    assert login("sun").get(f"/api/planning/jobs/{job}").status_code == 404


def test_who_lost_the_desk_meanwhile_gets_no_file(happened: World, login) -> None:  # type: ignore[no-untyped-def]
    ask(login("chen"))
    Assignment.objects.filter(worker__code="chen").update(role="planner")

    jobs.work_off()

    job = Job.objects.get(kind=exports.KIND)
    assert (job.state, job.fault["code"]) == ("failed", "role_required")
    assert not exports.path_of(job).exists()


def test_a_cancelled_export_leaves_no_file(happened: World, login) -> None:  # type: ignore[no-untyped-def]
    chen = login("chen")
    waiting = ask(chen).json()["id"]
    assert chen.post(f"{URL}/{waiting}/cancel").json()["state"] == "cancelled"

    running = Job.objects.get(pk=ask(chen).json()["id"])
    jobs.Job.objects.filter(pk=running.pk).update(state="running", tries=1, cancel=True)
    running.refresh_from_db()
    with pytest.raises(jobs.Cancelled):
        exports._do(running, jobs.Progress(running))

    assert list(exports.path_of(running).parent.iterdir()) == []


def test_files_are_swept_after_a_day(happened: World, login) -> None:  # type: ignore[no-untyped-def]
    chen = login("chen")
    path = made(chen, "csv")
    exports.sweep(timezone.now())
    assert path.exists()

    exports.sweep(timezone.now() + exports.KEPT * 1.1)

    assert not path.exists()
    assert chen.get(f"/command/export/{path.stem}/file").status_code == 404
    assert chen.get(f"{URL}/{path.stem}").json()["file"] is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"form": "exe"}, 422),
        ({"form": "csv", "filter": {"colour": "red"}}, 422),
        ({"form": "csv", "filter": {"state": "gone"}}, 400),
        ({"form": "csv", "filter": {"area": "B9"}}, 404),
    ],
)
def test_what_nobody_knows_is_refused(world: World, login, body: Any, status: int) -> None:  # type: ignore[no-untyped-def]
    assert login("chen").post(URL, body, content_type="application/json").status_code == status


def test_the_page_says_how_many_and_refuses_a_misspelt_filter(happened: World, login) -> None:  # type: ignore[no-untyped-def]
    chen = login("chen")

    assert chen.get("/command/export/").context["count"] == 3
    assert chen.get("/command/export/?area=B").status_code == 200
    assert chen.get("/command/export/?colour=red").status_code == 400
    assert chen.get(f"/command/export/?area={uuid4().hex[:8]}").status_code == 404


def test_a_pdf_tells_where_its_objects_are_and_keeps_every_letter(tmp_path: Path) -> None:
    header, path = ["编号", "说明"], tmp_path / "table.pdf"
    rows = [[f"{n}", "翠湖第一网格" * n] for n in range(ROWS + 1)]
    paper = Paper("事件", "共两页", header, [1, 4], pages_for(len(rows)))
    with path.open("wb") as out:
        assert write_pdf(out, paper, rows) == len(rows)

    content = path.read_bytes()
    start = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
    _xref, count, *table = content[start:].splitlines()
    offsets = [int(line.split()[0]) for line in table[1 : int(count.split()[1])]]
    heads = [content[at : at + 12].split()[:3] for at in offsets]
    assert heads == [[b"%d" % n, b"0", b"obj"] for n in range(1, len(offsets) + 1)]
    drawn = [
        zlib.decompress(part) for part in re.findall(rb"stream\n(.*?)\nendstream", content, re.S)
    ]
    assert len(drawn) == pages_for(len(rows)) == 2
    texts = [
        bytes.fromhex(found.decode()).decode("utf-16-be")
        for found in re.findall(rb"<(\w+)> Tj", drawn[0])
    ]
    assert texts[:5] == ["事件", "共两页", "1 / 2", "编号", "说明"]
    assert "翠湖第一网格" in texts
    assert any(text.endswith("…") for text in texts)  # too long for its column


def test_geojson_is_one_document(happened: World, login) -> None:  # type: ignore[no-untyped-def]
    document = json.loads(made(login("chen"), "geojson").read_text())

    assert document["type"] == "FeatureCollection"
    assert [feature["geometry"]["type"] for feature in document["features"]] == ["Point"] * 3
