"""Web push: a short word to a browser whose page is shut, readable by that browser alone.

Encrypted for the browser (RFC 8291) and signed as this installation (RFC 8292), so the push
service that carries it can read nothing. Loaded only where push is on.
"""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from py_vapid import Vapid02

from incidents.models import Message, PushSubscription
from incidents.telling.outside import Fault, Gone, post

KEPT_S = 24 * 3600  # how long the push service keeps it for a browser that is off
GONE = (404, 410)  # the browser has forgotten the subscription


def send(message: Message) -> None:
    """Send a message to its subscription. Raises Gone when there is none any more, else Fault."""
    subscription = message.subscription
    assert subscription is not None, "a push message is made for a subscription"
    headers = {
        **_signed(subscription.endpoint),
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(KEPT_S),
        "Topic": message.id.hex,  # the same again replaces what was not delivered yet
    }
    status = post(subscription.endpoint, _encrypted(message, subscription), headers)
    if status in GONE:
        raise Gone(f"answered {status}")
    if not 200 <= status < 300:
        raise Fault(f"answered {status}")


def new_key() -> str:
    """Return a new private key of this installation, as the setting takes it."""
    vapid = Vapid02()
    vapid.generate_keys()
    number: int = vapid.private_key.private_numbers().private_value
    return _text(number.to_bytes(32, "big"))


def public_key() -> str:
    """Return the public key that browsers subscribe with."""
    numbers = Vapid02.from_raw(settings.VAPID_KEY.encode()).public_key.public_numbers()
    return _text(b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big"))


def _signed(endpoint: str) -> dict[str, str]:
    place = urlsplit(endpoint)
    claims = {"sub": settings.VAPID_CONTACT, "aud": f"{place.scheme}://{place.netloc}"}
    headers: dict[str, str] = Vapid02.from_raw(settings.VAPID_KEY.encode()).sign(claims)
    return headers


def _encrypted(message: Message, subscription: PushSubscription) -> bytes:
    try:
        body: bytes = http_ece.encrypt(
            json.dumps(message.payload, ensure_ascii=False).encode(),
            salt=os.urandom(16),
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=_bytes(subscription.p256dh),
            auth_secret=_bytes(subscription.auth),
            version="aes128gcm",
        )
    except (ValueError, http_ece.ECEException) as error:
        raise Gone("the browser's key is none") from error
    return body


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(data: bytes) -> str:

    return urlsafe_b64encode(data).rstrip(b"=").decode()
