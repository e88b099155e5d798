"""The categories of the 15-minute circle that ship with the product, as data to be edited."""

import json
from pathlib import Path

from gis_grid.facilities.models import FacilityCategory

FILE = Path(__file__).with_name("categories.json")


def load() -> dict[str, FacilityCategory]:
    """Write the categories that are not there yet; returns those of the file, by code.

    What a planner has changed stays: tiers and areas differ from city to city.
    """
    wanted = {entry["code"]: entry for entry in json.loads(FILE.read_text(encoding="utf-8"))}
    known = {each.code: each for each in FacilityCategory.objects.filter(code__in=wanted)}
    for code, entry in wanted.items():
        if code not in known:
            known[code] = FacilityCategory.objects.create(**entry)
    return {code: known[code] for code in wanted}
