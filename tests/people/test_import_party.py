"""`import_party`: party organisations, counts only."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gis_grid.people.models import PartyKind, PartyOrganisation, SetupMode
from gis_grid.territory.actions import AreaDraft, found
from gis_grid.territory.models import Level
from tests.world import World

HEADER = (
    "code,name,kind,parent,setup_mode,area_level,area_code,attached_to,"
    "formal_members,probationary_members,established,term_ends"
)
STREET = "P1,河东街道党工委,working_committee,,,street,S,,0,0,,"
COMMITTEE = "P2,翠湖社区党委,党委,P1,,社区,A,,120,3,2021-06-01,2026-06-01"
INDUSTRY = "P3,物业行业党总支,general_branch,P1,联合,,,物业行业,60,,,"


@pytest.fixture
def load(world: World, tmp_path: Path) -> Any:
    """Return a function: lines of CSV -> the command's JSON document."""

    def run(*lines: str) -> Any:
        path = tmp_path / "party.csv"
        path.write_text("\n".join([HEADER, *lines]), encoding="utf-8")
        out = StringIO()
        refused = None
        try:
            call_command("import_party", str(path), "--json", stdout=out)
        except CommandError as error:
            refused = error
        document = json.loads(out.getvalue())
        assert (refused is not None) == (document["refused"] is not None)
        return document

    return run


def test_organisations_are_made_in_any_order(load: Any, world: World) -> None:
    assert load(INDUSTRY, COMMITTEE, STREET)["accepted"] == 3
    committee = PartyOrganisation.objects.get(code="P2")
    assert (committee.kind, committee.parent.code) == (PartyKind.COMMITTEE, "P1")
    assert list(committee.areas.all()) == [world.areas["A"]]
    assert (committee.formal_members, committee.term_ends) == (120, date(2026, 6, 1))
    industry = PartyOrganisation.objects.get(code="P3")
    assert (industry.areas.count(), industry.attached_to) == (0, "物业行业")
    assert industry.setup_mode == SetupMode.JOINT


def test_a_joint_organisation_stands_for_several_areas(load: Any, world: World) -> None:
    joint = "P4,联合党支部,branch,,joint,,A1；A2,,5,0,,"
    load(joint)
    assert set(PartyOrganisation.objects.get().areas.all()) == {
        world.areas["A1"],
        world.areas["A2"],
    }
    assert load(joint)["unchanged"] == 1
    assert load(joint.replace("；A2", ""))["accepted"] == 1
    assert PartyOrganisation.objects.get().areas.count() == 1


def test_the_same_file_again_changes_nothing(load: Any) -> None:
    load(STREET, COMMITTEE)
    document = load(STREET, COMMITTEE)
    assert (document["accepted"], document["unchanged"]) == (0, 2)


def test_a_change_is_taken_over(load: Any) -> None:
    load(STREET, COMMITTEE)
    document = load(STREET, COMMITTEE.replace("120", "121"))
    assert (document["accepted"], document["unchanged"]) == (1, 1)
    assert PartyOrganisation.objects.get(code="P2").formal_members == 121


def test_a_parent_may_be_there_already(load: Any) -> None:
    load(STREET)
    assert load(COMMITTEE)["accepted"] == 1


@pytest.mark.parametrize(
    ("bad", "field", "code"),
    [
        (COMMITTEE.replace("P2", ""), "code", "blank_code"),
        (COMMITTEE.replace("P2", "P1"), "code", "duplicate_code"),
        (COMMITTEE.replace("党委,P1", "小队,P1"), "kind", "not_a_choice"),
        (COMMITTEE.replace("P1", "P9"), "parent", "parent_not_found"),
        (COMMITTEE.replace("P1", "P2"), "parent", "parent_loop"),
        (COMMITTEE.replace(",A,", ",Z,"), "area_code", "area_not_found"),
        (COMMITTEE.replace("社区,A,", ",,"), "area_code", "not_attached"),
        (COMMITTEE.replace("120", "-1"), "formal_members", "not_a_count"),
        (COMMITTEE.replace("120", "1.5"), "formal_members", "not_a_count"),
        (COMMITTEE.replace("2021-06-01", "x"), "established", "not_a_day"),
    ],
)
def test_a_bad_row_refuses_the_whole_file_and_is_named(
    load: Any, bad: str, field: str, code: str
) -> None:
    document = load(STREET, bad)
    (rejected,) = document["rejected"]
    assert (rejected["row"], rejected["field"], rejected["code"]) == (3, field, code)
    assert PartyOrganisation.objects.count() == 0


def test_two_organisations_cannot_be_each_others_parent(load: Any) -> None:
    document = load(STREET.replace(",,,street", ",P2,,street"), COMMITTEE)
    assert {one["code"] for one in document["rejected"]} == {"parent_loop"}


def test_unusual_numbers_of_members_are_a_note_and_no_refusal(load: Any) -> None:
    usual = load(STREET, COMMITTEE)
    unusual = load(STREET, COMMITTEE.replace("120", "12"))
    assert (usual["notes"], unusual["accepted"], len(unusual["notes"])) == ([], 1, 1)


def test_areas_of_several_levels_with_one_code_need_the_level(load: Any, world: World) -> None:

    found(AreaDraft("A", "同码网格", Level.GRID))
    assert load(COMMITTEE.replace("P1", ""))["accepted"] == 1
    document = load(COMMITTEE.replace("P1", "").replace("社区", ""))
    assert [one["code"] for one in document["rejected"]] == ["area_ambiguous"]


def test_the_template_can_be_printed() -> None:
    out = StringIO()
    call_command("import_party", "--template", stdout=out)
    assert len(out.getvalue().splitlines()) == 2
