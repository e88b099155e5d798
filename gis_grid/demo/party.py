"""Party organisations on the areas: counts only. Pure.

A working committee to a street, a committee or general branch to a community, branches to grids,
groups to buildings, one committee to a trade. Sizes follow the usual rule: from 100 members a
committee, from 50 a general branch, from 3 a branch of at most 50. Some grids have none.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np

from gis_grid.demo.records import AreaRecord, PartyRecord
from gis_grid.demo.sites import Site

BARE = 0.14
"""Share of grids without a branch."""
JOINT = 0.08
"""Share of grids that share a branch with the next one."""
INDUSTRY = "物业服务行业"
BRANCH_TERM_YEARS, COMMITTEE_TERM_YEARS = 3, 5
THIS_YEAR = 2025


class Register:
    """Founds organisations with numbered codes and terms that end around now."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self.records: list[PartyRecord] = []

    def found(
        self,
        name: str,
        type_: str,
        *,
        parent: str | None,
        attached_to: str,
        areas: tuple[str, ...] = (),
        members: tuple[int, int],
        place: str = "",
        setup_mode: str = "alone",
    ) -> str:
        """Add an organisation; return its code. A group has no term of its own."""
        code = f"P{len(self.records) + 1:04d}"
        term = BRANCH_TERM_YEARS if type_ == "branch" else COMMITTEE_TERM_YEARS
        elected = date(
            THIS_YEAR - int(self._rng.integers(0, term)), int(self._rng.integers(1, 13)), 1
        )
        fixed = type_ in ("group", "working_committee")
        self.records.append(
            PartyRecord(
                code=code,
                name=name,
                type=type_,
                parent=parent,
                setup_mode=setup_mode,
                attached_to=attached_to,
                areas=areas,
                place=place,
                formal_members=int(self._rng.integers(members[0], members[1] + 1)),
                probationary_members=int(self._rng.integers(0, 3)),
                established=elected.replace(
                    year=elected.year - term * int(self._rng.integers(0, 3))
                ),
                term_ends=None if fixed else elected.replace(year=elected.year + term),
            )
        )
        return code


def party_records(
    areas: Sequence[AreaRecord], sites: Sequence[Site], rng: np.random.Generator
) -> tuple[PartyRecord, ...]:
    """Return all organisations, parents first."""
    register = Register(rng)
    streets: dict[str, str] = {}
    communities: dict[str, str] = {}
    for area in areas:
        if area.level == "street":
            streets[area.code] = register.found(
                f"{area.name}党工委", "working_committee", parent=None, attached_to="street",
                areas=(area.code,), members=(18, 40),
            )  # fmt: skip
    for area in areas:
        if area.level == "community":
            large = area.households > 3_500
            communities[area.code] = register.found(
                f"{area.name}{'党委' if large else '党总支'}",
                "committee" if large else "general_branch",
                parent=streets[area.parent or ""],
                attached_to="community",
                areas=(area.code,),
                members=(105, 320) if large else (55, 96),
            )
    branches = _branches(areas, communities, register, rng)
    _groups(areas, branches, register, rng)
    _trade(sites, register)
    return tuple(register.records)


def _branches(
    areas: Sequence[AreaRecord],
    communities: dict[str, str],
    register: Register,
    rng: np.random.Generator,
) -> dict[str, str]:
    """Found branches at grids, some joint, some missing; return them by grid."""
    branches: dict[str, str] = {}
    grids = [a for a in areas if a.level == "grid"]
    for area, following in zip(grids, [*grids[1:], None], strict=True):
        if area.code in branches or rng.random() < BARE:
            continue
        name, mode, members = f"{area.name}党支部", "alone", (5, 46)
        codes: tuple[str, ...] = (area.code,)
        neighbour = following is not None and following.parent == area.parent
        if following and neighbour and area.kind == following.kind and rng.random() < JOINT:
            name, mode = f"{area.name}联合党支部", "joint"
            codes, members = (area.code, following.code), (3, 12)
        elif rng.random() < 0.06:
            mode, members = "posted", (3, 6)
        branch = register.found(
            name, "branch", parent=communities[area.parent or ""], attached_to="grid",
            areas=codes, members=members, setup_mode=mode,
        )  # fmt: skip
        branches.update(dict.fromkeys(codes, branch))
    return branches


def _groups(
    areas: Sequence[AreaRecord],
    branches: dict[str, str],
    register: Register,
    rng: np.random.Generator,
) -> None:
    """Found groups at some micro-grids, under the branch of their grid."""
    for area in areas:
        branch = branches.get(area.parent or "")
        if area.level == "micro-grid" and branch and rng.random() < 0.7:
            register.found(
                f"{area.name}党小组", "group", parent=branch, attached_to="building",
                areas=(area.code,), members=(2, 9), place=area.name,
            )  # fmt: skip


def _trade(sites: Sequence[Site], register: Register) -> None:
    """Found the trade's committee and its branches in the property firms of large compounds."""
    committee = register.found(
        "示范区物业服务行业党委", "committee", parent=None, attached_to="industry",
        members=(102, 160), place=INDUSTRY,
    )  # fmt: skip
    largest = sorted(sites, key=lambda s: (-s.households, s.block))[:12]
    for site in largest:
        register.found(
            f"{site.name}物业党支部", "branch", parent=committee, attached_to="compound",
            members=(3, 9), place=site.name, setup_mode="attached",
        )  # fmt: skip
