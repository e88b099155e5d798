"""Invented names of streets, compounds and people, generic on purpose. Pure.

The words are in `names.json`.
"""

import json
from collections.abc import Sequence
from importlib.resources import files

import numpy as np

_NAMES = json.loads(files("gis_grid.demo").joinpath("names.json").read_text("utf-8"))
_DIGITS = "零一二三四五六七八九"


class NamePool:
    """Hands out names, each once."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def compound(self, use: str) -> str:
        """Return a new name that suits a kind of compound."""
        return self._new(_NAMES["gardens"], _NAMES["endings"][use])

    def street(self, klass: str, *, old: bool) -> str:
        """Return a new street name; the old town keeps its trades."""
        if klass == "lane" and old:
            return self._new(_NAMES["old_lanes"], ("巷", "里"))
        return self._new(_NAMES["streets"], ("巷",) if klass == "lane" else ("街", "路"))

    def _new(self, heads: Sequence[str], ends: Sequence[str]) -> str:
        """Return head + end, numbered once the plain names run out."""
        for _ in range(30):
            name = self._pick(heads) + self._pick(ends)
            if name not in self._given:
                break
        stem, number = name, 1
        while name in self._given:
            number += 1
            end = next(e for e in ends if stem.endswith(e))
            name = f"{stem.removesuffix(end)}{numeral(number)}{end}"
        self._given.add(name)
        return name

    def person(self) -> str:
        """Return a common name; two people may share one, as they do."""
        return self._pick(_NAMES["surnames"]) + self._pick(_NAMES["given"])

    def _pick(self, words: Sequence[str]) -> str:
        return words[int(self._rng.integers(len(words)))]


def numeral(n: int) -> str:
    """Return 1..99 in Chinese."""
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")
