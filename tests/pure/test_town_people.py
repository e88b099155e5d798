"""The demo district's people, party organisations and facilities."""

import json
from collections import Counter
from pathlib import Path

import pytest
import shapely

from gis_grid.demo.facilities import KINDS
from gis_grid.demo.town import Town
from gis_grid.geo.metric import LocalMetric

pytestmark = pytest.mark.early

PACK = Path(__file__).parents[2] / "incidents" / "packs" / "neighbourhood.json"
PLANE = LocalMetric(105.0, 31.0)
ROLES = {
    "grid_chief",
    "grid_worker",
    "part_time_worker",
    "grid_instructor",
    "micro_grid_lead",
    "building_lead",
    "operator",
    "leader",
}
MEMBERS = {"committee": (100, 9999), "general_branch": (50, 100), "branch": (3, 50)}
SOUTH_BANK = "990101003"


def codes(town: Town, level: str, kind: str = "general") -> set[str]:
    return {a.code for a in town.areas if a.level == level and a.kind == kind}


def test_three_grids_have_nobody(town: Town) -> None:
    staffed = {a.area for a in town.assignments}
    assert len(codes(town, "grid") - staffed) == 3
    assert codes(town, "grid", "exclusive") <= staffed
    assert codes(town, "micro-grid") <= staffed


def test_a_staffed_grid_has_a_chief_and_a_worker_or_two(town: Town) -> None:
    roles = Counter((a.area, a.role) for a in town.assignments)
    grids = codes(town, "grid") & {a.area for a in town.assignments}
    assert {roles[g, "grid_chief"] for g in grids} == {1}
    assert {roles[g, "grid_worker"] for g in grids} == {1, 2}


def test_part_time_workers_share_themselves_between_two_grids(town: Town) -> None:
    areas = Counter(a.worker for a in town.assignments if a.role == "part_time_worker")
    assert len(areas) == 8
    assert set(areas.values()) == {2}


def test_assignments_name_known_people_places_and_roles(town: Town) -> None:
    workers = {w.username for w in town.workers}
    assert len(workers) == len(town.workers)
    assert {a.worker for a in town.assignments} == workers
    assert {a.area for a in town.assignments} <= {a.code for a in town.areas}
    assert {a.role for a in town.assignments} <= ROLES


def test_every_street_and_the_district_have_a_desk(town: Town) -> None:
    operators = {a.area for a in town.assignments if a.role == "operator"}
    leaders = [a.area for a in town.assignments if a.role == "leader"]
    assert operators == codes(town, "street") | codes(town, "district")
    assert set(leaders) == codes(town, "district")


def test_units_have_members_of_their_own(town: Town) -> None:
    names = [member.username for unit in town.units for member in unit.members]
    assert len(set(names)) == len(names) == 2 * len(town.units)
    assert not set(names) & {w.username for w in town.workers}
    assert len({unit.code for unit in town.units}) == len(town.units) == 13


def test_each_street_has_its_office(town: Town) -> None:
    offices = [unit for unit in town.units if unit.kind == "street"]
    assert {unit.area for unit in offices} == codes(town, "street")
    assert not any(unit.handles for unit in offices)


def test_somebody_may_receive_each_category(town: Town) -> None:
    pack = json.loads(PACK.read_text("utf-8"))
    for major in pack["majors"]:
        for minor in major["minors"]:
            able = [
                unit.code
                for unit in town.units
                if unit.level in minor["levels"]
                and (not unit.handles or {major["code"], minor["code"]} & set(unit.handles))
            ]
            assert able, minor["code"]


def test_units_handle_what_the_pack_has(town: Town) -> None:
    pack = json.loads(PACK.read_text("utf-8"))
    known = {entry["code"] for major in pack["majors"] for entry in (major, *major["minors"])}
    assert {code for unit in town.units for code in unit.handles} <= known


def test_phones_are_unique_and_plainly_made_up(town: Town) -> None:
    hired = [*town.workers, *(m for unit in town.units for m in unit.members)]
    phones = [w.phone for w in hired] + [unit.phone for unit in town.units]
    assert len(set(phones)) == len(phones)
    assert all(p.startswith("000-") and len(p) == 12 for p in phones)
    assert phones[0] == "000-00000001"


def test_party_organisations_come_after_their_parents(town: Town) -> None:
    seen: set[str | None] = {None}
    for record in town.party:
        assert record.parent in seen
        assert record.code not in seen
        seen.add(record.code)


def test_party_organisations_have_the_size_of_their_form(town: Town) -> None:
    for record in town.party:
        low, high = MEMBERS.get(record.type, (0, 9999))
        assert low <= record.formal_members <= high
    forms = Counter(r.type for r in town.party)
    assert forms["working_committee"] == 3
    assert forms["committee"] + forms["general_branch"] == 12 + 1
    assert forms["branch"] > 80
    assert forms["group"] > 5


def test_some_grids_share_a_branch_and_some_have_none(town: Town) -> None:
    joint = [r for r in town.party if r.setup_mode == "joint"]
    assert joint
    assert all(len(r.areas) == 2 for r in joint)
    covered = {code for r in town.party if r.type == "branch" for code in r.areas}
    assert 5 <= len(codes(town, "grid") - covered) <= 40


def test_one_committee_belongs_to_a_trade_and_not_to_a_place(town: Town) -> None:
    trade = [r for r in town.party if r.attached_to == "industry"]
    assert [(r.type, r.areas, r.place) for r in trade] == [("committee", (), "物业服务行业")]
    assert any(r.parent == trade[0].code for r in town.party)


def test_all_fifteen_kinds_of_facility_are_there(town: Town) -> None:
    assert {f.category for f in town.facilities} == {k.category for k in KINDS} | {"park"}
    assert len({f.code for f in town.facilities}) == len(town.facilities)


@pytest.mark.parametrize(("category", "most"), [("health", 1), ("elders_canteen", 0)])
def test_the_south_bank_lacks_clinics_and_canteens(town: Town, category: str, most: int) -> None:
    of_kind = [f for f in town.facilities if f.category == category]
    south = [f for f in of_kind if f.community.startswith(SOUTH_BANK)]
    assert len(south) == most
    assert len(of_kind) - len(south) >= 12


def test_a_facility_lies_in_the_community_it_names(town: Town) -> None:
    shapes = {a.code: a.shape.buffer(1e-6) for a in town.areas if a.level == "community"}
    assert all(shapes[f.community].covers(f.point) for f in town.facilities)


def test_entrances_are_near_a_way_and_no_wall_stands_between(town: Town) -> None:
    net = town.network
    lines = shapely.linestrings(PLANE.to_metres(net.nodes)[net.edges])
    doors = [PLANE.shape_to_metres(e) for f in town.facilities for e in f.entrances]
    assert len(doors) >= len(town.facilities)
    edge = shapely.STRtree(lines).query_nearest(doors, all_matches=False)[1]
    way = shapely.shortest_line(doors, lines[edge])
    assert shapely.length(way).max() < 40
    walls = [PLANE.shape_to_metres(f.shape) for f in town.features if f.kind == "wall"]
    assert not len(shapely.STRtree(walls).query(way, predicate="crosses")[0])


def test_some_facilities_are_behind_gates(town: Town) -> None:
    homes = [f.shape for f in town.features if f.kind == "land" and f.klass in ("slab", "midrise")]
    points = [f.point for f in town.facilities]
    assert len(shapely.STRtree(homes).query(points, predicate="within")[0]) >= 2


def test_floor_areas_leave_some_stations_below_the_norm(town: Town) -> None:
    stations = [f.floor_area_m2 for f in town.facilities if f.category == "community_service"]
    assert len(stations) == 12
    assert 1 <= sum(a < 300 for a in stations) <= 6
