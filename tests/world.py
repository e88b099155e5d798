"""A small town and its cast, for tests.

    street S ─┬─ community A ─┬─ grid A1  Li works here          ┌────┬────┬────┐
              │               └─ grid A2                         │ A1 │ A2 │ B1 │
              └─ community B ─── grid B1  Wang: never sees A1    └────┴────┴────┘

Each grid is a square of SIDE degrees; A1's south-west corner is (LON, LAT). Zhao is chief of the
whole street, Chen commands the district, Sun plans, `root` administers and does nothing else.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.gis.geos import Polygon
from django.utils import timezone

from gis_grid.access import Actor, actor_of
from gis_grid.geo.datum import Datum
from gis_grid.people.models import (
    Assignment,
    HandlingUnit,
    Role,
    UnitKind,
    UnitMember,
    Worker,
)
from gis_grid.territory.actions import AreaDraft, found_many
from gis_grid.territory.models import Area, Level
from incidents import actions
from incidents.models import Category, Incident
from incidents.reports import Photo, Report

LON, LAT, SIDE = 105.0, 31.0, 0.004
PASSWORD = "a long pass phrase for tests"
NOW = datetime(2026, 3, 5, 6, 30, tzinfo=timezone.get_fixed_timezone(0))

CAST = {
    "li": ("A1", Role.GRID_WORKER),
    "wang": ("B1", Role.GRID_WORKER),
    "zhao": ("S", Role.GRID_CHIEF),
    "chen": ("D", Role.OPERATOR),
    "sun": ("D", Role.PLANNER),
}


@dataclass
class World:
    """What `build_world` made, by short name."""

    areas: dict[str, Area]
    users: dict[str, User]
    categories: dict[str, Category] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Return one of the cast, as a request would load them."""
        return actor_of(User.objects.get(pk=self.users[name].pk))


def square(column: float, width: float = 1, row: float = 0, height: float = 1) -> Polygon:
    """Return a box of the town's raster, in degrees."""
    west, south = LON + column * SIDE, LAT + row * SIDE
    return Polygon.from_bbox((west, south, west + width * SIDE, south + height * SIDE))


def inside(column: float = 0.5, row: float = 0.5) -> tuple[float, float]:
    """Return lon, lat of a place by raster coordinates: (0.5, 0.5) is the middle of A1."""
    return round(LON + column * SIDE, 7), round(LAT + row * SIDE, 7)


def build_world() -> World:
    """Build the town in the test database."""
    areas = _areas()
    return World(areas, _cast(areas), _categories())


def make_report(place: tuple[float, float] | None = None, **changes: Any) -> Report:
    """Return a report from the middle of A1, or from `place`, with any field changed."""
    lon, lat = place or inside()
    facts: dict[str, Any] = {
        "id": uuid4(),
        "category": "street_lamp",
        "lon": lon,
        "lat": lat,
        "datum": Datum.WGS84,
        "accuracy_m": 8.0,
        "method": "gps",
        "fixed_at": NOW - timedelta(seconds=5),
        "recorded_at": NOW,
        "words": "路灯不亮",
    }
    return Report(**{**facts, **changes})


def make_incident(
    world: World, by: str = "li", place: tuple[float, float] | None = None, **changes: Any
) -> Incident:
    """Report an incident as one of the cast and return it."""
    return actions.report(make_report(place, **changes), by=world.actor(by), at=NOW).incident


def do(
    world: World,
    deed: str,
    incident: Incident,
    by: str = "li",
    *,
    at: datetime = NOW,
    note: str = "已更换灯泡",
    photos: tuple[Photo, ...] = (),
    deed_id: UUID | None = None,
    seen_version: int | None = None,
    **details: Any,
) -> Incident:
    """Do a deed as one of the cast, having looked at `incident`, and return what it is then."""
    order = order_of(
        world,
        by,
        incident,
        at=at,
        note=note,
        photos=photos,
        deed_id=deed_id or uuid4(),
        seen_version=seen_version or incident.version,
    )
    done: Incident = actions.DEEDS[deed](incident.pk, order, **details)
    return done


def order_of(world: World, by: str, incident: Incident, **changes: Any) -> actions.Order:
    """Return the order of one of the cast who has just looked at `incident`."""
    facts: dict[str, Any] = {
        "by": world.actor(by),
        "at": NOW,
        "deed_id": uuid4(),
        "seen_version": incident.version,
        "note": "ok",
    }
    return actions.Order(**{**facts, **changes})


def add_units(world: World) -> dict[str, HandlingUnit]:
    """Give the town handling units, a member for each, and a leader (luo, of the district).

    `lamps` (guo) and `garden` (he) are departments of the district, `office` (hua) is the street's.
    """
    plan = [
        ("lamps", "路灯管理所", UnitKind.DEPARTMENT, Level.DISTRICT, "guo"),
        ("garden", "园林所", UnitKind.DEPARTMENT, Level.DISTRICT, "he"),
        ("office", "河东街道办事处", UnitKind.STREET, Level.STREET, "hua"),
    ]
    units = {}
    for code, name, kind, level, member in plan:
        units[code] = HandlingUnit.objects.create(code=code, name=name, kind=kind, level=level)
        world.users[member] = _login(member)
        UnitMember.objects.create(unit=units[code], worker=_worker(member, world.users[member]))
    world.users["luo"] = _person("luo", world.areas["D"], Role.LEADER)
    return units


def body_of(report: Report) -> dict[str, Any]:
    """Return the JSON body a phone would send for a report."""
    return {
        "id": str(report.id),
        "category": report.category,
        "position": {"type": "Point", "coordinates": [report.lon, report.lat]},
        "datum": str(report.datum),
        "accuracy_m": report.accuracy_m,
        "method": report.method,
        "fixed_at": report.fixed_at.isoformat() if report.fixed_at else None,
        "recorded_at": report.recorded_at.isoformat(),
        "words": report.words,
        "chosen_area": report.chosen_area,
        "photos": [{"id": str(p.id), "sha256": p.sha256} for p in report.photos],
    }


def announced(photo_id: UUID, sha256: str) -> tuple[Photo, ...]:
    """Return the photo list of a report with one photo."""
    return (Photo(photo_id, sha256),)


def _areas() -> dict[str, Area]:
    plan = [
        ("D", "示范区", Level.DISTRICT, None, square(0, 3)),
        ("S", "河东街道", Level.STREET, "D", square(0, 3)),
        ("A", "翠湖社区", Level.COMMUNITY, "S", square(0, 2)),
        ("B", "北门社区", Level.COMMUNITY, "S", square(2)),
        ("A1", "翠湖第一网格", Level.GRID, "A", square(0)),
        ("A2", "翠湖第二网格", Level.GRID, "A", square(1)),
        ("B1", "北门第一网格", Level.GRID, "B", square(2)),
    ]
    areas: dict[str, Area] = {}
    for _level, rows in groupby(plan, itemgetter(2)):
        founded = found_many(
            [
                AreaDraft(code, name, level, areas[parent] if parent else None, shape=shape)
                for code, name, level, parent, shape in rows
            ]
        )
        areas.update((area.code, area) for area in founded)
    return areas


def _cast(areas: dict[str, Area]) -> dict[str, User]:
    root = User(username="root", password=_hashed(), is_staff=True, is_superuser=True)
    logins = [*(User(username=name, password=_hashed()) for name in CAST), root]
    users = {user.username: user for user in User.objects.bulk_create(logins)}
    workers = Worker.objects.bulk_create([_as_worker(name, users[name]) for name in CAST])
    Assignment.objects.bulk_create(
        [
            Assignment(worker=worker, area=areas[code], role=role)
            for worker, (code, role) in zip(workers, CAST.values(), strict=True)
        ]
    )
    return users


def _person(name: str, area: Area, role: Role) -> User:
    user = _login(name)
    Assignment.objects.create(worker=_worker(name, user), area=area, role=role)
    return user


def _login(name: str) -> User:
    return User.objects.create(username=name, password=_hashed())


def _worker(name: str, user: User) -> Worker:
    worker = _as_worker(name, user)
    worker.save()
    return worker


def _as_worker(name: str, user: User) -> Worker:
    return Worker(code=name, name=name.title(), phone="13800000001", user=user)


@cache
def _hashed() -> str:
    # Hashing is slow on purpose; once is enough.
    return make_password(PASSWORD)


def _categories() -> dict[str, Category]:
    major = Category.objects.create(code="facility", name="公共设施", name_en="Facilities")
    minors = [
        ("street_lamp", "路灯不亮", "Street lamp out", "asked"),
        ("manhole", "井盖缺失破损", "Manhole cover", "required"),
    ]
    rows = [
        Category(code=code, name=name, name_en=english, major=major, limit_amount=24, photo=photo)
        for code, name, english, photo in minors
    ]
    return {category.code: category for category in Category.objects.bulk_create(rows)}
