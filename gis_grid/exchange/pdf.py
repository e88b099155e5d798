"""Tables as PDF, page by page onto a stream: however many rows, one page is in memory.

The Chinese font is named, not embedded: STSong-Light with the Unicode map that every reader of
PDF knows (ISO 32000-1, 9.7.5.2), shown in a font of the reader's own machine. So no font has to be
installed here, the text can be selected and searched, and a page takes 2 kB.
"""

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO, Final

WIDTH, HEIGHT = 842, 595  # A4 across, in points
MARGIN: Final = 32.0
SIZE: Final = 8.0
LEADING: Final = 14.0
TITLE_SIZE: Final = 13.0
ROWS: Final = int((HEIGHT - 2 * MARGIN - 3 * LEADING - TITLE_SIZE) // LEADING)
_CATALOG, _PAGES, _FONT, _GLYPHS, _SHAPE = range(1, 6)
_FONTS = {
    _CATALOG: f"<</Type/Catalog/Pages {_PAGES} 0 R>>",
    _FONT: "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H"
    f"/DescendantFonts[{_GLYPHS} 0 R]>>",
    # Latin letters are half as wide as Chinese ones: what `_width` counts with.
    _GLYPHS: "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo"
    "<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>/DW 1000/W[1 95 500]"
    f"/FontDescriptor {_SHAPE} 0 R>>",
    _SHAPE: "<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]"
    "/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 880/StemV 93>>",
}


@dataclass(frozen=True)
class Paper:
    """What stands on every page: title, a line about the table, the columns and their widths.

    `widths` are shares; together they fill the page. `pages`: how many there will be.
    """

    title: str
    about: str
    header: Sequence[str]
    widths: Sequence[float]
    pages: int

    @property
    def columns(self) -> list[tuple[float, float]]:
        """Where each column begins and how wide it is, in points."""
        unit = (WIDTH - 2 * MARGIN) / sum(self.widths)
        starts = [MARGIN + unit * sum(self.widths[:n]) for n in range(len(self.widths))]
        return list(zip(starts, [unit * width for width in self.widths], strict=True))


def pages_for(rows: int) -> int:
    """Return how many pages so many rows take; an empty table takes one."""
    return max(1, -(-rows // ROWS))


def write_pdf(out: BinaryIO, paper: Paper, rows: Iterable[Sequence[str]]) -> int:
    """Write a table to a binary stream that starts here; returns the row count."""
    file = _File(out)
    for number, content in _FONTS.items():
        file.add(number, content.encode())
    ahead, count, pages = iter(rows), 0, list[int]()
    while (few := list(islice(ahead, ROWS))) or not pages:
        pages.append(file.page(_drawn(paper, few, len(pages) + 1)))
        count += len(few)
    kids = " ".join(f"{page} 0 R" for page in pages)
    file.add(_PAGES, f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode())
    file.end()
    return count


@dataclass
class _File:
    """The objects of a PDF file in the order they come, and where each began."""

    out: BinaryIO
    at: int = 0
    offsets: dict[int, int] = field(default_factory=dict)
    _next: int = _SHAPE + 1

    def __post_init__(self) -> None:
        self._write(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")

    def add(self, number: int, content: bytes) -> None:
        self.offsets[number] = self.at
        self._write(b"%d 0 obj\n" % number + content + b"\nendobj\n")

    def page(self, drawing: bytes) -> int:
        """Add a page and return its number."""
        packed = zlib.compress(drawing)
        number = self._next
        self._next += 2
        head = b"<</Length %d/Filter/FlateDecode>>\nstream\n" % len(packed)
        self.add(number, head + packed + b"\nendstream")
        self.add(
            number + 1,
            f"<</Type/Page/Parent {_PAGES} 0 R/MediaBox[0 0 {WIDTH} {HEIGHT}]"
            f"/Resources<</Font<</F {_FONT} 0 R>>>>/Contents {number} 0 R>>".encode(),
        )
        return number + 1

    def end(self) -> None:
        """Write the table of where everything is."""
        start, size = self.at, len(self.offsets) + 1
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        for number in range(1, size):
            self._write(b"%010d 00000 n \n" % self.offsets[number])
        trailer = f"trailer\n<</Size {size}/Root {_CATALOG} 0 R>>\nstartxref\n{start}\n%%EOF\n"
        self._write(trailer.encode())

    def _write(self, content: bytes) -> None:
        self.out.write(content)
        self.at += len(content)


def _drawn(paper: Paper, rows: Sequence[Sequence[str]], number: int) -> bytes:
    """Return the drawing of one page: title, line about it, header, rows, page number."""
    top = HEIGHT - MARGIN - TITLE_SIZE
    lines = [
        _text(MARGIN, top, TITLE_SIZE, paper.title),
        _text(MARGIN, top - LEADING, SIZE, paper.about),
        _text(WIDTH - MARGIN - 5 * SIZE, MARGIN - LEADING, SIZE, f"{number} / {paper.pages}"),
    ]
    y = top - 2.2 * LEADING
    for row in (paper.header, *rows):
        cells = zip(paper.columns, row, strict=True)
        lines += [_text(x, y, SIZE, _fitted(text, width - 4)) for (x, width), text in cells]
        under = y - 0.3 * LEADING
        lines.append(f"0.3 w 0.8 G {MARGIN} {under:.1f} m {WIDTH - MARGIN} {under:.1f} l S")
        y -= LEADING
    return "\n".join(lines).encode()


def _text(x: float, y: float, size: float, text: str) -> str:
    return f"BT /F {size} Tf {x:.1f} {y:.1f} Td <{text.encode('utf-16-be', 'replace').hex()}> Tj ET"


def _fitted(text: str, width: float) -> str:
    """Return as much of a line as fits, with an ellipsis where it was cut."""
    text = " ".join(text.split())
    if _width(text) <= width:
        return text
    while text and _width(text) + SIZE > width:
        text = text[:-1]
    return f"{text}…"


def _width(text: str) -> float:
    return sum(SIZE / 2 if " " <= letter <= "~" else SIZE for letter in text)
