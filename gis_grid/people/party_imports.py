"""Party organisations from a table; parents may stand anywhere in the file or be there already."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from gis_grid.exchange.columns import Column
from gis_grid.exchange.outcome import Outcome
from gis_grid.exchange.values import plain_code, plain_count, plain_day, plain_name, plain_text
from gis_grid.people.models import PartyKind, PartyOrganisation, SetupMode
from gis_grid.people.rows import Areas, Fault, Line, choice, import_table, usable

COLUMNS: Final = (
    Column("code", "编码", "P0001", required=True),
    Column("name", "名称", "示例社区党委", required=True),
    Column("kind", "形式", "committee", required=True),
    Column("parent", "上级编码"),
    Column("setup_mode", "设置方式", "alone"),
    Column("area_level", "区域层级", "community"),
    Column("area_code", "区域编码", "000000000000"),
    Column("attached_to", "行业或单位"),
    Column("formal_members", "正式党员数", "120"),
    Column("probationary_members", "预备党员数", "3"),
    Column("established", "成立日期", "2021-06-01"),
    Column("term_ends", "届满日期", "2026-06-01"),
)
KINDS: Final = {
    "党工委": PartyKind.WORKING_COMMITTEE,
    "党委": PartyKind.COMMITTEE,
    "党总支": PartyKind.GENERAL_BRANCH,
    "党支部": PartyKind.BRANCH,
    "党小组": PartyKind.GROUP,
    **{kind.value: kind for kind in PartyKind},
}
MODES: Final = {
    "单独": SetupMode.ALONE,
    "联合": SetupMode.JOINT,
    "派员": SetupMode.POSTED,
    "挂靠": SetupMode.ATTACHED,
    **{mode.value: mode for mode in SetupMode},
}
# Usual numbers of formal members (least, most); fewer or more may be approved, so only a note.
USUAL: Final[Mapping[PartyKind, tuple[int, int]]] = {
    PartyKind.COMMITTEE: (100, 10**9),
    PartyKind.GENERAL_BRANCH: (50, 100),
    PartyKind.BRANCH: (3, 50),
}


def import_party(path: Path, *, dry_run: bool = False) -> Outcome:
    """Load party organisations by code; all or nothing, counts only, never members' names."""
    return import_table(path, COLUMNS, _write, dry_run=dry_run)


def _write(lines: list[Line], outcome: Outcome) -> None:
    # 1. Understand every row before the first is written, so that all faults are listed.
    areas = Areas(lines)
    known = {one.code: one for one in PartyOrganisation.objects.prefetch_related("areas")}
    fields: dict[str, tuple[Line, dict[str, Any]]] = {}
    for line in lines:
        try:
            read = _fields(line, areas)
            if read["code"] in fields:
                raise Fault("code", "duplicate_code", _("The code is in the file already."))
            fields[read["code"]] = line, read
        except Fault as fault:
            outcome.reject(line.number, fault.field, fault.code, fault.reason)
    _check_parents(fields, known, outcome)
    if outcome.rejected:
        return

    # 2. Parents before children.
    unusual = 0
    for code in _parents_first(fields):
        _line, read = fields[code]
        unusual += _is_unusual(read["kind"], read["formal_members"])
        changed = _save(read, known)
        outcome.accepted += changed
        outcome.unchanged += not changed
    if unusual:
        outcome.notes.append(
            _("%(count)d organisations have more or fewer members than is usual for their form.")
            % {"count": unusual}
        )


def _fields(line: Line, areas: Areas) -> dict[str, Any]:
    """Return the fields of one organisation; `parent` is still a code."""
    values = line.values
    made = {
        "code": usable("code", plain_code, values["code"]).text,
        "name": usable("name", plain_name, values["name"]),
        "kind": choice("kind", values["kind"], KINDS),
        "parent": usable("parent", plain_text, values["parent"], 40),
        "setup_mode": choice("setup_mode", values["setup_mode"] or "alone", MODES),
        "areas": areas.all_of(line),
        "attached_to": usable("attached_to", plain_text, values["attached_to"], 120),
        **{
            name: usable(name, plain_count, values[name])
            for name in ("formal_members", "probationary_members")
        },
        **{name: usable(name, plain_day, values[name]) for name in ("established", "term_ends")},
    }
    if not made["areas"] and not made["attached_to"]:
        raise Fault("area_code", "not_attached", _("Name an area, or an industry or organisation."))
    return made


def _check_parents(
    fields: Mapping[str, tuple[Line, dict[str, Any]]],
    known: Mapping[str, PartyOrganisation],
    outcome: Outcome,
) -> None:
    for line, read in fields.values():
        parent = read["parent"]
        if parent and parent not in fields and parent not in known:
            outcome.reject(
                line.number,
                "parent",
                "parent_not_found",
                _("There is no organisation %(code)s.") % {"code": parent},
            )
        elif _loops(read["code"], fields, known):
            outcome.reject(
                line.number, "parent", "parent_loop", _("The organisation is its own ancestor.")
            )


def _loops(
    code: str,
    fields: Mapping[str, tuple[Line, dict[str, Any]]],
    known: Mapping[str, PartyOrganisation],
) -> bool:
    by_id: dict[int | None, str] = {one.pk: one.code for one in known.values()}
    seen: set[str] = set()
    step: str | None = code
    while step and step not in seen:
        seen.add(step)
        if step in fields:
            step = fields[step][1]["parent"]
        elif step in known:
            step = by_id.get(known[step].parent_id)
        else:
            return False
    return step == code


def _parents_first(fields: Mapping[str, tuple[Line, dict[str, Any]]]) -> list[str]:
    """Return the codes so that each comes after its parent. There is no loop any more."""
    ordered: dict[str, None] = {}
    for code in fields:
        chain = []
        step = code
        while step in fields and step not in ordered:
            chain.append(step)
            step = fields[step][1]["parent"]
        ordered.update(dict.fromkeys(reversed(chain)))
    return list(ordered)


def _save(read: dict[str, Any], known: dict[str, PartyOrganisation]) -> bool:
    """Make or update one organisation; returns whether anything changed."""
    areas = {area.pk for area in read["areas"]}
    parent = known.get(read["parent"])
    plain = {name: value for name, value in read.items() if name not in {"areas", "parent"}}
    plain["parent_id"] = parent.pk if parent else None
    one = known.get(read["code"])
    if one is None:
        one = known[read["code"]] = PartyOrganisation.objects.create(**plain)
        one.areas.set(areas)
        return True
    same_areas = {area.pk for area in one.areas.all()} == areas
    if same_areas and all(getattr(one, name) == value for name, value in plain.items()):
        return False
    for name, value in plain.items():
        setattr(one, name, value)
    one.save()
    one.areas.set(areas)
    return True


def _is_unusual(kind: PartyKind, members: int) -> bool:
    least, most = USUAL.get(kind, (0, 10**9))
    return not least <= members <= most
