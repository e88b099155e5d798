"""The reporter's signed link: whoever has it may see how a case goes on and say how it was.

The link names the incident and nothing else, signed with the installation's key, so it cannot be
guessed and need not be stored. It lives until some days after the case has ended.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gis_grid.errors import Invalid, NotFound
from incidents.models import Incident

LINK_SALT = "incidents.timeline"
FORM_SALT = "incidents.timeline.form"
SEPARATOR = "."  # some messengers end a link at a colon


@dataclass(frozen=True)
class Sheet:
    """What a form on the timeline says besides its fields: the deed's id and what was looked at."""

    deed_id: UUID
    seen_version: int


def token_of(incident_id: UUID) -> str:
    """Return the signed name of an incident, safe in an address."""
    name = urlsafe_b64encode(incident_id.bytes).rstrip(b"=").decode()
    return _signer(LINK_SALT).sign(name)


def timeline_url(incident_id: UUID) -> str:
    """Return the path of the incident's timeline."""
    return reverse("timeline", args=[token_of(incident_id)])


def incident_of(token: str, at: datetime) -> Incident:
    """Return the incident of a link; NotFound for a bad link and for one whose time is over."""
    try:
        name = _signer(LINK_SALT).unsign(token)
        incident_id = UUID(bytes=urlsafe_b64decode(f"{name}=="))
    except (signing.BadSignature, NotBase64, ValueError) as error:
        raise _no_link() from error
    related = ("category", "area", "dispatch__unit", "dispatch__area", "merged_into", "reporter")
    incident = Incident.objects.select_related(*related).filter(pk=incident_id).first()
    if incident is None or _is_over(incident, at):
        raise _no_link()
    return incident


def sheet_for(incident: Incident) -> str:
    """Return what a form carries, signed: a new deed's id and the version that is shown."""
    return signing.dumps(
        [str(incident.pk), str(uuid4()), incident.version], salt=FORM_SALT, compress=False
    )


def read_sheet(text: str, incident: Incident) -> Sheet:
    """Return what a form of ours carried; Invalid when it was not made here for this incident."""
    try:
        incident_id, deed_id, version = signing.loads(text, salt=FORM_SALT)
    except signing.BadSignature as error:
        raise _foreign_form() from error
    if incident_id != str(incident.pk):
        raise _foreign_form()
    return Sheet(UUID(deed_id), version)


def _signer(salt: str) -> signing.Signer:
    return signing.Signer(salt=salt, sep=SEPARATOR)


def _is_over(incident: Incident, at: datetime) -> bool:
    ended_at = None if incident.is_open else incident.closed_at or incident.progressed_at
    return ended_at is not None and at > ended_at + timedelta(days=settings.LINK_DAYS)


def _no_link() -> NotFound:
    return NotFound("link_not_found", _("This link leads nowhere, or its time is over."))


def _foreign_form() -> Invalid:
    return Invalid("form_not_ours", _("The page was too old. Please look once more and try again."))
