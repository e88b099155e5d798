"""Chinese text in files that do not say how it is encoded. Never mojibake in silence. Pure."""

from codecs import getincrementaldecoder
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid

# GB18030 contains GBK, which contains GB2312, and Python reads it.
CANDIDATES: Final = ("utf-8", "gb18030")
SHORTEST_TORN: Final = 8  # bytes; a shorter field that does not decode is another encoding
ALIASES: Final = {
    "936": "gb18030",
    "cp936": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "65001": "utf-8",
    "utf8": "utf-8",
    "utf-8": "utf-8",
    "utf_8": "utf-8",
}


@dataclass(frozen=True)
class Decoded:
    """Texts in the order given, and how they were read.

    `sure` is False when two encodings were possible; `torn` counts texts that ended in half a
    character, which was dropped.
    """

    texts: list[str]
    encoding: str
    sure: bool = True
    torn: int = 0

    def notes(self) -> list[str]:
        """Say what a person should check."""
        said = []
        if not self.sure:
            sample = next((text for text in self.texts if _chinese([text])), "")[:40]
            said.append(
                _("The text could be UTF-8 or GBK; read as GBK, for example: %(sample)s")
                % {"sample": sample}
            )
        if self.torn:
            said.append(
                _("%(count)d texts end in half a character, cut by the width of their field.")
                % {"count": self.torn}
            )
        return said


def codec_named(name: str) -> str | None:
    """Return our codec for a declared encoding, None for one we do not know."""
    return ALIASES.get(name.strip().lower().removeprefix("ansi "))


def decode_all(
    raw: Sequence[bytes], declared: str | None = None, *, may_be_torn: bool = False
) -> Decoded:
    """Decode the texts of one file, all in the same encoding, or raise Invalid `encoding_unknown`.

    A declared encoding wins if it fits. Otherwise UTF-8 wins if it fits, but when the UTF-8 reading
    holds no Chinese and the GB18030 reading does, GB18030: two-byte Chinese can pass as Cyrillic.
    """
    readings = {
        codec: reading
        for codec in CANDIDATES
        if (reading := _reading(raw, codec, may_be_torn)) is not None
    }
    if declared in readings:
        return readings[declared]
    if not readings:
        raise Invalid(
            "encoding_unknown", _("The text is neither UTF-8 nor GBK. Please save it as UTF-8.")
        )
    utf8, gbk = readings.get("utf-8"), readings.get("gb18030")
    if utf8 and gbk and _chinese(gbk.texts) and not _chinese(utf8.texts):
        return replace(gbk, sure=False)
    return next(iter(readings.values()))


def decode_text(raw: bytes) -> Decoded:
    """Decode a whole file as one text: by its byte order mark, as UTF-8, or as GB18030."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Decoded([_strictly(raw, "utf-16")], "utf-16")
    if raw.startswith(b"\xef\xbb\xbf"):
        return Decoded([_strictly(raw, "utf-8-sig")], "utf-8")
    return decode_all([raw])


def _strictly(raw: bytes, codec: str) -> str:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        raise Invalid("encoding_unknown", _("The text contradicts its byte order mark.")) from None


def _reading(raw: Sequence[bytes], codec: str, may_be_torn: bool) -> Decoded | None:
    texts, torn = [], 0
    try:
        for one in raw:
            try:
                texts.append(one.decode(codec))
            except UnicodeDecodeError:
                if not may_be_torn or len(one) < SHORTEST_TORN:
                    raise
                texts.append(getincrementaldecoder(codec)().decode(one))
                torn += 1
    except UnicodeDecodeError:
        return None
    return Decoded(texts, codec, torn=torn)


def _chinese(texts: Sequence[str]) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for text in texts for letter in text)
