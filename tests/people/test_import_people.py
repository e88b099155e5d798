"""`import_people`: workers, logins and assignments from a table."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import translation
from openpyxl import Workbook

from gis_grid.exchange.tables import parse_csv
from gis_grid.people.imports import COLUMNS
from gis_grid.people.models import Assignment, Role, Worker
from tests.world import World

HEADER = "worker_code,name,phone,username,role,area_level,area_code,from,to"
ROW = "W1,示例甲,000-1,w1,grid_worker,grid,A1,2026-01-01,"


@pytest.fixture
def load(world: World, tmp_path: Path) -> Any:
    """Return a function: lines of CSV (or a path) and options -> the command's JSON document."""

    def run(*lines: str, path: Path | None = None, header: str = HEADER, dry: bool = False) -> Any:
        if path is None:
            path = tmp_path / "people.csv"
            path.write_text("\n".join([header, *lines]), encoding="utf-8")
        out = StringIO()
        refused = None
        options = ["--dry-run"] if dry else []
        try:
            call_command("import_people", str(path), "--json", *options, stdout=out)
        except CommandError as error:
            refused = error
        document = json.loads(out.getvalue())
        assert (refused is not None) == (document["refused"] is not None)
        return document

    return run


def test_a_row_makes_worker_login_and_assignment(load: Any, world: World) -> None:
    document = load(ROW)
    assert (document["read"], document["accepted"], document["refused"]) == (1, 1, None)
    worker = Worker.objects.get(code="W1")
    assert (worker.name, worker.phone, worker.user.username) == ("示例甲", "000-1", "w1")
    held = worker.assignments.get()
    assert (held.area, held.role) == (world.areas["A1"], Role.GRID_WORKER)
    assert (held.during.lower, held.during.upper) == (date(2026, 1, 1), None)


def test_a_new_login_cannot_be_used_before_somebody_sets_a_password(load: Any) -> None:
    document = load(ROW)
    assert not User.objects.get(username="w1").has_usable_password()
    assert any("1" in note for note in document["notes"])


def test_the_same_file_again_changes_nothing(load: Any) -> None:
    load(ROW)
    document = load(ROW)
    assert (document["accepted"], document["unchanged"]) == (0, 1)
    assert Assignment.objects.filter(worker__code="W1").count() == 1


def test_one_person_may_hold_several_areas(load: Any) -> None:
    document = load(ROW, ROW.replace("A1", "A2"), ROW.replace("grid_worker", "grid_chief"))
    assert document["accepted"] == 3
    assert Worker.objects.get(code="W1").assignments.count() == 3


def test_a_person_without_area_and_role_is_just_a_worker(load: Any) -> None:
    load("W1,示例甲,,,,,,,")
    worker = Worker.objects.get(code="W1")
    assert (worker.user, worker.assignments.count()) == (None, 0)


def test_name_and_phone_follow_the_file(load: Any) -> None:
    load(ROW)
    assert load(ROW.replace("000-1", "000-2"))["accepted"] == 1
    assert Worker.objects.get(code="W1").phone == "000-2"


def test_the_last_day_is_included_and_may_be_added_later(load: Any) -> None:
    load(ROW)
    assert load(ROW + "2026-06-30")["accepted"] == 1
    held = Assignment.objects.get(worker__code="W1")
    assert held.during.upper == date(2026, 7, 1)


def test_chinese_headers_and_words_are_understood(load: Any) -> None:
    header = "工号,姓名,工作电话,登录名,角色,区域层级,区域编码,开始日期,结束日期"
    load("W1,示例甲,,,网格长,网格,A1,2026/1/1,", header=header)
    assert Assignment.objects.get(worker__code="W1").role == Role.GRID_CHIEF


def test_a_workbook_is_as_good(load: Any, tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(HEADER.split(","))
    book.active.append(["007", "示例甲", None, None, "grid_worker", "grid", "A1", None, None])
    book.save(tmp_path / "people.xlsx")
    assert load(path=tmp_path / "people.xlsx")["accepted"] == 1
    assert Worker.objects.filter(code="007").exists()


@pytest.mark.parametrize(
    ("bad", "field", "code"),
    [
        (ROW.replace("W1", ""), "worker_code", "blank_code"),
        (ROW.replace("示例甲", ""), "name", "blank_name"),
        (ROW.replace("000-1", "1" * 31), "phone", "too_long"),
        (ROW.replace("w1", "w 1!"), "username", "bad_username"),
        (ROW.replace("w1", "li"), "username", "username_taken"),
        (ROW.replace("grid_worker", "boss"), "role", "not_a_choice"),
        (ROW.replace("grid_worker", ""), "role", "not_a_choice"),
        (ROW.replace(",grid,", ",mesh,"), "area_level", "not_a_choice"),
        (ROW.replace("A1", "Z9"), "area_code", "area_not_found"),
        (ROW.replace("A1", ""), "area_code", "area_not_found"),
        (ROW.replace("A1", "A1;A2"), "area_code", "one_area_only"),
        (ROW.replace(",grid,", ",community,"), "area_code", "area_not_found"),
        (ROW.replace("2026-01-01", "2026-02-30"), "from", "not_a_day"),
        (ROW.replace("2026-01-01", "1/2/26"), "from", "not_a_day"),
        (ROW + "2025-12-31", "to", "days_reversed"),
        (ROW + ",extra", None, "too_many_cells"),
    ],
)
def test_a_bad_row_refuses_the_whole_file_and_is_named(
    load: Any, bad: str, field: str | None, code: str
) -> None:
    document = load("W2,示例乙,,,,,,,", bad)
    (rejected,) = document["rejected"]
    assert (rejected["row"], rejected["field"], rejected["code"]) == (3, field, code)
    assert document["refused"]["code"] == "rows_rejected"
    assert not Worker.objects.filter(code__in=["W1", "W2"]).exists()


def test_rows_that_contradict_each_other_are_rejected(load: Any) -> None:
    document = load(ROW, ROW.replace("示例甲", "示例乙"))
    assert [one["code"] for one in document["rejected"]] == ["worker_differs"]


def test_overlapping_days_in_the_same_role_are_rejected(load: Any) -> None:
    load(ROW)
    document = load(ROW.replace("2026-01-01", "2026-03-01"))
    assert [one["code"] for one in document["rejected"]] == ["assignment_overlaps"]


def test_two_people_cannot_share_a_login(load: Any) -> None:
    document = load(ROW, "W2,示例乙,,w1,,,,,")
    assert [one["code"] for one in document["rejected"]] == ["username_taken"]
    assert not Worker.objects.filter(code="W1").exists()


def test_a_dry_run_writes_nothing(load: Any) -> None:
    assert load(ROW, dry=True)["accepted"] == 1
    assert not Worker.objects.filter(code="W1").exists()


def test_missing_columns_are_named(load: Any) -> None:
    refused = load("W1", header="worker_code")["refused"]
    assert refused["code"] == "missing_column"
    assert "name" in refused["message"]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_template_is_a_table_that_can_be_read_back(language: str) -> None:
    out = StringIO()
    with translation.override(language):
        call_command("import_people", "--template", stdout=out)
    table = parse_csv(out.getvalue().encode())
    names = {column.key if language == "en" else column.chinese for column in COLUMNS}
    assert set(table.header) == names
    assert len(table.rows) == 1


def test_neither_file_nor_template_is_an_error() -> None:
    with pytest.raises(CommandError, match="template"):
        call_command("import_people")
