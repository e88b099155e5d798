"""Pictures as files: checked, turned upright, shrunk, re-encoded, without EXIF. No tables.

What is kept is a new picture without anything hidden behind the image; the bytes that came are
never stored.
"""

import io
import os
import uuid
import warnings
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from gis_grid.errors import GridError, Invalid, TooLarge, WrongType

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
LONG_SIDE = 2048
THUMB_SIDE = 480
QUALITY = 82
MIN_SIDE = 16


def path_of(name: str, *, thumb: bool = False) -> Path:
    """Return where a picture, or its small copy, lies."""
    return Path(settings.MEDIA_ROOT) / (name.replace(".jpg", "-thumb.jpg") if thumb else name)


def check_size(body: bytes) -> None:
    """Refuse more bytes than a photo may have, before anything is done with them."""
    if len(body) > settings.PHOTO_MAX_BYTES:
        raise TooLarge("photo_too_large", _("The photo is too large. The phone shrinks it first."))


def decode(body: bytes, content_type: str) -> Image.Image:
    """Return the picture upright, in RGB and at most LONG_SIDE long; refuse everything else."""
    check_size(body)
    if content_type not in FORMATS:
        raise _not_a_picture()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(body), formats=[FORMATS[content_type]])
            width, height = image.size
            if width * height > settings.PHOTO_MAX_PIXELS:
                raise Invalid("photo_too_many_pixels", _("The photo has too many pixels."))
            if min(width, height) < MIN_SIDE:
                raise Invalid("photo_too_small", _("The photo is too small to show anything."))
            # A JPEG can be read at half or a quarter of its size, which saves the memory.
            image.draft("RGB", (LONG_SIDE, LONG_SIDE))
            image.load()
            upright = ImageOps.exif_transpose(image)
    except GridError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid("photo_too_many_pixels", _("The photo has too many pixels.")) from error
    except UnidentifiedImageError as error:
        raise _not_a_picture() from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Invalid("photo_broken", _("The photo is damaged. Please take it again.")) from error
    picture = _on_white(upright)
    picture.thumbnail((LONG_SIDE, LONG_SIDE))
    return picture


def _on_white(image: Image.Image) -> Image.Image:
    """Return the picture as RGB with nothing of the original's metadata."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        clean = Image.new("RGB", layer.size, "white")
        clean.paste(layer, mask=layer.getchannel("A"))
        return clean
    clean = Image.new("RGB", image.size)
    clean.paste(image.convert("RGB"))
    return clean


def write(picture: Image.Image) -> str:
    """Write picture and small copy under a random name; both are on disk when this returns."""
    name = uuid.uuid4().hex
    relative = Path("photos") / name[:2] / f"{name}.jpg"
    target = Path(settings.MEDIA_ROOT) / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    small = picture.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE))
    for image, path in ((small, target.with_name(f"{name}-thumb.jpg")), (picture, target)):
        _write_whole(image, path)
    return str(relative)


def _write_whole(image: Image.Image, path: Path) -> None:
    # Under another name first: a half-written file never has the name that is served.
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        image.save(file, "JPEG", quality=QUALITY, optimize=True)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def remove(name: str) -> None:
    """Delete picture and small copy."""
    path = Path(settings.MEDIA_ROOT) / name
    path.unlink(missing_ok=True)
    path.with_name(f"{path.stem}-thumb.jpg").unlink(missing_ok=True)


def _not_a_picture() -> WrongType:
    return WrongType("not_a_picture", _("Only JPG, PNG and WebP pictures are accepted."))
