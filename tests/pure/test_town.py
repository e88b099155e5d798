"""The demo district's areas: counts, codes, exact tiling, households; the same seed again."""

import hashlib
import os
import subprocess
import sys
from collections import Counter, defaultdict

import numpy as np
import pytest
import shapely

from gis_grid.demo.records import AreaRecord
from gis_grid.demo.town import Town, build_town
from gis_grid.geo.metric import LocalMetric, area_m2

pytestmark = pytest.mark.early

CODE_LENGTH = {"district": 6, "street": 9, "community": 12, "grid": 15, "micro-grid": 17}
NEXT_LEVEL = [
    ("district", "street"),
    ("street", "community"),
    ("community", "grid"),
    ("grid", "micro-grid"),
]


def general(town: Town, level: str) -> list[AreaRecord]:
    return [a for a in town.areas if a.level == level and a.kind == "general"]


def exclusive(town: Town) -> list[AreaRecord]:
    return [a for a in town.areas if a.kind == "exclusive"]


def children(town: Town) -> dict[str, list[AreaRecord]]:
    """General children by parent code."""
    by_parent = defaultdict(list)
    for area in town.areas:
        if area.parent and area.kind == "general":
            by_parent[area.parent].append(area)
    return by_parent


def fingerprint(town: Town) -> str:
    """A digest of everything in a town."""
    digest = hashlib.sha256()
    for group in (town.areas, town.workers, town.assignments, town.party, town.facilities):
        digest.update(repr(group).encode())
    for shape in [a.shape for a in town.areas] + [f.shape for f in town.features]:
        digest.update(shapely.to_wkb(shape))
    digest.update(repr([(f.kind, f.klass, f.name, f.attributes) for f in town.features]).encode())
    for array in (town.network.nodes, town.network.edges, town.network.kind, town.network.gate):
        digest.update(array.tobytes())
    return digest.hexdigest()


def test_there_are_one_district_three_streets_twelve_communities_120_grids(town: Town) -> None:
    counts = Counter((a.level, a.kind) for a in town.areas)
    assert counts["district", "general"] == 1
    assert counts["street", "general"] == 3
    assert counts["community", "general"] == 12
    assert counts["grid", "general"] == 120
    assert 5 <= counts["grid", "exclusive"] <= 8


def test_one_community_alone_has_micro_grids_three_or_four_to_a_grid(town: Town) -> None:
    by_grid = Counter(a.parent for a in general(town, "micro-grid"))
    homes = {(code or "")[:12] for code in by_grid}
    assert len(homes) == 1
    assert set(by_grid.values()) <= {3, 4}
    assert len(by_grid) == len(children(town)[homes.pop()])


def test_codes_are_unique_nested_and_of_the_length_of_their_level(town: Town) -> None:
    codes = [a.code for a in town.areas]
    assert len(set(codes)) == len(codes)
    for area in town.areas:
        assert len(area.code) == CODE_LENGTH[area.level]
        assert area.code.startswith(area.parent or "99")


def test_parents_come_before_their_children(town: Town) -> None:
    seen: set[str | None] = {None}
    for area in town.areas:
        assert area.parent in seen
        seen.add(area.code)


def test_names_follow_the_custom(town: Town) -> None:
    by_code = {a.code: a for a in town.areas}
    assert by_code["990101"].name == "示范区"
    assert all(a.name.endswith("街道") for a in general(town, "street"))
    assert all(a.name.endswith("社区") for a in general(town, "community"))
    first = by_code["990101001001001"]
    assert first.name == by_code["990101001001"].name + "第一网格"
    assert all(a.name.endswith("专属网格") for a in exclusive(town))
    micro = general(town, "micro-grid")[0]
    assert micro.name == by_code[micro.parent or ""].name + "微网格1"


@pytest.mark.parametrize("level", ["street", "community", "grid", "micro-grid"])
def test_general_areas_of_a_level_neither_gap_nor_overlap(town: Town, level: str) -> None:
    assert shapely.coverage_is_valid([a.shape for a in general(town, level)])


@pytest.mark.parametrize(("upper", "lower"), NEXT_LEVEL)
def test_children_make_up_their_parent_exactly(town: Town, upper: str, lower: str) -> None:
    below = children(town)
    parents = [a for a in general(town, upper) if a.code in below]
    assert parents
    for parent in parents:
        shapes = [c.shape for c in below[parent.code]]
        assert {c.level for c in below[parent.code]} == {lower}
        whole = shapely.coverage_union_all(shapes)
        assert whole.symmetric_difference(parent.shape).area < 1e-15
        assert sum(area_m2(np.array(shapes))) == pytest.approx(area_m2(parent.shape), rel=1e-9)
        assert sum(c.households for c in below[parent.code]) == parent.households


def test_every_shape_is_valid_and_rounded_to_seven_decimals(town: Town) -> None:
    shapes = [a.shape for a in town.areas]
    assert shapely.is_valid(shapes).all()
    xy = shapely.get_coordinates(shapes)
    assert (np.round(xy, 7) == xy).all()


def test_some_grids_are_scattered_over_several_pieces(town: Town) -> None:
    pieces = Counter(len(a.shape.geoms) for a in general(town, "grid"))
    assert 2 <= pieces[2] <= 4
    assert set(pieces) == {1, 2}


def test_the_islet_belongs_to_a_grid_elsewhere(town: Town) -> None:
    islet = next(f.shape for f in town.features if f.name == "芦苇洲")
    owner = next(a for a in general(town, "grid") if a.shape.covers(islet))
    others = [p for p in owner.shape.geoms if not p.covers(islet)]
    assert len(others) == 1
    assert others[0].distance(islet) > 0.0005


def test_exclusive_grids_lie_over_general_grids_inside_their_community(town: Town) -> None:
    by_code = {a.code: a for a in town.areas}
    crossing = 0
    for area in exclusive(town):
        home = by_code[area.parent or ""]
        assert area.shape.difference(home.shape.buffer(1e-7)).is_empty
        over = [g for g in general(town, "grid") if g.shape.intersection(area.shape).area > 1e-9]
        assert over
        crossing += len(over) > 1
    assert crossing >= 2


def test_grids_hold_three_to_five_hundred_households_as_a_rule(town: Town) -> None:
    households = np.array([a.households for a in general(town, "grid")])
    assert 40_000 <= households.sum() <= 70_000
    assert ((households >= 300) & (households <= 500)).mean() > 0.85
    assert households.min() > 150
    assert households.max() < 700


def test_an_area_counts_the_households_of_the_buildings_in_it(town: Town) -> None:
    homes = [b for b in town.buildings if b.attributes["households"]]
    at = shapely.point_on_surface([b.shape for b in homes])
    grids = general(town, "grid")
    home, grid = shapely.STRtree([g.shape for g in grids]).query(at, predicate="within")
    counted = np.bincount(grid, [homes[i].attributes["households"] for i in home])
    assert len(home) == len(homes)
    assert counted.tolist() == [g.households for g in grids]


def test_grids_are_numbered_from_the_north_and_the_west(town: Town) -> None:
    for grids in (c for c in children(town).values() if c[0].level == "grid"):
        first, last = grids[0].shape.centroid, grids[-1].shape.centroid
        assert first.y > last.y or first.x < last.x


def test_borders_between_grids_follow_streets_water_or_paths(town: Town) -> None:
    plane = LocalMetric.around(town.areas[0].shape)
    grids = np.array([plane.shape_to_metres(a.shape) for a in general(town, "grid")])
    lines = [
        plane.shape_to_metres(f.shape)
        for f in town.features
        if f.kind in ("street", "path", "bridge", "water")
    ]
    edge = shapely.boundary(plane.shape_to_metres(town.areas[0].shape))
    inner = shapely.union_all(shapely.boundary(grids)).difference(edge.buffer(1))
    followed = inner.intersection(shapely.union_all(shapely.buffer(lines, 2)))
    assert followed.length / inner.length > 0.8


def test_there_are_at_most_six_thousand_buildings_and_they_stand_apart(town: Town) -> None:
    shapes = np.array([b.shape for b in town.buildings])
    assert 4_000 < len(shapes) <= 6_000
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    overlap = shapely.area(shapely.intersection(shapes[a[a < b]], shapes[b[a < b]]))
    assert overlap.max(initial=0) < 1e-12


def test_no_building_stands_in_a_street_or_in_water(town: Town) -> None:
    plane = LocalMetric.around(town.areas[0].shape)
    tree = shapely.STRtree([plane.shape_to_metres(b.shape) for b in town.buildings])
    for kind, reach_m in (("street", 2.0), ("water", 2.0), ("rail", 6.0)):
        shapes = [
            plane.shape_to_metres(f.shape)
            for f in town.features
            if f.kind == kind and f.klass != "lane"
        ]
        assert not len(tree.query(shapes, predicate="dwithin", distance=reach_m)[0])


def test_everything_built_lies_in_the_district(town: Town) -> None:
    district = town.areas[0].shape
    kinds = ("building", "gate", "wall", "green", "label")
    shapes = [f.shape for f in town.features if f.kind in kinds]
    shapes += [f.point for f in town.facilities]
    assert shapely.covers(district.buffer(1e-6), shapes).all()


def test_the_same_seed_builds_the_same_town_in_another_process(town: Town) -> None:
    code = (
        "from gis_grid.demo.town import build_town;"
        "from tests.pure.test_town import fingerprint;"
        "print(fingerprint(build_town()))"
    )
    # Another hash seed: nothing may depend on the order of a set.
    env = {**os.environ, "PYTHONHASHSEED": "4711"}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True
    )
    assert run.stdout.strip() == fingerprint(town)


def test_another_seed_builds_another_town_as_sound(town: Town) -> None:
    other = build_town(seed=2)
    assert fingerprint(other) != fingerprint(town)
    assert shapely.coverage_is_valid([a.shape for a in general(other, "grid")])
    assert len(general(other, "grid")) == 120
