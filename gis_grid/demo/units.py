"""The demo's handling units: departments, firms, and the office of each street. Pure.

What each handles names categories of `incidents/packs/neighbourhood.json`, as `words.json` does.
"""

from collections.abc import Sequence

import numpy as np

from gis_grid.demo.names import NamePool
from gis_grid.demo.records import AreaRecord, LevelSlug, UnitKind, UnitRecord, WorkerRecord

MEMBERS = 2
ALWAYS_OPEN = {"fire", "gas", "police"}
# Code, name, kind, the level it works for, and what it may receive.
UNITS: tuple[tuple[str, str, UnitKind, LevelSlug, tuple[str, ...]], ...] = (
    ("lamps", "路灯管理所", "department", "district", ("street_lamp", "signal_fault")),
    (
        "works",
        "市政设施维护中心",
        "department",
        "district",
        (
            "manhole",
            "road_surface",
            "railing_sign",
            "sewage",
            "water_leak",
            "loose_cable",
            "barrier",
        ),
    ),
    ("garden", "园林环卫中心", "department", "district", ("sanitation", "open_burning")),
    (
        "enforcement",
        "城市管理执法大队",
        "department",
        "district",
        ("illegal_extension", "dead_vehicle", "illegal_parking", "food_stall", "noise"),
    ),
    ("market", "市场监督管理所", "department", "district", ("food", "lift_fault")),
    ("housing", "住房建设服务中心", "department", "district", ("building",)),
    ("fire", "消防救援站", "department", "district", ("fire",)),
    ("police", "派出所", "department", "district", ("fraud_lead", "noise", "signal_fault")),
    ("gas", "燃气公司抢修队", "enterprise", "district", ("gas_smell",)),
    (
        "property",
        "物业服务企业",
        "enterprise",
        "community",
        ("ebike_indoors", "fire_equipment", "fire_passage", "lift_fault", "bulky_waste"),
    ),
)


def unit_records(areas: Sequence[AreaRecord], rng: np.random.Generator) -> tuple[UnitRecord, ...]:
    """Return the units of the district, then the office of each street, which takes anything."""
    names = NamePool(rng)
    made: list[UnitRecord] = []

    def add(
        code: str,
        name: str,
        kind: UnitKind,
        level: LevelSlug,
        handles: tuple[str, ...],
        area: str | None = None,
    ) -> None:
        first = len(made) * MEMBERS + 1
        members = tuple(
            WorkerRecord(f"u{number:04d}", names.person(), f"000-9{number:07d}")
            for number in range(first, first + MEMBERS)
        )
        phone = f"000-8{len(made) + 1:07d}"
        always = code in ALWAYS_OPEN
        made.append(UnitRecord(code, name, kind, level, area, phone, handles, always, members))

    for unit in UNITS:
        add(*unit)
    streets = [area for area in areas if area.level == "street"]
    for number, street in enumerate(streets, 1):
        add(f"office-{number}", f"{street.name}办事处", "street", "street", (), street.code)
    return tuple(made)
