"""Zip files from strangers: every entry is checked before the first byte is unpacked.

Nothing is ever unpacked under a name from the archive; a caller says where each entry goes.
"""

import posixpath
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid

MAX_ENTRIES: Final = 200
MAX_UNPACKED: Final = 200_000_000
MAX_RATIO: Final = 100
RATIO_FROM: Final = 1_000_000  # bytes; below that a good ratio is just a small tidy file
CHUNK: Final = 1 << 16
ARCHIVES: Final = (".zip", ".kmz", ".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst")
ARCHIVE_MAGIC: Final = (b"PK\x03\x04", b"7z\xbc\xaf", b"Rar!", b"\x1f\x8b")


@dataclass(frozen=True)
class Entry:
    """A file in the archive under its readable name."""

    name: str
    source: zipfile.ZipInfo

    @property
    def suffix(self) -> str:
        """The lower-case ending with its dot."""
        return posixpath.splitext(self.name)[1].lower()

    @property
    def stem(self) -> str:
        """The name with its folder, without its ending."""
        return posixpath.splitext(self.name)[0]


class Archive:
    """Checked entries, and a count of the bytes really unpacked."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        """Check all entries of an opened zip file; raises Invalid naming the bad one."""
        self._opened = opened
        self._unpacked = 0
        sources = [source for source in opened.infolist() if not source.is_dir()]
        _check_totals(sources)
        self.entries = [_checked(source) for source in sources]

    def read(self, entry: Entry) -> bytes:
        """Return the unpacked bytes of an entry, within the archive's limit."""
        return b"".join(self._chunks(entry))

    def copy(self, entry: Entry, target: Path) -> None:
        """Unpack an entry to a path of the caller's choosing."""
        with target.open("wb") as file:
            for chunk in self._chunks(entry):
                file.write(chunk)

    def _chunks(self, entry: Entry) -> Iterator[bytes]:
        """Yield the bytes; the declared size is a claim, so the real ones are counted."""
        try:
            with self._opened.open(entry.source) as stream:
                first = True
                while chunk := stream.read(CHUNK):
                    self._unpacked += len(chunk)
                    if self._unpacked > MAX_UNPACKED:
                        raise _refusal("too_large", _("unpacks to too many bytes"), entry.name)
                    if first and chunk.startswith(ARCHIVE_MAGIC):
                        raise _refusal("nested_archive", _("is an archive itself"), entry.name)
                    first = False
                    yield chunk
        except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError) as error:
            raise _refusal("damaged_archive", _("cannot be unpacked"), entry.name) from error


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open and check a zip file; Invalid names the entry at fault."""
    try:
        opened = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _refusal("damaged_archive", _("cannot be unpacked"), path.name) from error
    with opened:
        yield Archive(opened)


def _check_totals(sources: list[zipfile.ZipInfo]) -> None:
    if len(sources) > MAX_ENTRIES:
        raise Invalid(
            "too_many_entries",
            _("The archive holds more than %(limit)d files.") % {"limit": MAX_ENTRIES},
        )
    unpacked = sum(source.file_size for source in sources)
    packed = max(1, sum(source.compress_size for source in sources))
    if unpacked > MAX_UNPACKED or (unpacked > RATIO_FROM and unpacked / packed > MAX_RATIO):
        largest = max(sources, key=lambda source: source.file_size)
        raise _refusal("too_large", _("unpacks to too many bytes"), _name_of(largest))


def _checked(source: zipfile.ZipInfo) -> Entry:
    name = _name_of(source)
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or name.startswith(("/", "\\")) or ":" in parts[0] or "\x00" in name:
        raise _refusal("unsafe_path", _("points outside the archive"), name)
    if stat.S_ISLNK(source.external_attr >> 16):
        raise _refusal("unsafe_path", _("is a symbolic link"), name)
    if source.flag_bits & 0x1:
        raise _refusal("encrypted", _("is encrypted"), name)
    if name.lower().endswith(ARCHIVES):
        raise _refusal("nested_archive", _("is an archive itself"), name)
    return Entry(name, source)


def _name_of(source: zipfile.ZipInfo) -> str:
    """Return the entry's name; without the UTF-8 flag Chinese packers write GBK."""
    name = source.orig_filename
    if source.flag_bits & 0x800:
        return name
    raw = name.encode("cp437", errors="replace")
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return name


def _refusal(code: str, reason: object, name: str) -> Invalid:
    shown = name.replace("\x00", "?")[:120]
    return Invalid(code, _("%(name)s %(reason)s.") % {"name": shown, "reason": reason}, entry=shown)
