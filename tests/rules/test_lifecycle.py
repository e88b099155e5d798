"""docs/lifecycle.md is what the table says, and the page has a word for everything in it."""

import re
from pathlib import Path

from django.core.management import call_command

from incidents import lifecycle_doc, states
from incidents.situation import GUARDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "lifecycle.md"


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text("utf-8") == lifecycle_doc.page(), "run ./gridctl manage lifecycle"


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    call_command("lifecycle", f"--out={tmp_path / 'page.md'}")

    assert (tmp_path / "page.md").read_text("utf-8") == lifecycle_doc.page()


def test_everything_in_the_table_has_words() -> None:
    asked = {each for row in states.TRANSITIONS for each in row.asks}
    sides = {side for row in states.TRANSITIONS for side in row.by}

    assert set(lifecycle_doc.ASKS) == asked
    assert set(lifecycle_doc.SIDES) == sides | {states.LEADER}
    assert set(lifecycle_doc.MEANINGS) == set(states.STATES)


def test_every_guard_guards_a_deed_and_says_what_it_wants() -> None:
    assert set(GUARDS) <= set(states.DEEDS)
    assert [deed for deed, guard in GUARDS.items() if not (guard.__doc__ or "").endswith(".")] == []


def test_states_have_chinese_words_on_the_page() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| ([\u4e00-\u9fff]+) \|", PAGE.read_text("utf-8"), re.MULTILINE
    )

    assert [state for state, _word in rows] == list(states.STATES)
    assert len({word for _state, word in rows}) == len(states.STATES)


def test_the_diagram_has_every_move_of_people() -> None:
    page = PAGE.read_text("utf-8")
    arrows = re.findall(r"^    (\w+) --> (\w+): (.+)$", page, re.MULTILINE)
    drawn = {(a, deed, b) for a, b, deeds in arrows for deed in deeds.split(", ")}

    for row in states.TRANSITIONS:
        for source in row.sources if row.target and row.target != states.BEFORE else ():
            assert (source, row.deed, row.target) in drawn
    assert "[*] --> reported: report" in page
    assert "closed --> [*]" in page
