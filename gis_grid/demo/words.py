"""What reporters write about each minor category, how often it comes and where. Pure.

The data is `words.json`; its keys are the codes of `incidents/packs/neighbourhood.json`. `weight`
is relative; `place` is the kind of place: street, lane, home, tower, shop or bank.
"""

import json
from importlib.resources import files

_WORDS = json.loads(files("gis_grid.demo").joinpath("words.json").read_text("utf-8"))

SENTENCES: dict[str, tuple[str, ...]] = {c: tuple(w["sentences"]) for c, w in _WORDS.items()}
WEIGHTS: dict[str, float] = {code: float(w["weight"]) for code, w in _WORDS.items()}
PLACES: dict[str, str] = {code: str(w["place"]) for code, w in _WORDS.items()}
