"""Every word people read exists in Chinese: filled, not fuzzy, with the same values in it."""

import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "gis_grid" / "locale" / "zh_Hans" / "LC_MESSAGES"
MARKS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
VALUES = re.compile(r"%\(\w+\)[#0\- +]*\d*(?:\.\d+)?[a-z]|%[sd]|%%|\{\w*\}")
HOW = "write it into django.po and compile: see CONTRIBUTING.md"
Text = str | tuple[str, ...]


def sources() -> Iterator[tuple[Path, str]]:
    """Yield every Python file and template as Python text with marked words."""
    for package in ("gis_grid", "incidents"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text("utf-8")
        for path in sorted((ROOT / package).rglob("*.html")):
            yield path, templatize(path.read_text("utf-8"))


def used() -> dict[Text, str]:
    """Return each marked text with one place where it stands."""
    found: dict[Text, str] = {}
    for path, text in sources():
        for line, message, _, _ in extract("python", io.BytesIO(text.encode()), keywords=MARKS):
            where = f"{path.relative_to(ROOT)}:{line}"
            found.setdefault(message if isinstance(message, str) else tuple(message), where)
    return found


@cache
def chinese() -> Catalog:
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, locale="zh_Hans", abort_invalid=True)


def entries() -> list[Message]:
    return [message for message in chinese() if message.id]


def forms(text: Text | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def test_every_word_is_translated() -> None:
    have = {
        message.id if isinstance(message.id, str) else tuple(message.id) for message in entries()
    }
    missing = {where: text for text, where in used().items() if text not in have}

    assert missing == {}, HOW


def test_no_translation_is_empty_or_unsure() -> None:
    wrong = [message.id for message in entries() if message.fuzzy or not all(forms(message.string))]

    assert wrong == []


def test_translations_hold_the_same_values() -> None:
    """A plural's one Chinese form must hold what the English plural holds."""
    wrong = [
        message.id
        for message in entries()
        for form in forms(message.string)
        if sorted(VALUES.findall(form)) != sorted(VALUES.findall(forms(message.id)[-1]))
    ]

    assert wrong == []


def test_no_word_is_translated_twice() -> None:
    ids = re.findall(r'^msgid ((?:".*"\n?)+)', (FOLDER / "django.po").read_text("utf-8"), re.M)

    assert sorted(ids) == sorted(set(ids))


def test_what_is_compiled_is_what_is_written() -> None:
    again = io.BytesIO()
    write_mo(again, chinese())

    with (FOLDER / "django.mo").open("rb") as file:
        compiled = _messages(file)
    again.seek(0)
    assert compiled == _messages(again), HOW


def _messages(file: IO[bytes]) -> dict[str, object]:
    """Return what a compiled file says, by msgid; of a plural by its singular."""
    found = ((message.id, message.string) for message in read_mo(file) if message.id)
    return {name if isinstance(name, str) else name[0]: string for name, string in found}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("%(name)s is %(number).1f km away", ["%(name)s", "%(number).1f"]),
        ("100 %", []),
        ("{count} left", ["{count}"]),
    ],
)
def test_values_are_found(text: str, values: list[str]) -> None:
    assert VALUES.findall(text) == values


def test_words_are_found_in_python_and_in_templates() -> None:
    texts = used()

    assert "Grid" in texts  # territory/models.py
    assert "Log in" in texts  # templates
    assert len(texts) > 300
