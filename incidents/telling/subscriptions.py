"""The browsers that asked to be told when their page is shut, and the messages made for them."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from gis_grid.access import Actor
from gis_grid.errors import Invalid, NotFound
from incidents.models import Channel, Event, Message, Notice, PushSubscription

PAGE = "/notices/"


def subscribe(actor: Actor, endpoint: str, p256dh: str, auth: str) -> None:
    """Remember a browser for somebody; on a shared phone it is the last one who asked.

    NotFound where push is off; Invalid for an address that is no known push service: the worker
    process will knock there, and it must not be sent just anywhere.
    """
    if not settings.VAPID_KEY:
        raise NotFound("push_off", _("Web push is switched off here."))
    place = urlsplit(endpoint)
    known = any(_is_under(place.hostname or "", name) for name in settings.PUSH_SERVICES)
    if place.scheme != "https" or not known:
        raise Invalid(
            "push_service_unknown",
            _("This browser's push service is not known here."),
            {"endpoint": _("unknown")},
        )
    PushSubscription.objects.update_or_create(
        endpoint=endpoint, defaults={"user": actor.user, "p256dh": p256dh, "auth": auth}
    )


def unsubscribe(actor: Actor, endpoint: str) -> None:
    """Forget a browser of this person."""
    PushSubscription.objects.filter(user=actor.user, endpoint=endpoint).delete()


def to_browsers(events: Sequence[Event], notices: Sequence[Notice], at: datetime) -> list[Message]:
    """Return one message for each notice and browser of its reader. Number and category only."""
    if not settings.VAPID_KEY:
        return []
    asked: dict[int, list[PushSubscription]] = {}
    readers = {notice.user_id for notice in notices}
    for each in PushSubscription.objects.filter(user__in=readers):
        asked.setdefault(each.user_id, []).append(each)
    return [
        _message(notice.event, browser, at)
        for notice in notices
        for browser in asked.get(notice.user_id, [])
    ]


def _message(event: Event, browser: PushSubscription, at: datetime) -> Message:
    incident = event.incident
    return Message(
        id=uuid4(),
        channel=Channel.WEB_PUSH,
        subscription=browser,
        event=event,
        payload={
            "title": incident.number,
            "text": incident.category.name,
            "url": PAGE,
        },
        made_at=at,
        next_at=at,
    )


def _is_under(host: str, name: str) -> bool:
    return host == name or host.endswith(f".{name}")
