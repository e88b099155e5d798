"""The logins of the demo: one person per role, each at home in the demo district."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User

from gis_grid.people.models import Assignment, HandlingUnit, Role, UnitMember, Worker
from gis_grid.territory.models import Area, Level


@dataclass(frozen=True)
class Part:
    """Who a login is: name, role, and the level and number of the area they answer for."""

    name: str
    role: Role
    level: Level
    number: int = 0


@dataclass(frozen=True)
class UnitPart:
    """Who a login is: name, and the code of the handling unit they act for."""

    name: str
    unit: str


PARTS: dict[str, Part | UnitPart] = {
    "li": Part("李敏", Role.GRID_WORKER, Level.GRID, 0),
    "wang": Part("王强", Role.GRID_WORKER, Level.GRID, 60),
    "zhao": Part("赵刚", Role.GRID_CHIEF, Level.STREET),
    "chen": Part("陈静", Role.OPERATOR, Level.DISTRICT),
    "luo": Part("罗岚", Role.LEADER, Level.DISTRICT),
    "guo": UnitPart("郭亮", "lamps"),
    "sun": Part("孙悦", Role.PLANNER, Level.DISTRICT),
}


def give_logins(accounts: Sequence[Mapping[str, str]], areas: Mapping[str, Area]) -> None:
    """Create a login for each account; an account without a part administers."""
    for account in accounts:
        user = User.objects.create_user(account["username"], password=account["password"])
        part = PARTS.get(account["username"])
        if part is None:
            User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
            continue
        worker = Worker.objects.create(
            code=f"demo-{account['username']}", name=part.name, phone="000-00000000", user=user
        )
        if isinstance(part, UnitPart):
            unit = HandlingUnit.objects.get(code=part.unit)
            UnitMember.objects.create(worker=worker, unit=unit)
        else:
            Assignment.objects.create(worker=worker, area=_area(part, areas), role=part.role)


def acts_for_a_unit(username: str) -> bool:
    """Return whether the account of this name is a member of a handling unit."""
    return isinstance(PARTS.get(username), UnitPart)


def _area(part: Part, areas: Mapping[str, Area]) -> Area:
    level = sorted(
        (a for a in areas.values() if a.level == part.level and a.kind == "general"),
        key=lambda area: area.code,
    )
    return level[part.number % len(level)]
