"""Facilities and people from files. Repeating an import updates by id and doubles nothing.

Rows are independent: what is wrong is rejected with its row and reason, the rest is written, all
in one transaction.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.gis.geos import Point
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import GridError, Invalid
from gis_grid.exchange.outcome import Outcome
from gis_grid.exchange.pbf import is_pbf
from gis_grid.facilities.models import Facility, FacilityCategory, PopulationCell
from gis_grid.facilities.spots import Spot, Wanted, number_of, read_spots

BATCH = 1000
NAMES = ("name", "名称", "NAME", "Name")
MAX_CODE = 40
SAME_DEG = 1e-9
USUAL_TAG = "amenity"
OUTLINE = "w"


@dataclass(frozen=True)
class Tag:
    """`key=value` of OpenStreetMap."""

    key: str
    value: str

    def fits(self, tags: Mapping[str, str]) -> bool:
        """Return whether a thing has this tag; of several values with semicolons one is enough."""
        return self.value in tags.get(self.key, "").split(";")


@dataclass
class _Categories:
    """The categories by code; unknown ones are created with a note."""

    known: dict[str, FacilityCategory]
    made: list[str] = field(default_factory=list)

    @classmethod
    def read(cls) -> "_Categories":
        return cls({each.code: each for each in FacilityCategory.objects.all()})

    def named(self, code: str) -> FacilityCategory:
        if code not in self.known:
            self.known[code] = FacilityCategory.objects.create(code=code, name=code)
            self.made.append(code)
        return self.known[code]


def import_facilities(
    wanted: Wanted,
    *,
    category: str | None = None,
    category_field: str | None = None,
) -> Outcome:
    """Load facilities of one category, or of those a field names; of a PBF, by its tags."""

    def write(outcome: Outcome) -> None:
        categories = _Categories.read()
        of_osm = is_pbf(wanted.path)
        tags = _tags(categories, category) if of_osm else {}
        keys = {tag.key for each in tags.values() for tag in each}
        rows = []
        for spot in read_spots(wanted, keys, outcome):
            code = _category_of(spot, tags) if of_osm else category
            if category_field and not of_osm:
                code = spot.values.get(category_field, "").strip()[:MAX_CODE]
            if code:
                rows.append((spot, categories.named(code)))
            elif not of_osm:
                outcome.reject(spot.number, category_field, "no_category", _("No category."))
        if of_osm:
            outcome.read = len(rows)
            if not rows:
                outcome.notes.append(
                    _("Nothing in the extract has the tags %(tags)s.")
                    % {"tags": "; ".join(f"{t.key}={t.value}" for e in tags.values() for t in e)}
                )
        _keep(Facility, rows, _facility, outcome)
        if categories.made:
            outcome.notes.append(
                _("New categories: %(codes)s. Their tier and limits are set in /admin/.")
                % {"codes": ", ".join(categories.made)}
            )

    if not (category or category_field or is_pbf(wanted.path)):
        raise Invalid("no_category", _("Say --category or --category-field."))
    if category is not None and not 0 < len(category.strip()) <= MAX_CODE:
        raise Invalid(
            "bad_category", _("A category's code has 1 to %(most)d signs.") % {"most": MAX_CODE}
        )
    return _imported(write)


def import_population(wanted: Wanted, *, value: str | None = None) -> Outcome:
    """Load people by place; `value` is the column of their number, without one each row is 1.

    Of a PBF each building that is drawn with its outline is 1: shares of buildings, not of people.
    """

    def write(outcome: Outcome) -> None:
        rows = []
        spots = read_spots(wanted, {"building"}, outcome)
        if is_pbf(wanted.path):
            spots = [spot for spot in spots if spot.code.startswith(OUTLINE)]
            outcome.read = len(spots)
            if not spots:
                raise Invalid("no_features", _("The extract has no building with an outline."))
        for spot in spots:
            weight = 1.0 if value is None else number_of(spot.values.get(value))
            if weight is None:
                outcome.reject(
                    spot.number, value, "bad_weight", _("A number of people, 0 or more, is needed.")
                )
            else:
                rows.append((spot, weight))
        if value and rows == [] and outcome.read and not outcome.rejected:
            raise Invalid("unknown_field", _("The file has no field %(name)s.") % {"name": value})
        source = wanted.path.name[:200]
        _keep(PopulationCell, rows, lambda spot, weight: _cell(spot, weight, source), outcome)

    return _imported(write)


def _imported(write: Callable[[Outcome], None]) -> Outcome:
    outcome = Outcome()
    try:
        with transaction.atomic():
            write(outcome)
    except GridError as refusal:
        outcome.refuse(refusal)
    return outcome


def _tags(categories: _Categories, only: str | None) -> dict[str, list[Tag]]:
    """Return the tags of each category; of one that has none, `amenity` with its code."""
    if only is not None:
        chosen = {only: categories.known.get(only)}
    else:
        chosen = {code: each for code, each in categories.known.items() if each.osm_tags}
    return {
        code: _parsed(each.osm_tags if each else "") or [Tag(USUAL_TAG, code)]
        for code, each in chosen.items()
    }


def _parsed(text: str) -> list[Tag]:
    pairs = (each.partition("=") for each in text.replace("；", ";").split(";") if "=" in each)
    return [Tag(key.strip(), value.strip()) for key, _equals, value in pairs]


def _category_of(spot: Spot, tags: Mapping[str, Sequence[Tag]]) -> str | None:
    return next(
        (code for code, each in tags.items() if any(tag.fits(spot.values) for tag in each)), None
    )


def _facility(spot: Spot, category: FacilityCategory) -> Facility:
    name = next((spot.values[each] for each in NAMES if spot.values.get(each)), "")
    return Facility(
        code=spot.code[:MAX_CODE],
        name=(name or f"{category.name} {spot.code}")[:120],
        category=category,
        point=Point(spot.lon, spot.lat, srid=4326),
    )


def _cell(spot: Spot, weight: float, source: str) -> PopulationCell:
    return PopulationCell(
        code=spot.code[:80],
        point=Point(spot.lon, spot.lat, srid=4326),
        weight=weight,
        source=source,
    )


def _keep(
    model: type[Any],
    rows: Sequence[tuple[Spot, Any]],
    make: Callable[[Spot, Any], Any],
    outcome: Outcome,
) -> None:
    """Create what is new, update what changed, count what is as it was."""
    wanted = {made.code: made for made in (make(*row) for row in rows)}
    known = {each.code: each for each in model.objects.filter(code__in=list(wanted))}
    new = [made for code, made in wanted.items() if code not in known]
    changed = []
    for code, there in known.items():
        fields = _differences(there, wanted[code])
        for name in fields:
            setattr(there, name, getattr(wanted[code], name))
        if fields:
            changed.append(there)
    model.objects.bulk_create(new, batch_size=BATCH)
    names = COMPARED[model]
    model.objects.bulk_update(changed, names, batch_size=BATCH)
    outcome.accepted = len(new) + len(changed)
    outcome.unchanged = len(known) - len(changed)


COMPARED: dict[type[models.Model], tuple[str, ...]] = {
    Facility: ("name", "category", "point"),
    PopulationCell: ("point", "weight", "source"),
}


def _differences(there: Any, wanted: Any) -> list[str]:
    return [
        name
        for name in COMPARED[type(there)]
        if not _same(getattr(there, name), getattr(wanted, name))
    ]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Point):
        return bool(one.equals_exact(other, SAME_DEG))
    return bool(one == other)
