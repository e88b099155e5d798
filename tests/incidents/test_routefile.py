"""Routing a file: bad rows listed, stand-ins reported, dates respected, real cities agreed with."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from tests.world import World, inside

COLUMNS = ("--lon=lon", "--lat=lat", "--level=grid")


def run(path: Path, *options: str) -> dict:  # type: ignore[type-arg]
    out = StringIO()
    call_command("route", str(path), *COLUMNS, "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def table(path: Path, rows: list[tuple]) -> Path:  # type: ignore[type-arg]
    lines = ["id,lon,lat,acc,day", *(",".join(str(cell) for cell in row) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def answers(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_gets_its_answer_and_keeps_its_columns(world: World, tmp_path: Path) -> None:
    rows = [
        (1, *inside(0.5), "", "2026-03-05"),
        (2, *inside(1), "", "2026-03-05"),
        (3, *inside(1.01), 20, "2026-03-05"),
        (4, *inside(-0.05), "", "2026-03-05"),
        (5, *inside(9), "", "2026-03-05"),
    ]
    out = tmp_path / "out.csv"

    document = run(table(tmp_path / "in.csv", rows), "--accuracy=acc", "--at=day", f"--out={out}")

    found = [(a["id"], a["area_code"], a["method"]) for a in answers(out)]
    assert found == [
        ("1", "A1", "covers"),
        ("2", "A1", "edge"),
        ("3", "A2", "ambiguous"),
        ("4", "A1", "nearest"),
        ("5", "", "outside"),
    ]
    assert answers(out)[2]["candidates"] == "A2 A1"
    assert document["methods"] == {
        "ambiguous": 1, "covers": 1, "edge": 1, "nearest": 1, "outside": 1,
    }  # fmt: skip


def test_unreadable_rows_are_listed_and_stay_in_the_file(world: World, tmp_path: Path) -> None:
    rows = [(1, "x", 31, "", ""), (2, 500, 31, "", ""), (3, *inside(0.5), "", "")]
    out = tmp_path / "out.csv"

    document = run(table(tmp_path / "in.csv", rows), f"--out={out}")

    assert [(r["row"], r["field"], r["code"]) for r in document["rejected"]] == [
        (2, "lon", "not_a_number"),
        (3, "lon", "out_of_range"),
    ]
    assert [a["method"] for a in answers(out)] == ["", "", "covers"]


def test_a_file_in_metres_is_refused(world: World, tmp_path: Path) -> None:
    rows = [(1, *inside(0.5), "", ""), (2, 400512.5, 130574.9, "", ""), (3, 395499, 139593, "", "")]

    with pytest.raises(CommandError, match=r"not_degrees.*400512\.5, 130574\.9"):
        call_command("route", str(table(tmp_path / "in.csv", rows)), *COLUMNS)


def test_many_rows_on_one_coordinate_are_a_stand_in(world: World, tmp_path: Path) -> None:
    spread = [(i, *inside(0.1 + i * 0.003), "", "") for i in range(400)]
    heap = [(1000 + i, *inside(1.5), "", "") for i in range(60)]

    document = run(table(tmp_path / "in.csv", spread + heap))

    assert document["methods"]["stand_in"] == 60
    assert document["stand_ins"] == [{"lon": inside(1.5)[0], "lat": inside(1.5)[1], "rows": 60}]


def test_a_busy_street_corner_is_no_stand_in(world: World, tmp_path: Path) -> None:
    spread = [(i, *inside(0.1 + i * 0.0007), "", "") for i in range(1800)]
    heap = [(9000 + i, *inside(1.5), "", "") for i in range(24)]

    assert "stand_in" not in run(table(tmp_path / "in.csv", spread + heap))["methods"]


def test_missing_column_is_refused_with_one_document(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path / "in.csv", [(1, *inside(), "", "")])

    with pytest.raises(SystemExit) as end:
        call_command("route", str(path), "--lon=x", "--lat=lat", "--level=grid", "--json")

    assert end.value.code == 1
    assert json.loads(capsys.readouterr().out)["refused"]["code"] == "missing_column"


def labelled(path: Path, rows: list[tuple]) -> Path:  # type: ignore[type-arg]
    lines = ["lon,lat,label", *(",".join(str(cell) for cell in row) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_answers_are_compared_with_a_column_of_codes(world: World, tmp_path: Path) -> None:
    rows = [
        (*inside(0.5), "A1"),
        (*inside(1.5), "A2"),
        (*inside(2.5), "A2"),
        (*inside(9), "B1"),  # outside agrees with nothing
        (*inside(0.5), ""),  # no label, not counted
        ("x", 31, "A1"),  # not routed, not counted
    ]

    document = run(labelled(tmp_path / "in.csv", rows), "--compare=label")

    assert document["agreement"] == {"column": "label", "labelled": 4, "agree": 2, "share": 0.5}


def test_a_column_without_any_code_has_no_share(world: World, tmp_path: Path) -> None:
    path = labelled(tmp_path / "in.csv", [(*inside(0.5), "")])

    assert run(path, "--compare=label")["agreement"]["share"] is None


def test_agreement_is_told_in_words(world: World, tmp_path: Path) -> None:
    path = labelled(tmp_path / "in.csv", [(*inside(0.5), "A1"), (*inside(1.5), "A1")])
    out = StringIO()

    with translation.override("en"):
        call_command("route", str(path), *COLUMNS, "--compare=label", stdout=out)

    assert "Same as label: 1 of 2 rows (50.0 %); other: 1." in out.getvalue()


def test_a_column_to_compare_that_is_missing_is_refused(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = labelled(tmp_path / "in.csv", [(*inside(0.5), "A1")])

    with pytest.raises(SystemExit):
        call_command("route", str(path), *COLUMNS, "--compare=x", "--json")

    assert json.loads(capsys.readouterr().out)["refused"]["code"] == "missing_column"
