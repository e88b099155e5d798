"""`import_areas`: from a file on disk to areas, boundaries and findings."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from django.core.management import CommandError, call_command
from pyproj import Transformer

from gis_grid.exchange.telling import SHOWN
from gis_grid.geo.datum import Datum, shape_from_wgs84
from gis_grid.geo.metric import LocalMetric
from gis_grid.territory import imports
from gis_grid.territory.candidates import Wanted
from gis_grid.territory.imports import import_areas
from gis_grid.territory.models import Area, Boundary, Level
from tests.geofiles import write_geojson, write_gpkg, write_shapefile, zipped

pytestmark = pytest.mark.django_db

PLANE = LocalMetric(106.63, 30.46)
DAY = date(2024, 1, 1)


def square(x: float, y: float = 0, width: float = 100, height: float = 100) -> shapely.Polygon:
    """A rectangle by corner and size in metres, in degrees with 7 decimals."""
    shape = PLANE.shape_to_lonlat(shapely.box(x, y, x + width, y + height))
    return shapely.transform(shape, lambda xy: np.round(xy, 7))


def bow_tie() -> shapely.Polygon:
    return PLANE.shape_to_lonlat(shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)]))


def row(code: Any, shape: Any, name: Any = "第一网格", **more: Any) -> tuple[Any, dict[str, Any]]:
    return shape, {"code": code, "name": name, **more}


@pytest.fixture
def load(tmp_path: Path) -> Any:
    """Return a function: rows (or a path) and options -> the JSON document of the command."""

    def run(rows: Any, *options: str, level: str = "grid") -> dict[str, Any]:
        path = rows
        if not isinstance(rows, Path):
            path = write_geojson(tmp_path / "areas.geojson", rows)
        fields = ["--code", "code", "--name", "name"] if "--code" not in options else []
        out = StringIO()
        refused = None
        try:
            call_command(
                "import_areas", str(path), "--level", level, *fields, *options, "--json", stdout=out
            )
        except CommandError as error:
            refused = error
        document = json.loads(out.getvalue())
        assert (refused is not None) == (document["refused"] is not None)
        return document

    return run


def codes(document: dict[str, Any], kind: str = "rejected") -> list[tuple[int, str]]:
    return [(one["row"], one["code"]) for one in document[kind]]


def test_areas_are_founded_with_their_boundaries(load: Any) -> None:
    document = load([row("511602001001001", square(0)), row("511602001001002", square(100))])
    assert [document[key] for key in ("read", "accepted", "unchanged", "refused")] == [
        2,
        2,
        0,
        None,
    ]
    area = Area.objects.get(code="511602001001001")
    assert (area.name, area.level, area.parent, area.path) == (
        "第一网格",
        Level.GRID,
        None,
        f"{area.pk}/",
    )
    boundary = area.boundaries.get()
    assert (boundary.during.lower, boundary.during.upper) == (None, None)
    assert shapely.from_wkb(bytes(boundary.shape.wkb)).equals(square(0))


def test_the_document_has_the_promised_keys(load: Any) -> None:
    assert {
        "read",
        "accepted",
        "unchanged",
        "rejected",
        "repaired",
        "overlaps",
        "gaps",
        "outside_parent",
    } <= set(load([row("1", square(0))]))


def test_the_same_file_again_changes_nothing(load: Any) -> None:
    rows = [row("1", square(0)), row("2", square(100))]
    load(rows)
    document = load(rows)
    assert (document["accepted"], document["unchanged"]) == (0, 2)
    assert Boundary.objects.count() == 2


def test_the_same_shape_drawn_from_another_corner_is_unchanged(load: Any) -> None:
    load([row("1", square(0))])
    ring = shapely.get_coordinates(square(0))[:-1]
    turned = shapely.Polygon(np.roll(ring, 1, axis=0)[::-1])
    assert load([row("1", turned)])["unchanged"] == 1


def test_a_changed_shape_begins_a_boundary_on_valid_from(load: Any) -> None:
    load([row("1", square(0))])
    document = load([row("1", square(0, width=150))], "--valid-from", "2024-01-01")
    assert document["accepted"] == 1
    old, new = Area.objects.get().boundaries.order_by("during")
    assert (old.during.upper, new.during.lower, new.during.upper) == (DAY, DAY, None)


def test_a_changed_shape_without_a_day_is_rejected(load: Any) -> None:
    load([row("1", square(0))])
    document = load([row("1", square(0, width=150))])
    assert codes(document) == [(1, "valid_from_missing")]
    assert document["refused"]["code"] == "rows_rejected"
    assert Boundary.objects.count() == 1


def test_an_older_file_after_a_newer_one_fills_the_years_before(load: Any) -> None:
    load([row("1", square(0), "新名")], "--valid-from", "2024-01-01")
    load([row("1", square(0, width=150), "旧名")], "--valid-from", "2012-01-01")
    area = Area.objects.get()
    old, new = area.boundaries.order_by("during")
    assert (old.during.lower, old.during.upper, new.during.lower) == (date(2012, 1, 1), DAY, DAY)
    assert (area.during.lower, area.name) == (date(2012, 1, 1), "新名")


def test_a_new_name_is_taken_over(load: Any) -> None:
    load([row("1", square(0), "旧名")])
    assert load([row("1", square(0), "新名")])["accepted"] == 1
    assert Area.objects.get().name == "新名"


@pytest.mark.parametrize(
    ("bad", "field", "code"),
    [
        (row("", square(200)), "code", "blank_code"),
        (row("　", square(200)), "code", "blank_code"),
        (row(None, square(200)), "code", "blank_code"),
        (row(True, square(200)), "code", "wrong_type"),
        (row("x" * 41, square(200)), "code", "code_too_long"),
        (row("3\u200b", square(200)), "code", "text_not_allowed"),
        (row("3", square(200), " "), "name", "blank_name"),
        (row("3", square(200), "长" * 121), "name", "name_too_long"),
        (row("3", None), "geometry", "missing"),
        (row("3", shapely.Point(106.6, 30.4)), "geometry", "wrong_type"),
        (row("3", bow_tie()), "geometry", "self_intersection"),
        (row("3", shapely.box(1066, 30, 1067, 31)), "geometry", "out_of_range"),
        (
            row("3", {"type": "Polygon", "coordinates": [[["106", "30"]]]}),
            "geometry",
            "not_a_number",
        ),
    ],
)
def test_a_bad_row_refuses_the_whole_file_and_is_named(
    load: Any, bad: Any, field: str, code: str
) -> None:
    document = load([row("1", square(0)), bad, row("2", square(100))])
    (rejected,) = document["rejected"]
    assert (rejected["row"], rejected["field"], rejected["code"]) == (2, field, code)
    assert rejected["reason"]
    assert (document["accepted"], Area.objects.count()) == (0, 0)


def test_one_run_names_all_there_is_to_mend(load: Any) -> None:
    document = load([row("", square(200)), row("1", square(0, width=110)), row("2", square(100))])
    assert document["refused"]["code"] == "rows_rejected"
    assert (len(document["rejected"]), len(document["overlaps"])) == (1, 1)


def test_a_bad_row_is_left_out_on_request(load: Any) -> None:
    document = load([row("1", square(0)), row("", square(200))], "--on-error", "skip")
    assert (document["accepted"], codes(document)) == (1, [(2, "blank_code")])
    assert [area.code for area in Area.objects.all()] == ["1"]


def test_a_code_that_comes_twice_is_rejected_everywhere(load: Any) -> None:
    rows = [row("1", square(0)), row("1 ", square(100)), row("2", square(200))]
    document = load(rows, "--on-error", "skip")
    assert codes(document) == [(1, "duplicate_code"), (2, "duplicate_code")]
    assert document["accepted"] == 1


@pytest.mark.parametrize(
    ("given", "stored"),
    [(8, "8"), (8.0, "8"), ("08", "08"), (" 8 ", "8"), ("１２Ａ", "12A"), ("第 8", "第 8")],
)
def test_codes_are_text(load: Any, given: Any, stored: str) -> None:
    load([row(given, square(0))])
    assert Area.objects.get().code == stored


def test_tidied_codes_are_said(load: Any) -> None:
    notes = load([row(" 8", square(0))])["notes"]
    assert any("tidied" in note or "整理" in note for note in notes)


def test_the_chinese_code_rule_is_a_note_and_no_constraint(load: Any) -> None:
    strange = load([row("A-1", square(0)), row("511602001001001", square(100))])
    assert (strange["accepted"], any("15" in note for note in strange["notes"])) == (2, True)
    proper = load([row("511602001001001", square(100))])
    assert not any("15" in note for note in proper["notes"])


def test_a_parent_is_found_by_its_code(load: Any) -> None:
    load([row("A", square(0, width=200))], level="community")
    load([row("1", square(0), in_="A"), row("2", square(100), in_="A")], "--parent", "in_")
    parent = Area.objects.get(code="A")
    assert {area.path for area in parent.children.all()} == {
        f"{parent.pk}/{area.pk}/" for area in parent.children.all()
    }
    assert parent.children.count() == 2


def test_the_deepest_level_with_the_code_is_the_parent(load: Any) -> None:
    for level in ("district", "street"):
        load([row("7", square(0, width=200))], level=level)
    load([row("7", square(0), in_=7)], "--parent", "in_")
    assert Area.objects.get(level=Level.GRID).parent.level == Level.STREET


def test_an_unknown_parent_is_rejected_and_a_blank_one_makes_a_root(load: Any) -> None:
    load([row("A", square(0, width=200))], level="community")
    rows = [
        row("1", square(0), in_="A"),
        row("2", square(100), in_="B"),
        row("3", square(300), in_=""),
    ]
    document = load(rows, "--parent", "in_", "--on-error", "skip")
    assert codes(document) == [(2, "parent_not_found")]
    assert document["rejected"][0]["field"] == "in_"
    assert Area.objects.get(code="3").parent is None


def test_a_parent_is_found_by_location(load: Any) -> None:
    load([row("A", square(0)), row("B", square(100))], level="community")
    rows = [row("1", square(10, width=60)), row("2", square(90)), row("3", square(500))]
    document = load(rows, "--parent-by-location", "--on-error", "skip")
    assert codes(document) == [(3, "parent_not_found")]
    assert [area.parent.code for area in Area.objects.filter(level=Level.GRID)] == ["A", "B"]


def test_an_import_does_not_move_an_area_to_another_parent(load: Any) -> None:
    load([row("A", square(0)), row("B", square(100))], level="community")
    load([row("1", square(0), in_="A")], "--parent", "in_")
    document = load([row("1", square(0), in_="B")], "--parent", "in_")
    assert codes(document) == [(1, "parent_differs")]
    assert Area.objects.get(code="1").parent.code == "A"


def test_overlaps_gaps_and_leaving_shapes_are_found_in_square_metres(load: Any) -> None:
    load([row("A", square(0, width=400))], level="community")
    rows = [
        row("1", square(0, width=110), in_="A"),
        row("2", square(100), in_="A"),
        row("3", square(320, width=130), in_="A"),
    ]
    document = load(rows, "--parent", "in_")
    assert document["accepted"] == 3
    (overlap,), (gap,), (outside,) = (
        document[key] for key in ("overlaps", "gaps", "outside_parent")
    )
    assert (overlap["a"], overlap["b"]) == ("1", "2")
    assert overlap["area_m2"] == pytest.approx(1_000, rel=0.01)
    assert (gap["parent"], gap["neighbours"]) == ("A", ["2", "3"])
    assert gap["area_m2"] == pytest.approx(12_000, rel=0.01)
    assert (outside["code"], outside["parent"]) == ("3", "A")
    assert outside["area_m2"] == pytest.approx(5_000, rel=0.01)


def test_findings_refuse_the_file_only_when_strict(load: Any) -> None:
    rows = [row("1", square(0, width=110)), row("2", square(100))]
    document = load(rows, "--strict")
    assert (document["refused"]["code"], len(document["overlaps"])) == ("findings", 1)
    assert Area.objects.count() == 0


def test_neighbours_already_there_are_part_of_the_check(load: Any) -> None:
    load([row("1", square(0))])
    (overlap,) = load([row("2", square(90))])["overlaps"]
    assert (overlap["a"], overlap["b"]) == ("1", "2")


def test_siblings_far_from_the_file_fill_their_parent_too(load: Any) -> None:
    load([row("A", square(0, width=300))], level="community")
    rows = [row(str(i), square(100 * i), in_="A") for i in range(3)]
    load(rows, "--parent", "in_")
    shop = row("X", square(210, 10, 20, 20), in_="A")
    assert load([shop], "--parent", "in_", "--kind", "exclusive")["gaps"] == []


def test_an_area_does_not_overlap_its_own_past(load: Any) -> None:
    load([row("1", square(0))])
    assert load([row("1", square(10))], "--valid-from", "2024-01-01")["overlaps"] == []


def test_an_exclusive_grid_may_lie_over_general_ones(load: Any) -> None:
    load([row("1", square(0)), row("2", square(100))])
    document = load([row("X", square(50))], "--kind", "exclusive")
    assert (document["accepted"], document["overlaps"]) == (1, [])
    assert Area.objects.get(code="X").kind == "exclusive"


def test_an_invalid_shape_is_repaired_only_on_request_and_listed(load: Any) -> None:
    document = load([row("1", bow_tie())], "--repair")
    (repair,) = document["repaired"]
    assert (repair["row"], repair["code"]) == (1, "1")
    assert repair["area_after_m2"] == pytest.approx(5_000, rel=0.01)
    assert Boundary.objects.get().shape.valid


def test_what_has_no_area_cannot_be_repaired(load: Any) -> None:
    line = shapely.Polygon([(106, 30), (106.1, 30), (106.05, 30)])
    assert codes(load([row("1", line)], "--repair")) == [(1, "degenerate")]


def test_a_dry_run_writes_nothing_and_says_what_would_be(load: Any) -> None:
    document = load([row("1", square(0))], "--dry-run")
    assert (document["accepted"], document["dry_run"], Area.objects.count()) == (1, True, 0)


def test_areas_in_several_pieces_are_normal(load: Any) -> None:
    pieces = shapely.MultiPolygon([square(0), square(300)])
    load([row("1", pieces)])
    assert len(Boundary.objects.get().shape) == 2
    assert load([row("1", shapely.MultiPolygon([square(300), square(0)]))])["unchanged"] == 1


def to_feet(shape: shapely.Polygon) -> shapely.Polygon:
    there = Transformer.from_crs(4326, 2248, always_xy=True)
    return shapely.transform(shape, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))


def test_feet_that_claim_to_be_degrees_are_refused_with_the_remedy(load: Any) -> None:
    feet = to_feet(shapely.box(-77.02, 38.9, -77.01, 38.91))
    document = load([row("1", feet)])
    assert document["refused"]["code"] == "not_degrees"
    assert "--srid" in document["refused"]["message"]
    assert Area.objects.count() == 0
    assert load([row("1", feet)], "--srid", "2248")["accepted"] == 1
    west, south, _east, _north = Boundary.objects.get().shape.extent
    assert (west, south) == pytest.approx((-77.02, 38.9), abs=1e-6)


def test_swapped_axes_are_refused_with_a_hint(load: Any) -> None:
    swapped = shapely.transform(square(0), lambda xy: xy[:, ::-1])
    assert load([row("1", swapped)])["refused"]["code"] == "axes_swapped"


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_the_offset_of_a_datum_is_undone(load: Any, datum: Datum) -> None:
    load([row("1", shape_from_wgs84(square(0), datum))], "--datum", datum)
    assert load([row("1", square(0))])["unchanged"] == 1


def test_a_cgcs2000_zone_in_a_shapefile_is_transformed(load: Any, tmp_path: Path) -> None:
    there = Transformer.from_crs(4326, 4545, always_xy=True)
    metres = shapely.transform(
        square(0), lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1]))
    )
    folder = write_shapefile(
        tmp_path / "parts", [metres], {"code": ["1"], "name": ["网格"]}, crs="EPSG:4545"
    )
    entries = {part.name: part.read_bytes() for part in folder.iterdir()}
    load(zipped(tmp_path / "areas.zip", entries))
    assert load([row("1", square(0), "网格")])["unchanged"] == 1


def test_a_layer_is_chosen_by_name(load: Any, tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    columns = {"code": ["1"], "name": ["网格"]}
    write_gpkg(path, [square(0)], columns, layer="grids")
    write_gpkg(path, [square(0)], columns, layer="streets", append=True)
    assert load(path)["refused"]["code"] == "choose_layer"
    assert load(path, "--layer", "grids")["accepted"] == 1


def test_a_field_that_is_not_there_is_named_with_those_that_are(load: Any) -> None:
    refused = load([row("1", square(0))], "--code", "ID", "--name", "name")["refused"]
    assert refused["code"] == "no_such_field"
    assert "code, name" in refused["message"]


def test_a_missing_file_is_one_json_document_too(load: Any, tmp_path: Path) -> None:
    document = load(tmp_path / "none.geojson")
    assert (document["refused"]["code"], document["read"]) == ("no_such_file", 0)


def test_codes_may_repeat_on_another_level(load: Any) -> None:
    load([row("7", square(0))], level="district")
    assert load([row("7", square(0))], level="street")["accepted"] == 1


def test_a_change_by_somebody_else_in_between_refuses_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other import commits after our look at what is known: the database says no."""
    path = write_geojson(tmp_path / "a.geojson", [row("1", square(0))])
    wanted = Wanted(path, Level.GRID, "code", "name")
    import_areas(wanted)
    monkeypatch.setattr(imports, "_known", lambda _wanted, _candidates: {})
    outcome = import_areas(wanted)
    assert outcome.refused is not None
    assert outcome.refused.code == "changed_meanwhile"


def test_people_read_sentences(tmp_path: Path) -> None:
    rows = [row("", square(i * 100)) for i in range(SHOWN + 5)]
    path = write_geojson(tmp_path / "a.geojson", rows)
    out = StringIO()
    with pytest.raises(CommandError, match="rows_rejected"):
        call_command(
            "import_areas",
            str(path),
            *("--level", "grid", "--code", "code", "--name", "name"),
            stdout=out,
        )
    lines = out.getvalue().splitlines()
    assert "blank_code" in lines[0]
    assert "5" in lines[SHOWN]
    assert len(lines) == SHOWN + 3


def test_the_number_of_queries_does_not_grow_with_the_rows(
    tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    rows = [row(str(i), square(100 * i)) for i in range(200)]
    path = write_geojson(tmp_path / "a.geojson", rows)
    wanted = Wanted(path, Level.GRID, "code", "name")
    with django_assert_max_num_queries(12):
        assert import_areas(wanted).accepted == 200
    with django_assert_max_num_queries(12):
        assert import_areas(wanted).unchanged == 200
