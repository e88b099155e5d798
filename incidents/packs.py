"""Category packs: example lists as JSON files, loaded as categories with their matter lists."""

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from gis_grid.territory.models import Level
from incidents.models import Category, MatterListEntry

MINOR_FIELDS = (
    "limit_amount",
    "limit_kind",
    "photo",
    "verify",
    "duplicate_m",
    "duplicate_hours",
    "for_residents",
    "emergency",
)
FOLDER = Path(__file__).parent / "packs"


def names() -> list[str]:
    """Return the packs that ship with the product."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def load(name: str) -> dict[str, Category]:
    """Write a pack's majors, minors and matter lists; a code that exists is brought up to date.

    Lines of a matter list that came from elsewhere stay. Returns the minor categories by code.
    """
    pack = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    minors: dict[str, Category] = {}
    with transaction.atomic():
        for place, entry in enumerate(pack["majors"]):
            major = _write(entry, None, place, pack["source"])
            for below, minor in enumerate(entry["minors"]):
                category = _write(minor, major, below, pack["source"])
                _list(category, minor.get("levels", []), pack["source"])
                minors[minor["code"]] = category
    return minors


def _write(entry: dict[str, Any], major: Category | None, place: int, source: str) -> Category:
    values = {
        "name": entry["name"],
        "name_en": entry["name_en"],
        "major": major,
        "position": place,
        "source": source,
    }
    if major:
        values |= {name: entry[name] for name in MINOR_FIELDS if name in entry}
    return Category.objects.update_or_create(code=entry["code"], defaults=values)[0]


def _list(category: Category, slugs: list[str], source: str) -> None:
    """Write the levels a category may be given to: `levels` in the pack, by their slugs."""
    levels = [Level.from_slug(slug) for slug in slugs]
    category.levels.filter(source=source).exclude(level__in=levels).delete()
    lines = [MatterListEntry(category=category, level=level, source=source) for level in levels]
    MatterListEntry.objects.bulk_create(lines, ignore_conflicts=True)
