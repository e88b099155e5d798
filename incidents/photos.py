"""Photos: announced by a report or deed, stored when they arrive, never served as they came.

What is kept is a re-encoded picture: turned upright, shrunk, without EXIF, without anything
hidden behind the image. The original bytes are not stored.
"""

import hashlib
import io
import os
import uuid
import warnings
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from gis_grid.access import Actor
from gis_grid.errors import GridError, Invalid, TooLarge, WrongType
from incidents import feed
from incidents.access import access_announced
from incidents.models import Attachment

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
LONG_SIDE = 2048
THUMB_SIDE = 480
QUALITY = 82
MIN_SIDE = 16


def store(
    incident_id: UUID, photo_id: UUID, body: bytes, content_type: str, *, by: Actor, at: datetime
) -> tuple[Attachment, bool]:
    """Keep a photo that its bringer announced, with a report or with a deed.

    Returns it and whether this call stored it. They may bring it though the incident has left
    their sight meanwhile: the deed that gave it away may have been the one with the photo.
    Invalid `sha256_mismatch` when the bytes are not the announced ones (a cut upload): send
    again. The same bytes again change nothing.
    """
    photo = access_announced(by, incident_id, photo_id)
    if len(body) > settings.PHOTO_MAX_BYTES:
        raise TooLarge("photo_too_large", _("The photo is too large. The phone shrinks it first."))
    if hashlib.sha256(body).hexdigest() != photo.sha256:
        raise Invalid("sha256_mismatch", _("The photo arrived incomplete. Please send it again."))
    if photo.stored_at:
        return photo, False
    picture = _decode(body, content_type)
    name = _write(picture)
    with transaction.atomic():
        photo = Attachment.objects.select_for_update().select_related("incident").get(pk=photo_id)
        if photo.stored_at:
            _remove(name)
            return photo, False
        photo.stored_at = at
        photo.file = name
        photo.width, photo.height = picture.size
        photo.save(update_fields=["stored_at", "file", "width", "height"])
        incident = photo.incident
        feed.append(
            incident,
            "photo",
            by=by.user,
            at=at,
            state_before=incident.state,
            path_before=incident.area_path,
            body={"photo": str(photo_id), "sha256": photo.sha256, "role": photo.role},
        )
    return photo, True


def path_of(photo: Attachment, *, thumb: bool = False) -> Path:
    """Return where a stored photo, or its small copy, lies."""
    name = photo.file.replace(".jpg", "-thumb.jpg") if thumb else photo.file
    return Path(settings.MEDIA_ROOT) / name


def _decode(body: bytes, content_type: str) -> Image.Image:
    """Return the picture upright, in RGB and at most LONG_SIDE long; refuse everything else."""
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


def _write(picture: Image.Image) -> str:
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


def _remove(name: str) -> None:
    path = Path(settings.MEDIA_ROOT) / name
    path.unlink(missing_ok=True)
    path.with_name(f"{path.stem}-thumb.jpg").unlink(missing_ok=True)


def _not_a_picture() -> WrongType:
    return WrongType("not_a_picture", _("Only JPG, PNG and WebP pictures are accepted."))
