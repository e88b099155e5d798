"""Tables: CSV and XLSX as people send them, and rows 81 and 82 of the bad inputs."""

import gzip
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from gis_grid.errors import GridError
from gis_grid.exchange.tables import Table, parse_csv, read_table


def workbook(path: Path, *rows: Any, title: str = "网格员") -> Path:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def rows_of(table: Table) -> list[tuple[int, dict[str, str]]]:
    return [(row.line, row.values) for row in table.rows]


def code_of(raw: bytes) -> str:
    with pytest.raises(GridError) as refusal:
        parse_csv(raw)
    return refusal.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters_are_recognised(encoding: str, delimiter: str) -> None:
    raw = f"编号{delimiter}姓名\r\n007{delimiter}示例甲\r\n".encode(encoding)
    assert rows_of(parse_csv(raw)) == [(2, {"编号": "007", "姓名": "示例甲"})]


def test_quotes_may_hold_delimiters_and_line_ends() -> None:
    table = parse_csv(b'code,name\n1,"a, b\nc"\n2,"say ""x"""\n')
    assert rows_of(table) == [
        (3, {"code": "1", "name": "a, b\nc"}),
        (4, {"code": "2", "name": 'say "x"'}),
    ]


def test_blank_rows_are_left_out_and_lines_keep_their_numbers() -> None:
    table = parse_csv(b"\ncode,name\n\n1,a\n , \n2,b\n")
    assert [row.line for row in table.rows] == [4, 6]


def test_short_rows_are_filled_and_long_rows_are_at_fault() -> None:
    short, long = parse_csv(b"code,name\n1\n2,b,c\n").rows
    assert short.values == {"code": "1", "name": ""}
    assert (short.fault, bool(long.fault)) == (None, True)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "no_rows"),
        (b"code,name\n", "no_rows"),
        (b"a,a\n1,2\n", "duplicate_column"),
        (b'{"type": "FeatureCollection"}', "not_allowed_content"),
        (b"<html></html>", "not_allowed_content"),
        (b"code,name\n\x00,1\n", "text_not_allowed"),
        (b'code,name\n"1,2\n', "not_csv"),
        (b"code,name\n\xff\xff\xff,1\n", "encoding_unknown"),
        ((",".join(map(str, range(501))) + "\n1\n").encode(), "too_many_columns"),
    ],
)
def test_what_is_refused(raw: bytes, code: str) -> None:
    assert code_of(raw) == code


def test_missing_columns_are_named() -> None:
    with pytest.raises(GridError, match="phone") as refusal:
        parse_csv(b"code,name\n1,a\n").require(["code", "phone"])
    assert refusal.value.extra["columns"] == ["phone"]


def test_a_gz_file_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"code\n1\n"))
    assert rows_of(read_table(path)) == [(2, {"code": "1"})]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (gzip.compress(b" " * 300_000_000, 1, mtime=0), "too_large"),
        (gzip.compress(b"code\n1\n", mtime=0)[:-6], "damaged_archive"),
        (b"\x1f\x8bnonsense", "damaged_archive"),
    ],
    ids=["too large", "cut off", "nonsense"],
)
def test_a_bad_gz_file_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(content)
    with pytest.raises(GridError) as refusal:
        read_table(path)
    assert refusal.value.code == code


def test_a_workbook_gives_text(tmp_path: Path) -> None:
    day, moment = date(2024, 2, 29), datetime.fromisoformat("2024-01-01T08:30")
    path = workbook(
        tmp_path / "a.xlsx",
        ["code", "n", "x", "day", "moment", "none"],
        ["007", 8, 8.0, day, moment, None],
    )
    (row,) = read_table(path).rows
    assert list(row.values.values()) == ["007", "8", "8", "2024-02-29", "2024-01-01 08:30:00", ""]


def test_numbers_that_excel_has_rounded_are_said(tmp_path: Path) -> None:
    table = read_table(workbook(tmp_path / "a.xlsx", ["code"], [370102013006008123]))
    assert len(table.notes) == 1


def test_formulas_are_never_run(tmp_path: Path) -> None:
    (row,) = read_table(workbook(tmp_path / "a.xlsx", ["code", "x"], ["1", "=1+1"])).rows
    assert row.values == {"code": "1", "x": ""}


def test_a_hidden_sheet_is_not_read_and_two_must_be_chosen_from(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["code"])
    book.active.append(["shown"])
    hidden = book.create_sheet("hidden")
    hidden.append(["code"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    assert rows_of(read_table(tmp_path / "a.xlsx")) == [(2, {"code": "shown"})]
    hidden.sheet_state = "visible"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(GridError) as refusal:
        read_table(tmp_path / "a.xlsx")
    assert refusal.value.code == "choose_layer"


def test_a_cell_at_the_end_of_the_sheet_costs_no_memory(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["code"])
    book.active.cell(row=200_000, column=1, value="last")
    book.save(tmp_path / "a.xlsx")
    assert rows_of(read_table(tmp_path / "a.xlsx")) == [(200_000, {"code": "last"})]


def respelled(path: Path, name: str, content: bytes) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, old in parts.items():
            archive.writestr(one, content if one == name else old)
    return path


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData>'
        b"</worksheet>"
    )
    path = respelled(
        workbook(tmp_path / "a.xlsx", ["code"], ["1"]), "xl/worksheets/sheet1.xml", bomb
    )
    with pytest.raises(GridError) as refusal:
        read_table(path)
    assert refusal.value.code == "not_allowed_content"


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("readme.txt", "x")
    with pytest.raises(GridError) as refusal:
        read_table(tmp_path / "a.xlsx")
    assert refusal.value.code == "not_allowed_content"


def test_the_real_incident_file_is_read(real_data: Path) -> None:
    table = read_table(real_data / "dc" / "incidents_2024q1_with_city_labels.csv.gz")
    assert len(table.rows) == 5_735
    assert {"X", "Y", "WARD"} <= set(table.header)
