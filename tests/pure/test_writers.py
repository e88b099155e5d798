"""What goes out: CSV that no spreadsheet runs, and outcomes as plain JSON."""

import csv
import io
import json

import pytest
from django.utils.translation import gettext_lazy

from gis_grid.errors import Invalid
from gis_grid.exchange.outcome import Outcome, Repair
from gis_grid.exchange.writers import guarded, write_csv


@pytest.mark.parametrize(
    "cell", ["=1+1", "+86 138", "-A1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "＠x", "'x"]
)
def test_text_that_would_run_is_neutralised_and_recoverable(cell: str) -> None:
    assert guarded(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["网格", "a=b", "", "-77.03", "+86", -1, 2.5, None])
def test_other_cells_are_left_alone(cell: object) -> None:
    assert guarded(cell) == cell


def test_a_table_reads_back_as_written() -> None:
    out = io.StringIO(newline="")
    count = write_csv(out, ["code", "name"], [["1", 'a "b", c\nd'], ["2", None]], bom=True)
    assert count == 2
    text = out.getvalue()
    assert text.startswith("\ufeffcode,name\r\n")
    assert list(csv.reader(io.StringIO(text[1:], newline="")))[1:] == [
        ["1", 'a "b", c\nd'],
        ["2", ""],
    ]


def test_an_outcome_is_plain_json() -> None:
    outcome = Outcome(read=3, accepted=1)
    outcome.reject(2, "code", "duplicate_code", gettext_lazy("name"))
    outcome.notes.append(gettext_lazy("code"))
    plain = json.loads(json.dumps(outcome.as_json()))
    assert (plain["read"], plain["accepted"], plain["refused"]) == (3, 1, None)
    assert plain["rejected"][0] | {"reason": ""} == {
        "row": 2,
        "field": "code",
        "code": "duplicate_code",
        "reason": "",
        "location": None,
    }


def test_a_refused_outcome_has_accepted_nothing() -> None:
    outcome = Outcome(read=3, accepted=3)
    outcome.refuse(Invalid("not_degrees", "give --srid"))
    assert outcome.as_json()["accepted"] == 0
    assert outcome.as_json()["refused"] == {"code": "not_degrees", "message": "give --srid"}


def test_nested_findings_are_plain_too() -> None:
    outcome = Outcome(notes=[])
    outcome.rejected = []
    repair = Repair(1, "a", "why", (106.123456789, 30.0), 1.0, 2.0)
    outcome.notes = [repair]  # type: ignore[list-item]
    assert outcome.as_json()["notes"][0]["location"] == [106.1234568, 30.0]
