"""Geodata files: what is read alike from every format, and rows 61 to 76 of the bad inputs."""

import re
import socket
import sqlite3
import struct
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely

from gis_grid.errors import GridError, Invalid, TooLarge, Unreadable
from gis_grid.exchange.layer import Layer
from gis_grid.exchange.readers import read_layer
from tests.geofiles import (
    parts_of,
    write_geojson,
    write_gpkg,
    write_kml,
    write_shapefile,
    zipped,
)

WEST = shapely.box(106.0, 30.0, 106.1, 30.1)
EAST = shapely.box(106.1, 30.0, 106.2, 30.1)
SHAPES = [WEST, EAST]
COLUMNS = {"code": ["511602001", "511602002"], "name": ["浓洄街道", "北辰街道"]}
KML_WEST = (
    "<Placemark><name>浓洄街道</name><ExtendedData>"
    '<Data name="code"><value>511602001</value></Data></ExtendedData><Polygon><outerBoundaryIs>'
    "<LinearRing><coordinates>106,30,0 106.1,30,0\n106.1,30.1,0 106,30.1,0 106,30,0</coordinates>"
    "</LinearRing></outerBoundaryIs></Polygon></Placemark>"
)


def refusal_of(path: Path, **options: Any) -> GridError:
    with pytest.raises(GridError) as refusal:
        read_layer(path, **options)
    return refusal.value


def shapefile(tmp_path: Path, stem: str = "layer", **options: Any) -> Path:
    folder = write_shapefile(tmp_path / "parts", SHAPES, COLUMNS, **options)
    return zipped(tmp_path / "layer.zip", parts_of(folder, stem))


def without(path: Path, *suffixes: str) -> Path:
    with zipfile.ZipFile(path) as archive:
        kept = {n: archive.read(n) for n in archive.namelist() if not n.endswith(suffixes)}
    return zipped(path, kept)


def changed(path: Path, suffix: str, change: Any) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    return zipped(path, {n: change(b) if n.endswith(suffix) else b for n, b in parts.items()})


@pytest.fixture(params=["geojson", "gpkg", "shapefile"])
def same_layer(request: pytest.FixtureRequest, tmp_path: Path) -> Layer:
    if request.param == "geojson":
        rows = [
            (shape, {"code": code, "name": name})
            for shape, code, name in zip(SHAPES, *COLUMNS.values(), strict=True)
        ]
        return read_layer(write_geojson(tmp_path / "layer.json", rows))
    if request.param == "gpkg":
        return read_layer(write_gpkg(tmp_path / "layer.gpkg", SHAPES, COLUMNS))
    return read_layer(shapefile(tmp_path))


def test_every_format_gives_the_same_rows(same_layer: Layer) -> None:
    assert same_layer.crs == "EPSG:4326"
    assert [row.number for row in same_layer.rows] == [1, 2]
    for row, shape, code, name in zip(same_layer.rows, SHAPES, *COLUMNS.values(), strict=True):
        assert row.shape.normalize() == shape.normalize()
        assert (row.attributes["code"], row.attributes["name"]) == (code, name)


def test_kml_gives_name_and_extended_data(tmp_path: Path) -> None:
    (row,) = read_layer(write_kml(tmp_path / "a.kml", KML_WEST)).rows
    assert row.attributes == {"name": "浓洄街道", "code": "511602001"}
    assert row.shape.equals(WEST)


def test_kmz_is_kml_in_a_zip(tmp_path: Path) -> None:
    kml = write_kml(tmp_path / "doc.kml", KML_WEST).read_bytes()
    layer = read_layer(zipped(tmp_path / "a.kmz", {"doc.kml": kml, "files/icon.png": b"x"}))
    assert len(layer.rows) == 1


def test_kml_written_by_gdal_is_read(tmp_path: Path) -> None:
    from tests.geofiles import write_layer

    path = write_layer(tmp_path / "a.kml", SHAPES, COLUMNS, driver="KML")
    rows = read_layer(path).rows
    assert [row.attributes["code"] for row in rows] == COLUMNS["code"]
    assert rows[0].shape.equals(WEST)


def test_kml_of_several_pieces_with_a_hole(tmp_path: Path) -> None:
    ring = "<LinearRing><coordinates>{}</coordinates></LinearRing>"
    outer = ring.format("106,30 106.1,30 106.1,30.1 106,30.1 106,30")
    hole = ring.format("106.02,30.02 106.04,30.02 106.04,30.04 106.02,30.02")
    other = ring.format("107,30 107.1,30 107.1,30.1 107,30")
    path = write_kml(
        tmp_path / "a.kml",
        "<Placemark><MultiGeometry>"
        f"<Polygon><outerBoundaryIs>{outer}</outerBoundaryIs>"
        f"<innerBoundaryIs>{hole}</innerBoundaryIs></Polygon>"
        f"<Polygon><outerBoundaryIs>{other}</outerBoundaryIs></Polygon>"
        "</MultiGeometry></Placemark>",
    )
    (row,) = read_layer(path).rows
    assert [len(piece.interiors) for piece in row.shape.geoms] == [1, 0]


def test_content_counts_not_the_name(tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "layer.gpkg", [(WEST, {})])
    assert len(read_layer(path).rows) == 1


def test_geojson_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "a.geojson", [(WEST, {})])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(read_layer(path).rows) == 1


def test_geojson_faults_are_rows_not_exceptions(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text(
        '{"type": "FeatureCollection", "features": ['
        '{"type": "Feature", "properties": null, "geometry": null},'
        '{"type": "Feature", "properties": {}, "geometry":'
        ' {"type": "Point", "coordinates": [1e400, 1]}},'
        '{"type": "Feature", "properties": {}, "geometry":'
        ' {"type": "GeometryCollection", "geometries": []}},'
        "7]}"
    )
    assert [row.fault.code for row in read_layer(path).rows if row.fault] == [
        "missing",
        "coordinate_not_finite",
        "too_deep",
        "wrong_type",
    ]


def test_geojson_may_name_its_epsg_code(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    assert read_layer(write_geojson(tmp_path / "a", [(WEST, {})], crs=crs)).crs == "EPSG:4490"


@pytest.mark.parametrize(
    "crs",
    [
        {"type": "link", "properties": {"href": "http://127.0.0.1:9/", "type": "proj4"}},
        {"type": "name", "properties": {"name": "/etc/passwd"}},
        None,
    ],
)
def test_geojson_crs_is_never_followed(tmp_path: Path, crs: Any) -> None:
    path = write_geojson(tmp_path / "a", [(WEST, {})], crs=crs)
    assert refusal_of(path).code == "crs_not_allowed"


@pytest.mark.parametrize(
    ("content", "kind", "code"),
    [
        (b"", Invalid, "not_allowed_content"),
        (b"\x00\x01\x02random", Invalid, "not_allowed_content"),
        (b"%PDF-1.7", Invalid, "not_allowed_content"),
        (b"code,name\n1,a\n", Invalid, "not_allowed_content"),
        (b'<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>', Invalid, None),
        (b"<OGRWFSDataSource><URL>http://127.0.0.1:9/</URL></OGRWFSDataSource>", Invalid, None),
        (b"<GDALTileIndexDataset/>", Invalid, "not_allowed_content"),
        (b"<gml:FeatureCollection xmlns:gml='http://www.opengis.net/gml'/>", Invalid, None),
        (b"<kml", Unreadable, "not_xml"),
        (b'{"type": "Topology"}', Invalid, "wrong_type"),
        (b'{"type": "FeatureCollection"}', Invalid, "wrong_type"),
        (b'{"type": "FeatureCollection", "features": []}', Invalid, "no_features"),
        (b'{"type": "FeatureCollection", "features": [', Unreadable, "not_json"),
        (b"{" + b'"a":[' * 5_000, Unreadable, "too_deep"),
        ('{"type": "FeatureCollection", "name": "网格"}'.encode("gbk"), Unreadable, "not_utf8"),
        (b"SQLite format 3\x00" + b"\x07" * 4096, Invalid, "damaged_file"),
        (b"PK\x03\x04nonsense", Invalid, "damaged_archive"),
    ],
)
def test_what_is_refused(tmp_path: Path, content: bytes, kind: Any, code: str | None) -> None:
    path = tmp_path / "upload.geojson"
    path.write_bytes(content)
    refusal = refusal_of(path)
    assert isinstance(refusal, kind)
    assert refusal.code == (code or "not_allowed_content")


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    assert refusal_of(tmp_path / "none.geojson").code == "no_such_file"


def test_more_bytes_than_are_read_are_refused_by_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "huge.geojson"
    with path.open("wb") as file:
        file.write(b"{")
        file.truncate(200_000_000)
    assert isinstance(refusal_of(path), TooLarge)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server that only counts who calls."""
    calls: list[str] = []
    server = socket.create_server(("127.0.0.1", 0))

    def count() -> None:
        while True:
            try:
                connection, _address = server.accept()
            except OSError:
                return
            calls.append("called")
            connection.close()

    threading.Thread(target=count, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}", calls
    server.shutdown(socket.SHUT_RDWR)
    server.close()


@pytest.mark.parametrize(
    "content",
    [
        '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/{url}/a.json'
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>",
        "<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>",
        '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY e SYSTEM "{url}/e">]>'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&e;</name></Placemark></kml>',
        '<?xml version="1.0"?><!DOCTYPE kml SYSTEM "{url}/kml.dtd"><kml/>',
        '<kml xmlns="http://www.opengis.net/kml/2.2"><NetworkLink><Link><href>{url}/a.kml</href>'
        "</Link></NetworkLink></kml>",
        '{{"type": "FeatureCollection", "features": [{{"type": "Feature", "geometry": null}}],'
        '"crs": {{"type": "link", "properties": {{"href": "{url}", "type": "esriwkt"}}}}}}',
    ],
)
def test_nothing_is_ever_fetched(tmp_path: Path, listener: Any, content: str) -> None:
    url, calls = listener
    path = tmp_path / "upload.geojson"
    path.write_text(content.format(url=url))
    assert refusal_of(path).code in {"not_allowed_content", "crs_not_allowed"}
    assert calls == []


def test_a_billion_laughs_are_refused(tmp_path: Path) -> None:
    lines = ['<!ENTITY a0 "ha">'] + [f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 11)]
    path = write_kml(tmp_path / "a.kml", "&a10;", prolog=f"<!DOCTYPE kml [{''.join(lines)}]>")
    assert refusal_of(path).code == "not_allowed_content"


def test_several_layers_must_be_chosen_from(tmp_path: Path) -> None:
    path = write_gpkg(tmp_path / "a.gpkg", SHAPES, COLUMNS, layer="streets")
    write_gpkg(path, SHAPES[:1], {"code": ["1"]}, layer="grids", append=True)
    refusal = refusal_of(path)
    assert (refusal.code, refusal.extra["layers"]) == ("choose_layer", ["grids", "streets"])
    assert refusal_of(path, layer="none").code == "choose_layer"
    assert len(read_layer(path, layer="grids").rows) == 1


def test_a_geopackage_of_another_system_says_so(tmp_path: Path) -> None:
    metres = [shapely.box(500_000, 3_300_000, 501_000, 3_301_000)]
    path = write_gpkg(tmp_path / "a.gpkg", metres, {"code": ["1"]}, crs="EPSG:4545")
    assert read_layer(path).crs == "EPSG:4545"


def test_a_row_without_geometry_is_a_row(tmp_path: Path) -> None:
    path = write_gpkg(tmp_path / "a.gpkg", [WEST, None], COLUMNS)
    assert [row.fault and row.fault.code for row in read_layer(path).rows] == [None, "missing"]


def test_a_geopackage_may_not_bring_a_view(tmp_path: Path) -> None:
    path = write_gpkg(tmp_path / "a.gpkg", SHAPES, COLUMNS, layer="grids")
    with sqlite3.connect(path) as database:
        database.create_function("ST_IsEmpty", 1, lambda _blob: 0)
        database.execute("ALTER TABLE grids RENAME TO hidden")
        database.execute("CREATE VIEW grids AS SELECT * FROM hidden")
        database.execute("UPDATE gpkg_contents SET table_name = 'grids'")
        database.execute("UPDATE gpkg_geometry_columns SET table_name = 'grids'")
    assert refusal_of(path).code == "not_allowed_content"


def test_a_plain_database_is_no_geopackage(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE secrets (x)")
    assert refusal_of(path).code == "not_allowed_content"


def test_reading_a_geopackage_leaves_no_trace(tmp_path: Path) -> None:
    path = write_gpkg(tmp_path / "a.gpkg", SHAPES, COLUMNS)
    before = path.read_bytes()
    read_layer(path)
    assert [one.name for one in tmp_path.iterdir()] == ["a.gpkg"]
    assert path.read_bytes() == before


def test_a_damaged_geometry_is_its_rows_fault(tmp_path: Path) -> None:
    path = write_gpkg(tmp_path / "a.gpkg", SHAPES, COLUMNS, layer="grids")
    with sqlite3.connect(path) as database:
        database.execute("DROP TRIGGER IF EXISTS rtree_grids_geom_update1")
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE grids SET geom = x'4750' WHERE code = '511602002'")
    assert [row.fault and row.fault.code for row in read_layer(path).rows] == [
        None,
        "damaged_geometry",
    ]


@pytest.mark.parametrize("stem", ["街道/网格", "LAYER"])
def test_folders_and_chinese_names_in_a_zip_are_fine(tmp_path: Path, stem: str) -> None:
    assert len(read_layer(shapefile(tmp_path, stem)).rows) == 2


def test_upper_case_parts_are_fine(tmp_path: Path) -> None:
    folder = write_shapefile(tmp_path / "parts", SHAPES, COLUMNS)
    parts = {name.upper(): content for name, content in parts_of(folder).items()}
    assert len(read_layer(zipped(tmp_path / "a.zip", parts)).rows) == 2


@pytest.mark.parametrize("part", [".shx", ".dbf"])
def test_a_missing_part_is_named(tmp_path: Path, part: str) -> None:
    refusal = refusal_of(without(shapefile(tmp_path), part))
    assert (refusal.code, refusal.extra["part"]) == ("missing_part", part)
    assert part in str(refusal.message)


@pytest.mark.parametrize("prj", [None, b"", b"http://127.0.0.1:9/prj", b"+proj=longlat"])
def test_without_a_readable_prj_the_system_is_unknown(tmp_path: Path, prj: bytes | None) -> None:
    path = without(shapefile(tmp_path), ".prj")
    if prj is not None:
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("layer.prj", prj)
    assert read_layer(path).crs is None


def test_a_cgcs2000_zone_is_recognised_from_its_prj(tmp_path: Path) -> None:
    metres = [shapely.box(500_000, 3_300_000, 501_000, 3_301_000)] * 2
    folder = write_shapefile(tmp_path / "parts", metres, COLUMNS, crs="EPSG:4545")
    assert read_layer(zipped(tmp_path / "a.zip", parts_of(folder))).crs == "EPSG:4545"


def test_gbk_without_cpg_is_detected_and_said(tmp_path: Path) -> None:
    layer = read_layer(without(shapefile(tmp_path, encoding="GBK"), ".cpg"))
    assert [row.attributes["name"] for row in layer.rows] == COLUMNS["name"]
    assert layer.encoding == "gb18030"


def test_gbk_without_any_hint_is_detected_and_said(tmp_path: Path) -> None:
    path = without(shapefile(tmp_path, encoding="GBK"), ".cpg")
    layer = read_layer(changed(path, ".dbf", lambda raw: raw[:29] + b"\x00" + raw[30:]))
    assert [row.attributes["name"] for row in layer.rows] == COLUMNS["name"]
    assert any("gb18030" in str(note) for note in layer.notes)


def test_utf8_without_cpg_is_detected_and_said(tmp_path: Path) -> None:
    path = without(shapefile(tmp_path), ".cpg")
    layer = read_layer(changed(path, ".dbf", lambda raw: raw[:29] + b"\x00" + raw[30:]))
    assert [row.attributes["name"] for row in layer.rows] == COLUMNS["name"]
    assert any("utf-8" in str(note) for note in layer.notes)


def test_a_wrong_cpg_does_not_make_mojibake(tmp_path: Path) -> None:
    path = changed(shapefile(tmp_path, encoding="GBK"), ".cpg", lambda _raw: b"UTF-8")
    assert [row.attributes["name"] for row in read_layer(path).rows] == COLUMNS["name"]


def test_a_character_cut_by_the_field_is_dropped_and_said(tmp_path: Path) -> None:
    whole = "网" * 84
    folder = write_shapefile(
        tmp_path / "parts", SHAPES, {"code": ["1", "2"], "name": [whole + "ab", "短"]}
    )
    torn = whole.encode() + "格".encode()[:2]
    path = zipped(tmp_path / "a.zip", parts_of(folder))
    layer = read_layer(
        changed(path, ".dbf", lambda raw: raw.replace((whole + "ab").encode(), torn))
    )
    assert layer.rows[0].attributes["name"] == whole
    assert [re.findall(r"\d+", str(note)) for note in layer.notes] == [["1"]]


def test_a_cut_shp_is_refused(tmp_path: Path) -> None:
    path = changed(shapefile(tmp_path), ".shp", lambda raw: raw[:-20])
    assert refusal_of(path).code == "damaged_file"


def test_rows_that_do_not_match_shapes_are_refused_with_counts(tmp_path: Path) -> None:
    def one_row_less(raw: bytes) -> bytes:
        (width,) = struct.unpack_from("<H", raw, 10)
        return raw[:4] + struct.pack("<I", 1) + raw[8 : len(raw) - width]

    refusal = refusal_of(changed(shapefile(tmp_path), ".dbf", one_row_less))
    assert refusal.code == "row_count"
    assert {"2", "1"} <= set(re.findall(r"\d+", str(refusal.message)))


def test_stars_for_a_number_are_read_as_none_and_said_with_rows(tmp_path: Path) -> None:
    """GDAL writes stars for "none", others for "too long": the row is named, nothing guessed."""
    folder = write_shapefile(tmp_path / "parts", SHAPES, {"code": [123456, 7]})
    path = zipped(tmp_path / "a.zip", parts_of(folder))
    layer = read_layer(changed(path, ".dbf", lambda raw: raw.replace(b"123456", b"******")))
    assert [row.attributes["code"] for row in layer.rows] == [None, 7]
    assert re.findall(r"\d+", str(layer.notes[0])) == ["1", "1"]


def test_deleted_records_are_said(tmp_path: Path) -> None:
    def first_deleted(raw: bytes) -> bytes:
        (header,) = struct.unpack_from("<H", raw, 8)
        return raw[:header] + b"*" + raw[header + 1 :]

    layer = read_layer(changed(shapefile(tmp_path), ".dbf", first_deleted))
    assert [row.attributes["code"] for row in layer.rows] == COLUMNS["code"][1:]
    assert len(layer.notes) == 1


def test_numbers_stay_numbers_and_nothing_stays_nothing(tmp_path: Path) -> None:
    folder = write_shapefile(tmp_path / "parts", SHAPES, {"n": [7, 8], "x": [1.5, float("nan")]})
    rows = read_layer(zipped(tmp_path / "a.zip", parts_of(folder))).rows
    assert [row.attributes for row in rows] == [{"n": 7, "x": 1.5}, {"n": 8, "x": None}]


def test_sidecars_of_another_format_never_reach_gdal(tmp_path: Path) -> None:
    path = shapefile(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("layer.vrt", "<OGRVRTDataSource/>")
        archive.writestr("layer.qix", b"\x00" * 100)
        archive.writestr("__MACOSX/layer.shp", b"junk")
    assert len(read_layer(path).rows) == 2
