"""How the demo district works: calendar, hours, what units may receive, and the dispatch rules."""

from collections.abc import Iterable, Mapping
from typing import Any

from gis_grid.demo.records import UnitRecord
from gis_grid.people.models import HandlingUnit, Role
from gis_grid.territory.models import Area
from incidents.deadlines import holidays
from incidents.deadlines.calendars import forget
from incidents.dispatching import rulebook
from incidents.models import Category, Competence, DispatchRule, RuleTime, WorkingHours
from incidents.models.calendar import office_hours

DAY_AND_NIGHT = {str(day): [["00:00", "00:00"]] for day in range(1, 8)}
# Six days a week: who sweeps streets does not stop on Friday.
SIX_DAYS = {str(day): [["07:30", "11:30"], ["14:00", "18:00"]] for day in range(1, 7)}
OWN_HOURS = {"garden": SIX_DAYS}

# Name, category, unit or role, what else it looks at. The streets' own come after these.
RULES: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("路灯不亮 → 路灯管理所", "street_lamp", "lamps", {"automatic": True}),
    ("信号灯故障 → 路灯管理所", "signal_fault", "lamps", {}),
    ("燃气异味 → 燃气公司", "gas_smell", "gas", {"automatic": True}),
    ("供水管漏水 → 市政", "water_leak", "works", {}),
    ("井盖 → 市政", "manhole", "works", {}),
    ("线缆散落 → 市政", "loose_cable", "works", {}),
    ("污水外溢 → 市政", "sewage", "works", {}),
    ("公共设施 → 市政", "facility", "works", {}),
    ("暴露垃圾 → 网格员", "exposed_rubbish", Role.GRID_WORKER, {}),
    ("环境卫生 → 园林环卫", "sanitation", "garden", {}),
    ("食品安全 → 市场监管所", "food", "market", {}),
    ("消防安全 → 消防站", "fire", "fire", {}),
    ("电动车进楼 → 物业", "ebike_indoors", "property", {}),
    ("房屋安全 → 住建", "building", "housing", {}),
    ("电梯故障 → 物业", "lift_fault", "property", {}),
    ("违法搭建 → 城管执法", "illegal_extension", "enforcement", {}),
    ("长期占位车辆 → 城管执法", "dead_vehicle", "enforcement", {}),
    ("下班后违停 → 城管执法", "illegal_parking", "enforcement", {"time": RuleTime.OFF}),
    ("夜间噪声 → 派出所", "noise", "police", {"time": RuleTime.OFF}),
    ("周末噪声 → 城管执法", "noise", "enforcement", {"weekdays": [6, 7]}),
    ("诈骗线索 → 派出所", "fraud_lead", "police", {}),
    ("邻里纠纷 → 网格长", "neighbour_dispute", Role.GRID_CHIEF, {}),
    ("独居老人走访 → 网格员", "elder_visit", Role.GRID_WORKER, {}),
    ("无障碍设施 → 市政", "barrier", "works", {}),
)
# For somebody to try: would it be right to give these to the fire station?
DRAFT = ("试行：露天焚烧 → 消防站", "open_burning", "fire")


def set_up(units: Iterable[UnitRecord], areas: Mapping[str, Area]) -> None:
    """Write the working calendar, what each unit may receive, and the rules."""
    units = list(units)
    categories = {category.code: category for category in Category.objects.all()}
    written = {unit.code: unit for unit in HandlingUnit.objects.all()}
    holidays.load(holidays.years())
    WorkingHours.objects.get_or_create(unit=None, defaults={"week": office_hours()})
    for record in units:
        _equip(record, written[record.code], categories)
    forget()
    for rule in _rules(units, areas, written, categories):
        rulebook.store(rule)


def _equip(record: UnitRecord, unit: HandlingUnit, categories: Mapping[str, Category]) -> None:
    Competence.objects.bulk_create(
        Competence(unit=unit, category=categories[code]) for code in record.handles
    )
    week = DAY_AND_NIGHT if record.always_open else OWN_HOURS.get(record.code)
    if week:
        WorkingHours.objects.create(unit=unit, week=week)


def _rules(
    records: list[UnitRecord],
    areas: Mapping[str, Area],
    units: Mapping[str, HandlingUnit],
    categories: Mapping[str, Category],
) -> Iterable[DispatchRule]:
    for name, category, target, more in RULES:
        named = {"role": target} if isinstance(target, Role) else {"unit": units[target]}
        yield DispatchRule(name=name, category=categories[category], live=True, **named, **more)
    for record in records:
        if record.area:
            street, office = areas[record.area], units[record.code]
            yield DispatchRule(name=f"其他 → {record.name}", area=street, unit=office, live=True)
    name, category, target = DRAFT
    yield DispatchRule(name=name, category=categories[category], unit=units[target])
