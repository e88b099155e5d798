"""Who a case may be given to: a unit, or the people of its own area or one above it. Reads only."""

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


def check(recipient: Recipient, incident: Incident) -> None:
    """Refuse who may not receive this incident; the sentence says why.

    Invalid `not_on_matter_list`, `unit_not_competent`, `unit_elsewhere`, `area_elsewhere`.
    """
    refusal = refusal_of(recipient, incident.category, incident.area_path)
    if refusal is not None:
        raise refusal


def refusal_of(recipient: Recipient, category: Category, path: str) -> Invalid | None:
    """Return why somebody may not receive a category at an area path, None when they may."""
    levels = levels_for(category)
    if levels and recipient.level not in levels:
        return Invalid(
            "not_on_matter_list",
            _("“%(category)s” is not on the matter list of the level “%(level)s”.")
            % {"category": category.label, "level": Level(recipient.level).label},
            {"to": _("not on the matter list")},
        )
    if recipient.area is not None:
        if recipient.area.pk in ancestors_of(path):
            return None
        return Invalid(
            "area_elsewhere",
            _("“%(area)s” does not hold this place. Hand the incident over instead.")
            % {"area": recipient.name},
            {"to": _("elsewhere")},
        )
    return _unit_refusal(recipient, category, path)


def levels_for(category: Category) -> frozenset[int]:
    """Return the levels whose matter list has the category or its major; empty: not listed."""
    wanted = [category.pk, category.major_id]
    lines = MatterListEntry.objects.filter(category__in=wanted).values_list("category", "level")
    own = {level for owner, level in lines if owner == category.pk}
    return frozenset(own or {level for _owner, level in lines})


def _unit_refusal(recipient: Recipient, category: Category, path: str) -> Invalid | None:
    unit = recipient.unit
    assert unit is not None
    may_receive = set(Competence.objects.filter(unit=unit).values_list("category", flat=True))
    if may_receive and may_receive.isdisjoint({category.pk, category.major_id}):
        return Invalid(
            "unit_not_competent",
            _("“%(unit)s” does not receive “%(category)s”.")
            % {"unit": unit.name, "category": category.label},
            {"to": _("not competent")},
        )
    if not HandlingUnit.objects.serving(path).filter(pk=unit.pk).exists():
        return Invalid(
            "unit_elsewhere",
            _("“%(unit)s” does not serve this area.") % {"unit": unit.name},
            {"to": _("elsewhere")},
        )
    return None
