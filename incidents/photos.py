"""Photos: announced by a report or deed, stored when they arrive, in whatever order that is.

A photo that comes before its report waits, seen by nobody, until the report announces it with
the same SHA-256; one whose report never comes is swept away.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _
from PIL import Image

from gis_grid.access import Actor
from gis_grid.errors import Conflict, Invalid, NotFound, TooMany
from gis_grid.people.models import FIELD_ROLES
from gis_grid.prepared import ask
from incidents import feed, pictures
from incidents.access import access_announced, is_reported
from incidents.models import Attachment, WaitingPhoto

MOST_WAITING_BYTES = 200 * 1024 * 1024  # of one person, as they were sent
_WAITING = """
SELECT w.id
  FROM incidents_waitingphoto w
  JOIN incidents_attachment a ON a.id = w.photo AND a.incident_id = w.report
 WHERE w.by_id = %s AND w.report = %s
"""


@dataclass(frozen=True)
class Kept:
    """What became of a photo's bytes. `created`: this call stored it; `waiting`: no report yet."""

    id: UUID
    sha256: str
    created: bool
    waiting: bool = False


def store(
    incident_id: UUID, photo_id: UUID, body: bytes, content_type: str, *, by: Actor, at: datetime
) -> Kept:
    """Keep a photo that its bringer announced, with a report or with a deed, or will announce.

    They may bring it though the incident has left their sight meanwhile: the deed that gave it
    away may have been the one with the photo. Where there is no such incident yet, the photo
    waits for the report. Invalid `sha256_mismatch` when the bytes are not the announced ones (a
    cut upload): send again. The same bytes again change nothing.
    """
    pictures.check_size(body)
    try:
        photo = access_announced(by, incident_id, photo_id)
    except NotFound:
        if not by.is_any_of(FIELD_ROLES):
            raise  # they report nothing, so there is nothing to wait for
        if not is_reported(incident_id):
            return _wait(incident_id, photo_id, body, content_type, by=by, at=at)
        photo = access_announced(by, incident_id, photo_id)  # it may have come between the two
    if hashlib.sha256(body).hexdigest() != photo.sha256:
        raise Invalid("sha256_mismatch", _("The photo arrived incomplete. Please send it again."))
    if photo.stored_at:
        return Kept(photo.pk, photo.sha256, created=False)
    created = keep(photo.pk, pictures.decode(body, content_type), by=by.user, at=at)
    return Kept(photo.pk, photo.sha256, created)


def keep(photo_id: UUID, picture: Image.Image, *, by: User | None, at: datetime) -> bool:
    """Store the picture of an announced photo; False, and nothing done, when there was one."""
    name = pictures.write(picture)
    with transaction.atomic():
        photo = Attachment.objects.select_for_update().select_related("incident").get(pk=photo_id)
        created = photo.stored_at is None
        if created:
            _fill(photo, name, picture.size, by, at)
    if not created:
        pictures.remove(name)
    return created


def claim(incident_id: UUID, *, by: Actor, at: datetime) -> set[UUID]:
    """Give a report, once it is stored, the photos of it that came before; returns their ids."""
    return {
        photo_id
        for (waiting,) in ask(_WAITING, (by.user.pk, incident_id))
        if (photo_id := _claim(waiting, by, at))
    }


def sweep(at: datetime) -> int:
    """Delete the photos whose report did not come in time; returns how many."""
    before = at - timedelta(days=settings.WAITING_PHOTO_DAYS)
    with transaction.atomic():
        late = WaitingPhoto.objects.filter(received_at__lt=before)
        rows = list(late.select_for_update(skip_locked=True))
        WaitingPhoto.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        pictures.remove(row.file)
    return len(rows)


def path_of(photo: Attachment, *, thumb: bool = False) -> Path:
    """Return where a stored photo, or its small copy, lies."""
    return pictures.path_of(photo.file, thumb=thumb)


def _fill(
    photo: Attachment, name: str, size: tuple[int, int], by: User | None, at: datetime
) -> None:
    photo.stored_at = at
    photo.file = name
    photo.width, photo.height = size
    photo.save(update_fields=["stored_at", "file", "width", "height"])
    incident = photo.incident
    feed.append(
        incident,
        "photo",
        by=by,
        at=at,
        state_before=incident.state,
        path_before=incident.area_path,
        body={"photo": str(photo.pk), "sha256": photo.sha256, "role": photo.role},
    )


# --- before the report -------------------------------------------------------------------------


def _wait(
    report: UUID, photo_id: UUID, body: bytes, content_type: str, *, by: Actor, at: datetime
) -> Kept:
    """Keep a photo for a report to come. Conflict `photo_id_reused` for other bytes than before."""
    sha256 = hashlib.sha256(body).hexdigest()
    same = WaitingPhoto.objects.filter(by=by.user, report=report, photo=photo_id)
    if (first := same.first()) is None:
        picture = pictures.decode(body, content_type)
        row = WaitingPhoto(
            by=by.user,
            report=report,
            photo=photo_id,
            sha256=sha256,
            size=len(body),
            file=pictures.write(picture),
            width=picture.width,
            height=picture.height,
            received_at=at,
        )
        if not _queue(row):
            first = same.first()
    if first is not None and first.sha256 != sha256:
        raise Conflict(
            "photo_id_reused", _("A photo of this report was already sent with another one.")
        )
    # The report may have come while this was written, and looked for its photos before.
    arrived = photo_id in claim(report, by=by, at=at) or _is_stored(photo_id, report)
    return Kept(photo_id, sha256, created=first is None, waiting=not arrived)


def _queue(row: WaitingPhoto) -> bool:
    """Write the row, if there is room for it; False when another sender of it was first."""
    queued = False
    try:
        with transaction.atomic():
            # One after the other, so that many at once cannot pass the limit together.
            User.objects.select_for_update(no_key=True).get(pk=row.by_id)
            _check_room(row)
            row.save()
        queued = True
    except IntegrityError:
        pass  # the same photo, sent twice at once
    finally:
        if not queued:
            pictures.remove(row.file)
    return queued


def _check_room(row: WaitingPhoto) -> None:
    held = WaitingPhoto.objects.filter(by=row.by).aggregate(count=Count("pk"), size=Sum("size"))
    size = (held["size"] or 0) + row.size
    if held["count"] >= settings.WAITING_PHOTOS or size > MOST_WAITING_BYTES:
        raise TooMany(
            "too_many_waiting",
            _("Too many photos are waiting for their reports. The reports come first now."),
        )


def _claim(waiting_id: int, by: Actor, at: datetime) -> UUID | None:
    """Move one waiting photo to its report. One that the report announced otherwise is dropped."""
    with transaction.atomic():
        waiting = WaitingPhoto.objects.select_for_update().filter(pk=waiting_id).first()
        if waiting is None:
            return None  # another sender has just done it
        announced = Attachment.objects.select_for_update(of=("self",)).select_related("incident")
        photo = announced.filter(
            pk=waiting.photo, incident=waiting.report, by=by.user, deed_id=None
        ).first()
        if photo is None:
            return None
        waiting.delete()
        fits = photo.stored_at is None and photo.sha256 == waiting.sha256
        if fits:
            _fill(photo, waiting.file, (waiting.width, waiting.height), by.user, at)
    if not fits:
        pictures.remove(waiting.file)
    return photo.pk if fits else None


def _is_stored(photo_id: UUID, incident_id: UUID) -> bool:
    return Attachment.objects.stored().filter(pk=photo_id, incident=incident_id).exists()
