"""Zip files from strangers: row 66 to 68 of the bad inputs."""

import stat
import zipfile
from pathlib import Path

import pytest

from gis_grid.errors import Invalid
from gis_grid.exchange import archive as archives
from gis_grid.exchange.archive import open_archive
from tests.geofiles import zipped


def unpack(path: Path) -> list[bytes]:
    with open_archive(path) as archive:
        return [archive.read(entry) for entry in archive.entries]


def refusal_of(path: Path) -> Invalid:
    with pytest.raises(Invalid) as refusal:
        unpack(path)
    return refusal.value


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../../evil.shp", "unsafe_path"),
        ("folder/../../evil.shp", "unsafe_path"),
        ("/etc/evil.shp", "unsafe_path"),
        ("..\\evil.shp", "unsafe_path"),
        ("C:/evil.shp", "unsafe_path"),
        ("inner.zip", "nested_archive"),
        ("inner.KMZ", "nested_archive"),
        ("inner.7z", "nested_archive"),
    ],
)
def test_entries_that_are_refused_by_name(tmp_path: Path, name: str, code: str) -> None:
    refusal = refusal_of(zipped(tmp_path / "a.zip", {name: b"x"}))
    assert (refusal.code, refusal.extra["entry"]) == (code, name)


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("layer.shp")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert refusal_of(tmp_path / "a.zip").code == "unsafe_path"


def test_an_archive_under_another_name_is_refused(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a": b"x"}).read_bytes()
    assert refusal_of(zipped(tmp_path / "a.zip", {"layer.shp": inner})).code == "nested_archive"


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {f"{i}.txt": b"x" for i in range(201)})
    assert refusal_of(path).code == "too_many_entries"


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"layer.shp": b"x"})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x01\x02") + 8] |= 1  # the flag in the central directory
    path.write_bytes(raw)
    assert refusal_of(path).code == "encrypted"


def test_a_bomb_is_refused_by_what_it_declares(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"layer.geojson": b" " * 50_000_000})
    assert path.stat().st_size < 100_000
    assert refusal_of(path).code == "too_large"


def test_a_bomb_that_lies_about_its_size_is_stopped_while_unpacking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED", 100_000)
    path = zipped(tmp_path / "a.zip", {"a.shp": bytes(80_000), "b.shp": bytes(80_000)})
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02") + 24
    raw[at : at + 4] = (10).to_bytes(4, "little")
    path.write_bytes(raw)
    assert refusal_of(path).code in {"too_large", "damaged_archive"}


def test_names_in_gbk_are_readable(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("placeholder")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(info, b"x")
    raw = (tmp_path / "a.zip").read_bytes().replace(b"placeholder", "网格图.shp ".encode("gbk"))
    (tmp_path / "a.zip").write_bytes(raw)
    with open_archive(tmp_path / "a.zip") as archive:
        assert [entry.name for entry in archive.entries] == ["网格图.shp "]


def test_a_damaged_entry_is_named(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"layer.shp": bytes(range(256)) * 40})
    raw = bytearray(path.read_bytes())
    raw[60] ^= 0xFF
    path.write_bytes(raw)
    assert refusal_of(path).code == "damaged_archive"
