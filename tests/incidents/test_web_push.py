"""Web push against a push service on this machine: only the browser can read it, gone is gone."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured
from py_vapid import Vapid02

from gis_grid import settings as read
from incidents import relay
from incidents.models import Message, Notice, PushSubscription
from incidents.telling import messages, teller, web_push
from tests.incidents.test_messages import Receiver, running
from tests.web.contract import refused
from tests.world import NOW, World, make_incident

START, STOP = "/api/notices/push", "/api/notices/push/stop"
CONTACT = "mailto:grid@example.org"


class Browser:
    """A browser that subscribed: it has the only key that opens what arrives."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)

    @property
    def p256dh(self) -> str:
        public = self.key.public_key()
        return text(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def open(self, body: bytes) -> dict[str, Any]:
        plain = http_ece.decrypt(
            body, private_key=self.key, auth_secret=self.auth, version="aes128gcm"
        )
        told: dict[str, Any] = json.loads(plain)
        return told


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture
def on(settings: Any) -> None:
    """Web push is on."""
    settings.VAPID_KEY, settings.VAPID_CONTACT = web_push.new_key(), CONTACT
    settings.PUSH_SERVICES = ["push.example.org"]


@pytest.fixture
def service(on: None) -> Iterator[Receiver]:
    """A push service."""
    with running() as told:
        yield told


def subscribed(world: World, service: Receiver, name: str = "li") -> Browser:
    browser = Browser()
    PushSubscription.objects.create(
        user=world.users[name],
        endpoint=f"{service.url}/{name}",
        p256dh=browser.p256dh,
        auth=text(browser.auth),
    )
    return browser


def happen(world: World) -> None:
    make_incident(world, by="zhao", words="找李某")
    relay.stamp_all()
    teller.tell_new(at=NOW)


def test_only_the_browser_can_read_it(world: World, service: Receiver) -> None:
    browser = subscribed(world, service)
    happen(world)

    assert messages.send_due(NOW) == 1

    (got,) = service.got
    told = browser.open(got.body)
    assert told["url"] == "/notices/"
    assert told["text"] == "路灯不亮"
    assert "李某" not in str(told)
    with pytest.raises(http_ece.ECEException):
        Browser().open(got.body)


def test_it_is_signed_as_this_installation(world: World, service: Receiver, settings: Any) -> None:
    subscribed(world, service)
    happen(world)
    messages.send_due(NOW)

    headers = service.got[0].headers
    scheme, rest = headers["Authorization"].split(" ", 1)
    token, key = (part.split("=", 1)[1] for part in rest.split(","))
    claims = json.loads(urlsafe_b64decode(token.split(".")[1] + "=="))
    assert scheme == "vapid"
    assert key.strip() == web_push.public_key()
    assert Vapid02.verify(headers["Authorization"])
    assert (claims["aud"], claims["sub"]) == (service.url, CONTACT)
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["Topic"] == Message.objects.get().id.hex


def test_who_did_not_ask_gets_none(world: World, service: Receiver) -> None:
    subscribed(world, service, "wang")
    happen(world)

    assert Notice.objects.count() == 1
    assert not Message.objects.exists()


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(world: World, service: Receiver, status: int) -> None:
    subscribed(world, service)
    happen(world)
    service.answer = lambda handler: handler.reply(status)

    messages.send_due(NOW)

    assert not PushSubscription.objects.exists()
    assert not Message.objects.exists()


def test_a_service_in_trouble_is_tried_again(world: World, service: Receiver) -> None:
    subscribed(world, service)
    happen(world)
    service.answer = lambda handler: handler.reply(503)
    messages.send_due(NOW)
    service.answer = lambda handler: handler.reply(201)

    assert messages.send_due(NOW + messages.pause_after(1)) == 1
    assert len({got.headers["Topic"] for got in service.got}) == 1


def test_one_service_in_trouble_does_not_hold_up_another(world: World, service: Receiver) -> None:
    subscribed(world, service)
    with running() as other:
        subscribed(world, other, "li")
        happen(world)
        service.answer = lambda handler: handler.reply(500)
        messages.send_due(NOW)

        assert len(other.got) == 1


def test_a_key_that_is_none_is_forgotten(world: World, service: Receiver) -> None:
    subscribed(world, service)
    PushSubscription.objects.update(p256dh="AAAA")
    happen(world)

    messages.send_due(NOW)

    assert not PushSubscription.objects.exists()


class TestSubscribing:
    """POST /api/notices/push and …/stop."""

    def body(self, **changes: Any) -> dict[str, Any]:
        browser = Browser()
        endpoint = "https://eu.push.example.org/send/abc"
        facts = {"endpoint": endpoint, "p256dh": browser.p256dh, "auth": text(browser.auth)}
        return {**facts, **changes}

    def test_a_browser_is_remembered_and_forgotten(
        self, world: World, login: Any, on: None
    ) -> None:
        li, body = login("li"), self.body()
        for _ in range(2):
            assert li.post(START, body, "application/json").status_code == 200
        assert PushSubscription.objects.get().user == world.users["li"]

        li.post(STOP, {"endpoint": body["endpoint"]}, "application/json")
        assert not PushSubscription.objects.exists()

    def test_a_shared_phone_belongs_to_the_last_who_asked(
        self, world: World, login: Any, on: None
    ) -> None:
        body = self.body()
        for name in ("li", "wang"):
            login(name).post(START, body, "application/json")

        assert PushSubscription.objects.get().user == world.users["wang"]

    @pytest.mark.parametrize(
        "endpoint",
        [
            "http://push.example.org/x",
            "https://127.0.0.1/x",
            "https://push.example.org.evil.test/x",
            "https://evilpush.example.org/x",
            "https://u:p@localhost/x",
            "nonsense",
        ],
    )
    def test_the_worker_is_not_sent_just_anywhere(
        self, world: World, login: Any, on: None, endpoint: str
    ) -> None:
        answer = login("li").post(START, self.body(endpoint=endpoint), "application/json")

        refused(answer, 422, "push_service_unknown")

    def test_off_there_is_nothing(self, world: World, login: Any) -> None:
        refused(login("li").post(START, self.body(), "application/json"), 404, "push_off")


class TestSettings:
    """What is half-set stops the start."""

    @pytest.mark.parametrize(
        ("values", "https", "said"),
        [
            ({}, False, "GRID_HTTPS"),
            ({}, True, "vapid"),
            ({"GRID_VAPID_KEY": "k"}, True, "GRID_VAPID_CONTACT"),
            ({"GRID_VAPID_KEY": "k", "GRID_VAPID_CONTACT": "me"}, True, "GRID_VAPID_CONTACT"),
        ],
    )
    def test_refused(
        self, monkeypatch: pytest.MonkeyPatch, values: dict[str, str], https: bool, said: str
    ) -> None:
        monkeypatch.setenv("GRID_WEB_PUSH", "true")
        monkeypatch.setattr(read, "HTTPS", https)
        for name, value in values.items():
            monkeypatch.setenv(name, value)

        with pytest.raises(ImproperlyConfigured, match=said):
            read._web_push()

    def test_off_unless_named(self) -> None:
        assert read._web_push() == ("", "")
