"""Drawn placeholders instead of photos: a colour for the matter, a mark for what it shows, 示范.

A photo of a real street would show real people; a picture that says what it is deceives nobody.
"""

import io
from functools import cache

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from PIL import Image, ImageDraw

from incidents.models import Attachment, Event, Incident

WIDTH, HEIGHT = 320, 240
COLOURS = {
    "fire": "#a63d2f",
    "facility": "#2f6690",
    "food": "#8a6d1f",
    "order": "#5b4b8a",
    "sanitation": "#3c7a4e",
    "traffic": "#4a5a68",
    "building": "#7a5540",
    "care": "#9a4a73",
    "utilities": "#1f7a7a",
}
PLAIN = "#555555"
PALE = "#f4f1ea"
# The two characters as strokes in a box of 10 x 10, because no font is sure to have them.
SHI = (
    ((2, 2), (8, 2)),
    ((1, 4.5), (9, 4.5)),
    ((5, 4.5), (5, 9), (4, 8.4)),
    ((3, 6), (1.6, 8.2)),
    ((7, 6), (8.4, 8.2)),
)
FAN = (
    ((1, 2), (9, 2)),
    ((3.5, 1), (3.5, 3)),
    ((6.5, 1), (6.5, 3)),
    ((1.2, 4), (2.3, 4.9)),
    ((1, 6), (2.1, 6.8)),
    ((1, 9), (2.6, 7.4)),
    ((4, 4.2), (8, 4.2), (8, 6.6), (7.2, 6.2)),
    ((4, 4.2), (4, 9), (9, 9), (9, 7.8)),
)
MARKS: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "report": (((5, 1), (5, 6)), ((5, 8), (5, 8.6))),
    "after": (((1.5, 5.5), (4, 8), (8.5, 2)),),
    "verify": (((1.5, 5), (3.5, 7), (6, 3)), ((4.5, 6), (5.5, 7), (9, 2))),
}


@cache
def picture(major: str, role: str) -> bytes:
    """Return the PNG for a major category's code and what the photo shows (`PhotoRole`)."""
    image = Image.new("RGB", (WIDTH, HEIGHT), COLOURS.get(major, PLAIN))
    draw = ImageDraw.Draw(image)
    draw.rectangle((10, 10, WIDTH - 11, HEIGHT - 11), outline=PALE, width=2)
    _strokes(draw, SHI, (62, 72), 9.6)
    _strokes(draw, FAN, (166, 72), 9.6)
    _strokes(draw, MARKS.get(role, ()), (WIDTH - 62, 22), 3.6)
    body = io.BytesIO()
    image.save(body, "PNG")
    return body.getvalue()


def hang() -> None:
    """Show each picture that was sent in wherever the same one was announced.

    A thousand equal files would tell nobody more than these.
    """
    deed_at = Event.objects.filter(deed_id=OuterRef("deed_id")).values("at")
    reported_at = Incident.objects.filter(pk=OuterRef("incident")).values("reported_at")
    for sent in Attachment.objects.stored():
        Attachment.objects.filter(sha256=sent.sha256, stored_at__isnull=True).update(
            stored_at=Coalesce(Subquery(deed_at), Subquery(reported_at)),
            file=sent.file,
            width=sent.width,
            height=sent.height,
        )


def _strokes(
    draw: ImageDraw.ImageDraw,
    strokes: tuple[tuple[tuple[float, float], ...], ...],
    corner: tuple[int, int],
    scale: float,
) -> None:
    for stroke in strokes:
        points = [(corner[0] + x * scale, corner[1] + y * scale) for x, y in stroke]
        draw.line(points, fill=PALE, width=max(3, round(scale * 0.75)), joint="curve")
