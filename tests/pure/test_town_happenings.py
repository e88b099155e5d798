"""The demo's incidents and the pack of categories they come from."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from gis_grid.demo.happenings import incident_records
from gis_grid.demo.records import IncidentRecord
from gis_grid.demo.town import Town
from gis_grid.demo.words import PLACES, SENTENCES, WEIGHTS
from gis_grid.geo.metric import LocalMetric
from gis_grid.territory.models import Level

pytestmark = pytest.mark.early

PLANE = LocalMetric(105.0, 31.0)
NOW = datetime(2025, 11, 22, 14, 30, tzinfo=timezone(timedelta(hours=8)))
PACK = Path(__file__).parents[2] / "incidents" / "packs" / "neighbourhood.json"


@pytest.fixture(scope="module")
def pack() -> dict[str, Any]:
    return json.loads(PACK.read_text("utf-8"))


@pytest.fixture(scope="module")
def incidents(town: Town) -> tuple[IncidentRecord, ...]:
    return incident_records(town, now=NOW, weights=WEIGHTS, words=SENTENCES)


def minors(pack: dict[str, Any]) -> list[dict[str, Any]]:
    return [minor for major in pack["majors"] for minor in major["minors"]]


def test_the_pack_has_nine_majors_and_thirty_three_minors(pack: dict[str, Any]) -> None:
    assert len(pack["majors"]) == 9
    assert len(minors(pack)) == 33
    assert pack["source"] == "example pack"


def test_every_minor_says_all_that_is_needed(pack: dict[str, Any]) -> None:
    codes = [m["code"] for m in pack["majors"]] + [m["code"] for m in minors(pack)]
    assert len(set(codes)) == len(codes)
    for minor in minors(pack):
        assert minor["name"]
        assert minor["name_en"]
        assert 0 < minor["limit_amount"] <= 240
        assert minor["photo"] in ("required", "asked", "none")
        assert minor["levels"]
        assert set(minor["levels"]) <= {level.slug for level in Level}
    assert {m["photo"] for m in minors(pack)} == {"required", "asked", "none"}


def test_every_minor_has_words_weight_and_place(pack: dict[str, Any]) -> None:
    codes = {m["code"] for m in minors(pack)}
    assert SENTENCES.keys() == WEIGHTS.keys() == PLACES.keys() == codes
    assert all(len(said) >= 2 for said in SENTENCES.values())
    assert set(PLACES.values()) == {"street", "lane", "home", "tower", "shop", "bank"}


def test_five_hundred_happen_in_ninety_days(incidents: tuple[IncidentRecord, ...]) -> None:
    assert len(incidents) == 500
    times = [i.reported_at for i in incidents]
    assert times == sorted(times)
    assert times[-1] < NOW
    assert times[0] >= NOW - timedelta(days=91)
    assert len({i.id for i in incidents}) == 500


def test_they_happen_in_the_district_at_many_places(
    town: Town, incidents: tuple[IncidentRecord, ...]
) -> None:
    points = [i.point for i in incidents]
    assert shapely.contains(town.areas[0].shape, points).all()
    grids = [a.shape for a in town.areas if a.level == "grid" and a.kind == "general"]
    hit = np.bincount(shapely.STRtree(grids).query(points, predicate="intersects")[1])
    assert (hit > 0).sum() > 50
    assert hit.max() > 15  # hot spots


def test_lift_faults_happen_at_towers_and_litter_by_the_river(
    town: Town, incidents: tuple[IncidentRecord, ...]
) -> None:
    towers = [PLANE.shape_to_metres(b.shape) for b in town.buildings if b.klass == "tower"]
    river = PLANE.shape_to_metres(next(f.shape for f in town.features if f.klass == "river"))
    by_code = {
        code: [PLANE.shape_to_metres(i.point) for i in incidents if i.category == code]
        for code in ("lift_fault", "river_litter")
    }
    tree = shapely.STRtree(towers)
    assert all(len(tree.query(p, predicate="dwithin", distance=40)) for p in by_code["lift_fault"])
    assert all(river.distance(p) < 110 for p in by_code["river_litter"])
    assert all(by_code.values())


def test_nights_are_quieter_than_days(incidents: tuple[IncidentRecord, ...]) -> None:
    hours = np.array([i.reported_at.hour for i in incidents])
    assert ((hours >= 8) & (hours < 20)).mean() > 0.6


def test_an_accuracy_goes_with_a_fix_and_not_with_a_pin(
    incidents: tuple[IncidentRecord, ...],
) -> None:
    by_method = {m: [i.accuracy_m for i in incidents if i.method == m] for m in ("gps", "network")}
    assert all(i.accuracy_m is None for i in incidents if i.method == "manual")
    assert np.median(np.array(by_method["gps"])) < 15 < np.median(np.array(by_method["network"]))


def test_only_the_caller_s_categories_and_words_are_used(town: Town) -> None:
    records = incident_records(
        town,
        now=NOW,
        weights={"a": 1, "b": 0},
        words={"a": ("说",)},
        count=30,
        days=5,
    )
    assert {(r.category, r.words) for r in records} == {("a", "说")}
    assert records[0].reported_at > NOW - timedelta(days=6)


def test_the_same_seed_repeats_and_another_does_not(
    town: Town, incidents: tuple[IncidentRecord, ...]
) -> None:
    again = incident_records(town, now=NOW, weights=WEIGHTS, words=SENTENCES)
    other = incident_records(town, now=NOW, weights=WEIGHTS, words=SENTENCES, seed=8)
    assert again == incidents
    assert other != incidents


def test_the_zone_of_now_is_kept(town: Town) -> None:
    now = datetime(2025, 1, 1, tzinfo=UTC)
    records = incident_records(town, now=now, weights={"a": 1}, words={}, count=10)
    assert all(r.reported_at.tzinfo is UTC and r.words == "" for r in records)
