"""Who a case may be given to: a unit, or the people of its own area or one above it. Reads only."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid
from gis_grid.people.models import HandlingUnit
from gis_grid.territory.models import Area, Level
from gis_grid.territory.paths import ancestors_of
from incidents.models import Category, Competence, Incident, MatterListEntry


@dataclass(frozen=True)
class Recipient:
    """A unit or an area; exactly one of the two."""

    unit: HandlingUnit | None = None
    area: Area | None = None

    @property
    def level(self) -> int:
        """The level it works for."""
        level: int = self.unit.level if self.unit else self.area.level  # type: ignore[union-attr]
        return level

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.unit.name if self.unit else self.area.name)  # type: ignore[union-attr]

    @property
    def as_json(self) -> dict[str, Any]:
        """The stored and shown form."""
        if self.unit:
            return {"unit": self.unit.code, "name": self.name}
        return {"area": self.area.code, "name": self.name}  # type: ignore[union-attr]


def unit_named(code: str) -> HandlingUnit:
    """Return the active unit with this code, or Invalid `unit_unknown`."""
    unit = HandlingUnit.objects.active().filter(code=code).first()
    if unit is None:
        raise Invalid("unit_unknown", _("There is no such unit."), {"unit": _("unknown")})
    return unit


def area_named(code: str) -> Area:
    """Return today's deepest area with this code, or Invalid `area_unknown`."""
    areas = Area.objects.at(timezone.localdate()).filter(code=code)
    area = areas.order_by("-level").first()
    if area is None:
        raise Invalid("area_unknown", _("There is no such area."), {"area": _("unknown")})
    return area


@dataclass(frozen=True)
class Entitlement:
    """Who may receive what, read at once, for judging many units or many cases.

    `levels`: category to the levels whose matter list has it; `competences`: unit to the
    categories it may receive; `areas`: unit to the areas it serves. What has no line is free:
    any level, every category, everywhere.
    """

    levels: Mapping[int, frozenset[int]]
    competences: Mapping[int, frozenset[int]]
    areas: Mapping[int, frozenset[int]]

    @classmethod
    def read(cls, categories: Iterable[Category], units: Iterable[HandlingUnit]) -> "Entitlement":
        """Read what concerns these categories and units: one query, or three with units."""
        wanted = {pk for each in categories for pk in (each.pk, each.major_id)}
        asked = {unit.pk for unit in units}
        served = HandlingUnit.areas.through.objects.filter(handlingunit__in=asked)
        competences = Competence.objects.filter(unit__in=asked)
        lines = MatterListEntry.objects.filter(category__in=wanted)
        return cls(
            _grouped(lines.order_by().values_list("category", "level")),
            _grouped(competences.order_by().values_list("unit", "category")) if asked else {},
            _grouped(served.values_list("handlingunit", "area")) if asked else {},
        )

    def levels_for(self, category: Category) -> frozenset[int]:
        """Return the levels on whose list a category is, or else its major; empty: on none."""
        above = self.levels.get(category.major_id or 0, frozenset())
        return self.levels.get(category.pk, above)

    def refusal_of(self, recipient: Recipient, category: Category, path: str) -> Invalid | None:
        """Return why somebody may not receive a category at an area path, None when they may."""
        levels = self.levels_for(category)
        if levels and recipient.level not in levels:
            return _not_on_list(recipient, category, levels)
        if recipient.unit is not None:
            return self._unit_refusal(recipient.unit, category, path)
        if recipient.area is not None and recipient.area.pk in ancestors_of(path):
            return None
        return Invalid(
            "area_elsewhere",
            _("“%(area)s” does not hold this place. Hand the incident over instead.")
            % {"area": recipient.name},
            {"to": _("elsewhere")},
        )

    def _unit_refusal(self, unit: HandlingUnit, category: Category, path: str) -> Invalid | None:
        may_receive = self.competences.get(unit.pk)
        if may_receive and may_receive.isdisjoint({category.pk, category.major_id}):
            return Invalid(
                "unit_not_competent",
                _("“%(unit)s” does not receive “%(category)s”.")
                % {"unit": unit.name, "category": category.label},
                {"to": _("not competent")},
            )
        serves = self.areas.get(unit.pk)
        if serves and serves.isdisjoint(ancestors_of(path)):
            return Invalid(
                "unit_elsewhere",
                _("“%(unit)s” does not serve this area.") % {"unit": unit.name},
                {"to": _("elsewhere")},
            )
        return None


@dataclass(frozen=True)
class Terms:
    """Who may receive one category at one area path, for judging many recipients."""

    entitlement: Entitlement
    category: Category
    path: str

    def refusal_of(self, recipient: Recipient) -> Invalid | None:
        """Return why somebody may not receive it, None when they may. Asks no table."""
        return self.entitlement.refusal_of(recipient, self.category, self.path)


def terms_for(category: Category, path: str, units: Collection[HandlingUnit]) -> Terms:
    """Return the terms for these units and any area, in three queries however many they are."""
    return Terms(Entitlement.read([category], units), category, path)


def check(recipient: Recipient, incident: Incident) -> None:
    """Refuse who may not receive this incident; the sentence says why.

    Invalid `not_on_matter_list`, `unit_not_competent`, `unit_elsewhere`, `area_elsewhere`.
    """
    refusal = refusal_of(recipient, incident.category, incident.area_path)
    if refusal is not None:
        raise refusal


def refusal_of(recipient: Recipient, category: Category, path: str) -> Invalid | None:
    """Return why somebody may not receive a category at an area path, None when they may."""
    units = [recipient.unit] if recipient.unit else []
    return terms_for(category, path, units).refusal_of(recipient)


def _not_on_list(recipient: Recipient, category: Category, levels: frozenset[int]) -> Invalid:
    allowed = [str(level.label) for level in sorted(Level) if level in levels]
    return Invalid(
        "not_on_matter_list",
        _("“%(category)s” is not on the matter list of the level “%(level)s”, only of: %(levels)s.")
        % {
            "category": category.label,
            "level": Level(recipient.level).label,
            "levels": str(_(", ")).join(allowed),
        },
        {"to": _("not on the matter list")},
    )


def _grouped(pairs: Iterable[tuple[int, int]]) -> dict[int, frozenset[int]]:
    groups: defaultdict[int, set[int]] = defaultdict(set)
    for key, value in pairs:
        groups[key].add(value)
    return {key: frozenset(values) for key, values in groups.items()}
