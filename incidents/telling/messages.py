"""The outbox: what leaves the house is written down with its cause, then claimed, sent, confirmed.

Sent at least once: a crash after sending and before confirming sends it again, under the same
key, and the receiver knows it. A channel that is off neither takes new messages nor sends old ones.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.db.models import F
from django.utils.module_loading import import_string

from incidents.models import Channel, Event, Message, Notice
from incidents.telling import subscriptions, webhook
from incidents.telling.outside import Fault, Gone

logger = logging.getLogger(__name__)

BATCH = 50
ROUND_S = 30.0  # a slow receiver ends the round
LEASE = timedelta(minutes=2)  # longer than any round; then a claim counts as broken off
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 3600.0
MAX_TRIES = 24  # about half a day
MAX_FAULT = 200

Sender = Callable[[Message], None]


def put_out(events: Sequence[Event], notices: Sequence[Notice], at: datetime) -> None:
    """Write down what has to leave, in the caller's transaction."""
    pushed = subscriptions.to_browsers(events, notices, at)
    Message.objects.bulk_create([*_to_the_webhook(events, at), *pushed])


def send_due(at: datetime, limit: int = BATCH) -> int:
    """Send what is due, oldest first; returns how many were taken.

    A receiver that fails is left alone for the rest of the round: one that is away costs one
    time-out and not one for each message.
    """
    senders = _senders()
    due = Message.objects.filter(next_at__lte=at, channel__in=senders).order_by(
        "next_at", "made_at"
    )
    taken, began, away = 0, time.monotonic(), set[str]()
    for message in due.select_related("subscription")[:limit]:
        if time.monotonic() - began > ROUND_S:
            break
        if _receiver(message) in away or not _claim(message, at):
            continue
        try:
            senders[message.channel](message)
        except Gone:
            _forget(message)
        except Fault as fault:
            _failed(message, str(fault), at)
            away.add(_receiver(message))
        else:
            _confirm(message, at)
            taken += 1
    return taken


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after so many tries: 1 s, 2 s, 4 s … 1 h."""
    return timedelta(seconds=min(FIRST_PAUSE_S * 2 ** (tries - 1), LONGEST_PAUSE_S))


def payload_of(event: Event, key: str) -> dict[str, Any]:
    """Return what the webhook is told of an event: no words, no place, nobody's name."""
    incident = event.incident
    return {
        "id": key,
        "sequence": event.sequence,
        "kind": event.kind,
        "at": event.at.isoformat(),
        "number": incident.number,
        "category": incident.category.code,
        "category_name": incident.category.name,
        "state_before": event.state_before or None,
        "state": event.state_after,
        "area": incident.area.code if incident.area else None,
        "area_name": incident.area.name if incident.area else None,
        "reported_at": incident.reported_at.isoformat(),
        "due_at": incident.due_at.isoformat(),
        "closed_at": incident.closed_at.isoformat() if incident.closed_at else None,
    }


def _to_the_webhook(events: Iterable[Event], at: datetime) -> list[Message]:
    if not settings.WEBHOOK_URL:
        return []
    made = []
    for event in events:
        key = uuid4()
        payload = payload_of(event, str(key))
        made.append(
            Message(
                id=key,
                channel=Channel.WEBHOOK,
                event=event,
                payload=payload,
                made_at=at,
                next_at=at,
            )
        )
    return made


def _senders() -> dict[str, Sender]:
    """Return the channels that are on, and who sends on each."""
    senders: dict[str, Sender] = {}
    if settings.WEBHOOK_URL:
        senders[Channel.WEBHOOK] = webhook.send
    if settings.VAPID_KEY:
        # Loaded only where it is wanted: the cryptography behind it weighs more than all the rest.
        senders[Channel.WEB_PUSH] = import_string("incidents.telling.web_push.send")
    return senders


def _receiver(message: Message) -> str:
    """Return who takes a message: the webhook, or the push service behind a browser."""
    browser = message.subscription
    return urlsplit(browser.endpoint).netloc if browser else message.channel


def _forget(message: Message) -> None:
    """Drop a browser that is gone, and with it all that waits for it."""
    if message.subscription:
        message.subscription.delete()


def _claim(message: Message, at: datetime) -> bool:
    """Make a message ours by a conditional update: of several who saw it due, one wins."""
    until = at + LEASE
    mine = Message.objects.filter(pk=message.pk, next_at=message.next_at).update(
        next_at=until, tries=F("tries") + 1
    )
    message.next_at, message.tries = until, message.tries + 1
    return bool(mine)


def _confirm(message: Message, at: datetime) -> None:
    Message.objects.filter(pk=message.pk).update(sent_at=at, next_at=None, fault="")


def _failed(message: Message, fault: str, at: datetime) -> None:
    """Try again later, or give up and keep the fault for the administrator to see."""
    given_up = message.tries >= MAX_TRIES
    logger.warning("%s %s not taken (%s): %s", message.channel, message.pk, message.tries, fault)
    # Only while the claim is ours: whoever took it over after the lease knows better.
    Message.objects.filter(pk=message.pk, next_at=message.next_at).update(
        next_at=None if given_up else at + pause_after(message.tries), fault=fault[:MAX_FAULT]
    )
